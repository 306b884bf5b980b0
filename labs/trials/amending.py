"""What may change while a trial runs: directions, resources, mechanisms, and which sites are in it (product 3.11).

Criteria, outcomes, comparison and arms are not among it: what changes them is another pre-registration.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from labs.trials.models import AmendmentApproval, AmendmentKind, AmendmentStatus, Trial, TrialAmendment, TrialSite
from labs.trials.rules import AMENDMENT, TRIAL, affected, open_voices, stands
from lifecycle.events import record
from lifecycle.transitions import held

SITES = (AmendmentKind.JOINS, AmendmentKind.LEAVES)


def ask_change(
    trial: Trial, *, by: Any, at: datetime.datetime, kind: str, reason: str, old: str = "", new: str = "",
    institution: Institution | None = None, reason_code: str = "",
) -> TrialAmendment:  # fmt: skip
    """The lead asks for a change; for a site that joins, `new` is its arm. Raises ValidationError."""
    with held(trial):
        line = TRIAL.permit("amend", trial, by, reason)
        if trial.amendments.filter(status=AmendmentStatus.REQUESTED).exists():
            raise ValidationError({"kind": _("A change that was asked for waits for an answer.")})
        if kind not in AmendmentKind.values:
            raise ValidationError({"kind": _("Choose what changes; criteria, outcomes and comparison never do.")})
        old, new = _sites(trial, kind, new, institution) if kind in SITES else _words(old, new)
        made = TrialAmendment.objects.create(
            trial=trial, kind=kind, old=old, new=new, reason=reason, requested_by=by, requested_at=at, modified_at=at,
            institution=institution if kind in SITES else None,
        )  # fmt: skip
        told: dict[str, Any] = {
            "reason": reason,
            "reason_code": reason_code,
            "detail": {"amendment": made.public_id, "kind": kind},
        }
        TRIAL.apply("amend", trial, by=by, at=at, permitted=line, change={"modified_at": at}, **told)
        record(
            "ask", subject_type="amendment", subject_id=made.public_id, status_after=made.status, by=by, at=at,
            **made.audience(),
        )  # fmt: skip
    return made


def _words(old: str, new: str) -> tuple[str, str]:
    if not old.strip():
        raise ValidationError({"old": _("As it was: write what is planned now.")})
    if not new.strip() or new.strip() == old.strip():
        raise ValidationError({"new": _("As it shall be: write what changes.")})
    return old.strip(), new.strip()


def _sites(trial: Trial, kind: str, arm: str, institution: Institution | None) -> tuple[str, str]:
    """A site that joins goes into an arm that exists; one that leaves stays counted in its own."""
    if institution is None or institution.status != "verified":
        raise ValidationError({"institution": _("Choose an organisation that is verified.")})
    known = {each.institution_id: each for each in trial.sites.all()}
    here = known.get(institution.pk)
    if kind == AmendmentKind.LEAVES:
        if here is None or not stands(here):
            raise ValidationError({"institution": _("This organisation is not in the trial.")})
        return here.arm, ""
    if here is not None:
        raise ValidationError({"institution": _("This organisation is or was in the trial already.")})
    if arm not in {each.arm for each in known.values()}:
        raise ValidationError({"new": _("A site can only join an arm that the trial has.")})
    return "", arm


def approve_change(amendment: TrialAmendment, *, by: Any, at: datetime.datetime) -> TrialAmendment:
    """The word of the coordinator or of an affected site; with the last one the change takes effect."""
    with held(amendment.trial), held(amendment):
        AMENDMENT.permit("approve", amendment, by)
        voices = open_voices(by, amendment)
        if not voices:
            raise PermissionDenied
        AMENDMENT.apply("approve", amendment, by=by, at=at, change={"modified_at": at})
        for house in sorted(voices):
            AmendmentApproval.objects.create(amendment=amendment, institution_id=house, approved_by=by, approved_at=at)
        given = set(amendment.approvals.values_list("institution_id", flat=True))
        if not ({amendment.trial.project.laboratory.host_id} | affected(amendment)) - given:
            settled = {"settled_at": at, "modified_at": at}
            AMENDMENT.apply("take_effect", amendment, by=None, at=at, change=settled)
            _take_effect(amendment, timezone.localtime(at).date())
        amendment.refresh_from_db()
    return amendment


def _take_effect(amendment: TrialAmendment, day: datetime.date) -> None:
    trial, house = amendment.trial, amendment.institution
    if house is None:
        return
    if amendment.kind == AmendmentKind.JOINS:
        TrialSite.objects.create(trial=trial, institution=house, arm=amendment.new, valid=DateRange(day, None, "[)"))
    elif amendment.kind == AmendmentKind.LEAVES:
        site = trial.sites.get(institution=house)
        last = max(day, site.valid.lower + datetime.timedelta(days=1))
        TrialSite.objects.filter(pk=site.pk).update(valid=DateRange(site.valid.lower, last, "[)"))


def refuse_change(
    amendment: TrialAmendment, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> TrialAmendment:
    """Whoever has to approve says no, and why; nothing changes."""
    with held(amendment):
        AMENDMENT.apply(
            "refuse", amendment, by=by, at=at, reason=reason, reason_code=reason_code,
            change={"settled_at": at, "modified_at": at},
        )  # fmt: skip
        amendment.refresh_from_db()
    return amendment


def refuse_change_of(trial: Trial, *, change: str, **told: Any) -> TrialAmendment:
    """The same of the change of this trial that an address names."""
    return refuse_change(TrialAmendment.objects.get(trial=trial, public_id=change), **told)
