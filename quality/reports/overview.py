"""Which figures are due from institutions, period by period, and how far each is."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import day_short, period_name
from institutions.registry.models import Institution
from quality.catalogue.models import Period
from quality.submissions.expecting import kinds_entered, required_of
from quality.submissions.models import CLOSED, Submission, SubmissionStatus

SHOWN = 4  # the latest periods of each kind


def own_reports(rows: Iterable[Institution], on: datetime.date) -> list[dict[str, Any]]:
    """For each institution its latest periods with what is asked, newest first."""
    return [{"name": name_now(house.names), "lines": lines} for house in rows if (lines := _lines(house, on))]


def _lines(house: Institution, on: datetime.date) -> list[dict[str, Any]]:
    begun = Period.objects.filter(pack=house.territory.pack, starts_on__lte=on).order_by("-ends_on", "pk")
    submissions = {each.period_id: each for each in Submission.objects.filter(institution=house)}
    found = []
    for kind in sorted(kinds_entered()):
        latest = [period for period in begun.filter(kind=kind)[:SHOWN] if required_of(house, period)]
        found += [_line(house, period, submissions.get(period.pk), on) for period in latest]
    return found


def _line(house: Institution, period: Period, submission: Submission | None, on: datetime.date) -> dict[str, Any]:
    status = submission.status if submission else ""
    late = period.due_on < on and status not in CLOSED
    return {
        "text": period_name(period), "url": reverse("observation-sheet", args=[house.public_id, period.code]),
        "status": status or "none", "words": SubmissionStatus(status).label if status else _("Not begun"),
        "due": day_short(period.due_on), "late": late,
    }  # fmt: skip
