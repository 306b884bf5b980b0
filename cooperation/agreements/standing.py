"""How an agreement stands for its reader: which revision they may read, whose turn it is, since how many days."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Min, Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import Agreement, AgreementTerm, Revision, RevisionParty
from cooperation.agreements.rules import is_open
from cooperation.agreements.statuses import RUNNING, AgreementStatus, PartyState, RevisionStatus
from institutions.registry.models import Institution

ALERT_DAYS = 90
NEW_DAYS = 90
ACTIVE_DAYS, RISK_DAYS, BEHIND_DAYS = 90, 180, 30
LIVING_WORDS = {
    "new": _("Recently started"),
    "active": _("Active"),
    "at_risk": _("At risk"),
    "dormant": _("Dormant"),
}
WORDS = {
    "draft": _("Draft"),
    "rejected": _("Rejected"),
    "your_turn": _("Waiting for you"),
    "their_turn": _("Waiting for the partner"),
    "concluded": _("Concluded"),
    "in_force": _("In force"),
    "expiring": _("Expiring soon"),
    "notice_given": _("Notice of termination given"),
    "suspended": _("Suspended"),
    "ended": _("Expired"),
    "terminated": _("Terminated early"),
    "withdrawn": _("Withdrawn"),
}
PARTY_COLUMNS = (
    "revision", "responsibility", "official_name", "signs", "state", "approved_at", "left_on", "position",
    "institution__public_id", "institution__names", "role__code", "role__names",
)  # fmt: skip
TERM_COLUMNS = (
    "revision", "key", "quantity", "unit", "due_on", "field_of_study", "text", "not_yet_defined", "position",
    "kind__code", "form__code", "form__names", "from_institution__public_id", "to_institution__public_id",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """The status in the reader's words; `days` is how long it has been so where that matters."""

    code: str
    days: int | None = None
    waiting: list[Institution] = field(default_factory=list)
    signed: int = 0
    signing: int = 0

    @property
    def words(self) -> Any:
        return WORDS[self.code]


def revision_for(agreement: Agreement, own: Collection[int]) -> Revision | None:
    """The newest revision this reader may see: a draft only its drafting party."""
    latest = agreement.latest
    if latest is not None and (latest.proposed_at is not None or latest.drafted_for_id in own):
        return latest
    return agreement.shown


def parties_of(revision: Revision | None) -> list[RevisionParty]:
    """The parties in their order, from what was read beforehand."""
    return sorted(revision.parties.all(), key=lambda party: (party.position, party.pk)) if revision else []


def standing_for(agreement: Agreement, acting: Collection[int], on: datetime.date) -> Standing:
    """The standing for a person who can answer in the name of the `acting` institutions."""
    parties = [party for party in parties_of(agreement.shown) if party.signs]
    waiting = [party for party in parties if party.state == PartyState.WAITING]
    signed = sum(party.state == PartyState.APPROVED for party in parties)
    if is_open(agreement):
        code = "your_turn" if any(party.institution_id in acting for party in waiting) else "their_turn"
        since = _days(agreement.turn_since, on)
        if agreement.concluded_id is not None and code == "their_turn":
            code, since = _settled(agreement, on), None  # what was concluded stays what it is
        return Standing(code, since, [party.institution for party in waiting], signed, len(parties))
    return Standing(_settled(agreement, on), None, [], signed, len(parties))


def _settled(agreement: Agreement, on: datetime.date) -> str:
    """The word where nobody's turn is awaited."""
    if (
        agreement.status == AgreementStatus.DRAFT
        and agreement.shown
        and agreement.shown.status == RevisionStatus.DECLINED
    ):
        return "rejected"
    if agreement.leaves_on is not None and agreement.status in RUNNING:
        return "notice_given"
    if is_expiring(agreement, on):
        return "expiring"
    return str(agreement.status)


def is_expiring(agreement: Agreement, on: datetime.date) -> bool:
    """In force, and its end is near enough for the first alert."""
    if agreement.status != AgreementStatus.IN_FORCE or agreement.ends_on is None:
        return False
    return (agreement.ends_on - on).days <= ALERT_DAYS


def living_status(agreement: Agreement, on: datetime.date) -> str | None:
    """How much joint work the agreement leads to: by its last confirmed activity; `new` in its first ninety days while
    there is none. An obligation more than thirty days late puts it at risk, unless it is dormant anyway. Nothing is
    said of one that is not in force.
    """
    if agreement.status != AgreementStatus.IN_FORCE or agreement.in_force_from is None:
        return None
    if not hasattr(agreement, "last_done"):
        read_last_done([agreement])
    last = agreement.last_done  # type: ignore[attr-defined]
    code = _by_work((on - agreement.in_force_from).days, (on - last).days if last else None)
    return "at_risk" if code != "dormant" and is_behind(agreement, on) else code


def _by_work(days: int, ago: int | None) -> str:
    """By the days it has been in force and those since its last confirmed activity."""
    if ago is None:
        return "new" if days < NEW_DAYS else "dormant"
    return "active" if ago <= ACTIVE_DAYS else "at_risk" if ago <= RISK_DAYS else "dormant"


def is_behind(agreement: Agreement, on: datetime.date) -> bool:
    """Whether an obligation of it has been late for more than thirty days."""
    due = agreement.late_after  # type: ignore[attr-defined]
    return due is not None and (on - due).days > BEHIND_DAYS


def read_last_done(rows: Iterable[Agreement]) -> None:
    """What the living status of each rests on, in two queries: `last_done`, the day of the last confirmed activity, and
    `late_after`, the day after which the first obligation still to be done is late; None where there is none.
    """
    found = {row.pk: row for row in rows}
    running = [row.pk for row in found.values() if row.status == AgreementStatus.IN_FORCE]
    mine = Agreement.objects.filter(pk__in=running).order_by().values("pk")
    last, late = {}, {}
    if running:
        done = mine.filter(activities__status="confirmed").annotate(day=Max("activities__starts_on"))
        owed = mine.filter(obligations__status__in=("open", "returned")).annotate(day=Min("obligations__late_after"))
        last, late = (dict(each.values_list("pk", "day")) for each in (done, owed))
    for row in found.values():
        row.last_done, row.late_after = last.get(row.pk), late.get(row.pk)  # type: ignore[attr-defined]


def turn_of(agreement: Agreement) -> list[str]:
    """Public ids of the institutions that have yet to sign."""
    if not is_open(agreement):
        return []
    waiting = [party for party in parties_of(agreement.shown) if party.signs and party.state == PartyState.WAITING]
    return list(dict.fromkeys(party.institution.public_id for party in waiting))


def read_parts(agreements: Iterable[Agreement]) -> list[Agreement]:
    """Reads what rows show of their revisions, each revision once by whichever name it is reached."""
    rows = list(agreements)
    for row in rows:
        if row.latest_id is not None and row.latest_id == row.shown_id:
            row.latest = row.shown
    revisions = {revision.pk: revision for row in rows for revision in (row.shown, row.latest) if revision}
    parties = RevisionParty.objects.select_related("institution", "role").only(*PARTY_COLUMNS)
    terms = AgreementTerm.objects.select_related("kind", "form", "from_institution", "to_institution")
    prefetch_related_objects(
        list(revisions.values()), Prefetch("parties", parties), Prefetch("terms", terms.only(*TERM_COLUMNS))
    )
    read_last_done(rows)
    return rows


class Reading:
    """An agreement as one reader may see it: of a draft revision only the drafting party learns."""

    def __init__(self, agreement: Agreement, own: Collection[int], on: datetime.date) -> None:
        self.agreement, self.revision = agreement, revision_for(agreement, own)
        shown: Any = self.revision or agreement
        self.title, self.starts_on, self.ends_on, self.review_on = (
            shown.title,
            shown.starts_on,
            shown.ends_on,
            shown.review_on,
        )
        self.kind = agreement.kind if shown.kind_id == agreement.kind_id else shown.kind
        self.parties = parties_of(self.revision)
        self.living = living_status(agreement, on)
        self.turn = turn_of(agreement)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.agreement, name)

    @property
    def terms(self) -> list[Any]:
        return sorted(self.revision.terms.all(), key=lambda term: (term.position, term.pk)) if self.revision else []

    @property
    def number_of_revision(self) -> int | None:
        return self.revision.number if self.revision else None

    @property
    def content_hash(self) -> str | None:
        return (self.revision.content_hash or None) if self.revision else None

    @property
    def wording(self) -> Any:
        """Where text, notice and renewal stand."""
        return self.revision


def _days(moment: datetime.datetime | None, on: datetime.date) -> int | None:
    return max((on - timezone.localtime(moment).date()).days, 0) if moment else None
