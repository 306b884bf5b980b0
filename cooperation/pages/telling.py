"""What the notices of joint work share: who is told in the name of an institution, and under which names."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from exchange.notices.telling import Told
from institutions.people.models import Membership
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.models import Event


def administrators(houses: Collection[int], event: Event) -> set[int]:
    """Accounts of those who administer these institutions on the day of the act; never who did it."""
    held = Membership.objects.held_on(timezone.localdate(event.happened_at))
    held = held.filter(institution__in=houses, role=Role.INSTITUTION_ADMIN)
    return set(held.values_list("user_id", flat=True)) - {event.actor_id}


def told_houses(houses: Collection[int], event: Event, **values: Any) -> list[Told]:
    """The administrators of these institutions, with what fills the line in."""
    return [Told(user, values) for user in sorted(administrators(houses, event))]


def names_of(public_id: str) -> dict[str, str]:
    """An institution's names; of an unknown one none."""
    return next(iter(Institution.objects.filter(public_id=public_id).values_list("names", flat=True)), {})


def who_caused(event: Event) -> int | None:
    """Of what the system did upon the last word somebody gave: their account."""
    before = Event.objects.about(event.subject_type, event.subject_id).filter(pk__lt=event.pk, actor__isnull=False)
    last = before.last()
    return last.actor_id if last else None
