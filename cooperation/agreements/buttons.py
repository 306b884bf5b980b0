"""The moves of an agreement as buttons of its page."""

from typing import Any

from django.urls import reverse

from cooperation.agreements.models import Agreement
from cooperation.agreements.presenting import page
from cooperation.agreements.rules import AGREEMENT, is_open
from cooperation.pages.showing import buttons

MOVES: dict[str, dict[str, Any]] = {
    "approve": {"page": "sign", "icon": "sign", "kind": "main", "ask": True},
    "propose": {"page": "check", "icon": "agreement", "kind": "main", "ask": True},
    "redraft": {"page": "redraft", "icon": "pencil", "kind": "main", "ask": False},
    "change": {"page": "change", "icon": "pencil", "kind": "second", "ask": True},
    "remind": {"page": "remind", "icon": "bell", "kind": "second", "ask": False},
    "renew": {"icon": "agreement", "kind": "second", "ask": True},
    "propose_resumption": {"icon": "tick", "kind": "main", "ask": True},
    "propose_reinstatement": {"icon": "undo", "kind": "main", "ask": True},
    "amend": {"page": "amend", "icon": "pencil", "kind": "second", "ask": True},
    "decide": {"icon": "tick", "kind": "second", "ask": True},
    "take_back_notice": {"icon": "undo", "kind": "second", "ask": True},
    "decline": {"page": "decline", "icon": "cross", "kind": "bad-quiet", "ask": True},
    "revert": {"icon": "undo", "kind": "bad-quiet", "ask": True},
    "withdraw": {"page": "withdraw", "icon": "undo", "kind": "bad-quiet", "ask": True},
    "propose_suspension": {"icon": "clock", "kind": "bad-quiet", "ask": True},
    "give_notice": {"icon": "stop", "kind": "bad-quiet", "ask": True},
    "propose_termination": {"icon": "stop", "kind": "bad-quiet", "ask": True},
    "propose_annulment": {"icon": "cross", "kind": "bad-quiet", "ask": True},
}
ONE_AT_A_TIME = {"amend", "renew"} | {name for name in MOVES if name.startswith("propose_")}


def buttons_of(agreement: Agreement, user: Any) -> list[dict[str, Any]]:
    """The moves this person may make now; while a revision is open nothing else is asked for."""
    decided = agreement.concluded is not None and agreement.concluded.decided_on is not None
    hidden = ONE_AT_A_TIME if is_open(agreement) else set()
    hidden = hidden | ({"decide"} if decided or agreement.ends_on is None else set())
    moves = [each for each in AGREEMENT.available(agreement, user) if each not in hidden]
    return buttons(AGREEMENT, MOVES, moves, lambda name: _page_of(agreement, name))


def _page_of(agreement: Agreement, move: str) -> str:
    if "page" in MOVES[move]:
        return page(agreement, MOVES[move]["page"])
    return reverse("agreement-move", args=[agreement.public_id, move])
