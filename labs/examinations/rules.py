"""Who invites, reviews and decides, and the tables of examinations and reviews (product 3.10)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from labs.examinations.models import ExaminationStatus as E
from labs.examinations.models import ReviewStatus as R
from labs.pilots.rules import EXPERTS, coordinates_it, member_of
from lifecycle.transitions import Condition, Lifecycle, Transition

SPREAD = 1  # levels by which two experts may differ before a third is asked


def coordinates_examination(user: Any, examination: Any) -> bool:
    """The coordinator of the laboratory, unless they are of the group."""
    project = examination.project
    return coordinates_it(user, project) and member_of(user, project) is None


def is_expert(user: Any, review: Any) -> bool:
    """The expert themselves, while the round is open."""
    return user is not None and review.expert_id == user.pk and review.examination.status == E.OPEN


def coordinates_review(user: Any, review: Any) -> bool:
    return coordinates_examination(user, review.examination)


def valid_reviews(examination: Any) -> list[Any]:
    """Submitted, by experts without a hard conflict."""
    rows = examination.reviews.filter(status=R.SUBMITTED).prefetch_related("scores", "conflicts").order_by("number")
    return [each for each in rows if not any(found.hard for found in each.conflicts.all())]


def level_of(review: Any) -> float:
    """The level a review gives: the mean of its lines, 1 to 4."""
    levels = [score.level for score in review.scores.all()]
    return sum(levels) / len(levels) if levels else 0.0


def before_deciding(examination: Any) -> Iterator[Condition]:
    """Two valid reviews; where they differ by more than a level, a third; nobody is still writing."""
    found = valid_reviews(examination)
    if len(found) < EXPERTS:
        yield Condition("reviews", _("Two experts have to submit their reviews first."))
    elif len(found) == EXPERTS and abs(level_of(found[0]) - level_of(found[1])) > SPREAD:
        yield Condition("third", _("The two experts differ by more than one level: ask a third one."))
    if examination.reviews.filter(status=R.ACCEPTED).exists():
        yield Condition("writing", _("An expert is still writing."))


EXAMINATION = Lifecycle(
    "examination",
    Transition("invite", (E.OPEN,), None, coordinates_examination, _("Invite an expert")),
    Transition("decide", (E.OPEN,), E.DECIDED, coordinates_examination, _("Decide"), must_hold=before_deciding),
    Transition("void", (E.OPEN, E.DECIDED), E.VOID, coordinates_examination, _("Void the examination"), needs_reason=True,
               dangerous=True),
    initial=(E.OPEN,),
)  # fmt: skip

REVIEW = Lifecycle(
    "review",
    Transition("accept", (R.INVITED,), R.ACCEPTED, is_expert, _("Accept")),
    Transition("decline", (R.INVITED, R.ACCEPTED), R.DECLINED, is_expert, _("Decline"), needs_reason=True),
    Transition("submit", (R.ACCEPTED,), R.SUBMITTED, is_expert, _("Submit the review")),
    Transition("void", (R.INVITED, R.ACCEPTED, R.SUBMITTED), R.VOID, coordinates_review, _("Take back"),
               needs_reason=True, dangerous=True),
    initial=(R.INVITED,),
)  # fmt: skip
