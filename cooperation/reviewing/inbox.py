"""What waits for a reviewer: one queue for each kind of thing, built the same."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from accounts.names import name_now
from cooperation.reviewing.models import Reviewed
from lifecycle.transitions import Lifecycle
from lifecycle.waiting import Line, Queue


def review_queue(model: type[Reviewed], table: Lifecycle, label: Any) -> Queue:
    """The queue of one kind: what somebody else wrote, longest waiting first."""
    word = table.subject_type

    def to_review(user: Any) -> QuerySet[Any]:
        rows = model.objects.visible_to(user).waiting_for(user)
        found: QuerySet[Any] = rows.select_related("institution").order_by("submitted_at", "pk")
        return found

    def line_of(thing: Reviewed, user: Any) -> Line:
        return Line(
            title=thing.title, action=gettext("Review"), url=reverse(f"{word}-detail", args=[thing.public_id]),
            since=thing.submitted_at, note=name_now(thing.institution.names),
        )  # fmt: skip

    return Queue(f"{word}s.review", label, to_review, line_of, f"/{word}s/?turn=mine")
