"""What a library or a journal gives of a work, read: BibTeX, RIS, or a bare DOI with or without its address."""

import re
from dataclasses import dataclass, field

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}]+")
_RIS = re.compile(r"^([A-Z][A-Z0-9])  ?- ?(.*)$", re.MULTILINE)
_FIELD = re.compile(r"(\w+)\s*=\s*")
_YEAR = re.compile(r"\b(19|20)\d\d\b")
TITLES, VENUES = ("TI", "T1"), ("JO", "JF", "T2", "PB")


@dataclass
class Cited:
    """What was read; empty where it says nothing."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    published_in: str = ""
    doi: str = ""
    link: str = ""


def doi_of(text: str) -> str:
    """The DOI in a text, without its address and the full stop of a sentence; empty where there is none."""
    found = _DOI.search(text)
    return found[0].rstrip(".,;)").lower() if found else ""


def cited(text: str) -> Cited:
    """Reads a record; of a text that is none, only the DOI it holds."""
    if text.lstrip().startswith("@"):
        made = _of_bibtex(_bibtex(text))
    elif rows := _RIS.findall(text):
        made = _of_ris(rows)
    else:
        made = Cited()
    made.doi = made.doi or doi_of(text)
    return made


def _of_ris(rows: list[tuple[str, str]]) -> Cited:
    def first(*tags: str) -> str:
        return next((said.strip() for tag, said in rows if tag in tags and said.strip()), "")

    authors = [_forename_first(said.strip()) for tag, said in rows if tag in ("AU", "A1") and said.strip()]
    return Cited(
        first(*TITLES), authors, _year(first("PY", "Y1", "DA")), first(*VENUES), doi_of(first("DO")), first("UR")
    )


def _of_bibtex(said: dict[str, str]) -> Cited:
    authors = [_forename_first(each) for each in re.split(r"\s+and\s+", said.get("author", "")) if each]
    venue = said.get("journal") or said.get("booktitle") or said.get("publisher") or ""
    return Cited(
        said.get("title", ""),
        authors,
        _year(said.get("year", "")),
        venue,
        doi_of(said.get("doi", "")),
        said.get("url", ""),
    )


def _bibtex(text: str) -> dict[str, str]:
    """Fields of the first entry; a value stands in braces, in quotes, or bare."""
    found: dict[str, str] = {}
    place = text.find(",")
    while place >= 0 and (match := _FIELD.search(text, place)):
        value, place = _value(text, match.end())
        found.setdefault(match[1].lower(), " ".join(re.sub(r"[{}]", "", value).split()))
    return found


def _value(text: str, start: int) -> tuple[str, int]:
    """One value and where it ends."""
    if text[start : start + 1] == '"':
        end = text.find('"', start + 1)
        end = len(text) if end < 0 else end
        return text[start + 1 : end], end + 1
    if text[start : start + 1] != "{":
        bare = re.compile(r"[^,}\s]*").match(text, start)
        return (bare[0], bare.end()) if bare else ("", len(text))
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return text[start + 1 : place], place + 1
    return text[start + 1 :], len(text)


def _forename_first(name: str) -> str:
    """“Surname, Forename” as it is said."""
    last, _comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip()


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found[0]) if found else None
