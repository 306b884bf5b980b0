"""The second script of the first language, generated from the first: our exceptions, then the converter."""

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import alifbo

from accounts.folding import TURNED_COMMA, apostrophes

LOCALE = Path(__file__).resolve().parent.parent / "locale"
PROTECTED_WORDS = tuple((LOCALE / "protected_words.txt").read_text(encoding="utf-8").split())
_PROTECTED = re.compile(
    r"%\([^)]*\)[a-z%]|%[sd%]|\{\{.*?\}\}|\{%.*?%\}|\{[^{}]*\}"  # placeholders
    r"|</?[A-Za-z][^<>]*>|&#?\w+;"  # tags and entities
    r"|(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w/])/[a-z][\w/<>.-]*/"  # addresses
    r"|\b[A-Z]{2,4}-\d{4}-\d+\b"  # record numbers
    r"|\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]+/[a-z*][\w*.+-]*"  # names in code, kinds of content
    r"|\bYYYY-MM-DD\b|\[?[YMDHhmsuT]{2}:[\w:.\[\]]+|\[DD\]|\[\[HH:\]MM:\]ss\[\.u+\]"  # how a date is written
    r"|(?<![\w-])(?:" + "|".join(map(re.escape, sorted(PROTECTED_WORDS, key=len, reverse=True))) + r")(?![A-Za-z])"
)
_WORD = re.compile("[A-Za-zÇĞÖŞçğöşʻʼ]+")
_MONTHS = "yanvar|fevral|mart|aprel|may|iyun|iyul|avgust|sentabr|oktabr|noyabr|dekabr"
# 2026-yil 21-noyabr is written 2026 йил 21 ноябрь in the second script.
_DATED = re.compile(rf"(^|\d)-(?=(?:yil|oʻquv yil|{_MONTHS}))", re.IGNORECASE)
_AMBIGUOUS = re.compile("shch|ts", re.IGNORECASE)
_STRAY = re.compile(f"(?<![oOgG]){TURNED_COMMA}")
_LATIN_LEFT = re.compile("[A-Za-z]")


class Spelled(NamedTuple):
    """One line of the exceptions file."""

    latin: str
    cyrillic: str  # the word by itself
    stem: str  # the word before an ending
    where: str  # start: of a word, whole: the word alone, part: anywhere in it


@lru_cache(maxsize=1)
def exceptions() -> tuple[Spelled, ...]:
    """The exceptions file, longest first."""
    with (LOCALE / "cyrillic_exceptions.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Spelled(row["latin"], row["cyrillic"], row["stem"] or row["cyrillic"], row["where"] or "start")
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda row: (-len(row.latin), row.where == "part")))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """One pattern for the whole file; the number of the group that matched is the number of the line."""
    shapes = {"start": r"(?<![a-zʻʼ])({})", "whole": r"(?<![a-zʻʼ])({})(?![a-zʻʼ])", "part": "({})"}
    return re.compile("|".join(shapes[row.where].format(re.escape(row.latin)) for row in exceptions()) or "(?!)")


def _cased(like: str, text: str) -> str:
    if like.isupper() and len(like) > 1:
        return text.upper()
    return text[:1].upper() + text[1:] if like[:1].isupper() else text


@lru_cache(maxsize=50_000)
def _word(word: str) -> str:
    """One word, exceptions first; what they leave goes through the converter."""
    found = _pattern().search(word.lower())
    if found is None or found.lastindex is None:
        return str(alifbo.to_cyrillic(word).text)
    before, latin, after = word[: found.start()], word[found.start() : found.end()], word[found.end() :]
    row = exceptions()[found.lastindex - 1]
    middle = _cased(latin, row.stem if after else row.cyrillic)
    return (_word(before) if before else "") + middle + (_word(after) if after else "")


def _between(text: str) -> str:
    return _WORD.sub(lambda word: _word(word.group()), _DATED.sub(r"\1 ", apostrophes(text)))


def to_cyrillic(text: str) -> str:
    """The text in the second script; placeholders, tags, addresses, numbers and protected words stay."""
    out: list[str] = []
    at = 0
    for span in _PROTECTED.finditer(text):
        out += [_between(text[at : span.start()]), span.group()]
        at = span.end()
    return "".join([*out, _between(text[at:])])


def faults(text: str) -> list[str]:
    """Why this text must not be converted without a decision in the exceptions file."""
    found: list[str] = []
    for piece in _PROTECTED.sub(" ", text).split():
        if _STRAY.search(piece):
            found.append(f"stray {TURNED_COMMA} in {piece!r}")
        for word in _WORD.findall(piece):
            decided = _pattern().sub(" ", word.lower())
            found += [f"ambiguous {pair.group()} in {word!r}" for pair in _AMBIGUOUS.finditer(decided)]
            if _LATIN_LEFT.search(_word(word)):
                found.append(f"half Latin: {word!r} became {_word(word)!r}")
    return found
