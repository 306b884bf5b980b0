"""The house rules for words, checked over the catalogues: completeness, glossary, apostrophes, placeholders."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import polib

from accounts import cyrillic
from config import catalogues

GENERATED = {"uz": "uz_Cyrl"}  # the catalogue a generator writes, and from which
_GLOSSARY_COLUMN = {"uz": "uz_latn", "ru": "ru"}
_PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%[sdr]|\{[a-z_0-9:X!]*\}", re.IGNORECASE)
_GLUED = re.compile(r"(?:%\([a-z_]+\)[sdr]|%[sd](?![a-z]*\b%)|\{[a-z_0-9:]*\})(?=[^\W\d_])", re.IGNORECASE)
_WRONG_APOSTROPHE = re.compile(r"['`‘’´]|(?<![oOgG])ʻ|(?<=[gG])ʼ|(?<=[oO])ʼ(?!\w*)")
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_SHOUT = re.compile(r"\w\s*!(?!=)")
FORBIDDEN = {
    "uz": (
        r"\bdashbord",
        r"\bversiya",
        r"\binstitutlararo",
        r"\bmurojaat",
        r"\bmuassasa",
        r"\biltimos",
        r"\bnotoʻgʻri\b",
    ),
    "ru": (r"\bпожалуйста", r"\bдашборд", r"\bневерн(?:ый|ое|ая) (?:ввод|значение)\b"),
    "en": (r"\bplease\b", r"\boops\b"),
}
# Where a forbidden word is the right one: the formal appeal, and institutions of the state and of research.
_ALLOWED = {
    r"\bmurojaat": re.compile(r"\bappeal", re.IGNORECASE),
    r"\bmuassasa": re.compile(r"state educational institution|research institution", re.IGNORECASE),
}


class Fault(NamedTuple):
    """One thing wrong with one string of one catalogue."""

    locale: str
    rule: str
    detail: str
    words: str


class Term(NamedTuple):
    """One line of the glossary."""

    key: str
    en: str
    said: dict[str, str]


@lru_cache(maxsize=1)
def glossary() -> dict[str, list[Term]]:
    """The terms by their English, small letters, brackets left out."""
    found: dict[str, list[Term]] = {}
    with (cyrillic.LOCALE / "glossary.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said = {locale: row[column] for locale, column in _GLOSSARY_COLUMN.items()}
            term = Term(row["key"], row["en"], said)
            for english in {row["en"], _BRACKETS.sub("", row["en"])}:
                found.setdefault(english.casefold(), []).append(term)
    return found


def second_script(source: polib.POFile, target: str) -> tuple[polib.POFile, list[str]]:
    """The catalogue of the second script, and what its generator would have had to guess."""
    generated = catalogues.empty_catalogue(target)
    faults: list[str] = []
    for entry in source:
        said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        faults += [f"{fault} (of {entry.msgid!r})" for words in said for fault in cyrillic.faults(words)]
        generated.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgid_plural=entry.msgid_plural,
                flags=[flag for flag in entry.flags if flag != "fuzzy"],
                msgstr=cyrillic.to_cyrillic(entry.msgstr) if entry.msgstr else "",
                msgstr_plural={at: cyrillic.to_cyrillic(words) for at, words in entry.msgstr_plural.items()},
            )
        )
    return generated, faults


def _said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _completeness(locale: str, catalogue: polib.POFile, messages: Iterable[catalogues.Message]) -> Iterator[Fault]:
    there = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    wanted = {(message.context, message.words) for message in messages}
    forms = int(catalogues.plural_rule(locale).split("nplurals=")[1][0])
    for context, words in sorted(wanted, key=str):
        entry = there.get((context, words))
        if entry is None:
            yield Fault(locale, "missing", "not in the catalogue: run gather_strings", words)
        elif not all(_said(entry)) or (entry.msgid_plural and len(entry.msgstr_plural) != forms):
            yield Fault(locale, "missing", "not translated", words)
    for (context, words), entry in there.items():
        if (context, words) not in wanted:
            yield Fault(locale, "stale", "said nowhere: run gather_strings", words)
        if entry.fuzzy:
            yield Fault(locale, "fuzzy", "to be decided", words)


def _placeholders(locale: str, entry: polib.POEntry) -> Iterator[Fault]:
    promised = set(_PLACEHOLDER.findall(entry.msgid)) | set(_PLACEHOLDER.findall(entry.msgid_plural or ""))
    needed = set(_PLACEHOLDER.findall(entry.msgid)) if not entry.msgid_plural else set()
    for words in filter(None, _said(entry)):
        held = set(_PLACEHOLDER.findall(words))
        if held - promised or needed - held:
            yield Fault(locale, "placeholder", f"has {sorted(held)}, not {sorted(promised)}", words)
        if glued := _GLUED.search(words):
            yield Fault(locale, "glued", f"a letter follows {glued.group()} at once", words)


def _same(one: str, other: str) -> bool:
    return one == other or (one[:1].casefold() == other[:1].casefold() and one[1:] == other[1:])


def _term(locale: str, entry: polib.POEntry) -> Iterator[Fault]:
    terms = glossary().get(entry.msgid.casefold(), []) if locale in _GLOSSARY_COLUMN and not entry.msgid_plural else []
    keyed = [term for term in terms if term.key == entry.msgctxt]
    # Another context says that another thing is meant.
    allowed = [term.said[locale] for term in (keyed if entry.msgctxt else terms)]
    allowed += [_BRACKETS.sub("", said) for said in allowed]
    if allowed and entry.msgstr and not any(_same(entry.msgstr, said) for said in allowed):
        yield Fault(locale, "glossary", f"the term is {' or '.join(dict.fromkeys(allowed))}", entry.msgstr)


def _language(locale: str, entry: polib.POEntry) -> Iterator[Fault]:
    for words in _said(entry):
        bare = _PLACEHOLDER.sub(" ", re.sub(r"<[^<>]*>|&\w+;", " ", words))
        for pattern in FORBIDDEN.get(locale, ()):
            allowed = _ALLOWED.get(pattern)
            if re.search(pattern, bare, re.IGNORECASE) and not (allowed and allowed.search(entry.msgid)):
                yield Fault(locale, "forbidden", pattern.replace(r"\b", ""), words)
        if _SHOUT.search(bare):
            yield Fault(locale, "forbidden", "an exclamation mark", words)
        if locale == "uz" and (wrong := _WRONG_APOSTROPHE.search(bare)):
            yield Fault(locale, "apostrophe", f"{wrong.group()} at {wrong.start()}", words)


def of_entry(locale: str, entry: polib.POEntry) -> Iterator[Fault]:
    """Every fault of one translated string."""
    yield from _placeholders(locale, entry)
    yield from _term(locale, entry)
    yield from _language(locale, entry)


def _generator(target: str, source: polib.POFile, committed: polib.POFile) -> Iterator[Fault]:
    generated, faults = second_script(source, target)
    yield from (Fault(target, "generator", fault, "") for fault in faults)
    there = {(entry.msgctxt, entry.msgid): _said(entry) for entry in committed}
    for entry in generated:
        if there.get((entry.msgctxt, entry.msgid)) != _said(entry):
            yield Fault(target, "generator", "differs from the generator: run build_cyrillic", " | ".join(_said(entry)))


def check() -> list[Fault]:
    """Every fault of every catalogue; raises OSError where one does not exist."""
    for locale in catalogues.languages():
        catalogues.catalogue_path(locale).stat()
    messages = catalogues.said()
    faults: list[Fault] = []
    read = {locale: catalogues.read(locale) for locale in catalogues.languages()}
    for locale, catalogue in read.items():
        faults += _completeness(locale, catalogue, messages)
        for entry in catalogue:
            faults += of_entry(locale, entry)
    for source, target in GENERATED.items():
        faults += _generator(target, read[source], read[target])
    return faults
