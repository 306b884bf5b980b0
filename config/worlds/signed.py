"""Agreements written whole: the rows that drafting, proposing, signing and the calendar would have left, by COPY.

The content and its hash are those of `cooperation.agreements.content`; a test holds the two together row by row.
"""

import datetime
from collections import Counter
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.identity import new_public_id
from accounts.names import name_in
from accounts.spelling import search_key
from config.packs.copying import Copier
from config.worlds.plans import Plan, terms_by_code
from cooperation.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementTerm,
    NumberSeries,
    PartyState,
    Revision,
    RevisionParty,
    Signature,
    SignatureMethod,
)
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.models import Event, FrozenContent

DAY = datetime.timedelta(days=1)
TABLES = (Agreement, Revision, RevisionParty, AgreementTerm, FrozenContent, Signature, AgreementParty, Event)


class Register:
    """Writes agreements as they stand on `today`, with every event on the way there."""

    def __init__(self, today: datetime.date, titles: Any, mark: str) -> None:
        self.today, self.titles, self.mark = today, titles, mark
        self.copier = Copier(*TABLES)
        self.words = terms_by_code("agreement_kind", "party_role", "obligation_kind", "cooperation_form")
        self.numbers: Counter[int] = Counter(dict(NumberSeries.objects.values_list("year", "last")))

    def finish(self) -> None:
        """Write what is still held and remember the last number of each year."""
        self.copier.flush()
        for year, last in self.numbers.items():
            NumberSeries.objects.update_or_create(year=year, defaults={"last": last})

    def write(self, plan: Plan) -> Agreement:
        """One agreement with all its rows; to be called in the order of `proposed_at`, so that numbers run with time."""
        agreement, revision = self._heads(plan)
        parties = self._parties(plan, revision)
        terms = self._terms(plan, revision)
        if plan.fate == "draft":
            agreement.first_proposed_at = agreement.shown = None
            self._tell(agreement, plan, "draft", plan.proposed_at, "", "draft")
            self.copier.relieve()
            return agreement
        self._freeze(agreement, revision, parties, terms)
        self._tell(agreement, plan, "draft", plan.proposed_at, "", "draft", members_only=True)
        self._tell(agreement, plan, "propose", plan.proposed_at, "draft", "proposed", detail=_said(revision))
        self._negotiate(plan, agreement, revision, parties)
        self.copier.relieve()
        return agreement

    def _heads(self, plan: Plan) -> tuple[Agreement, Revision]:
        year = plan.proposed_at.year
        self.numbers[year] += 1
        head = {
            "title": plan.title, "kind": self.words["agreement_kind", plan.kind],
            "starts_on": plan.starts_on, "ends_on": plan.ends_on,
        }  # fmt: skip
        number = f"{settings.AGREEMENT_PREFIX}-{year}-{self.numbers[year]:05d}"
        names = (name for house in plan.houses for name in (house.search_key,))
        agreement = self.copier.add(
            Agreement(
                number=number, initiator=plan.houses[0], first_proposed_at=plan.proposed_at, turn_since=plan.proposed_at,
                created_at=plan.proposed_at, modified_at=plan.proposed_at,
                search_key=" ".join([search_key(number), search_key(plan.title), *names]), **head,
            )
        )  # fmt: skip
        revision = self.copier.add(
            Revision(
                agreement=agreement, number=1, drafted_for=plan.houses[0], created_at=plan.proposed_at, text=self.mark,
                drafted_by=plan.signers[0] if plan.signers else None, **head,
            )
        )  # fmt: skip
        agreement.latest = agreement.shown = revision
        return agreement, revision

    def _parties(self, plan: Plan, revision: Revision) -> list[RevisionParty]:
        return [
            self.copier.add(
                RevisionParty(
                    revision=revision, institution=house, role=self.words["party_role", role],
                    official_name="" if plan.fate == "draft" else name_in(house.names, settings.LANGUAGE_CODE), position=at,
                )
            )
            for at, (house, role) in enumerate(zip(plan.houses, plan.roles, strict=True))
        ]  # fmt: skip

    def _terms(self, plan: Plan, revision: Revision) -> list[AgreementTerm]:
        return [
            self.copier.add(
                AgreementTerm(
                    revision=revision, key=new_public_id(), kind=self.words["obligation_kind", said.kind],
                    form=self.words["cooperation_form", said.form], from_institution=plan.houses[said.gives],
                    to_institution=plan.houses[said.takes], quantity=said.quantity, unit=said.unit, due_on=said.due_on,
                    field_of_study=said.field, position=at,
                )
            )
            for at, said in enumerate(plan.promises)
        ]  # fmt: skip

    def _freeze(
        self, agreement: Agreement, revision: Revision, parties: list[RevisionParty], terms: list[AgreementTerm]
    ) -> None:
        canonical = canonical_json(content_from(agreement, revision, parties, terms))
        frozen = FrozenContent(
            subject_type="agreement",
            subject_id=agreement.public_id,
            version=1,
            content=canonical,
            sha256=content_hash(canonical),
        )
        revision.frozen = self.copier.add(frozen)
        revision.content_hash, revision.status = frozen.sha256, "proposed"
        revision.proposed_at = revision.negotiated_from = agreement.first_proposed_at
        agreement.status = "proposed"

    def _negotiate(self, plan: Plan, agreement: Agreement, revision: Revision, parties: list[RevisionParty]) -> None:
        if plan.fate in ("declined", "withdrawn"):
            self._refuse(plan, agreement, revision, parties)
            return
        signed = plan.signed_by(self.today)
        for at, moment in enumerate(signed):
            self._sign(plan, agreement, revision, parties[at], at, moment)
        if len(signed) == len(parties):
            self._conclude(plan, agreement, revision, signed[-1])

    def _sign(
        self,
        plan: Plan,
        agreement: Agreement,
        revision: Revision,
        party: RevisionParty,
        at: int,
        moment: datetime.datetime,
    ) -> None:
        person = plan.signers[at] if plan.signers else None
        party.state, party.approved_at = PartyState.APPROVED, moment
        title = self.titles(party.institution.kind.code)
        self.copier.add(
            Signature(
                revision=revision, party=party, sha256=revision.content_hash, person=person, position=title,
                method=SignatureMethod.ACCOUNT if person else SignatureMethod.PAPER, signed_at=moment,
            )
        )  # fmt: skip
        before = agreement.status
        agreement.status = revision.status = "partly_approved"
        agreement.modified_at = moment
        detail = {**_said(revision), "party": party.institution.public_id}
        self._tell(
            agreement, plan, "approve", moment, before, "partly_approved", actor=person, position=title,
            institution=party.institution.public_id, detail=detail,
        )  # fmt: skip

    def _conclude(self, plan: Plan, agreement: Agreement, revision: Revision, at: datetime.datetime) -> None:
        begins = max(plan.starts_on, at.date())
        until = plan.fate_on if plan.fate == "terminated" and plan.fate_on else max(begins, plan.ends_on + DAY)
        revision.status, revision.concluded_at = "concluded", at
        agreement.concluded, agreement.concluded_at, agreement.turn_since = revision, at, None
        agreement.in_force_from, agreement.in_force_until, agreement.status = begins, until, "concluded"
        for house, role in zip(plan.houses, plan.roles, strict=True):
            term = self.words["party_role", role]
            self.copier.add(
                AgreementParty(agreement=agreement, institution=house, role=term, valid=DateRange(begins, until))
            )
        self._tell(agreement, plan, "conclude", at, "partly_approved", "concluded", detail=_said(revision))
        if begins <= self.today:
            self._live(plan, agreement, begins, until)

    def _live(self, plan: Plan, agreement: Agreement, begins: datetime.date, until: datetime.date) -> None:
        self._turn(plan, agreement, "start", begins, "in_force")
        if plan.fate == "suspended" and plan.fate_on and until > self.today:
            self._turn(plan, agreement, "suspend", plan.fate_on, "suspended", reason="circumstances")
        elif until <= self.today:
            name, status = ("terminate", "terminated") if plan.fate == "terminated" else ("end", "ended")
            self._turn(plan, agreement, name, until, status, reason="breach" if status == "terminated" else "")

    def _turn(
        self, plan: Plan, agreement: Agreement, name: str, on: datetime.date, status: str, reason: str = ""
    ) -> None:
        at = datetime.datetime.combine(on, datetime.time(1), tzinfo=datetime.UTC)
        at = max(at, agreement.modified_at)
        before, agreement.status, agreement.modified_at = agreement.status, status, at
        self._tell(agreement, plan, name, at, before, status, detail={"on": on.isoformat()}, reason_code=reason)

    def _refuse(self, plan: Plan, agreement: Agreement, revision: Revision, parties: list[RevisionParty]) -> None:
        at = plan.signed_at[0]
        agreement.modified_at = at
        if plan.fate == "withdrawn":
            agreement.status, revision.status, agreement.turn_since = "withdrawn", "reverted", None
            self._tell(
                agreement,
                plan,
                "withdraw",
                at,
                "proposed",
                "withdrawn",
                detail=_said(revision),
                reason_code="not_needed",
            )
            return
        parties[-1].state = PartyState.DECLINED
        agreement.status, revision.status, agreement.turn_since = "draft", "declined", at
        self._tell(
            agreement, plan, "decline", at, "proposed", "draft", detail=_said(revision), reason_code="terms",
            institution=plan.houses[-1].public_id,
        )  # fmt: skip

    def _tell(
        self, agreement: Agreement, plan: Plan, name: str, at: datetime.datetime, before: str, after: str, **more: Any
    ) -> None:
        alone = plan.fate == "draft" or name == "draft"
        said = {
            "title": f"{agreement.number} {agreement.title}"[:300], "institution": plan.houses[0].public_id,
            "concerned": [plan.houses[0].public_id] if alone else sorted(house.public_id for house in plan.houses),
            "members_only": alone, **more,
        }  # fmt: skip
        self.copier.add(
            Event(
                subject_type="agreement", subject_id=agreement.public_id, name=name, status_before=before,
                status_after=after, happened_at=at, **said,
            )
        )  # fmt: skip


def _said(revision: Revision) -> dict[str, Any]:
    return {"revision": revision.number, "content_hash": revision.content_hash}


def content_from(
    agreement: Agreement, revision: Revision, parties: list[RevisionParty], terms: list[AgreementTerm]
) -> dict[str, Any]:
    """What is frozen, from rows that are not stored yet."""
    return {
        "number": agreement.number, "revision": revision.number, "title": revision.title, "kind": revision.kind.code,  # type: ignore[union-attr]
        "starts_on": revision.starts_on, "ends_on": revision.ends_on, "review_on": None,
        "notice_days": revision.notice_days, "renewal": revision.renewal, "text": revision.text,
        "parties": [
            {
                "institution": party.institution.public_id, "official_name": party.official_name, "unit": None,
                "role": party.role.code if party.role else None, "responsibility": "", "signs": True,
            }
            for party in parties
        ],
        "terms": [
            {
                "key": term.key, "kind": term.kind.code, "form": term.form.code if term.form else None,
                "from": term.from_institution.public_id if term.from_institution else None,
                "to": term.to_institution.public_id if term.to_institution else None,
                "quantity": str(term.quantity), "unit": term.unit, "due_on": term.due_on,
                "field_of_study": term.field_of_study, "text": "", "not_yet_defined": False,
            }
            for term in terms
        ],
        "attachments": [],
    }  # fmt: skip
