"""The nine stages of the board: which statuses stand in which column; what ended early stands apart."""

from typing import Any

from django.db.models import Case, PositiveSmallIntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from labs.pilots.models import PilotStatus as S

STAGES: dict[int, tuple[Any, tuple[S, ...]]] = {
    1: (_("Problem identified"), (S.PROBLEM_IDENTIFIED,)),
    2: (_("Research object and direction set"), (S.OBJECT_DEFINED, S.DIRECTION_SET)),
    3: (_("Project group approved"), (S.GROUP_APPROVED,)),
    4: (_("Project being developed"), (S.IN_DEVELOPMENT, S.REVISION_REQUIRED)),
    5: (_("Under expert examination"), (S.SUBMITTED, S.IN_EXAMINATION, S.ACCEPTED)),
    6: (_("Implementation programme approved"), (S.PROGRAMME_APPROVED, S.PREREGISTERED)),
    7: (_("Pilot testing"), (S.PILOTING,)),
    8: (_("Result assessed"), (S.IN_ASSESSMENT, S.ASSESSED)),
    9: (_("Spread to the whole system"), (S.DISSEMINATING, S.DISSEMINATED)),
}
APART, APART_WORDS = 0, _("Stopped and rejected")
APART_STATUSES = (S.STOPPED, S.REJECTED)
OF_STATUS = {status: stage for stage, (_words, statuses) in STAGES.items() for status in statuses}
OF_STATUS |= dict.fromkeys(APART_STATUSES, APART)


def statuses_of(stage: int) -> tuple[S, ...]:
    """What stands in a column."""
    return STAGES[stage][1] if stage in STAGES else APART_STATUSES


def words_of(stage: int) -> str:
    """What a column is called."""
    return str(STAGES[stage][0] if stage in STAGES else APART_WORDS)


def staged(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with their `stage`."""
    lines = [When(Q(status__in=statuses), then=Value(stage)) for stage, (_words, statuses) in STAGES.items()]
    return rows.annotate(stage=Case(*lines, default=Value(APART), output_field=PositiveSmallIntegerField()))
