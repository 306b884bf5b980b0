"""Which institutions a written name may mean: suggestions with a share and a reason, for a person to pick from.

Nothing is merged here. `known` tells whom a name means beyond doubt: a public id, a number of a register, what this
institution has picked before, or the one institution that has exactly this name in some writing.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.spelling import expand, search_key
from institutions.matching.likeness import Weights, initials, merged, name_likeness
from institutions.matching.models import NamePick
from institutions.registry.models import Institution, InstitutionName, InstitutionStatus
from institutions.registry.reading import houses_named

SHOWN = 5
LEAST = 0.45  # less alike than this is not worth a look
LOOKED_AT = 60  # candidates compared word by word
OPENING = 4  # letters by which candidates are found
SHORT_NAME = 0.9
OLD_NAME = 0.97  # a former name, spelled exactly
REASONS = {
    "name": _("the same name"),
    "old_name": _("a former name"),
    "short_name": _("a short name"),
    "words": _("most words are the same"),
}


@lru_cache(maxsize=4)
def _groups(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    """Words of names that mean the same in several languages, and those that say nothing of which one is meant."""
    same: dict[str, str] = {}
    idle: set[str] = set()
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                words = [search_key(word) for word in row["words"].split(";")]
                same |= {word: words[0] for word in words if word}
                idle |= {words[0]} if row["idle"] == "true" else set()
    return same, frozenset(idle)


def words_of_names() -> tuple[dict[str, str], frozenset[str]]:
    """Those of the country pack."""
    return _groups(settings.BASE_DIR / "config" / "packs" / settings.COUNTRY_PACK / "name_words.csv")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An institution that may be meant: how alike, from 0 to 1, and why it is here (a key of REASONS)."""

    institution: Institution
    score: float
    reason: str


@dataclass(slots=True)
class Name:
    """One name of one institution, ready to be compared."""

    house: int
    key: str
    words: list[str]
    is_old: bool = False


@dataclass
class Names:
    """Every name of the institutions somebody may name, in every language, with the former ones."""

    houses: dict[int, Institution]
    names: list[Name] = field(default_factory=list)

    @classmethod
    def read(cls, user: Any) -> "Names":
        """Two queries, whatever is asked of it afterwards: verified institutions this person may see."""
        visible: Any = Institution.objects.visible_to(user).filter(status=InstitutionStatus.VERIFIED)
        columns = ("pk", "public_id", "names", "short_name", "status", "kind", "territory", "country")
        houses = {house.pk: house for house in visible.select_related("kind", "territory").only(
            *columns, "kind__code", "kind__names", "territory__names")}  # fmt: skip
        found = cls(houses)
        for house in houses.values():
            found.add(house.pk, [*house.names.values(), house.short_name])
        for pk, names in InstitutionName.objects.order_by("pk").values_list("institution", "names"):
            if pk in houses:
                found.add(pk, names.values(), is_old=True)
        found.finish()
        return found

    def add(self, house: int, names: Iterable[str], *, is_old: bool = False) -> None:
        """The names of one institution, each writing once."""
        for key in dict.fromkeys(search_key(name) for name in names if name):
            if key:
                self.names.append(Name(house, key, merged(key, words_of_names()[0]), is_old))

    def finish(self) -> None:
        """What finds candidates without reading every name: exact keys, first letters of words, initials."""
        self.weights = Weights((name.words for name in self.names), words_of_names()[1])
        self.by_key: dict[str, list[Name]] = defaultdict(list)
        self.by_opening: dict[str, list[Name]] = defaultdict(list)
        self.by_initials: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            self.by_key[name.key].append(name)
            for opening in {word[:OPENING] for word in name.words}:
                self.by_opening[opening].append(name)
            if len(name.words) > 2:
                self.by_initials[initials(name.key.split())].append(name)

    def exactly(self, key: str) -> set[int]:
        """Institutions called so today, and those once called so where another one bears the name now."""
        named = self.by_key.get(key, ())
        return {name.house for name in named} if any(not name.is_old for name in named) else set()

    def suggest(self, said: str) -> list[Suggestion]:
        """The likeliest first, at most five, none below LEAST."""
        best: dict[int, tuple[float, str]] = {}

        def offer(house: int, score: float, reason: str) -> None:
            if score >= LEAST and score > best.get(house, (0.0, ""))[0]:
                best[house] = (score, reason)

        key = search_key(said)
        for other in expand(said):
            for name in self.by_key.get(other, ()):
                full = OLD_NAME if name.is_old else (1.0 if other == key else SHORT_NAME)
                offer(name.house, full, "old_name" if name.is_old else ("name" if other == key else "short_name"))
        if " " not in key:
            for name in self.by_initials.get(key, ()):
                offer(name.house, SHORT_NAME - 0.1, "short_name")
        words = merged(key, words_of_names()[0])
        for name in self._near(words):
            like = min(name_likeness(words, name.words, self.weights), 0.99)
            offer(name.house, like - 0.03 * name.is_old, "old_name" if name.is_old else "words")
        ranked = sorted(best.items(), key=lambda each: (-each[1][0], each[0]))
        return [Suggestion(self.houses[pk], round(score, 2), why) for pk, (score, why) in ranked[:SHOWN]]

    def _near(self, words: list[str]) -> list[Name]:
        """Names that share a beginning of the telling words, those with most weight in common first."""
        common: dict[int, float] = defaultdict(float)
        places: dict[int, Name] = {}
        for word in sorted(set(words), key=lambda each: -self.weights[each])[:8]:
            for name in self.by_opening.get(word[:OPENING], ()):
                common[id(name)] += self.weights[word]
                places[id(name)] = name
        ranked = sorted(common, key=lambda each: (-common[each], places[each].house))
        return [places[each] for each in ranked[:LOOKED_AT]]


@dataclass
class Matcher:
    """Whom the names in a file of `house` mean: `known` beyond doubt, `suggestions` for a person to pick from."""

    names: Names
    given: dict[str, Institution]
    picks: dict[str, int | None]
    asked: dict[str, list[Suggestion]] = field(default_factory=dict)  # a thousand rows may ask for one partner

    @classmethod
    def read(cls, said: Iterable[str], user: Any, house: Institution) -> "Matcher":
        """In as many queries for one name as for ten thousand."""
        asked = set(said)
        picks = NamePick.objects.filter(house=house).values_list("key", "institution")
        given = {name: found for name, found in houses_named(asked, user).items() if found}
        return cls(Names.read(user), given, dict(picks))

    def known(self, said: str) -> Institution | None:
        """The one that is meant, or None where somebody has to say."""
        if said in self.given:
            return self.given[said]
        key = search_key(said)
        picked = self.picks.get(key)
        if picked is not None:
            return self.names.houses.get(picked)
        called = self.names.exactly(key)
        return self.names.houses[next(iter(called))] if len(called) == 1 else None

    def is_left_out(self, said: str) -> bool:
        """Whether a person has said that this one is not in the register."""
        key = search_key(said)
        return key in self.picks and self.picks[key] is None

    def suggestions(self, said: str) -> list[Suggestion]:
        """Who may be meant."""
        if said not in self.asked:
            self.asked[said] = self.names.suggest(said)
        return self.asked[said]
