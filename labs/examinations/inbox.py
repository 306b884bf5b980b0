"""What waits for an expert and for a coordinator."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labs.examinations.models import Examination, Review, ReviewStatus
from labs.examinations.rules import to_examine
from labs.pilots.models import PilotProject
from lifecycle.waiting import Line, Queue, waits


def to_review(user: Any) -> QuerySet[Review]:
    """Invitations to answer and reviews to write, the nearest deadline first."""
    found: QuerySet[Review] = Review.objects.all().waiting_for(user)
    return found.select_related("examination__blind").order_by("due_on", "pk")


def review_line(review: Review, user: Any) -> Line:
    """A review by the code alone."""
    invited = review.status == ReviewStatus.INVITED
    blind = review.examination.blind
    return Line(
        title=blind.title, action=gettext("Accept or decline") if invited else gettext("Write the review"),
        url=reverse("review-detail", args=[review.public_id]), since=review.invited_at, due=review.due_on, note=blind.code,
    )  # fmt: skip


def to_settle(user: Any) -> QuerySet[Examination]:
    """Open rounds in which the next word is the coordinator's."""
    found: QuerySet[Examination] = Examination.objects.visible_to(user).waiting()
    return found.select_related("blind", "project").order_by("modified_at", "pk")


def examination_line(examination: Examination, user: Any) -> Line:
    return Line(
        title=examination.project.title, action=gettext("Invite experts or decide"),
        url=reverse("examination-detail", args=[examination.public_id]), since=examination.modified_at,
        note=examination.blind.code,
    )  # fmt: skip


def to_take_up(user: Any) -> QuerySet[PilotProject]:
    """Submitted projects without a round."""
    found: QuerySet[PilotProject] = to_examine(user).order_by("submitted_at", "pk")
    return found


def project_line(project: PilotProject, user: Any) -> Line:
    return Line(
        title=project.title, action=gettext("Open the examination"), since=project.submitted_at,
        url=f"{reverse('examination-new')}?project={project.public_id}",
    )  # fmt: skip


waits(Queue("examinations.review", _("Reviews"), to_review, review_line))
waits(Queue("examinations.settle", _("Examinations"), to_settle, examination_line, "/labs/examinations/?view=mine"))
waits(Queue("examinations.open", _("Submitted projects"), to_take_up, project_line, "/labs/examinations/new/"))
