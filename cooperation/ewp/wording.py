"""A mobility as an obligation of ours and back: who, whom, how many and the field are columns; the rest is its wording.

The wording is what the parties sign, so nothing that binds is kept beside it: each line has a name and one value, read
by people and by `details_of` alike. The words are EWP's own, in English, as they stand in agreements across borders.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cooperation.ewp.shapes import KINDS, OF_STUDENTS, Area, Language, Mobility

HEAD = "EWP"
TRUTH = {"yes": True, "no": False}
QUOTED = r'"(?:[^"\\]|\\.)*"'
AREA = re.compile(rf"(?P<isced>[0-9]{{4}})(?: was (?P<v6>[0-9]{{1,3}}))?(?: (?P<said>{QUOTED}))?")
LANGUAGE = re.compile(
    rf"(?P<language>[A-Za-z0-9-]+)(?: (?P<level>[ABC][12]))?(?: for (?P<area>{AREA.pattern}))?(?P<open> \(not yet defined\))?"
)


def wording_of(mobility: Mobility) -> str:
    """The lines of an obligation."""
    return "\n".join(f"{name}: {value}" for name, value in _lines(mobility))


def _lines(each: Mobility) -> Iterator[tuple[str, str]]:
    """Only what is said: what a mobility leaves open has no line."""
    students = each.kind in OF_STUDENTS
    in_text = len(each.areas) > 1 or any(area.clarification is not None or area.v6 for area in each.areas)
    said = {
        HEAD: each.kind,
        "Academic years": f"{each.first_year} - {each.last_year}",
        "Languages": "; ".join(map(_language, each.languages)),
        "Subject areas": "; ".join(map(_area, each.areas)) if in_text else "",
        "Months per year" if students else "Days per year": each.total,
        "Blended": ("yes" if each.blended else "no") if students else "",
        "EQF levels": ", ".join(map(str, each.eqf)),
        "Sending unit": each.sending_unit,
        "Receiving unit": each.receiving_unit,
        "Other terms": "" if each.other is None else json.dumps(each.other, ensure_ascii=False),
    }
    yield from ((name, value) for name, value in said.items() if value)


def _area(area: Area) -> str:
    old = f" was {area.v6}" if area.v6 else ""
    said = "" if area.clarification is None else f" {json.dumps(area.clarification, ensure_ascii=False)}"
    return f"{area.isced}{old}{said}"


def _language(each: Language) -> str:
    level = f" {each.level}" if each.level else ""
    area = f" for {_area(each.area)}" if each.area else ""
    return f"{each.language}{level}{area}{' (not yet defined)' if each.not_yet_defined else ''}"


class NotAMobility(ValueError):
    """A wording that is no mobility, or a line of it that cannot be read (the argument)."""


def details_of(text: str) -> dict[str, Any]:
    """What a wording says, as the fields of Mobility that are no columns. Raises NotAMobility."""
    lines = dict(_parted(text))
    kind = lines.pop(HEAD, "")
    if kind not in KINDS:
        raise NotAMobility(HEAD)
    found: dict[str, Any] = {"kind": kind}
    for name, value in lines.items():
        reader = READERS.get(name)
        if reader is None:
            raise NotAMobility(name)
        try:
            found |= reader(value)
        except (ValueError, KeyError, TypeError):
            raise NotAMobility(name) from None
    return found


def _parted(text: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or name.strip() in seen:
            raise NotAMobility(line.strip()[:60])
        seen.add(name.strip())
        yield name.strip(), value.strip()


def _years(value: str) -> dict[str, Any]:
    first, last = re.fullmatch(r"(\d{4}/\d{4}) ?[-–] ?(\d{4}/\d{4})", value).groups()  # type: ignore[union-attr]
    return {"first_year": first, "last_year": last}


def _each(shape: re.Pattern[str], value: str) -> list[Mapping[str, Any]]:
    """Every item of a list parted by semicolons; what is between them must be nothing else."""
    found: list[Mapping[str, Any]] = []
    at = 0
    while at < len(value):
        match = shape.match(value, at)
        if match is None or not match.group():
            raise ValueError(value)
        found.append(match.groupdict())
        at = match.end()
        if at < len(value):
            if value[at : at + 2] != "; ":
                raise ValueError(value)
            at += 2
    return found


def _to_area(parts: Mapping[str, Any]) -> Area:
    return Area(parts["isced"], json.loads(parts["said"]) if parts["said"] else None, parts["v6"] or "")


def _languages(value: str) -> dict[str, Any]:
    return {
        "languages": tuple(
            Language(
                each["language"], each["level"] or "", _to_area(each) if each["area"] else None, bool(each["open"])
            )
            for each in _each(LANGUAGE, value)
        )
    }


READERS: Mapping[str, Any] = {
    "Academic years": _years,
    "Languages": _languages,
    "Subject areas": lambda value: {"areas": tuple(map(_to_area, _each(AREA, value)))},
    "Months per year": lambda value: {"total": value},
    "Days per year": lambda value: {"total": value},
    "Blended": lambda value: {"blended": TRUTH[value]},
    "EQF levels": lambda value: {"eqf": tuple(int(each) for each in value.split(", "))},
    "Sending unit": lambda value: {"sending_unit": value},
    "Receiving unit": lambda value: {"receiving_unit": value},
    "Other terms": lambda value: {"other": json.loads(value)},
}
