"""What waits for a person among figures: returned ones for the administrator, submitted ones for the office."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.wording import period_name
from institutions.registry.scope import Role, houses, offices
from lifecycle.waiting import Line, Queue, waits
from quality.submissions.models import Submission, SubmissionStatus


def returned(user: Any) -> QuerySet[Submission]:
    """Figures of the person's own institution that the office gave back, longest waiting first."""
    own = houses(user, Role.INSTITUTION_ADMIN)
    found = Submission.objects.filter(institution__in=own, status=SubmissionStatus.RETURNED)
    return found.select_related("institution", "period").order_by("modified_at", "pk")


def submitted(user: Any) -> QuerySet[Submission]:
    """Figures that wait for an office of the region or district; the ministry looks at them in the list."""
    found = Submission.objects.for_offices(offices(user, Role.REGIONAL_OFFICER))
    waiting: QuerySet[Submission] = found.filter(status=SubmissionStatus.SUBMITTED)
    return waiting.select_related("institution", "period").order_by("submitted_at", "pk")


def returned_line(report: Submission, user: Any) -> Line:
    """What to correct."""
    address = reverse("observation-sheet", args=[report.place.public_id, report.period.code])  # type: ignore[union-attr]
    return Line(
        title=period_name(report.period), action=gettext("Correct the figures and submit them again"), url=address,
        since=report.modified_at, note=name_now(report.place.names),
    )  # fmt: skip


def submitted_line(report: Submission, user: Any) -> Line:
    """What to look at."""
    return Line(
        title=name_now(report.place.names), action=gettext("Approve the figures or return them"),
        url=reverse("submission-detail", args=[report.public_id]), since=report.submitted_at,
        note=period_name(report.period),
    )  # fmt: skip


waits(Queue("figures.returned", _("Figures returned"), returned, returned_line, "/observations/"))
waits(Queue("figures.submitted", _("Figures handed in"), submitted, submitted_line, "/submissions/?state=submitted"))
