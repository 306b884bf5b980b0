"""What happens to an agreement: drafted, proposed, changed, signed, concluded, declined, withdrawn, started and ended.

Every act takes the agreement's row first and holds it until commit, so what the rules read is true while they decide;
then the life cycle's conditional UPDATE, and one Event.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements import content as wording
from cooperation.agreements.conditions import before_proposing
from cooperation.agreements.drafting import (
    copy_content,
    findable,
    mirrored,
    next_number,
    open_revision,
    write_content,
)
from cooperation.agreements.filling import fill
from cooperation.agreements.models import Agreement, Revision, RevisionParty
from cooperation.agreements.rules import (
    AGREEMENT,
    acting_houses,
    admin_houses,
    can_draft,
    can_edit,
    can_erase,
    is_open_draft,
    party_houses,
    unsigned_by_others,
    waiting_houses,
)
from cooperation.agreements.statuses import OPEN_REVISIONS, PartyState, RevisionStatus
from institutions.registry.models import Institution
from institutions.territory.models import Term
from lifecycle.events import record
from lifecycle.transitions import Condition, Unmet, WrongStatus

DRAFT, PROPOSED, REPLACED, DECLINED = (
    RevisionStatus.DRAFT, RevisionStatus.PROPOSED, RevisionStatus.REPLACED, RevisionStatus.DECLINED,
)  # fmt: skip
OPEN = (RevisionStatus.PROPOSED, RevisionStatus.PARTLY_APPROVED)


class StaleDraft(Exception):
    """Somebody else saved in between: `revision` is what is stored now."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement.number)
        self.agreement, self.version = agreement, agreement.version


@contextmanager
def held(agreement: Agreement, by: Any) -> Iterator[None]:
    """The row is ours until commit, and fresh. Who acted on an older state is told WrongStatus, not refused."""
    seen = agreement.version
    with transaction.atomic():
        rows = Agreement.objects.select_for_update()
        agreement.refresh_from_db(from_queryset=rows)
        moved = agreement.version != seen
        try:
            yield
        except (PermissionDenied, Unmet):
            if not moved:
                raise
            fresh = Agreement.objects.get(pk=agreement.pk)
            raise WrongStatus(fresh.status, AGREEMENT.available(fresh, by) if by else ()) from None


def touched(at: datetime.datetime) -> dict[str, Any]:
    """Columns that every act writes."""
    return {"version": F("version") + 1, "modified_at": at}


def draft_agreement(
    *,
    by: Any,
    at: datetime.datetime,
    institution: Institution | None = None,
    parent: Agreement | None = None,
    **content: Any,
) -> Agreement:
    """A new agreement in status draft with its number; the drafting institution is its first party."""
    parties = list(content.get("parties") or [])
    house = institution or _own_house(by, [party["institution"] for party in parties])
    if house is None or not can_draft(by, house):
        raise PermissionDenied
    if all(party["institution"].pk != house.pk for party in parties):
        parties.insert(0, {"institution": house})
    with transaction.atomic():
        agreement = Agreement.objects.create(
            number=next_number(timezone.localtime(at).year),
            initiator=house,
            parent=parent,
            created_at=at,
            modified_at=at,
        )
        revision = open_revision(agreement, drafted_for=house, by=by, at=at)
        write_content(revision, {**content, "parties": parties})
        _mirror(agreement, revision, latest=revision)
        _tell(agreement, "draft", by, at, status_after=agreement.status)
    return agreement


def _own_house(by: Any, parties: list[Institution]) -> Institution | None:
    """The institution a person drafts for when they name none: one of their own among the parties, else their first."""
    own = admin_houses(by)
    named = next((party for party in parties if party.pk in own), None)
    return named or Institution.objects.filter(pk__in=own, status="verified").order_by("pk").first()


def save_draft(
    agreement: Agreement, *, by: Any, at: datetime.datetime, version: int | None = None, **content: Any
) -> Agreement:
    """Writes a part of the draft. `version` is what the editor read; StaleDraft when another one saved since."""
    with held(agreement, by):
        _editable(agreement, by)
        if version is not None and version != agreement.version:
            raise StaleDraft(agreement)
        revision = _latest(agreement)
        write_content(revision, content)
        _mirror(agreement, revision, **touched(at))
    return agreement


def _editable(agreement: Agreement, by: Any) -> None:
    if not can_edit(by, agreement):
        raise PermissionDenied
    if not is_open_draft(agreement):
        raise WrongStatus(agreement.status, AGREEMENT.available(agreement, by))


def _latest(agreement: Agreement) -> Revision:
    if agreement.latest is None:
        raise WrongStatus(agreement.status)
    return agreement.latest


def _shown(agreement: Agreement) -> Revision:
    if agreement.shown is None:
        raise WrongStatus(agreement.status)
    return agreement.shown


def _mirror(agreement: Agreement, revision: Revision, **written: Any) -> None:
    """The agreement's columns after its revision; a redraft stays hidden from the others until it is proposed."""
    if agreement.shown_id in (None, revision.pk):
        written |= {**mirrored(revision), "search_key": findable(agreement, revision)}
    Agreement.objects.filter(pk=agreement.pk).update(**written)
    agreement.refresh_from_db()


def _tell(agreement: Agreement, name: str, by: Any, at: datetime.datetime, **fields: Any) -> None:
    record(
        name,
        subject_type="agreement",
        subject_id=agreement.public_id,
        by=by,
        at=at,
        **{**agreement.audience(), **fields},
    )


def erase_draft(agreement: Agreement, *, by: Any, at: datetime.datetime) -> None:
    """Removes a draft that nobody else has seen; its number stays burnt."""
    with held(agreement, by):
        if not can_edit(by, agreement):
            raise PermissionDenied
        if not can_erase(by, agreement):
            raise WrongStatus(agreement.status, AGREEMENT.available(agreement, by))
        _tell(agreement, "erase", by, at, status_before=agreement.status)
        Agreement.objects.filter(pk=agreement.pk).update(latest=None)
        for part in (RevisionParty.objects, _latest(agreement).terms):
            part.filter(revision=agreement.latest).delete()
        agreement.revisions.all().delete()
        Agreement.objects.filter(pk=agreement.pk).delete()


def redraft(agreement: Agreement, *, by: Any, at: datetime.datetime) -> Agreement:
    """After a refusal: a new draft revision with the content of the refused one, seen by the drafting party alone."""
    with held(agreement, by):
        source = _shown(agreement)
        move = AGREEMENT.permit("redraft", agreement, by)
        house = house_of(agreement, admin_houses(by) & party_houses(agreement))
        revision = open_revision(agreement, drafted_for=house, by=by, at=at)
        write_content(revision, copy_content(source))
        detail = {"revision": revision.number}
        AGREEMENT.apply(
            "redraft",
            agreement,
            by=by,
            at=at,
            permitted=move,
            change={"latest": revision, **touched(at)},
            detail=detail,
        )
    return agreement


def house_of(agreement: Agreement, own: set[int]) -> Institution:
    """Of several own institutions the one named first; raises PermissionDenied when there is none."""
    party = _shown(agreement).parties.filter(institution__in=own).order_by("position", "pk").first()
    if party is None:
        raise PermissionDenied
    return party.institution


def propose_agreement(agreement: Agreement, *, by: Any, at: datetime.datetime) -> Agreement:
    """Freezes the content, names its hash and gives the turn to every party."""
    with held(agreement, by):
        move = AGREEMENT.permit("propose", agreement, by)
        revision = _latest(agreement)
        settle(revision, at, agreement.first_proposed_at)
        change = {
            **opened(agreement, revision, at), "first_proposed_at": agreement.first_proposed_at or at,
        }  # fmt: skip
        AGREEMENT.apply("propose", agreement, by=by, at=at, permitted=move, change=change, detail=said(revision))
    return agreement


def settle(revision: Revision, at: datetime.datetime, negotiated_from: datetime.datetime | None) -> None:
    """The draft becomes a proposal: blanks filled, conditions, names as they are now, frozen content, hash. Raises Unmet."""
    fill(revision)
    unmet = before_proposing(revision, timezone.localtime(at).date())
    if unmet:
        raise Unmet(unmet)
    for party, named in zip(
        revision.parties.order_by("position", "pk"), wording.content_of(revision)["parties"], strict=True
    ):
        RevisionParty.objects.filter(pk=party.pk).update(official_name=named["official_name"])
    frozen = wording.freeze(revision)
    settled = {
        "status": PROPOSED, "frozen": frozen, "content_hash": frozen.sha256,
        "proposed_at": at, "negotiated_from": negotiated_from or at,
    }  # fmt: skip
    Revision.objects.filter(pk=revision.pk, status=DRAFT).update(**settled)
    revision.refresh_from_db()


def opened(agreement: Agreement, revision: Revision, at: datetime.datetime) -> dict[str, Any]:
    """Columns of an agreement whose revision is now before the parties; what was concluded stays as it is."""
    shown = {"latest": revision, "shown": revision, "turn_since": at, **touched(at)}
    if agreement.concluded_id is not None:
        return shown
    return {**shown, **mirrored(revision), "search_key": findable(agreement, revision)}


def closed(agreement: Agreement) -> dict[str, Any]:
    """Columns of an agreement whose open revision is over: the concluded one is shown again, nobody's turn."""
    if agreement.concluded_id is None:
        return {}
    return {"latest": agreement.concluded, "shown": agreement.concluded, "turn_since": None}


def said(revision: Revision, **more: Any) -> dict[str, Any]:
    return {"revision": revision.number, "content_hash": revision.content_hash, **more}


def change_agreement(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str = "", **content: Any
) -> Agreement:
    """Replaces the open revision by one with another content; approvals start from zero."""
    with held(agreement, by):
        move = AGREEMENT.permit("change", agreement, by)
        old = _shown(agreement)
        replace_revision(old, REPLACED)
        house = house_of(agreement, admin_houses(by))
        new = open_revision(agreement, drafted_for=house, by=by, at=at, purpose=old.purpose)
        write_content(new, {**copy_content(old), **content})
        settle(new, at, old.negotiated_from)
        changes = wording.differences(wording.read(old), wording.read(new))
        if not changes:
            raise Unmet([Condition("nothing_changed", _("Nothing differs from the present revision."))])
        detail = said(new, replaces=old.number, clauses=[change.clause for change in changes])
        AGREEMENT.apply(
            "change", agreement, by=by, at=at, permitted=move, reason=reason, change=opened(agreement, new, at),
            detail=detail, institution=house.public_id,
        )  # fmt: skip
        agreement.refresh_from_db()
    return agreement


def replace_revision(revision: Revision, status: str, **written: Any) -> None:
    """An open revision gets its last status; who came first has changed it already."""
    if not Revision.objects.filter(pk=revision.pk, status__in=OPEN_REVISIONS).update(status=status, **written):
        raise WrongStatus(Revision.objects.get(pk=revision.pk).status)


def reason_code_of(code: str) -> str:
    """A word of the vocabulary of reasons; `other` when none is given."""
    if code and not Term.objects.filter(vocabulary="reason", code=code).exists():
        raise ValidationError({"reason_code": _("There is no such reason.")}, code="invalid_choice")
    return code or "other"


def decline_agreement(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "", link: Any = None
) -> Agreement:
    """A party that has not signed says no, and why; the agreement is a draft again for whoever wants to go on."""
    with held(agreement, by):
        move = AGREEMENT.permit("decline", agreement, by, reason, link)
        revision = _shown(agreement)
        own = _linked(link) if link is not None else acting_houses(by)
        house = house_of(agreement, own & waiting_houses(agreement))
        replace_revision(revision, DECLINED)
        revision.parties.filter(institution=house, state=PartyState.WAITING).update(state=PartyState.DECLINED)
        AGREEMENT.apply(
            "decline", agreement, by=by, at=at, permitted=move, reason=reason, reason_code=reason_code_of(reason_code),
            change={"turn_since": at, **touched(at), **closed(agreement)}, institution=house.public_id,
            detail=said(revision, **({"link": link.public_id} if link is not None else {})),
        )  # fmt: skip
        agreement.refresh_from_db()
    return agreement


def _linked(link: Any) -> set[int]:
    """The institution that a personal link answers for."""
    return set(Institution.objects.filter(public_id=link.institution).values_list("pk", flat=True))


def revert_agreement(agreement: Agreement, *, by: Any, at: datetime.datetime) -> Agreement:
    """The proposing party takes its open revision back: the concluded one, if there is one, needs no new signature."""
    with held(agreement, by):
        move = AGREEMENT.permit("revert", agreement, by)
        revision = _latest(agreement)
        unmet = list(unsigned_by_others(agreement))
        if unmet:
            raise Unmet(unmet)
        before = closed(agreement) or {"latest": agreement.shown, "turn_since": at}
        detail = {"revision": revision.number}
        AGREEMENT.apply(
            "revert", agreement, by=by, at=at, permitted=move, change={**touched(at), **before}, detail=detail,
            institution=revision.drafted_for.public_id,
        )  # fmt: skip
        replace_revision(revision, RevisionStatus.REVERTED)
        agreement.refresh_from_db()
    return agreement


def withdraw_agreement(
    agreement: Agreement, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Agreement:
    """The initiating party takes the agreement back for good; its number stays burnt."""
    with held(agreement, by):
        AGREEMENT.apply(
            "withdraw", agreement, by=by, at=at, reason=reason, reason_code=reason_code_of(reason_code),
            change={"turn_since": None, **touched(at)},
            detail={"revision": _latest(agreement).number}, institution=agreement.initiator.public_id,
        )  # fmt: skip
        open_ones = Q(status__in=(*OPEN, DRAFT))
        agreement.revisions.filter(open_ones).update(status=RevisionStatus.REVERTED)
        agreement.refresh_from_db()
    return agreement
