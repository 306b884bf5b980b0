"""The record of acts as a feed: what a person may read of it, in the order of commits, nothing skipped."""

from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from institutions.registry.models import Institution
from institutions.registry.scope import houses, standings
from lifecycle.models import Event


class OneOf(Func):
    """Whether a value stands in an array column."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def readable_events(user: Any) -> QuerySet[Event]:
    """Own acts; those that concern one's houses; those of the houses of one's office unless for members only."""
    found = Q(actor=user)
    if standings(user):
        theirs = Institution.objects.filter(OneOf(F("public_id"), OuterRef("concerned")))
        overseen = Exists(theirs.filter(pk__in=Institution.objects.all().overseen_by(user).values("pk")))
        own = list(Institution.objects.filter(pk__in=houses(user)).values_list("public_id", flat=True))
        found |= Q(overseen, members_only=False)
        if own:
            found |= Q(concerned__overlap=own)
    return Event.objects.filter(found)


def read_cursor(text: str) -> tuple[int, int]:
    """A place in the feed; the beginning for nothing. Raises ValueError."""
    if not text:
        return 0, 0
    xact, dot, event = text.partition(".")
    if (
        not (dot and xact.isascii() and event.isascii() and xact.isdigit() and event.isdigit())
        or len(text) > 40
        or int(xact) >= 2**63
        or int(event) >= 2**63
    ):
        raise ValueError(text)
    return int(xact), int(event)


def page_after(user: Any, place: tuple[int, int], limit: int, **narrow: str) -> list[Event]:
    """Readable events after a place, below the oldest transaction still writing."""
    rows = readable_events(user).filter(**narrow)
    where = [
        "(lifecycle_event.xact, lifecycle_event.id) > (%s::text::xid8, %s)",
        "lifecycle_event.xact < pg_snapshot_xmin(pg_current_snapshot())",
    ]
    found = rows.extra(where=where, params=[str(place[0]), place[1]])  # noqa: S610 - fixed text, values as parameters
    return list(found.order_by("xact", "id")[:limit])
