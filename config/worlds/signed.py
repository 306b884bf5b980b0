"""Agreements written whole: the rows that drafting, proposing, signing and the calendar would have left, by COPY.

The content and its hash are those of `cooperation.agreements.content`; a test holds the two together row by row.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.identity import new_public_id
from accounts.names import name_in
from accounts.spelling import search_key
from config.packs.copying import Copier, Row
from config.worlds.plans import Plan, terms_by_code
from cooperation.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementTerm,
    NumberSeries,
    Revision,
    RevisionParty,
    Signature,
)
from cooperation.agreements.statuses import PartyState, SignatureMethod
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.models import Event, FrozenContent, LedgerEntry

DAY = datetime.timedelta(days=1)
TABLES = (Agreement, Revision, RevisionParty, AgreementTerm, FrozenContent, Signature, AgreementParty, Event)


@dataclass
class Case:
    """A plan and its rows as they are being written."""

    plan: Plan
    agreement: Row
    revision: Row
    parties: list[Row]
    terms: list[Row]

    def said(self, **more: Any) -> dict[str, Any]:
        """The detail of an event about the revision."""
        return {"revision": self.revision.number, "content_hash": self.revision.content_hash, **more}


class Register:
    """Writes agreements as they stand on `today`, with every event on the way there."""

    def __init__(self, today: datetime.date, titles: Any, mark: str) -> None:
        self.today, self.titles, self.mark = today, titles, mark
        self.copier = Copier(*TABLES)
        self.entries: list[LedgerEntry] = []
        self.words = terms_by_code("agreement_kind", "party_role", "obligation_kind", "cooperation_form")
        self.numbers: Counter[int] = Counter(dict(NumberSeries.objects.values_list("year", "last")))

    def finish(self) -> None:
        """Write what is still held and remember the last number of each year."""
        self.copier.flush()
        LedgerEntry.objects.bulk_create(sorted(self.entries, key=lambda each: each.entered_at), batch_size=5_000)
        for year, last in self.numbers.items():
            NumberSeries.objects.update_or_create(year=year, defaults={"last": last})

    def write(self, plan: Plan) -> None:
        """One agreement with all its rows; called in the order of `proposed_at`, so that numbers run with time."""
        case = self._drafted(plan)
        self._tell(case, "draft", plan.proposed_at, "", concerned=[plan.houses[0].public_id], members_only=True)
        if plan.fate == "draft":
            case.agreement.first_proposed_at = case.agreement.shown_id = case.agreement.turn_since = None
        else:
            self._propose(case)
            if plan.fate in ("declined", "withdrawn"):
                self._refuse(case)
            else:
                self._sign_all(case)
        self.copier.relieve()

    def _drafted(self, plan: Plan) -> Case:
        year, at, house = plan.proposed_at.year, plan.proposed_at, plan.houses[0]
        self.numbers[year] += 1
        number = f"{settings.AGREEMENT_PREFIX}-{year}-{self.numbers[year]:05d}"
        head = {
            "title": plan.title, "kind_id": self.words["agreement_kind", plan.kind].pk,
            "starts_on": plan.starts_on, "ends_on": plan.ends_on, "created_at": at,
        }  # fmt: skip
        agreement = self.copier.new(
            Agreement, number=number, initiator_id=house.pk, first_proposed_at=at, turn_since=at, modified_at=at,
            search_key=" ".join([*map(search_key, (number, plan.title)), *(each.search_key for each in plan.houses)]),
            **head,
        )  # fmt: skip
        revision = self.copier.new(
            Revision, agreement_id=agreement.id, number=1, drafted_for_id=house.pk, text=self.mark,
            drafted_by_id=plan.signers[0].pk if plan.signers else None, **head,
        )  # fmt: skip
        agreement.latest_id = agreement.shown_id = revision.id
        return Case(plan, agreement, revision, self._parties(plan, revision), self._terms(plan, revision))

    def _parties(self, plan: Plan, revision: Row) -> list[Row]:
        unsent = plan.fate == "draft"
        return [
            self.copier.new(
                RevisionParty, revision_id=revision.id, institution_id=house.pk, position=at,
                role_id=self.words["party_role", role].pk,
                official_name="" if unsent else name_in(house.names, settings.LANGUAGE_CODE),
            )
            for at, (house, role) in enumerate(zip(plan.houses, plan.roles, strict=True))
        ]  # fmt: skip

    def _terms(self, plan: Plan, revision: Row) -> list[Row]:
        return [
            self.copier.new(
                AgreementTerm, revision_id=revision.id, key=new_public_id(),
                kind_id=self.words["obligation_kind", said.kind].pk,
                form_id=self.words["cooperation_form", said.form].pk,
                from_institution_id=plan.houses[said.gives].pk, to_institution_id=plan.houses[said.takes].pk,
                quantity=said.quantity, unit=said.unit, due_on=said.due_on, field_of_study=said.field, position=at,
            )
            for at, said in enumerate(plan.promises)
        ]  # fmt: skip

    def _propose(self, case: Case) -> None:
        agreement, revision = case.agreement, case.revision
        canonical = canonical_json(content_from(case))
        frozen = self.copier.new(
            FrozenContent, subject_type="agreement", subject_id=agreement.public_id, version=1, content=canonical,
            sha256=content_hash(canonical),
        )  # fmt: skip
        revision.frozen_id, revision.content_hash = frozen.id, frozen.sha256
        revision.proposed_at = revision.negotiated_from = agreement.first_proposed_at
        self._turn(case, "propose", case.plan.proposed_at, "proposed", detail=case.said())

    def _sign_all(self, case: Case) -> None:
        signed = case.plan.signed_by(self.today)
        for at, moment in enumerate(signed):
            self._sign(case, at, moment)
        if len(signed) == len(case.parties):
            self._conclude(case, signed[-1])

    def _sign(self, case: Case, at: int, moment: datetime.datetime) -> None:
        party, house = case.parties[at], case.plan.houses[at]
        person = case.plan.signers[at].pk if case.plan.signers else None
        party.state, party.approved_at = PartyState.APPROVED.value, moment
        title = self.titles(house.kind.code)
        self.copier.new(
            Signature, revision_id=case.revision.id, party_id=party.id, sha256=case.revision.content_hash,
            person_id=person, position=title, signed_at=moment,
            method=SignatureMethod.ACCOUNT.value if person else SignatureMethod.PAPER.value,
        )  # fmt: skip
        self._turn(
            case, "approve", moment, "partly_approved", actor_id=person, position=title, institution=house.public_id,
            detail=case.said(party=house.public_id),
        )  # fmt: skip

    def _conclude(self, case: Case, at: datetime.datetime) -> None:
        plan, agreement = case.plan, case.agreement
        begins = max(plan.starts_on, at.date())
        until = plan.fate_on if plan.fate == "terminated" and plan.fate_on else max(begins, plan.ends_on + DAY)
        agreement.concluded_id, agreement.concluded_at, agreement.turn_since = case.revision.id, at, None
        agreement.in_force_from, agreement.in_force_until = begins, until
        for party in case.parties:
            self.copier.new(
                AgreementParty, agreement_id=agreement.id, institution_id=party.institution_id, role_id=party.role_id,
                valid=DateRange(begins, until),
            )  # fmt: skip
        self._turn(case, "conclude", at, "concluded", detail=case.said())
        case.revision.concluded_at = at
        self.entries.append(LedgerEntry(
            kind="agreement", subject_id=agreement.public_id, number=case.revision.number,
            content_hash=case.revision.content_hash, entered_at=at,
        ))  # fmt: skip
        if begins <= self.today:
            self._live(case, begins, until)

    def _live(self, case: Case, begins: datetime.date, until: datetime.date) -> None:
        """What the calendar and the parties did to it since it was concluded."""
        fate, fate_on = case.plan.fate, case.plan.fate_on
        self._come(case, "start", begins, "in_force")
        if until <= self.today and fate == "terminated":
            self._come(case, "terminate", until, "terminated", reason_code="breach")
        elif until <= self.today:
            self._come(case, "end", until, "ended")
        elif fate == "suspended" and fate_on:
            self._come(case, "suspend", fate_on, "suspended", reason_code="circumstances")

    def _come(self, case: Case, name: str, on: datetime.date, status: str, **more: Any) -> None:
        """A move whose day has come."""
        at = datetime.datetime.combine(on, datetime.time(1), tzinfo=datetime.UTC)
        detail = {"on": on.isoformat()}
        self._turn(case, name, max(at, case.agreement.modified_at), status, detail=detail, **more)

    def _refuse(self, case: Case) -> None:
        at = case.plan.signed_at[0]
        if case.plan.fate == "withdrawn":
            case.agreement.turn_since = None
            self._turn(case, "withdraw", at, "withdrawn", detail={"revision": 1}, reason_code="not_needed")
            case.revision.status = "reverted"
            return
        last = case.parties[-1]
        last.state, case.agreement.turn_since = PartyState.DECLINED.value, at
        house = case.plan.houses[-1].public_id
        self._turn(case, "decline", at, "draft", detail=case.said(), reason_code="terms", institution=house)
        case.revision.status = "declined"

    def _turn(self, case: Case, name: str, at: datetime.datetime, status: str, **more: Any) -> None:
        """Agreement and, until it is concluded, revision get their status; one event says so."""
        before = case.agreement.status
        case.agreement.status, case.agreement.modified_at = status, at
        if case.revision.status != "concluded":
            case.revision.status = status
        self._tell(case, name, at, before, **more)

    def _tell(self, case: Case, name: str, at: datetime.datetime, before: str, **more: Any) -> None:
        agreement, houses = case.agreement, case.plan.houses
        said = {
            "title": f"{agreement.number} {agreement.title}"[:300], "institution": houses[0].public_id,
            "concerned": sorted(house.public_id for house in houses), **more,
        }  # fmt: skip
        self.copier.new(
            Event, subject_type="agreement", subject_id=agreement.public_id, name=name, status_before=before,
            status_after=agreement.status, happened_at=at, **said,
        )  # fmt: skip


def content_from(case: Case) -> dict[str, Any]:
    """What is frozen, from rows that are not stored yet."""
    agreement, revision = case.agreement, case.revision
    return {
        "number": agreement.number, "revision": revision.number, "title": revision.title, "kind": case.plan.kind,
        "starts_on": revision.starts_on, "ends_on": revision.ends_on, "review_on": None,
        "notice_days": revision.notice_days, "renewal": revision.renewal, "text": revision.text,
        "parties": [_party(case, at) for at in range(len(case.parties))],
        "terms": [_term(case, at) for at in range(len(case.terms))],
        "attachments": [],
    }  # fmt: skip


def _party(case: Case, at: int) -> dict[str, Any]:
    return {
        "institution": case.plan.houses[at].public_id, "official_name": case.parties[at].official_name, "unit": None,
        "role": case.plan.roles[at], "responsibility": "", "signs": True,
    }  # fmt: skip


def _term(case: Case, at: int) -> dict[str, Any]:
    said, houses = case.plan.promises[at], case.plan.houses
    return {
        "key": case.terms[at].key, "kind": said.kind, "form": said.form, "from": houses[said.gives].public_id,
        "to": houses[said.takes].public_id, "quantity": str(said.quantity), "unit": said.unit, "due_on": said.due_on,
        "field_of_study": said.field, "text": "", "not_yet_defined": False,
    }  # fmt: skip
