"""Confirmed joint work as evidence: what is verified now is what stands under the obligations of an agreement.

Nobody enters it. The answer depends on what is verified alone, not on the order in which it was confirmed.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery, Sum

from cooperation.activities.models import Activity, ParticipantCount, Participation, ParticipationState
from cooperation.agreements.models import Agreement
from cooperation.obligations.covering import Promise, Work, allot, delivered_on, size_of
from cooperation.obligations.making import held_rows, touched
from cooperation.obligations.models import (
    UNFINISHED,
    Evidence,
    EvidenceState,
    Obligation,
    ObligationStatus,
)
from cooperation.obligations.rules import OBLIGATION

ACTIVITY = "activity"
FULFILLED = ObligationStatus.FULFILLED


def works_of(agreement: Agreement) -> list[Work]:
    """Confirmed work done while the agreement was in force, by who stands by it; one query."""
    if agreement.in_force_from is None:
        return []
    within = Q(starts_on__gte=agreement.in_force_from)
    if agreement.in_force_until is not None:
        within &= Q(starts_on__lt=agreement.in_force_until)
    standing = Participation.objects.filter(activity=OuterRef("pk"), state=ParticipationState.STANDS)
    people = ParticipantCount.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    rows = (
        Activity.objects.counted()
        .filter(within, agreement=agreement)
        .annotate(
            standing_houses=ArraySubquery(standing.order_by("pk").values("institution")),
            took_part=Subquery(people.annotate(all=Sum("number")).values("all")),
        )
    )
    columns = ("public_id", "form__code", "starts_on", "logged_on", "hours", "took_part", "standing_houses")
    return [
        Work(key, form, day, logged, hours, people or 0, frozenset(houses))
        for key, form, day, logged, hours, people, houses in rows.values_list(*columns)
    ]


def promise_of(row: Any) -> Promise:
    """An obligation as work is measured against it."""
    form = row.form.code if row.form_id else ""
    return Promise(row.pk, row.kind.code, form, row.responsible_id, row.beneficiary_id, row.quantity, row.due_on)


def count_work(agreement: Agreement, at: datetime.datetime) -> None:
    """Puts what is verified under what is owed: some becomes fulfilled, and what lost its evidence is open again."""
    rows = held_rows(agreement)
    if not rows:
        return
    proofs = _proofs(rows)
    works = works_of(agreement)
    verified = verified_of(proofs.values()) | {work.key for work in works}
    free = [
        row for row in rows if row.status in UNFINISHED or (row.status == FULFILLED and not by_hand(proofs[row.pk]))
    ]
    loose = {row.pk for row in free}
    spent = {
        (row.kind.code, row.responsible_id, row.beneficiary_id, proof.subject_id)
        for row in rows if row.pk not in loose
        for proof in proofs[row.pk] if proof.subject_type == ACTIVITY and proof.state == EvidenceState.ACCEPTED
    }  # fmt: skip
    given = allot(
        [promise_of(row) for row in free], works, spent, lambda promise: accepted_by_hand(proofs[promise.key])
    )
    for row in rows:
        entered = _enter(row, proofs[row.pk], given[row.pk], verified, at) if row.pk in loose else False
        voided = _void(proofs[row.pk], verified)
        _judge(row, proofs[row.pk], entered or voided, at)


def verified_of(proofs: Iterable[Iterable[Evidence]]) -> set[str]:
    """Ids of the activities among these proofs that are confirmed now."""
    keys = {proof.subject_id for each in proofs for proof in each if proof.subject_type == ACTIVITY}
    return set(Activity.objects.counted().filter(public_id__in=keys).values_list("public_id", flat=True))


def _proofs(rows: Iterable[Obligation]) -> dict[int, list[Evidence]]:
    """The evidence of each of these rows."""
    found: dict[int, list[Evidence]] = {row.pk: [] for row in rows}
    for proof in Evidence.objects.filter(obligation__in=found).order_by("pk"):
        found[proof.obligation_id].append(proof)
    return found


def is_counted(proof: Evidence) -> bool:
    """Whether the system entered it."""
    return proof.subject_type == ACTIVITY and proof.submitted_by_id is None


def by_hand(proofs: Iterable[Evidence]) -> bool:
    """Whether a person's word is part of what was accepted."""
    return any(proof.state == EvidenceState.ACCEPTED and not is_counted(proof) for proof in proofs)


def accepted_by_hand(proofs: Iterable[Evidence]) -> Decimal:
    """How much of it the other side has accepted beside what is counted."""
    found = [proof for proof in proofs if proof.state == EvidenceState.ACCEPTED and not is_counted(proof)]
    return sum((size_of(proof) for proof in found), Decimal(0))


def _enter(
    row: Obligation,
    proofs: list[Evidence],
    given: list[tuple[Work, Decimal]],
    verified: set[str],
    at: datetime.datetime,
) -> bool:
    """The counted evidence of a row is what was given to it; whether anything changed. `proofs` is what stands then."""
    mine = {proof.subject_id: proof for proof in proofs if is_counted(proof)}
    changed = False
    for work, size in given:
        said = {"quantity": size, "state": EvidenceState.ACCEPTED, "submitted_on": work.logged_on}
        proof = mine.pop(work.key, None)
        if proof is None:
            proofs.append(
                Evidence.objects.create(obligation=row, subject_type=ACTIVITY, subject_id=work.key, added_at=at, **said)
            )
            changed = True
        elif any(getattr(proof, name) != value for name, value in said.items()):
            _write(proof, **said)
            changed = True
    for key, proof in mine.items():
        if key in verified:  # counted for another promise, or for none, now
            Evidence.objects.filter(pk=proof.pk).delete()
            proofs.remove(proof)
            changed = True
    return changed


def _void(proofs: Iterable[Evidence], verified: set[str]) -> bool:
    """Evidence that rests on an activity which is confirmed no longer says nothing any more; whether there was any."""
    changed = False
    for proof in proofs:
        if proof.subject_type != ACTIVITY:
            continue
        state = proof.state
        if proof.subject_id not in verified:
            state = EvidenceState.VOID
        elif state == EvidenceState.VOID and not is_counted(proof):
            state = EvidenceState.OFFERED
        if state != proof.state:
            _write(proof, state=state)
            changed = True
    return changed


def _write(proof: Evidence, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(proof, name, value)
    proof.save(update_fields=list(columns))


def _judge(row: Obligation, proofs: list[Evidence], changed: bool, at: datetime.datetime) -> None:
    """The status that follows from the evidence that is accepted now."""
    accepted = [proof for proof in proofs if proof.state == EvidenceState.ACCEPTED]
    day = delivered_on(accepted, row.quantity)
    change = {"delivered_on": day, **touched(at)}
    if row.status in UNFINISHED and day is not None:
        OBLIGATION.apply("cover", row, by=None, at=at, change=change)
    elif row.status == FULFILLED and day is None:
        OBLIGATION.apply("uncover", row, by=None, at=at, change=change)
    elif row.status == FULFILLED and day != row.delivered_on:
        OBLIGATION.apply("redate", row, by=None, at=at, change=change)
    elif changed:
        Obligation.objects.filter(pk=row.pk).update(**touched(at))
