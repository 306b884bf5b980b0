"""What rows of a register are checked against: words, places, the reader's offices, and who stands there already."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import override

from accounts.spelling import search_key
from exchange.jobs.handlers import Row
from institutions.registry.loading import Standing, standing
from institutions.registry.models import Institution, Ownership
from institutions.registry.scope import Role, offices
from institutions.territory.models import Term, Territory

Key = tuple[str, str]
Kind = tuple[int, str, str]


def number_of(row: Row) -> str:
    """The number as it is looked up: blanks of any kind are one blank."""
    return " ".join(row["external_id"].split())


@dataclass
class Register:
    """What rows are checked against, read once for the whole file."""

    kinds: dict[str, Kind] = field(default_factory=dict)  # code and folded names → id, code, who verifies
    schemes: dict[str, str] = field(default_factory=dict)  # folded names → code
    ownerships: dict[str, str] = field(default_factory=dict)  # code and folded words → code
    places: dict[str, tuple[int, list[int], str]] = field(default_factory=dict)  # code → id, lineage, country
    place_names: dict[str, set[str]] = field(default_factory=dict)  # folded name → codes
    seats: set[int] = field(default_factory=set)
    national: set[int] = field(default_factory=set)
    standing: dict[Key, Standing] = field(default_factory=dict)
    writings: dict[Key, str] = field(default_factory=dict)  # number without its zeros → how it is written in full
    lineages: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Iterable[Row], by: Any) -> "Register":
        """The words, the tree, the reader's offices, and the institutions that the file names."""
        made = cls(
            seats=set(offices(by, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)),
            national=set(offices(by, Role.MINISTRY_OFFICER)),
            ownerships=ownership_words(),
        )
        made._read_words()
        made._read_places()
        numbers: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            numbers[made.scheme_of(row)].add(number_of(row))
        for scheme, values in numbers.items():
            made._read_standing(scheme, sorted(values))
        return made

    def scheme_of(self, row: Row) -> str:
        """The code of the register that a row names, by code or in words."""
        said = row["scheme"].lower()
        return self.schemes.get(search_key(said), said)

    def _read_words(self) -> None:
        for term in Term.objects.filter(vocabulary__in=("participant_kind", "id_scheme")).order_by("pk"):
            words = {search_key(name) for name in (*term.names.values(), term.code)}
            if term.vocabulary == "id_scheme":
                self.schemes |= {word: term.code for word in words if word not in self.schemes}
                continue
            entry = (term.pk, term.code, term.data.get("verified_by") or "")
            for word in words:
                self.kinds.setdefault(word, entry)
            self.kinds[term.code] = entry

    def _read_places(self) -> None:
        countries: dict[int, str] = {}
        rows = Territory.objects.order_by("depth").values_list("pk", "code", "lineage", "data", "names")
        for pk, code, lineage, data, names in rows:
            root = lineage[0] if lineage else pk
            if root == pk:
                countries[pk] = country_of(code, data)
            self.places[code] = (pk, lineage, countries.get(root, "XX"))
            self.lineages[pk] = lineage
            for name in names.values():
                self.place_names.setdefault(search_key(name), set()).add(code)

    def _read_standing(self, scheme: str, numbers: Sequence[str]) -> None:
        self.standing |= {(scheme, number): found for number, found in standing(scheme, numbers).items()}
        fresh = [number for number in numbers if number.isdigit() and (scheme, number) not in self.standing]
        for number in (*sorted(fresh, key=len), *_writings(scheme, fresh)):  # the longest, or what the register has
            self.writings[scheme, number.lstrip("0")] = number


WRITINGS = "SELECT value FROM institutions_externalid WHERE scheme = %s AND ltrim(value, '0') = ANY(%s)"


def _writings(scheme: str, numbers: Sequence[str]) -> Iterator[str]:
    """Numbers of the register that differ from these by zeros in front alone."""
    with connection.cursor() as cursor:
        cursor.execute(WRITINGS, [scheme, [number.lstrip("0") for number in numbers]])
        yield from (value for (value,) in cursor.fetchall())


def namesakes(wanted: Container[tuple[int, str]], places: Iterable[int]) -> set[tuple[int, str]]:
    """Of these pairs of place and folded name the ones that an institution of the register has."""
    houses = Institution.objects.filter(territory__in=list(places)).order_by("pk")
    pairs = (
        (place, search_key(name))
        for place, names in houses.values_list("territory_id", "names").iterator(5_000)
        for name in names.values()
    )
    return {pair for pair in pairs if pair in wanted}


def ownership_words() -> dict[str, str]:
    """Forms of ownership by code and by their words in every language."""
    found = {value: value for value in Ownership.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for value, label in Ownership.choices:
                found.setdefault(search_key(str(label)), value)
    return found


def country_of(code: str, data: dict[str, Any]) -> str:
    """Two letters for a country, from what the pack says of its root."""
    said = str(data.get("iso") or data.get("country") or code)[:2].upper()
    return said if len(said) == 2 and said.isalpha() else "XX"
