"""The pages of obligations in words: rows of the list, the facts of one, its evidence, what happened, what may be done."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.names import name_now
from accounts.wording import day_short, number
from cooperation.obligations.models import TO_DO, Evidence, EvidenceState, Obligation
from cooperation.obligations.proofs import titles_of
from cooperation.obligations.rules import OBLIGATION, owes
from cooperation.obligations.showing import (
    amount,
    badge_of,
    page,
    progress_words,
    promised_and_done,
    share_of,
    what,
    with_done,
    words_of_units,
)
from cooperation.pages.showing import buttons, house_page, timeline, with_reason
from lifecycle.models import Event

EVENTS: dict[str, tuple[Any, str]] = {
    "generate": (_l("Promised by the concluded agreement"), "agreement"),
    "reset": (_l("Changed with the agreement"), "pencil"),
    "add_evidence": (_l("Evidence added"), "plus"),
    "drop_evidence": (_l("Evidence taken back"), "trash"),
    "submit": (_l("Handed in"), "clock"),
    "ask_by_link": (_l("Somebody of the other side was asked by a link"), "sign"),
    "withdraw_link": (_l("A link was taken back"), "cross"),
    "accept": (_l("Accepted"), "tick"),
    "cover": (_l("Fulfilled by confirmed joint work"), "tick"),
    "uncover": (_l("Open again: evidence is no longer verified"), "warning"),
    "redate": (_l("Delivered on another day"), "clock"),
    "return": (_l("Returned"), "pencil"),
    "waive": (_l("Waived"), "hand"),
    "cancel": (_l("Cancelled"), "stop"),
    "revive": (_l("Open again: back in the agreement"), "plus"),
    "overdue": (_l("Overdue, those concerned were told"), "warning"),
}
BUTTONS: dict[str, dict[str, Any]] = {
    "accept": {"icon": "tick", "kind": "main", "ask": False},
    "submit": {"icon": "tick", "kind": "main", "ask": False},
    "return": {"icon": "pencil", "kind": "second", "ask": True},
    "waive": {"icon": "hand", "kind": "bad-quiet", "ask": True},
}
STATES = {
    EvidenceState.OFFERED: ("waiting", "clock"), EvidenceState.ACCEPTED: ("ok", "tick"),
    EvidenceState.VOID: ("warn", "warning"),
}  # fmt: skip


def rows_of(rows: Iterable[Any], on: datetime.date) -> list[dict[str, Any]]:
    """Rows of the list: what, by whom for whom, how much of how much, until when, and how it stands."""
    found = list(rows)
    units = words_of_units(found)
    return [
        {
            "url": page(row), "what": what(row), "number": row.agreement.number,
            "who": name_now(row.responsible.names), "whom": name_now(row.beneficiary.names) if row.beneficiary else "",
            "reached": progress_words(row, units.get(row.unit, row.unit)), "badge": badge_of(row, on),
            "until": day_short(row.due_on) if row.due_on else "",
        }
        for row in found
    ]  # fmt: skip


def block_of(agreement: Any, user: Any) -> dict[str, Any] | None:
    """Promised against delivered, for the page of a concluded agreement."""
    if agreement.concluded_id is None:
        return None
    rows = promised_and_done(agreement)
    if not rows:
        return None
    return {
        "template": "cooperation/_obligations.html", "rows": rows,
        "more": f"/{get_language()}/obligations/?view=all&agreement={agreement.public_id}",
    }  # fmt: skip


def facts_of(row: Any) -> list[dict[str, Any]]:
    """What was promised, by whom to whom, until when, how much is there."""
    unit = unit_of(row)
    whom = row.beneficiary
    agreement = row.agreement
    return [
        {"label": _l("Agreement"), "text": f"{agreement.number} · {agreement.title}",
         "url": reverse("agreement-detail", args=[agreement.public_id])},
        {"label": _l("Who does it"), "text": name_now(row.responsible.names), "url": house_page(row.responsible.public_id)},
        {"label": _l("For whom"), "text": name_now(whom.names) if whom else _("the other parties"),
         "url": house_page(whom.public_id) if whom else ""},
        {"label": _l("How much"), "text": amount(row.quantity, unit), "number": True},
        {"label": _l("Until"), "text": day_short(row.due_on) if row.due_on else _("no day is agreed"), "number": True},
        *([{"label": _l("Delivered on"), "text": day_short(row.delivered_on), "number": True}] if row.delivered_on else []),
        *([{"label": _l("Wording"), "text": row.text}] if row.text else []),
    ]  # fmt: skip


def unit_of(row: Any) -> str:
    """The word for its unit, read once a page."""
    if not hasattr(row, "unit_word"):
        row.unit_word = words_of_units([row]).get(row.unit, row.unit)
    found: str = row.unit_word
    return found


def proofs_of(row: Any) -> list[Evidence]:
    """Its evidence, the newest first, read once a page."""
    if not hasattr(row, "proofs"):
        row.proofs = list(row.evidence.order_by("-submitted_on", "-pk"))
    found: list[Evidence] = row.proofs
    return found


def progress_of(row: Any) -> dict[str, Any]:
    """How far it is, for the component `progress`."""
    return {"value": share_of(row), "text": progress_words(row, unit_of(row))}


def evidence_of(row: Obligation, user: Any) -> list[dict[str, Any]]:
    """What shows it, the newest first; a thing of the site with its address for whoever may read it."""
    rows = proofs_of(row)
    titles = titles_of(user, [(each.subject_type, each.subject_id) for each in rows if each.subject_id])
    unit = unit_of(row)
    mine = owes(user, row) and row.status in TO_DO
    return [_proof(each, titles, unit, mine) for each in rows]


def _proof(proof: Evidence, titles: dict[tuple[str, str], tuple[str, str]], unit: str, mine: bool) -> dict[str, Any]:
    title, url = titles.get((proof.subject_type, proof.subject_id), ("", ""))
    if proof.link:
        title, url = proof.link, proof.link
    elif proof.file_name:
        title, url = proof.file_name, reverse("evidence-file", args=[proof.public_id])
    tone, icon = STATES[EvidenceState(proof.state)]
    by_hand = proof.submitted_by_id is not None
    return {
        "id": proof.public_id, "void": proof.state == EvidenceState.VOID, "outside": proof.link,
        "title": title or _("Something you may not open"), "url": url, "note": proof.note,
        "amount": amount(proof.quantity, unit) or number(1), "day": day_short(proof.submitted_on), "counted": not by_hand,
        "badge": {"text": EvidenceState(proof.state).label, "tone": tone, "icon": icon},
        "drop": reverse("evidence-drop", args=[proof.public_id])
        if mine and by_hand and proof.state != EvidenceState.ACCEPTED else "",
    }  # fmt: skip


def file_of(proof: Evidence) -> FileResponse:
    """The file as it is handed out: kept by no cache, and never run."""
    answer = FileResponse(proof.file.open("rb"), as_attachment=True, filename=proof.file_name)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def timeline_of(row: Obligation, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first; the reason is for the parties."""
    events = Event.objects.about("obligation", row.public_id).filter(name__in=EVENTS).order_by("-id")
    return timeline(
        events, lambda event: (EVENTS[event.name][1], with_reason(EVENTS[event.name][0], event, with_reasons))
    )


def buttons_of(row: Obligation, user: Any) -> list[dict[str, Any]]:
    """What this person may do now; nothing can be handed in, or accepted unasked, without evidence."""
    open_now = set(OBLIGATION.available(row, user))
    if all(proof.state == EvidenceState.VOID for proof in proofs_of(row)):
        open_now -= {"submit", "accept"}
    return buttons(OBLIGATION, BUTTONS, open_now, lambda name: page(row, name))


def with_all(rows: Any) -> Any:
    """The rows with how much was accepted of each."""
    return with_done(rows)
