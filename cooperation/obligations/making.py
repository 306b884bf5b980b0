"""Obligations made from what was concluded: generated, changed with the wording, moved by pauses, cancelled at the end.

Everything here is called while the agreement's row is held, in the transaction of what happened to it.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from cooperation.agreements.actions import touched
from cooperation.agreements.models import Agreement, AgreementTerm, Revision
from cooperation.obligations.models import DONE, TO_DO, UNFINISHED, Obligation, ObligationStatus
from cooperation.obligations.rules import OBLIGATION
from institutions.registry.models import Institution
from lifecycle.events import record

WRITTEN = ("kind_id", "form_id", "beneficiary_id", "quantity", "unit", "text", "agreed_on")
Wanted = dict[tuple[str, int], dict[str, Any]]


def make_obligations(agreement: Agreement, at: datetime.datetime) -> None:
    """What is owed after this conclusion: new promises are open, changed ones follow, what went is cancelled; fulfilled
    and waived ones stay as they are.
    """
    if agreement.concluded_id is None:
        return
    wanted = wanted_of(Revision.objects.get(pk=agreement.concluded_id), agreement.ends_on)
    known: dict[tuple[str, int], list[Obligation]] = {}
    for row in held_rows(agreement):
        known.setdefault((row.term_key, row.responsible_id), []).append(row)
    for place, columns in wanted.items():
        _bring(agreement, place, columns, known.get(place, []), at)
    for place in known.keys() - wanted.keys():
        cancel(known[place], at, reason_code="changed")


def held_rows(agreement: Agreement) -> list[Obligation]:
    """Its obligations, ours until commit, in one order."""
    rows = Obligation.objects.filter(agreement=agreement).select_for_update(of=("self",))
    found = list(rows.select_related("kind", "form", "responsible", "beneficiary").order_by("pk"))
    for row in found:
        row.agreement = agreement
    return found


def wanted_of(revision: Revision, ends_on: datetime.date | None) -> Wanted:
    """The columns of each promise by its term and who owes it; due on its day, else on the last of the agreement."""
    bound = revision.parties.filter(left_on=None, signs=True).order_by("position", "pk")
    parties = list(dict.fromkeys(bound.values_list("institution_id", flat=True)))
    found: Wanted = {}
    for term in revision.terms.order_by("position", "pk"):
        if {term.from_institution_id, term.to_institution_id} - {None} <= set(parties):
            for responsible in responsible_of(term, parties):
                found[term.key, responsible] = columns_of(term, responsible, ends_on)
    return found


def responsible_of(term: AgreementTerm, parties: Iterable[int]) -> list[int]:
    """Who owes it: the party it names, else each that signs but the one it is for."""
    if term.from_institution_id is not None:
        return [term.from_institution_id]
    return [party for party in parties if party != term.to_institution_id]


def columns_of(term: AgreementTerm, responsible: int, ends_on: datetime.date | None) -> dict[str, Any]:
    """What a term says, as columns of an obligation."""
    whom = term.to_institution_id
    return {
        "kind_id": term.kind_id, "form_id": term.form_id, "beneficiary_id": whom if whom != responsible else None,
        "quantity": term.quantity, "unit": term.unit, "text": term.text, "agreed_on": term.due_on,
        "due_on": term.due_on or ends_on,
    }  # fmt: skip


def _bring(
    agreement: Agreement, place: tuple[str, int], columns: dict[str, Any], rows: list[Obligation], at: datetime.datetime
) -> None:
    """One promise: kept where it is done, changed where it is open, back where it was cancelled, else new."""
    live = [row for row in rows if row.status in UNFINISHED]
    done = [row for row in rows if row.status in DONE]
    if any(row.agreed_on == columns["agreed_on"] for row in done) or (done and columns["agreed_on"] is None):
        cancel(live, at, reason_code="changed")
    elif live:
        _change(live[0], columns, at)
    elif gone := [row for row in rows if row.status == ObligationStatus.CANCELLED]:
        same = [row for row in gone if row.agreed_on == columns["agreed_on"]]
        _revive((same or gone)[-1], columns, at)
    else:
        _generate(agreement, place, columns, at)


def _generate(
    agreement: Agreement, place: tuple[str, int], columns: dict[str, Any], at: datetime.datetime
) -> Obligation:
    key, responsible = place
    made = Obligation.objects.create(
        agreement=agreement, term_key=key, responsible_id=responsible, late_after=columns["due_on"], generated_at=at,
        modified_at=at, **columns,
    )  # fmt: skip
    record(
        "generate", subject_type="obligation", subject_id=made.public_id, status_after=made.status, by=None, at=at,
        **made.audience(),
    )  # fmt: skip
    return made


def _change(row: Obligation, columns: dict[str, Any], at: datetime.datetime) -> None:
    """The wording as it is now; a day that a pause has moved stays moved where the wording names the same one."""
    moved = columns["agreed_on"] is not None and columns["agreed_on"] == row.agreed_on
    due = row.due_on if moved else columns["due_on"]
    same = due == row.due_on and all(getattr(row, name) == columns[name] for name in WRITTEN)
    if same:
        return
    days = {"due_on": due} if due == row.due_on else _days(due)
    detail = {"was_due": str(row.due_on) if row.due_on else None}
    change = {**{name: columns[name] for name in WRITTEN}, **days, **touched(at)}
    OBLIGATION.apply("reset", row, by=None, at=at, change=change, detail=detail)


def _days(due: datetime.date | None) -> dict[str, Any]:
    """The columns of another due date: lateness is counted, and told, anew."""
    return {"due_on": due, "late_after": due, "told_days": 0}


def _revive(row: Obligation, columns: dict[str, Any], at: datetime.datetime) -> None:
    change = {**{name: columns[name] for name in WRITTEN}, **_days(columns["due_on"]), **touched(at)}
    OBLIGATION.apply("revive", row, by=None, at=at, change=change)


def cancel(rows: Iterable[Obligation], at: datetime.datetime, **told: Any) -> None:
    """Those that nobody has handed in are cancelled; what was handed in waits for its answer."""
    for row in rows:
        if row.status in TO_DO:
            OBLIGATION.apply("cancel", row, by=None, at=at, change=touched(at), **told)


def postpone(agreement: Agreement, since: datetime.date, days: int, at: datetime.datetime) -> None:
    """After a pause that began on `since`: due dates move by it, at most to the last day of the agreement; of what was
    late already only the count of late days stood still.
    """
    for row in held_rows(agreement):
        if days <= 0 or row.status not in UNFINISHED or row.due_on is None or row.late_after is None:
            continue
        later = datetime.timedelta(days=days)
        due = row.due_on
        if row.due_on >= since and row.agreed_on is not None:
            due = min(row.due_on + later, max(agreement.ends_on or datetime.date.max, row.due_on))
        late = due if row.due_on >= since else row.late_after + later
        if late != row.late_after:
            change = {"due_on": due, "late_after": late, **touched(at)}
            detail = {"was_due": str(row.due_on), "days": days}
            OBLIGATION.apply("reset", row, by=None, at=at, change=change, detail=detail)


def close(agreement: Agreement, over: datetime.date, at: datetime.datetime, left: Iterable[str] = ()) -> None:
    """From that day on nothing more falls due (of those who left, where some are named); what was due before stays."""
    keys = set(left)
    for row in held_rows(agreement):
        if keys and not keys & _sides(row):
            continue
        if outlived(row, over):
            cancel([row], at, reason_code="ended")


def outlived(row: Obligation, over: datetime.date | None) -> bool:
    """Whether it would have fallen due when the agreement no longer held."""
    return over is not None and (row.due_on is None or row.due_on >= over)


def _sides(row: Obligation) -> set[str]:
    sides: tuple[Institution | None, ...] = (row.responsible, row.beneficiary)
    return {house.public_id for house in sides if house is not None}
