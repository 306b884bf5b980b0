"""Signing: a party's approval of one hash, the conclusion that the last one brings, and what the calendar does then."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements import content as wording
from cooperation.agreements.actions import held, touched
from cooperation.agreements.calendar import bind_until, follow, stop
from cooperation.agreements.conditions import before_sealed, before_signing
from cooperation.agreements.deciding import carry_decision
from cooperation.agreements.drafting import findable, mirrored
from cooperation.agreements.methods import Signer, Way, WithAccount, has_another_party, keep_proof
from cooperation.agreements.models import Agreement, AgreementParty, Revision, RevisionParty, Signature
from cooperation.agreements.rules import AGREEMENT
from cooperation.agreements.statuses import RUNNING, TERMS, PartyState, Purpose, RevisionStatus, SignatureMethod
from lifecycle import ledger
from lifecycle.transitions import Condition, Unmet, WrongStatus

DAY = datetime.timedelta(days=1)


class OtherContent(WrongStatus):
    """The signer saw another content (409): `extra` carries the present hash and the difference, clause by clause."""

    def __init__(self, agreement: Agreement, seen: str, by: Any) -> None:
        present = agreement.shown
        read = Revision.objects.filter(agreement=agreement, content_hash=seen, frozen__isnull=False).first()
        self.revision = present
        self.changes: list[wording.Change] = []
        if read and present:
            self.changes = wording.differences(wording.read(read), wording.read(present))
        diff = [{"clause": each.clause, "before": each.before, "after": each.after} for each in self.changes]
        super().__init__(
            agreement.status,
            AGREEMENT.available(agreement, by) if by else (),
            _("The agreement has changed since you read it. Nothing was signed."),
            {
                "content_hash": present.content_hash if present else "",
                "seen": read.number if read else None,
                "diff": diff,
            },
        )


def approve_agreement(
    agreement: Agreement, *, content_hash: str, by: Any, at: datetime.datetime, way: Way | None = None
) -> Agreement:
    """One person signs the hash they saw, for one party, with the account unless another way is named.

    The last signature concludes, in the same transaction. Raises PermissionDenied, OtherContent (another hash),
    WrongStatus, Unmet (all that stands in the way).
    """
    way = way or WithAccount()
    with held(agreement, by):
        move = AGREEMENT.permit("approve", agreement, None if way.bearer else by, link=way.bearer)
        revision = agreement.shown
        if revision is None or revision.content_hash != content_hash:
            raise OtherContent(agreement, content_hash, by)
        signer = way.signer(revision, by, at)
        unmet = [*before_signing(revision, signer.party, timezone.localtime(at).date()), *before_sealed(at)]
        if unmet:
            raise Unmet(unmet)
        if not wording.is_genuine(revision):
            raise OtherContent(agreement, content_hash, by)
        _sign(signer, at, way.method)
        house = signer.party.institution.public_id
        detail = {"revision": revision.number, "content_hash": content_hash, "party": house, **signer.told}
        if way.method != SignatureMethod.ACCOUNT:
            detail["method"] = way.method
        AGREEMENT.apply(
            "approve", agreement, by=by, at=at, permitted=move, where={"shown": revision}, change=touched(at),
            detail=detail, institution=house, position=signer.position,
        )  # fmt: skip
        if not _awaited(revision):
            _conclude(agreement, revision, at)
        agreement.refresh_from_db()
    return agreement


def _sign(signer: Signer, at: datetime.datetime, method: str) -> None:
    party, revision = signer.party, signer.party.revision
    if has_another_party(revision, signer):
        raise Unmet([Condition("signed_for_another", _("One person signs for one party."))])
    signed = RevisionParty.objects.filter(pk=party.pk, state=PartyState.WAITING)
    if not signed.update(state=PartyState.APPROVED, approved_at=at):
        raise PermissionDenied
    signature = Signature.objects.create(
        revision=revision, party=party, sha256=revision.content_hash, person=signer.person,
        position=signer.position, method=method, signed_at=at,
    )  # fmt: skip
    keep_proof(signature, signer)
    Revision.objects.filter(pk=revision.pk, status=RevisionStatus.PROPOSED).update(
        status=RevisionStatus.PARTLY_APPROVED
    )


def _awaited(revision: Revision) -> bool:
    """Whether a signing party has not approved this very hash."""
    signing = revision.parties.filter(signs=True)
    return signing.count() != Signature.objects.filter(party__in=signing, sha256=revision.content_hash).count()


def _conclude(agreement: Agreement, revision: Revision, at: datetime.datetime) -> None:
    """Everybody has signed one hash: the revision is concluded, its parties count, and it does what it is for."""
    on = timezone.localtime(at).date()
    if agreement.concluded_id:
        Revision.objects.filter(pk=agreement.concluded_id).update(status=RevisionStatus.SUPERSEDED)
    Revision.objects.filter(pk=revision.pk).update(status=RevisionStatus.CONCLUDED, concluded_at=at)
    started = agreement.in_force_from if agreement.status in RUNNING else None
    change = {
        "concluded": revision, "concluded_at": agreement.concluded_at or at, "turn_since": None,
        **mirrored(revision), "search_key": findable(agreement, revision), **touched(at),
    }  # fmt: skip
    if revision.purpose in TERMS:
        begins, ends = in_force(revision, on, started)
        change |= {"in_force_from": begins, "in_force_until": ends}
    if revision.purpose == Purpose.TERMINATE:
        change["terminated_on"] = max(revision.effective_on or on, on)
    elif revision.purpose == Purpose.RENEW:
        change["terminated_on"] = None  # all have agreed to go on
    detail = {"revision": revision.number, "content_hash": revision.content_hash, "purpose": revision.purpose}
    carry_decision(agreement, revision)
    AGREEMENT.apply("conclude", agreement, by=None, at=at, change=change, detail=detail)
    if revision.frozen:
        ledger.enter(revision.frozen, at=at)
    _bind(agreement, revision, on)
    if revision.purpose in AT_ONCE:
        AT_ONCE[Purpose(revision.purpose)](agreement, on, at)
    follow(agreement, on, at)


def _bind(agreement: Agreement, revision: Revision, on: datetime.date) -> None:
    """The parties that count: those there before stay from their day, new ones come in today."""
    if agreement.in_force_from is None or revision.purpose not in TERMS:
        return
    known = {(row.institution_id, row.unit_id): row for row in AgreementParty.objects.filter(agreement=agreement)}
    begins, ends = agreement.in_force_from, agreement.in_force_until
    for party in revision.parties.order_by("position", "pk"):
        row = known.get((party.institution_id, party.unit_id))
        if row is None:
            AgreementParty.objects.create(
                agreement=agreement, institution_id=party.institution_id, unit_id=party.unit_id, role_id=party.role_id,
                signs=party.signs, valid=DateRange(max(begins, on) if known else begins, ends),
            )  # fmt: skip
        else:
            lower = row.valid.lower if row.valid.lower and row.valid.lower <= on else begins
            AgreementParty.objects.filter(pk=row.pk).update(
                role_id=party.role_id, signs=party.signs, valid=DateRange(lower, ends)
            )


def in_force(
    revision: Revision, concluded_on: datetime.date, started: datetime.date | None = None
) -> tuple[datetime.date, datetime.date | None]:
    """The first day it holds and the first it no longer does; it never holds before everybody had signed, and what
    held already goes on from its day.
    """
    if revision.starts_on is None:
        raise ValueError("a revision without a start was concluded")
    begins = started or max(revision.starts_on, concluded_on)
    return begins, max(begins, revision.ends_on + DAY) if revision.ends_on else None


def _suspend(agreement: Agreement, on: datetime.date, at: datetime.datetime) -> None:
    change = {"suspended_on": on, **touched(at)}
    AGREEMENT.apply("suspend", agreement, by=None, at=at, change=change, detail={"on": str(on)})


def _resume(agreement: Agreement, on: datetime.date, at: datetime.datetime) -> None:
    paused = (on - agreement.suspended_on).days if agreement.suspended_on else 0
    change = {"suspended_on": None, **touched(at)}
    AGREEMENT.apply("resume", agreement, by=None, at=at, change=change, detail={"on": str(on), "days": paused})


def _annul(agreement: Agreement, on: datetime.date, at: datetime.datetime) -> None:
    stop(agreement, "annul", agreement.in_force_from or on, on, at)


def _reinstate(agreement: Agreement, on: datetime.date, at: datetime.datetime) -> None:
    """As if it had not ended: the end is the agreed one again."""
    until = agreement.ends_on + DAY if agreement.ends_on else None
    bind_until(agreement, until)
    change = {"terminated_on": None, "in_force_until": until, **touched(at)}
    AGREEMENT.apply("reinstate", agreement, by=None, at=at, change=change, detail={"on": str(on)})


AT_ONCE = {
    Purpose.SUSPEND: _suspend, Purpose.RESUME: _resume, Purpose.ANNUL: _annul, Purpose.REINSTATE: _reinstate,
}  # fmt: skip
