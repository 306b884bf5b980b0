"""Signing: a party's approval of one hash, the conclusion that the last one brings, and what the calendar does then."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements import content as wording
from cooperation.agreements.actions import held, touched
from cooperation.agreements.conditions import before_signing
from cooperation.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementStatus,
    PartyState,
    Revision,
    RevisionParty,
    RevisionStatus,
    Signature,
    SignatureMethod,
)
from cooperation.agreements.rules import AGREEMENT, has_signed, signing_houses
from institutions.people.models import Position
from lifecycle import ledger
from lifecycle.transitions import Unmet, WrongStatus

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
            AGREEMENT.available(agreement, by),
            _("The agreement has changed since you read it. Nothing was signed."),
            {
                "content_hash": present.content_hash if present else "",
                "seen": read.number if read else None,
                "diff": diff,
            },
        )


def approve_agreement(
    agreement: Agreement, *, content_hash: str, by: Any, at: datetime.datetime, method: str = SignatureMethod.ACCOUNT
) -> Agreement:
    """One person signs the hash they saw, for one party. The last signature concludes, in the same transaction.

    Raises PermissionDenied, OtherContent (another hash), WrongStatus, Unmet (all that stands in the way).
    """
    with held(agreement, by):
        move = AGREEMENT.permit("approve", agreement, by)
        revision = agreement.shown
        if revision is None or revision.content_hash != content_hash:
            raise OtherContent(agreement, content_hash, by)
        party, position = _signer(revision, by, timezone.localtime(at).date())
        unmet = before_signing(revision, party)
        if unmet:
            raise Unmet(unmet)
        if not wording.is_genuine(revision):
            raise OtherContent(agreement, content_hash, by)
        _sign(party, position, by, at, method)
        detail = {"revision": revision.number, "content_hash": content_hash, "party": party.institution.public_id}
        AGREEMENT.apply(
            "approve", agreement, by=by, at=at, permitted=move, where={"shown": revision}, change=touched(at),
            detail=detail, institution=party.institution.public_id, position=position.title,
        )  # fmt: skip
        if not _awaited(revision):
            _conclude(agreement, revision, at)
        agreement.refresh_from_db()
    return agreement


def _signer(revision: Revision, by: Any, on: datetime.date) -> tuple[RevisionParty, Position]:
    """The waiting party this person can sign for today, and the position that lets them. Raises PermissionDenied."""
    waiting = revision.parties.filter(signs=True, state=PartyState.WAITING, institution__in=signing_houses(by))
    powers = {
        position.institution_id: position
        for position in Position.objects.may_sign_on(on).filter(person__user=by).order_by("-pk")
    }
    for party in waiting.select_related("institution").order_by("position", "pk"):
        if party.institution_id in powers:
            return party, powers[party.institution_id]
    raise PermissionDenied


def _sign(party: RevisionParty, position: Position, by: Any, at: datetime.datetime, method: str) -> None:
    revision = party.revision
    signed = RevisionParty.objects.filter(pk=party.pk, state=PartyState.WAITING)
    if has_signed(by, revision.agreement) or not signed.update(state=PartyState.APPROVED, approved_at=at):
        raise PermissionDenied
    Signature.objects.create(
        revision=revision, party=party, sha256=revision.content_hash, person=by, position=position.title,
        method=method, signed_at=at,
    )  # fmt: skip
    Revision.objects.filter(pk=revision.pk, status=RevisionStatus.PROPOSED).update(
        status=RevisionStatus.PARTLY_APPROVED
    )


def _awaited(revision: Revision) -> bool:
    """Whether a signing party has not approved this very hash."""
    signing = revision.parties.filter(signs=True)
    return signing.count() != Signature.objects.filter(party__in=signing, sha256=revision.content_hash).count()


def _conclude(agreement: Agreement, revision: Revision, at: datetime.datetime) -> None:
    """Everybody has signed one hash: the revision is concluded, its parties count, it starts on its day."""
    on = timezone.localtime(at).date()
    begins, ends = in_force(revision, on)
    if agreement.concluded_id:
        Revision.objects.filter(pk=agreement.concluded_id).update(status=RevisionStatus.SUPERSEDED)
    Revision.objects.filter(pk=revision.pk).update(status=RevisionStatus.CONCLUDED, concluded_at=at)
    change = {
        "concluded": revision, "concluded_at": at, "turn_since": None,
        "in_force_from": begins, "in_force_until": ends, **touched(at),
    }  # fmt: skip
    detail = {"revision": revision.number, "content_hash": revision.content_hash}
    AGREEMENT.apply("conclude", agreement, by=None, at=at, change=change, detail=detail)
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=agreement, institution_id=party.institution_id, unit_id=party.unit_id, role_id=party.role_id,
            signs=party.signs, valid=DateRange(begins, ends),
        )
        for party in revision.parties.order_by("position", "pk")
    )  # fmt: skip
    if revision.frozen:
        ledger.enter(revision.frozen, at=at)
    _follow_calendar(agreement, on, at)


def in_force(revision: Revision, concluded_on: datetime.date) -> tuple[datetime.date, datetime.date | None]:
    """The first day it holds and the first it no longer does; it never holds before everybody had signed."""
    if revision.starts_on is None:
        raise ValueError("a revision without a start was concluded")
    begins = max(revision.starts_on, concluded_on)
    return begins, max(begins, revision.ends_on + DAY) if revision.ends_on else None


def start_and_end(on: datetime.date, *, at: datetime.datetime, limit: int = 1000) -> int:
    """Starts and ends every agreement whose day has come by `on`, however late; returns how many were moved.

    One transaction each, so that a failing one holds up no other and a crash loses nothing: the rest is found again.
    """
    starting = Agreement.objects.filter(status=AgreementStatus.CONCLUDED, in_force_from__lte=on)
    ending = Agreement.objects.filter(status=AgreementStatus.IN_FORCE, in_force_until__lte=on)
    keys = [*starting.order_by("pk").values_list("pk", flat=True)[:limit]]
    keys += ending.order_by("pk").values_list("pk", flat=True)[: limit - len(keys)]
    for key in keys:
        with transaction.atomic():
            agreement = Agreement.objects.select_for_update(skip_locked=True).filter(pk=key).first()
            if agreement is not None:
                _follow_calendar(agreement, on, at)
    return len(keys)


def _follow_calendar(agreement: Agreement, on: datetime.date, at: datetime.datetime) -> None:
    """Makes the moves whose day has come: start, then end; the days counted stand in the row and not on the clock."""
    if agreement.status == AgreementStatus.CONCLUDED and agreement.in_force_from and agreement.in_force_from <= on:
        detail = {"on": str(agreement.in_force_from)}
        AGREEMENT.apply("start", agreement, by=None, at=at, change=touched(at), detail=detail)
    if agreement.status == AgreementStatus.IN_FORCE and agreement.in_force_until and agreement.in_force_until <= on:
        detail = {"on": str(agreement.in_force_until)}
        AGREEMENT.apply("end", agreement, by=None, at=at, change=touched(at), detail=detail)
