"""Whose mailbox an address is: who is asked from outside must not be one's own side under another name."""

import datetime
from collections.abc import Collection

from django.db.models import Q

from institutions.people.models import Membership
from lifecycle.links import plain_address


def mailboxes_at(houses: Collection[int], on: datetime.date) -> set[str]:
    """Plain addresses of everybody who works at one of these institutions on that day, or will, or was invited to."""
    members = Membership.objects.filter(institution__in=houses).filter(
        Q(valid__contains=on) | Q(valid__startswith__gt=on)
    )
    pairs = members.values_list("user__email", "email")
    return {plain_address(each) for pair in pairs for each in pair if each}
