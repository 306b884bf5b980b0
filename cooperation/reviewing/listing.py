"""What the lists of everything that is reviewed share: the ready views, their counts and orders."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperation.reviewing.models import ReviewStatus

MINE, OWN, PUBLISHED, ALL = "mine", "own", "published", "all"
VIEW_WORDS = {MINE: _("Waiting for you"), PUBLISHED: _("Published"), OWN: _("Written by you"), ALL: _("All")}
SORTS = ("title", "modified_at")


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[Any]:
    """A ready view; one's own are for oneself alone."""
    if view == MINE:
        found: QuerySet[Any] = rows.waiting_for(user)
    elif view == OWN:
        found = rows.filter(author=user.pk)
    else:
        found = rows.filter(status=ReviewStatus.PUBLISHED) if view == PUBLISHED else rows
    return found


def counts_of(rows: Any, user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, else the newest change first."""
    return "modified_at" if view == MINE else "-modified_at"
