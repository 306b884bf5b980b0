"""Names of invented institutions and people, by the patterns of the country pack."""

import random
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from config.packs.reading import Pack
from institutions.territory.models import Territory

LANGUAGES = ("uz", "ru", "en")


@dataclass(frozen=True)
class Named:
    """An invented institution's names, short name, ownership, and the field or sector its name speaks of."""

    names: dict[str, str]
    short: str
    ownership: str
    field: str


class Namer:
    """Makes names; one pattern of a kind is chosen by the dice."""

    def __init__(self, pack: Pack, chance: random.Random) -> None:
        self.pack, self.chance = pack, chance

    @cached_property
    def data(self) -> dict[str, Any]:
        """The pack's world.toml."""
        with (self.pack.folder / "world.toml").open("rb") as file:
            found: dict[str, Any] = tomllib.load(file)
        return found

    def institution(self, kind: str, place: Territory, number: int, pattern: int | None = None) -> Named:
        """A name for an institution of this kind at this place."""
        patterns = self.data["patterns"][kind]
        chosen = patterns[pattern] if pattern is not None else self.chance.choice(patterns)
        words = self._words(place, number)
        names = {language: _capital(chosen[language].format(**words)) for language in LANGUAGES}
        about = words["_isced"] if "{field" in chosen["uz"] else words["_sector"] if "{trade" in chosen["uz"] else ""
        return Named(names, _capital(chosen["short"].format(**words)), chosen.get("ownership", "state"), about)

    def _words(self, place: Territory, number: int) -> dict[str, Any]:
        said = {language: self.place(place, language) for language in LANGUAGES}
        field, trade = self.chance.choice(self.data["fields"]), self.chance.choice(self.data["trades"])
        return {
            "n": number, "word": self.chance.choice(self.data["words"]["word"]), "trade": trade["uz"],
            "place": said["uz"], "place_ru": said["ru"], "place_en": said["en"],
            "field": field["uz"], "field_ru": field["ru"], "field_en": field["en"],
            "_isced": field["isced_f"], "_sector": trade["sector"],
        }  # fmt: skip

    def place(self, place: Territory, language: str) -> str:
        """The place as it stands in a name: a city is called one."""
        rule = self.data["places"].get(place.data.get("type"))
        name = place.names.get(language) or next(iter(place.names.values()))
        return rule[language].format(name=name) if rule else name

    def title(self, kind: str) -> str:
        """The post of the person who signs for such an institution."""
        titles: dict[str, str] = self.data["people"]["titles"]
        return titles.get(kind, titles["other"])

    def person(self, number: int) -> str:
        """A name whose family name no other person of the world has."""
        people = self.data["people"]
        family = people["family"]
        again = f"-{number // len(family) + 1}" if number >= len(family) else ""
        return f"{people['given'][number % len(people['given'])]} {family[number % len(family)]}{again}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
