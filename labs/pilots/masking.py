"""Taking names out of a text, however they are written: words are compared by their search key, not by their letters.

Where in doubt a word too much is taken out: an expert can read on without it, but cannot forget a name.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.folding import APOSTROPHES
from accounts.spelling import hygiene, search_key

MARK = "•••"
LONG, SURE, ENDING = 5, 6, 4  # letters: of a word that stands with any ending, of one known inside others, of an ending
NEAR = 3  # characters between two words of one name

_WORD = re.compile(rf"\d+|[^\W\d_]+(?:[{APOSTROPHES}]+[^\W\d_]+)*[{APOSTROPHES}]*")
_CONTACT = re.compile(
    r"\S+@\S+|@\w{3,}|(?:https?://|www\.)\S+|\b(?:[\w-]{2,}\.)+(?:[a-z]{2}|com|org|net|edu|gov|info)\b(?:/\S*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\+?\(?\d[\d\s()\-–.]{5,}\d")
_DAY = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d|\b(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d\b")
DIGITS = 9  # of a telephone number without its plus


class Word(NamedTuple):
    """A word of the text, where it stands, and its key."""

    start: int
    end: int
    raw: str
    key: str


@dataclass
class Markers:
    """What gives somebody away: names of people, names of institutions, words that stand in many of those names."""

    people: Collection[str]
    houses: Collection[str]
    generic: Collection[str] = ()  # keys of words that any institution of its kind has
    rare: Collection[str] = ()  # keys of words that give an institution away alone
    needles: set[str] = field(init=False)
    initials: set[str] = field(init=False)
    phrases: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        named = [search_key(name).split() for name in self.people]
        self.phrases = [found for name in self.houses if (found := search_key(name).split())]
        alone = [words[0] for words in self.phrases if len(words) == 1 and words[0] not in self.generic]
        whole = ["".join(words) for words in (*named, *(words[::-1] for words in named), *self.phrases)]
        whole += [_joined(_WORD.findall(name)) for name in (*self.people, *self.houses)]
        told = {*(word for words in named for word in words), *alone, *self.rare, *whole}
        self.needles = {each for each in told if len(each) > 2 or (len(each) == 2 and each in whole)}
        self.initials = {word[0] for words in named for word in words}


def _joined(pieces: Iterable[str]) -> str:
    """The key of pieces written as one."""
    return search_key("".join(pieces)).replace(" ", "")


def mask(text: str, markers: Markers) -> tuple[str, int]:
    """The text with one mark for each thing that gives somebody away, and how many there were."""
    text = hygiene(text)
    spans = [*_contacts(text)]
    words = [Word(*found.span(), found.group(), search_key(found.group())) for found in _WORD.finditer(text)]
    words = [each for each in words if each.key]
    found = [*_needles(text, words, markers), *_phrases(text, words, markers)]
    spans += [*found, *_initials(words, found, markers)]
    return _struck(text, spans)


def _contacts(text: str) -> Iterable[tuple[int, int]]:
    """Addresses, links, accounts, telephone numbers; days are no numbers."""
    yield from (found.span() for found in _CONTACT.finditer(text))
    for found in _NUMBER.finditer(text):
        digits = sum(sign.isdigit() for sign in found.group())
        plain = digits >= DIGITS and not _DAY.search(found.group())
        if plain or found.group().startswith("+"):
            yield found.span()


def _needles(text: str, words: list[Word], markers: Markers) -> Iterable[tuple[int, int]]:
    """Words and runs of pieces that are, begin with or hold a name."""
    for place, word in enumerate(words):
        if any(_is(word, needle) for needle in markers.needles):
            yield word.start, word.end
            continue
        for needle in markers.needles:
            if end := _spelt_apart(text, words, place, needle):
                yield word.start, end


def _is(word: Word, needle: str) -> bool:
    key = word.key
    if key == needle:
        return True
    if len(needle) < LONG:
        return key.startswith(needle) and len(key) - len(needle) <= ENDING and word.raw[0].isupper()
    return key.startswith(needle) or (len(needle) >= SURE and needle in key) or alike(key, needle, 2)


def alike(key: str, name: str, ending: int = 3) -> bool:
    """Whether two words differ in their endings alone."""
    if len(key) < LONG or len(name) < LONG:
        return key == name
    common = next((at for at, (a, b) in enumerate(zip(key, name, strict=False)) if a != b), min(len(key), len(name)))
    return common >= max(LONG, len(name) - ending) and len(key) - common <= 2 * ENDING


def _spelt_apart(text: str, words: list[Word], place: int, needle: str) -> int:
    """Where a name ends that is written with blanks inside, from this word on; 0 where there is none."""
    raw: list[str] = []
    for at in range(place, len(words)):
        if at > place and not _near(text, words[at - 1], words[at]):
            return 0
        raw.append(words[at].raw)
        key = _joined(raw)
        if key == needle or (len(needle) >= LONG and key.startswith(needle)):
            return words[at].end
        if len(key) > len(needle) + NEAR:
            return 0
    return 0


def _near(text: str, one: Word, other: Word) -> bool:
    between = text[one.end : other.start]
    return len(between) <= NEAR or not between.strip()


def _phrases(text: str, words: list[Word], markers: Markers) -> Iterable[tuple[int, int]]:
    """Runs of words of one institution's name, in their order: whole names, and parts that not every one has."""
    for names in markers.phrases:
        for place in range(len(words)):
            run, at = _run(text, words, place, names)
            telling = any(name not in markers.generic for name in run)
            if len(run) == len(names) > 1 or (len(run) > 1 and telling):
                yield words[place].start, words[at].end


def _run(text: str, words: list[Word], place: int, names: list[str]) -> tuple[list[str], int]:
    """The words of the name that stand here one after the other, and the place of the last."""
    run: list[str] = []
    left, at = names, place
    while at < len(words) and (at == place or _near(text, words[at - 1], words[at])):
        found = next((where for where, name in enumerate(left) if alike(words[at].key, name)), None)
        if found is None:
            break
        run.append(left[found])
        left, at = left[found + 1 :], at + 1
    return run, at - 1


def _initials(words: list[Word], spans: list[tuple[int, int]], markers: Markers) -> Iterable[tuple[int, int]]:
    """Single letters beside a name that was taken out."""
    starts, ends = {start for start, _end in spans}, {end for _start, end in spans}
    beside: list[Callable[[int], bool]] = [
        lambda place: place + 1 < len(words) and words[place + 1].start in starts,
        lambda place: place > 0 and words[place - 1].end in ends,
    ]
    for step, is_beside in zip((-1, 1), beside, strict=True):
        for place in range(len(words))[::step]:
            word = words[place]
            if len(word.raw) == 1 and word.raw.isalpha() and is_beside(place):
                starts.add(word.start)
                ends.add(word.end)
                yield word.start, word.end


def _struck(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, int]:
    """The text with its spans struck out; what touches becomes one mark."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and (start <= merged[-1][1] or not text[merged[-1][1] : start].strip(" \t\xa0.,-")):
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    kept, at = [], 0
    for start, end in merged:
        kept += [text[at:start], MARK]
        at = end
    return "".join([*kept, text[at:]]), len(merged)
