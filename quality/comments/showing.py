"""What pages say of a comment; of whoever wrote it nothing."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.clock import today
from accounts.names import name_now
from accounts.wording import day_short, moment, number, percent
from exchange.tables import Head, Table
from institutions.registry.listpage import ListPage
from lifecycle.events import timeline
from quality.comments.models import CLOSED, PublicComment
from quality.comments.models import CommentStatus as C
from quality.comments.rules import due_on, is_late, share_in_time
from quality.comments.subjects import page_of

SORTS = ("received_at", "closed_at", "title")
RELATED = ("institution", "territory")
TONES = {
    C.RECEIVED: ("waiting", "clock"), C.ACKNOWLEDGED: ("waiting", "search"), C.ANSWERED: ("ok", "tick"),
    C.CORRECTED: ("ok", "pencil"), C.DECLINED: ("ended", "stop"),
}  # fmt: skip
EVENTS = {
    "receive": (_l("Received"), "plus"), "acknowledge": (_l("Being looked into"), "search"),
    "answer": (_l("Answered"), "tick"), "correct": (_l("Corrected"), "pencil"), "decline": (_l("Declined"), "cross"),
}  # fmt: skip


def public_page(comment: PublicComment) -> str:
    """Where everybody, and whoever wrote it, reads how it stands."""
    return reverse("public-comment", args=[comment.public_id])


def own_page(comment: PublicComment, name: str = "detail") -> str:
    """The page of those who answer."""
    return reverse(f"comment-{name}", args=[comment.public_id])


def standing(comment: PublicComment) -> dict[str, Any]:
    """The badge of its status."""
    tone, icon = TONES[C(comment.status)]
    return {"text": str(comment.get_status_display()), "tone": tone, "icon": icon}


def by_when(comment: PublicComment, on: datetime.date) -> str:
    """Until when the answer is due, or since when it is late; nothing once it is there."""
    if comment.status in CLOSED:
        return ""
    words = _("Overdue since %(day)s") if is_late(comment, on) else _("Answer due by %(day)s")
    return words % {"day": day_short(due_on(comment))}


def whose(comment: PublicComment) -> str:
    """Who answers."""
    house = comment.institution
    return name_now(house.names) if house else name_now(comment.territory.names)


def columns_of(listed: ListPage) -> list[dict[str, Any]]:
    """Heads of both lists."""
    return [
        listed.head(_("Page"), "title"), listed.head(_("Who answers")), listed.head(_("Status")),
        listed.head(_("Received"), "received_at"), listed.head(_("Answered on"), "closed_at"),
    ]  # fmt: skip


def rows_of(comments: Iterable[PublicComment], address: Any) -> list[dict[str, Any]]:
    """Rows of both lists; `address` says which page a row opens."""
    on = today()
    return [
        {"cells": [
            {"text": each.title, "url": address(each)},
            {"text": whose(each), "label": _("Who answers")},
            {**standing(each), "label": _("Status")},
            {"text": day_short(each.received_at), "label": _("Received")},
            {"text": day_short(each.closed_at) if each.closed_at else by_when(each, on), "label": _("Answered on")},
        ]}
        for each in comments
    ]  # fmt: skip


def facts_of(comment: PublicComment, inside: bool = False) -> list[dict[str, Any]]:
    """What is known of it; its text where it may stand, and always for those who answer."""
    text = comment.text if inside or (comment.is_told and comment.status in CLOSED) else ""
    found = [
        {"label": _("Page"), "text": comment.title, "url": page_of(comment.address)},
        {"label": _("What was said"), "text": text},
        {"label": _("Who answers"), "text": whose(comment)},
        {"label": _("Received"), "text": moment(comment.received_at)},
        {"label": _("Answer due by"), "text": "" if comment.closed_at else day_short(due_on(comment))},
        {"label": _("Answer given"), "text": comment.answer},
        {"label": _("Answered on"), "text": moment(comment.closed_at) if comment.closed_at else ""},
    ]
    return [each for each in found if each["text"]]


def timeline_of(comment: PublicComment) -> list[dict[str, Any]]:
    """What happened, newest first."""
    return [
        {
            "icon": EVENTS[event.name][1], "when": moment(event.happened_at), "text": str(EVENTS[event.name][0]),
            "who": str(event.actor) if event.actor else "",
        }
        for event in reversed(timeline("comment", [comment.public_id]))
    ]  # fmt: skip


def in_time_words(rows: QuerySet[PublicComment], at: datetime.datetime) -> dict[str, Any] | None:
    """The share that was answered within 15 days, with both numbers; None as long as there is nothing to share."""
    good, every = share_in_time(rows, at)
    if not every:
        return None
    told = {"good": number(good), "every": number(every), "share": percent(Decimal(100 * good) / every)}
    return {"text": _("%(share)s answered within 15 days: %(good)s of %(every)s") % told,
            "good": good, "late": every - good}  # fmt: skip


def table_of(rows: QuerySet[PublicComment], notes: list[tuple[Any, Any]]) -> Table:
    """The public list as a file."""
    heads = [
        Head(_("Page")), Head(_("Who answers")), Head(_("Status")), Head(_("Received"), "date"),
        Head(_("Answered on"), "date"), Head(_("What was said")), Head(_("Answer given")),
    ]  # fmt: skip
    found = rows.select_related(*RELATED).order_by("-received_at", "-pk")

    def lines() -> Any:
        for each in found.iterator(chunk_size=500):
            told = each.is_told and each.status in CLOSED
            yield (
                each.title, whose(each), str(each.get_status_display()), _day(each.received_at), _day(each.closed_at),
                each.text if told else "", each.answer,
            )  # fmt: skip

    return Table(_("Remarks of readers"), "remarks", heads, lines(), found.count(), notes)


def _day(moment_: datetime.datetime | None) -> datetime.date | None:
    return timezone.localtime(moment_).date() if moment_ else None
