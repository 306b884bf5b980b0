"""Who sits on the panel, what it may say, and when its verdict stands (product 3.9: assess)."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labs.examinations.rules import asked_to_examine, experts_on
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


def experts_for(project: Any, on: datetime.date) -> Any:
    """Experts who may sit on its panel: those who were asked to examine it know it by its code alone, and stay so."""
    group = project.members.values("user")
    return experts_on(on).exclude(pk__in=asked_to_examine(project)).exclude(pk__in=group)


def before_seating(project: Any, people: Sequence[Any], on: datetime.date) -> Iterator[Condition]:
    """At least three, none of the group, nobody who was asked to examine it, at least one expert."""
    ids = {each.pk for each in people}
    if len(ids) < PANEL:
        yield Condition("panel", _("A panel has at least three people."), "/people")
    if ids & set(project.members.values_list("user_id", flat=True)):
        yield Condition("group", _("Nobody of the group sits on the panel."), "/people")
    if asked := ids & asked_to_examine(project):
        names = ", ".join(User.objects.filter(pk__in=asked).order_by("name", "pk").values_list("name", flat=True))
        told = _("Whoever was asked to examine the project does not sit on its panel: %(names)s") % {"names": names}
        yield Condition("asked", told, "/people")
    if not experts_for(project, on).filter(pk__in=ids).exists():
        yield Condition(
            "expert", _("At least one person of the panel is an expert who was not asked to examine it."), "/people"
        )


def stands(verdict: Any) -> bool:
    """Three people and more than half of the panel agreed to the same words, one of them an expert."""
    seats = list(verdict.seats.all())
    agreed = [each for each in seats if each.agreed_hash and each.agreed_hash == verdict.words_hash]
    enough = len(agreed) >= PANEL and 2 * len(agreed) > len(seats)
    return enough and any(each.expert for each in agreed)


def longest_embargo(on: datetime.date) -> datetime.date:
    """The last day until which a result may be held back."""
    return on + EMBARGO
