"""Institutions with their dated rows, written whole tables at a time, for packs and demonstration worlds."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from config.packs.copying import Copier
from config.packs.reading import Pack, day, names_of, span
from config.packs.tally import Tally
from institutions.registry.histories import apart, merged
from institutions.registry.loading import key_of, order_of
from institutions.registry.models import (
    ExternalId,
    Institution,
    InstitutionKind,
    InstitutionPlace,
    InstitutionStatus,
    OpenSpell,
)
from institutions.territory.models import Term, Territory
from lifecycle.models import Event

Key = tuple[str, str]
Dates = tuple[datetime.date, datetime.date | None]
NEVER_VERIFIED = (InstitutionStatus.APPLIED, InstitutionStatus.RETURNED, InstitutionStatus.REJECTED)


@dataclass
class Participant:
    """An institution as a pack or a world says it: kinds and places are lists of (code, from, to)."""

    scheme: str
    number: str
    names: dict[str, str]
    kinds: list[tuple[str, datetime.date, datetime.date | None]]
    places: list[tuple[str, datetime.date, datetime.date | None]]
    ownership: str
    country: str
    short_name: str = ""
    status: str = ""
    is_demo: bool = False
    languages: list[str] = field(default_factory=list)
    registered_at: datetime.datetime | None = None

    @property
    def key(self) -> Key:
        return self.scheme, self.number

    @property
    def open(self) -> Dates:
        """From the first day of the first kind to the last day of the last."""
        return self.kinds[0][1], self.kinds[-1][2]


def install_participants(pack: Pack, at: datetime.datetime, tally: Tally) -> None:
    """Create the pack's institutions that are not there; a known one keeps what people made of it since."""
    register(participants_of(pack, tally), at, at.date(), tally)


def participants_of(pack: Pack, tally: Tally) -> list[Participant]:
    """The institutions of a pack: one row a period; rows of one number together make one institution."""
    rows = pack.rows("institutions")
    return [
        _participant(pack, list(periods), tally)
        for _number, periods in itertools.groupby(rows, key=lambda row: row["external_id"])
    ]


def _participant(pack: Pack, periods: list[dict[str, str]], tally: Tally) -> Participant:
    said = [(row, _from(pack, row), day(row.get("valid_to") or row.get("closed_on") or "")) for row in periods]
    dated = apart(said)
    last = dated[-1][0]
    if len(dated) != len(said) or {(start, end) for _row, start, end in dated} != {(s, e) for _row, s, e in said}:
        spans = ", ".join(f"{start} to {end or 'now'}" for _row, start, end in said)
        tally.notes.append(
            f"{last['external_id']} {names_of(last).get('en', '')}: periods overlap ({spans});"
            " of each day the period that starts later tells"
        )
    return Participant(
        scheme=last.get("scheme") or pack.settings["external_scheme"],
        number=last["external_id"],
        names=names_of(last),
        kinds=merged([(row["kind"], start, end) for row, start, end in dated]),
        places=merged([(row["territory"], start, end) for row, start, end in dated]),
        ownership=last["ownership"],
        country=pack.country,
    )


def _from(pack: Pack, row: dict[str, str]) -> datetime.date:
    return day(row.get("valid_from") or row.get("opened_on") or "") or pack.valid_from


def register(
    participants: Sequence[Participant], at: datetime.datetime, today: datetime.date, tally: Tally
) -> dict[Key, Institution]:
    """Write the institutions whose external id is unknown, with all dated rows and one Event each.

    Returns all of them by (scheme, number).
    """
    numbers: dict[str, list[str]] = {participant.scheme: [] for participant in participants}
    for participant in participants:
        numbers[participant.scheme].append(participant.number)
    known = {
        (row.scheme, row.value): row.institution
        for scheme, values in numbers.items()
        for row in ExternalId.objects.filter(scheme=scheme, value__in=values).select_related("institution")
    }
    fresh = [participant for participant in participants if participant.key not in known]
    desk = Desk(fresh, at, today)
    made = {participant.key: desk.write(participant) for participant in fresh}
    desk.copier.flush()
    tally.add("institutions", len(fresh), 0, len(participants) - len(fresh))
    return {**known, **made}


class Desk:
    """Writes one institution after another, with the words and places of all of them at hand."""

    def __init__(self, participants: Sequence[Participant], at: datetime.datetime, today: datetime.date) -> None:
        self.at, self.today = at, today
        codes = {place for participant in participants for place, *_dates in participant.places}
        self.places = Territory.objects.in_bulk(codes, field_name="code")
        self.kinds = {term.code: term for term in Term.objects.filter(vocabulary="participant_kind")}
        self.copier = Copier(Institution, OpenSpell, InstitutionKind, InstitutionPlace, ExternalId, Event)

    def write(self, p: Participant) -> Institution:
        """One institution with its dated rows and its Event."""
        add = self.copier.add
        row: Institution = add(self._institution(p))
        add(OpenSpell(institution=row, valid=span(*p.open)))
        for code, start, end in p.kinds:
            add(InstitutionKind(institution=row, kind=self.kinds[code], valid=span(start, end)))
        for code, start, end in p.places:
            add(InstitutionPlace(institution=row, territory=self.places[code], valid=span(start, end)))
        add(ExternalId(institution=row, scheme=p.scheme, value=p.number, valid=span(p.open[0], None)))
        add(_event(row))
        self.copier.relieve()
        return row

    def _institution(self, p: Participant) -> Institution:
        closed = p.open[1] is not None and p.open[1] <= self.today
        status = p.status or (InstitutionStatus.CLOSED if closed else InstitutionStatus.VERIFIED)
        at, never = p.registered_at or self.at, status in NEVER_VERIFIED
        return Institution(
            names=p.names, short_name=p.short_name, search_key=key_of(p.names, p.short_name, [p.number]),
            sort_key=order_of(p.names), kind=self.kinds[p.kinds[-1][0]], territory=self.places[p.places[-1][0]],
            ownership=p.ownership, country=p.country, languages=p.languages, status=status, is_demo=p.is_demo,
            registered_at=at, verified_at=None if never else at, modified_at=at,
        )  # fmt: skip


def _event(institution: Institution) -> Event:
    return Event(
        subject_type="institution", subject_id=institution.public_id, name="import", status_after=institution.status,
        happened_at=institution.registered_at, **institution.audience(),
    )  # fmt: skip
