"""Who sits on the panel, what it may say, and when its verdict stands (product 3.9: assess)."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from labs.examinations.models import Review, ReviewStatus
from labs.pilots.rules import coordinates_it, member_of
from lifecycle.transitions import Condition

PANEL = 3
NOBODY = _("Nobody with an account has the address %(address)s.")
EMBARGO = datetime.timedelta(days=365)


def can_seat(user: Any, project: Any) -> bool:
    """The coordinator of the laboratory, unless they are of the group."""
    return coordinates_it(user, project) and member_of(user, project) is None


def seat_of(user: Any, verdict: Any) -> Any:
    """The person's seat on the panel; None without one."""
    return next((each for each in verdict.seats.all() if user is not None and each.user_id == user.pk), None)


def has_to_say(user: Any, verdict: Any) -> bool:
    """Somebody of the panel who has not agreed to the words as they stand, or who may propose the first."""
    seat = seat_of(user, verdict)
    return seat is not None and (not verdict.words_hash or seat.agreed_hash != verdict.words_hash)


def examiners_of(project: Any) -> set[int]:
    """Ids of the people who examined the project; an examination that was voided has examined nothing."""
    reviews = Review.objects.filter(examination__project=project, status=ReviewStatus.SUBMITTED)
    return set(reviews.exclude(examination__status="void").values_list("expert_id", flat=True))


def before_seating(project: Any, people: Sequence[Any]) -> Iterator[Condition]:
    """At least three, none of the group, at least one who examined it."""
    ids = {each.pk for each in people}
    if len(ids) < PANEL:
        yield Condition("panel", _("A panel has at least three people."), "/people")
    if ids & set(project.members.values_list("user_id", flat=True)):
        yield Condition("group", _("Nobody of the group sits on the panel."), "/people")
    if not ids & examiners_of(project):
        yield Condition("examiner", _("At least one person of the panel has examined the project."), "/people")


def stands(verdict: Any) -> bool:
    """Three people and more than half of the panel agreed to the same words, one of them an examiner."""
    seats = list(verdict.seats.all())
    agreed = [each for each in seats if each.agreed_hash and each.agreed_hash == verdict.words_hash]
    enough = len(agreed) >= PANEL and 2 * len(agreed) > len(seats)
    return enough and any(each.examined for each in agreed)


def longest_embargo(on: datetime.date) -> datetime.date:
    """The last day until which a result may be held back."""
    return on + EMBARGO
