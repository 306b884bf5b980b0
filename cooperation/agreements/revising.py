"""What is done to a concluded agreement: a change, a renewal, a pause, an early end, its undoing.

Each is a revision that every party signs on one hash, and what was concluded stays as it is until the last signature.
"""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from cooperation.agreements import content as wording
from cooperation.agreements.actions import held, house_of, opened, reason_code_of, said, settle
from cooperation.agreements.deciding import decision_in, note_decision
from cooperation.agreements.drafting import copy_content, open_revision, write_content
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.rules import AGREEMENT, admin_houses, nothing_open, party_houses, signing_houses
from cooperation.agreements.statuses import Purpose
from lifecycle.transitions import Condition, Unmet, WrongStatus


def amend_agreement(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str = "", **content: Any
) -> Agreement:
    """Proposes another wording of a concluded agreement."""
    return _ask("amend", Purpose.AMEND, agreement, by, at, reason=reason, content=content)


def renew_agreement(
    agreement: Agreement, *, ends_on: datetime.date, by: Any, at: datetime.datetime, reason: str = ""
) -> Agreement:
    """Proposes the same terms with a later end."""
    return _ask("renew", Purpose.RENEW, agreement, by, at, reason=reason, content={"ends_on": ends_on})


def propose_suspension(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str, document: str = "", reason_code: str = ""
) -> Agreement:
    """A signatory asks for a pause; it begins when all have signed."""
    words: dict[str, Any] = {"reason": reason, "reason_code": reason_code}
    return _ask("propose_suspension", Purpose.SUSPEND, agreement, by, at, **words, kept={"document": document})


def propose_resumption(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Agreement:
    """A signatory asks to go on."""
    return _ask("propose_resumption", Purpose.RESUME, agreement, by, at, reason=reason, reason_code=reason_code)


def propose_termination(
    agreement: Agreement, *, effective_on: datetime.date, by: Any, at: datetime.datetime, reason: str,
    reason_code: str = "",
) -> Agreement:  # fmt: skip
    """Proposes to end the agreement as a whole on a day."""
    words: dict[str, Any] = {"reason": reason, "reason_code": reason_code}
    return _ask(
        "propose_termination", Purpose.TERMINATE, agreement, by, at, **words, kept={"effective_on": effective_on}
    )


def propose_annulment(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Agreement:
    """Proposes to undo the agreement from its start, as long as nothing was done under it."""
    return _ask("propose_annulment", Purpose.ANNUL, agreement, by, at, reason=reason, reason_code=reason_code)


def propose_reinstatement(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Agreement:
    """Proposes to undo an early end."""
    return _ask("propose_reinstatement", Purpose.REINSTATE, agreement, by, at, reason=reason, reason_code=reason_code)


def _ask(
    name: str,
    purpose: Purpose,
    agreement: Agreement,
    by: Any,
    at: datetime.datetime,
    *,
    reason: str = "",
    reason_code: str = "",
    content: dict[str, Any] | None = None,
    kept: dict[str, Any] | None = None,
) -> Agreement:
    """Opens a revision with the present terms, what it changes of them and why, and puts it before the parties."""
    with held(agreement, by):
        move = AGREEMENT.permit(name, agreement, by, reason)
        unmet = list(nothing_open(agreement))
        if unmet:
            raise Unmet(unmet)
        own = (signing_houses(by) | admin_houses(by)) & party_houses(agreement)
        house = house_of(agreement, own)
        told = {"purpose": purpose, **(kept or {}), **({} if content is not None else {"reason": reason})}
        source = _concluded(agreement)
        new = open_revision(agreement, drafted_for=house, by=by, at=at, **told)
        write_content(new, {**copy_content(source), "ends_on": agreement.ends_on, **(content or {})})
        settle(new, at, None)
        decision = decision_in(purpose, moves_the_end=new.ends_on != agreement.ends_on)
        if decision:
            note_decision(agreement, decision, at)
        clauses = _changed(source, new) if content is not None else []
        AGREEMENT.apply(
            name, agreement, by=by, at=at, permitted=move, reason=reason, reason_code=reason_code_of(reason_code),
            change=opened(agreement, new, at), detail=said(new, clauses=clauses), institution=house.public_id,
        )  # fmt: skip
        agreement.refresh_from_db()
    return agreement


def _concluded(agreement: Agreement) -> Revision:
    if agreement.concluded is None:
        raise WrongStatus(agreement.status)
    return agreement.concluded


def _changed(before: Revision, after: Revision) -> list[str]:
    """The clauses that differ. Raises Unmet where none does."""
    changes = wording.differences(wording.read(before), wording.read(after))
    if not changes:
        raise Unmet([Condition("nothing_changed", _("Nothing differs from the present revision."))])
    return [change.clause for change in changes]
