"""Who answers what is said of a public page, by when, and the table of its moves."""

import datetime
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import OFFICE_ROLES, Role, active_houses, offices
from lifecycle.transitions import Lifecycle, Transition
from quality.comments.models import OPEN, PublicComment
from quality.comments.models import CommentStatus as C

ANSWERERS = {Role.INSTITUTION_ADMIN.value, *(role.value for role in OFFICE_ROLES)}
ANSWERED_IN = datetime.timedelta(days=15)  # product 3.14


def can_answer(user: Any, comment: Any) -> bool:
    """An administrator of the organisation, or an office above it; where the page is of a place, an office above that."""
    if user is None:
        return False
    if comment.institution_id in active_houses(user, Role.INSTITUTION_ADMIN):
        return True
    roles = OFFICE_ROLES if comment.institution_id else (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)
    return bool(set(offices(user, *roles)) & set(comment.territory.lineage))


def due_on(comment: PublicComment) -> datetime.date:
    """The last day of an answer in time."""
    return timezone.localtime(comment.received_at + ANSWERED_IN).date()


def is_late(comment: PublicComment, on: datetime.date) -> bool:
    """Answered after its day, or not yet and the day is over."""
    return (timezone.localtime(comment.closed_at).date() if comment.closed_at else on) > due_on(comment)


def by_time(rows: QuerySet[PublicComment], at: datetime.datetime, *, late: bool) -> QuerySet[PublicComment]:
    """Those that are late, or those answered in time; what may still be answered in time is neither."""
    closed_on = TruncDate("closed_at")
    due = TruncDate(ExpressionWrapper(F("received_at") + ANSWERED_IN, output_field=DateTimeField()))
    if not late:
        return rows.filter(LessThanOrEqual(closed_on, due), closed_at__isnull=False)
    begins = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    overdue = Q(closed_at__isnull=True, received_at__lt=begins - ANSWERED_IN)
    return rows.filter(overdue | Q(GreaterThan(closed_on, due)))


def share_in_time(rows: QuerySet[PublicComment], at: datetime.datetime) -> tuple[int, int]:
    """(answered within 15 days, all whose answer is there or is late): both open into the rows of `by_time`."""
    good = by_time(rows, at, late=False).count()
    return good, good + by_time(rows, at, late=True).count()


COMMENT = Lifecycle(
    "comment",
    Transition("acknowledge", (C.RECEIVED,), C.ACKNOWLEDGED, can_answer, _("It is being looked into")),
    Transition("answer", OPEN, C.ANSWERED, can_answer, _("Answer"), needs_reason=True),
    Transition("correct", OPEN, C.CORRECTED, can_answer, _("It was wrong: corrected"), needs_reason=True),
    Transition("decline", OPEN, C.DECLINED, can_answer, _("Decline"), needs_reason=True, dangerous=True),
    initial=(C.RECEIVED,),
)
