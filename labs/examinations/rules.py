"""Who invites, reviews and decides, and the tables of examinations and reviews (product 3.10)."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.people.models import Membership
from institutions.registry.scope import Role
from labs.examinations.models import EXPERTS, Examination, Review, coordinated_by
from labs.examinations.models import ExaminationStatus as E
from labs.examinations.models import ReviewStatus as R
from labs.pilots.models import PilotMember, PilotProject, PilotStatus
from labs.pilots.rules import coordinates_it, member_of
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

SPREAD = 1  # levels by which two experts may differ before a third is asked


def may_examine(user: Any, project: Any) -> bool:
    """The coordinator of the laboratory, unless they are of the group."""
    return coordinates_it(user, project) and member_of(user, project) is None


def experts_on(day: datetime.date) -> Any:
    """People who may be asked to examine: active accounts that hold the role."""
    held_by = Membership.objects.held_on(day).filter(role=Role.EXPERT)
    return User.objects.filter(pk__in=held_by.values("user"), is_active=True)


def asked_to_examine(project: Any) -> set[int]:
    """Ids of everybody who was ever asked, in any round, whatever they answered: they know it by its code alone, so they
    never sit on a panel, which reads it by its name (nor the other way round: `judges_of`).
    """
    return set(Review.objects.filter(examination__project=project).values_list("expert_id", flat=True))


def judges_of(project: Any) -> set[int]:
    """Ids of the people of the panels that assess it."""
    seats = PilotProject.objects.filter(pk=project.pk, trials__verdict__seats__isnull=False)
    return set(seats.values_list("trials__verdict__seats__user", flat=True))


def to_examine(user: Any) -> Any:
    """Submitted projects the person coordinates, is not of the group of, and that nobody has taken up."""
    own = PilotMember.objects.filter(project=OuterRef("pk"), user=user.pk)
    taken = Examination.objects.filter(project=OuterRef("pk"), status=E.OPEN)
    rows = PilotProject.objects.filter(~Exists(own), ~Exists(taken), status=PilotStatus.SUBMITTED)
    return rows.filter(laboratory__in=coordinated_by(user))


def coordinates_examination(user: Any, examination: Any) -> bool:
    return may_examine(user, examination.project)


def is_its_expert(user: Any, review: Any) -> bool:
    return user is not None and review.expert_id == user.pk


def is_expert(user: Any, review: Any) -> bool:
    """The expert themselves, while the round is open."""
    return is_its_expert(user, review) and review.examination.status == E.OPEN


def valid_reviews(examination: Any) -> list[Any]:
    """Submitted, by experts without a hard conflict."""
    rows = examination.reviews.filter(status=R.SUBMITTED).prefetch_related("scores", "conflicts").order_by("number")
    return [each for each in rows if not any(found.hard for found in each.conflicts.all())]


def all_in(examination: Any) -> bool:
    """Whether experts may read each other: enough have submitted, and nobody is still asked or writing."""
    found = list(examination.reviews.values_list("status", flat=True))
    return found.count(R.SUBMITTED) >= EXPERTS and R.ACCEPTED not in found and R.INVITED not in found


def level_of(review: Any) -> float:
    """The level a review gives: the mean of its lines, 1 to 4."""
    levels = [score.level for score in review.scores.all() if score.level is not None]
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
    Transition("take_back", (E.OPEN,), None, coordinates_examination, _("Take a review back"), needs_reason=True,
               dangerous=True),
    Transition("void", (E.OPEN, E.DECIDED), E.VOID, coordinates_examination, _("Void the examination"), needs_reason=True,
               dangerous=True),
    initial=(E.OPEN,),
)  # fmt: skip

REVIEW = Lifecycle(
    "review",
    Transition("accept", (R.INVITED,), R.ACCEPTED, is_expert, _("Accept"), who=is_its_expert),
    Transition("decline", (R.INVITED, R.ACCEPTED), R.DECLINED, is_expert, _("Decline"), needs_reason=True,
               who=is_its_expert),
    Transition("submit", (R.ACCEPTED,), R.SUBMITTED, is_expert, _("Submit the review"), who=is_its_expert),
    Transition("void", (R.INVITED, R.ACCEPTED, R.SUBMITTED), R.VOID, by_system, _("Taken back")),
    initial=(R.INVITED,),
)  # fmt: skip
