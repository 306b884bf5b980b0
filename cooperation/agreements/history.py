"""What happened to an agreement, in words: institution and office, never a person."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.wording import moment
from cooperation.agreements import content as wording
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import SignatureMethod
from lifecycle.models import Event

ICONS = {
    "draft": "pencil", "propose": "agreement", "approve": "sign", "conclude": "tick", "start": "tick", "end": "stop",
    "change": "pencil", "decline": "cross", "withdraw": "undo", "redraft": "pencil",
    "amend": "pencil", "renew": "pencil", "revert": "undo", "take_back_notice": "undo", "reinstate": "tick",
    "resume": "tick", "renew_auto": "tick", "suspend": "clock", "terminate": "stop", "annul": "stop", "leave": "stop",
    "ask_to_sign": "sign", "renew_link": "sign", "withdraw_link": "undo",
    "give_notice": "stop", "lapse": "stop", "decide": "tick", "remind": "bell", "alert": "clock",
}  # fmt: skip
EVENT_WORDS: dict[str, Callable[[], str]] = {
    "draft": lambda: _("Draft prepared"),
    "propose": lambda: _("Sent to the partner"),
    "change": lambda: _("Change proposed"),
    "approve": lambda: _("Signed"),
    "conclude": lambda: _("Concluded: everybody has signed"),
    "start": lambda: _("Came into force"),
    "end": lambda: _("Expired"),
    "decline": lambda: _("Declined"),
    "redraft": lambda: _("A new revision is being prepared"),
    "withdraw": lambda: _("Withdrawn"),
    "revert": lambda: _("Proposal taken back"),
    "amend": lambda: _("Change proposed"),
    "renew": lambda: _("Renewal proposed"),
    "propose_suspension": lambda: _("Suspension proposed"),
    "propose_resumption": lambda: _("Resumption proposed"),
    "propose_termination": lambda: _("Early end proposed"),
    "propose_annulment": lambda: _("Annulment proposed"),
    "propose_reinstatement": lambda: _("Putting back in force proposed"),
    "give_notice": lambda: _("Notice given"),
    "take_back_notice": lambda: _("Notice taken back"),
    "decide": lambda: _("Decision about the end recorded"),
    "suspend": lambda: _("Suspended"),
    "resume": lambda: _("Resumed"),
    "renew_auto": lambda: _("Renewed by itself"),
    "leave": lambda: _("A party left"),
    "terminate": lambda: _("Ended early"),
    "annul": lambda: _("Annulled"),
    "reinstate": lambda: _("Put back in force"),
    "lapse": lambda: _("Lapsed without an answer"),
    "ask_to_sign": lambda: _("Asked for a signature by a personal link"),
    "renew_link": lambda: _("A fresh link was sent"),
    "withdraw_link": lambda: _("A personal link was taken back"),
    "remind": lambda: _("Reminder sent to those who have yet to sign"),
    "alert": lambda: _("The parties were told that its day comes near"),
}


def timeline_of(agreement: Agreement, names: Mapping[str, str], with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first: institution and office, never a person; reasons for the parties only."""
    events = Event.objects.about("agreement", agreement.public_id).filter(name__in=EVENT_WORDS).order_by("-id")
    return [
        {
            "icon": ICONS.get(event.name, "circle"),
            "text": _told(event, with_reasons),
            "who": " · ".join(
                filter(None, [names.get(event.institution, "") if _by_a_party(event) else "", event.position])
            ),
            "when": moment(event.happened_at),
            "code": str(event.detail.get("content_hash", ""))[: wording.SHORT],
        }
        for event in events
    ]


def _by_a_party(event: Event) -> bool:
    """Whether a party did it, by an account or by the bearer of its link; else the calendar."""
    return event.actor_id is not None or (event.name in ("approve", "decline") and "link" in event.detail)


def _told(event: Event, with_reasons: bool) -> str:
    text = EVENT_WORDS[event.name]()
    if event.name == "approve" and event.detail.get("method"):
        text = f"{text}: {SignatureMethod(event.detail['method']).label}"
    if "revision" in event.detail and event.name not in ("approve", "conclude"):
        text = _("%(what)s, revision %(number)s") % {"what": text, "number": event.detail["revision"]}
    return f"{text}: {event.reason}" if event.reason and with_reasons else text
