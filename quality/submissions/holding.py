"""What is submitted, approved or final cannot be changed: asked by whatever writes figures, after it wrote."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from lifecycle.transitions import WrongStatus
from quality.catalogue.models import Period
from quality.submissions.models import CLOSED, Submission, SubmissionStatus

Key = tuple[int | None, int | None, int]  # institution, territory, period

FIND = """
SELECT DISTINCT s.id FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS g(institution_id, territory_id, period_id)
JOIN quality_submission s ON s.period_id = g.period_id AND s.status = ANY(%s)
  AND (s.institution_id = g.institution_id OR s.territory_id = g.territory_id)
ORDER BY s.id
"""


def closed_among(keys: Sequence[Key]) -> list[Submission]:
    """The submissions of these places and periods that are closed, whoever closed them."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FIND, [*map(list, zip(*keys, strict=True)), [str(status) for status in CLOSED]])
        found = [pk for (pk,) in cursor.fetchall()]
    rows = Submission.objects.filter(pk__in=found).select_related("institution", "territory", "period")
    return list(rows.order_by("pk"))


def unfinished(periods: Iterable[int]) -> set[int]:
    """Of these periods those with figures of institutions that were handed in and are not final."""
    begun = Submission.objects.filter(
        period=OuterRef("pk"), institution__isnull=False, first_submitted_at__isnull=False,
        status__in=[status for status in SubmissionStatus if status != SubmissionStatus.LOCKED],
    )  # fmt: skip
    return set(Period.objects.filter(Exists(begun), pk__in=list(periods)).values_list("pk", flat=True))


def said(submission: Submission) -> str:
    """Why figures of it cannot be changed, and what would open them."""
    return _("The figures of %(period)s are closed (status: %(status)s); the office must return or reopen them.") % {
        "period": submission.period.code, "status": SubmissionStatus(submission.status).label,
    }  # fmt: skip


def refuse_closed(keys: Sequence[Key]) -> None:
    """Raises WrongStatus (409) for figures of a closed submission, naming the first and counting all."""
    closed = closed_among(keys)
    if closed:
        first = closed[0]
        place = {"institution": first.institution.public_id} if first.institution else {
            "territory": first.territory.code if first.territory else ""
        }  # fmt: skip
        told = {**place, "period": first.period.code, "submissions": len(closed)}
        raise WrongStatus(first.status, [], said(first), {"current": told})
