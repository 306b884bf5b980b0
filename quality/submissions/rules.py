"""Who hands figures in, who answers for them, and the table of the moves of a submission (product 3.13)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import Role, houses, offices
from lifecycle.transitions import Lifecycle, Transition
from quality.submissions.models import SubmissionStatus as S

APPROVING = (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)


def seat_over(user: Any, submission: Any) -> int | None:
    """The nearest place above (or of) it in which the person holds an approving office."""
    held = set(offices(user, *APPROVING))
    return next((place for place in reversed(submission.lineage) if place in held), None)


def can_submit(user: Any, submission: Any) -> bool:
    """The institution's administrator."""
    return submission.institution_id is not None and submission.institution_id in houses(user, Role.INSTITUTION_ADMIN)


def can_answer(user: Any, submission: Any) -> bool:
    """An office over the institution: its district, its region or the ministry."""
    return submission.institution_id is not None and seat_over(user, submission) is not None


def can_approve_place(user: Any, submission: Any) -> bool:
    """The office of the place, or one above it."""
    return submission.territory_id is not None and seat_over(user, submission) is not None


def can_lock(user: Any, submission: Any) -> bool:
    """The system when the period closes; the ministry at any time."""
    return user is None or bool(set(offices(user, Role.MINISTRY_OFFICER)) & set(submission.lineage))


def can_reopen(user: Any, submission: Any) -> bool:
    """The level above: for an institution an office over it, for a place an office above it; the ministry always."""
    if submission.institution_id is not None or (can_lock(user, submission) and user is not None):
        return seat_over(user, submission) is not None
    seat = seat_over(user, submission)
    return seat is not None and seat != submission.territory_id


SUBMISSION = Lifecycle(
    "submission",
    Transition("submit", (S.OPEN, S.RETURNED), S.SUBMITTED, can_submit, _("Submit")),
    Transition("return", (S.SUBMITTED,), S.RETURNED, can_answer, _("Return"), needs_reason=True),
    Transition("approve", (S.SUBMITTED,), S.APPROVED, can_answer, _("Approve")),
    Transition("approve", (S.OPEN,), S.APPROVED, can_approve_place, _("Approve")),
    Transition("lock", (S.APPROVED,), S.LOCKED, can_lock, _("Make final"), dangerous=True),
    Transition("reopen", (S.APPROVED, S.LOCKED), S.OPEN, can_reopen, _("Reopen"), needs_reason=True, dangerous=True),
    initial=(S.OPEN,),
)
