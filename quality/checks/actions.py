"""Handing figures in: the rules are run, and every breach is explained or there is no submission."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from lifecycle.transitions import Condition, Unmet
from quality.checks.finding import Found, breaches_of
from quality.checks.models import Breach
from quality.observations.models import Observation
from quality.submissions.models import Submission
from quality.submissions.rules import SUBMISSION

QUANTUM = Decimal("1E-8")


def submit_figures(
    submission: Submission, *, by: Any, at: datetime.datetime, explanations: Mapping[str, str] | None = None
) -> Submission:
    """Hand the figures of an institution in. Raises Unmet with every breach that is neither corrected nor explained.

    The institution's row and its figures are held until the commit: who writes figures waits, and then finds them closed.
    """
    line = SUBMISSION.permit("submit", submission, by)
    with transaction.atomic():
        house = Institution.objects.select_for_update(of=("self",)).select_related("territory").get(
            pk=str(submission.institution_id)
        )  # fmt: skip
        rows = Observation.objects.select_for_update().filter(institution=house, period=submission.period)
        if not list(rows.order_by("pk").values_list("pk", flat=True)):
            raise Unmet([Condition("empty", _("Give at least one figure before submitting."))])
        found = breaches_of(house, submission.period)
        told = explained(submission, found, explanations or {})
        unmet = list(_unexplained(found, told))
        if unmet:
            raise Unmet(unmet)
        _keep(submission, found, told, by, at)
        submission.remarks.filter(settled_at__isnull=True).update(settled_at=at)
        SUBMISSION.apply(
            "submit", submission, by=by, at=at, permitted=line, detail={"breaches": len(found)},
            change={
                "submitted_at": at, "submitted_by": by, "modified_at": at,
                "first_submitted_at": submission.first_submitted_at or at,
            },
        )  # fmt: skip
    return submission


def explained(submission: Submission, found: list[Found], given: Mapping[str, str]) -> dict[str, str]:
    """The explanation of each breach: as given now, else as given before for the very same figures."""
    before = {
        (breach.key, breach.left, breach.right): breach.explanation
        for breach in Breach.objects.filter(submission=submission).select_related("rule", "version__indicator")
    }
    told = {}
    for each in found:
        known = before.get((each.key, _stored(each.left), _stored(each.right)), "")
        told[each.key] = given.get(each.key, "").strip() or known
    return told


def _stored(number: Decimal) -> Decimal:
    """A number as the database keeps it."""
    return number.quantize(QUANTUM)


def _unexplained(found: list[Found], told: Mapping[str, str]) -> Iterator[Condition]:
    for each in found:
        if not told[each.key]:
            yield Condition("unexplained", each.said, f"/explanations/{each.key}")


def _keep(submission: Submission, found: list[Found], told: Mapping[str, str], by: Any, at: datetime.datetime) -> None:
    """The breaches as they stand now; earlier ones stay as history."""
    Breach.objects.filter(submission=submission).update(stands=False)
    for each in found:
        Breach.objects.update_or_create(
            submission=submission, rule=each.rule, version=each.version,
            defaults={
                "left": _stored(each.left), "right": _stored(each.right), "explanation": told[each.key],
                "explained_at": at, "explained_by": by, "stands": True,
            },
        )  # fmt: skip
