"""What offices do with submissions: open, return with comments, approve level by level with gaps, lock, reopen."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from lifecycle.transitions import Condition, Unmet, WrongStatus
from quality.catalogue.models import DefinitionVersion, Period
from quality.submissions.expecting import entered_in, reporters, required_of
from quality.submissions.models import DONE, Remark, Submission, SubmissionStatus
from quality.submissions.rules import SUBMISSION, can_answer, can_approve_place, can_submit, seat_over

LOCKED_AT_ONCE = 500
NOBODY: dict[str, Any] = {"approved_at": None, "approved_by": None, "approved_for": None, "locked_at": None, "gaps": []}


def open_submission(
    *, period: Period, by: Any, at: datetime.datetime, institution: Institution | None = None,
    territory: Territory | None = None,
) -> Submission:  # fmt: skip
    """The submission of an institution or a place for a period, begun where there was none."""
    place = institution or territory
    if place is None or (institution and territory):
        raise ValidationError({"institution": _("Name one place: an institution or a territory.")}, code="one_place")
    if period.pack != (place.territory.pack if isinstance(place, Institution) else place.pack):
        raise ValidationError({"period": _("There is no such period.")}, code="does_not_exist")
    made = Submission(institution=institution, territory=territory, period=period, created_at=at, modified_at=at)
    if by is not None and not any(may(by, made) for may in (can_submit, can_answer, can_approve_place)):
        raise PermissionDenied("open_submission")
    if institution is not None and not required_of(institution, period):
        raise ValidationError({"period": _("Nothing is expected of this organisation for this period.")}, code="empty")
    if territory is not None and not entered_in(period):
        raise ValidationError({"period": _("No figures are collected for this period.")}, code="empty")
    Submission.objects.bulk_create([made], ignore_conflicts=True)
    where = {"institution": institution, "territory": territory, "period": period}
    found: Submission = Submission.objects.select_related("institution__territory", "territory", "period").get(**where)
    return found


def return_submission(
    submission: Submission, *, by: Any, at: datetime.datetime, reason: str,
    comments: Iterable[tuple[DefinitionVersion, str]] = (), reason_code: str = "",
) -> Submission:  # fmt: skip
    """Give the figures back with a reason, and a comment for each number it is about."""
    line = SUBMISSION.permit("return", submission, by, reason)
    told = [(version, text.strip()) for version, text in comments if text.strip()]
    with transaction.atomic():
        SUBMISSION.apply(
            "return", submission, by=by, at=at, reason=reason, reason_code=reason_code, permitted=line,
            change={"modified_at": at}, detail={"comments": [version.indicator.code for version, _text in told]},
        )  # fmt: skip
        Remark.objects.bulk_create(
            [
                Remark(submission=submission, version=version, text=text, made_at=at, made_by=by)
                for version, text in told
            ]
        )
    return submission


def gaps_of(submission: Submission) -> list[Institution]:
    """Institutions of the place from which figures are expected and not approved."""
    done = Submission.objects.filter(institution=OuterRef("pk"), period=submission.period, status__in=DONE)
    expected = reporters(submission.period, submission.territory)
    return list(expected.filter(~Exists(done)).select_related("territory").order_by("sort_key", "pk"))


def approve_submission(
    submission: Submission, *, by: Any, at: datetime.datetime, gaps: Sequence[str] = ()
) -> Submission:
    """Approve: an institution's figures as submitted, a place with all its gaps named one by one."""
    line = SUBMISSION.permit("approve", submission, by)
    missing: list[str] = []
    if submission.territory_id is not None:
        missing = _named(gaps_of(submission), set(gaps))
    seat = Territory.objects.get(pk=str(seat_over(by, submission)))
    SUBMISSION.apply(
        "approve", submission, by=by, at=at, permitted=line, detail={"for": seat.code, "gaps": len(missing)},
        change={"approved_at": at, "approved_by": by, "approved_for": seat, "gaps": missing, "modified_at": at},
    )  # fmt: skip
    return submission


def _named(missing: list[Institution], named: set[str]) -> list[str]:
    """The gaps, if exactly these were named. Raises Unmet with each that was not, or is none."""
    there = [house.public_id for house in missing]
    unmet = [
        Condition(
            "gap",
            _("%(name)s has no approved figures: name it among the gaps.") % {"name": name_now(house.names)},
            "/gaps",
        )
        for house in missing
        if house.public_id not in named
    ]
    unmet += [
        Condition(
            "no_gap", _("%(id)s is no gap: its figures are approved, or none are expected.") % {"id": key}, "/gaps"
        )
        for key in sorted(named - set(there))
    ]
    if unmet:
        raise Unmet(unmet)
    return there


def lock_submission(submission: Submission, *, by: Any, at: datetime.datetime) -> Submission:
    """Make the figures final."""
    SUBMISSION.apply("lock", submission, by=by, at=at, change={"locked_at": at, "modified_at": at})
    return submission


def reopen_submission(
    submission: Submission, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Submission:
    """Open approved or final figures again; the record keeps who had approved them and when."""
    SUBMISSION.apply(
        "reopen", submission, by=by, at=at, reason=reason, reason_code=reason_code,
        change={**NOBODY, "modified_at": at},
    )  # fmt: skip
    return submission


def lock_closed(day: datetime.date, *, at: datetime.datetime) -> int:
    """Make final what is approved in periods that closed before this day. How many; 0 when all are."""
    due = Submission.objects.filter(status=SubmissionStatus.APPROVED, period__closes_on__lt=day)
    found = list(due.select_related("institution", "territory", "period").order_by("pk")[:LOCKED_AT_ONCE])
    for submission in found:
        try:
            lock_submission(submission, by=None, at=at)
        except WrongStatus:  # reopened in this very moment
            continue
    return len(found)
