"""How alike two names of institutions are: words compared in any order, rare words counting more than common ones.

Pure: keys in, shares from 0 to 1 out. A key is what `accounts.spelling.search_key` makes of a name, so letters of both
alphabets, apostrophes and capitals are settled before a word is compared here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

SAME_STEM = 4  # letters two endings of one word share at least: universitet, universiteti, universitety
TYPING_ERROR = 0.78  # below this share of equal pairs of letters two words are two words
STEM = 0.92
NOBODYS = 0.05  # what a word that says nothing about which institution is meant weighs beside others
OTHER_NUMBER = 0.5  # school 12 is not school 13, however alike the rest


@lru_cache(maxsize=100_000)
def pairs(word: str) -> tuple[str, ...]:
    """The pairs of neighbouring letters, the ends included."""
    padded = f" {word} "
    return tuple(padded[at : at + 2] for at in range(len(padded) - 1))


@lru_cache(maxsize=200_000)
def word_likeness(one: str, other: str) -> float:
    """1 for one word, a little less for two endings of it, a share for a typing error, else 0."""
    if one == other:
        return 1.0
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < SAME_STEM:
        return 0.0
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if shared >= SAME_STEM and shared >= 0.6 * max(len(one), len(other)):
        return STEM
    mine, theirs = pairs(one), list(pairs(other))
    common = 0
    for pair in mine:
        if pair in theirs:
            theirs.remove(pair)
            common += 1
    share = 2 * common / (len(mine) + len(pairs(other)))
    return share if share >= TYPING_ERROR else 0.0


class Weights:
    """How much a word tells: the fewer of the known names hold it, the more."""

    def __init__(self, names: Iterable[Sequence[str]], idle: Iterable[str] = ()) -> None:
        self.count: dict[str, int] = {}
        self.names = 0
        for words in names:
            self.names += 1
            for word in set(words):
                self.count[word] = self.count.get(word, 0) + 1
        self.idle = frozenset(idle)

    def __getitem__(self, word: str) -> float:
        if word in self.idle:
            return NOBODYS
        return math.log(1 + (self.names + 1) / (1 + self.count.get(word, 0)))


def name_likeness(one: Sequence[str], other: Sequence[str], weights: Weights) -> float:
    """The share of weight two names have in common, words in any order; 1 for the same words."""
    left = list(other)
    common = 0.0
    for word in sorted(one, key=lambda each: -weights[each]):
        found = max(left, key=lambda each: word_likeness(word, each), default="")
        like = word_likeness(word, found) if found else 0.0
        if like:
            left.remove(found)
            common += like * (weights[word] + weights[found])
    whole = sum(weights[word] for word in one) + sum(weights[word] for word in other)
    share = common / whole if whole else 0.0
    return share * OTHER_NUMBER if numbers_of(one) != numbers_of(other) else share


def numbers_of(words: Sequence[str]) -> set[str]:
    """The numbers in a name."""
    return {word for word in words if word.isdigit()}


def initials(words: Sequence[str]) -> str:
    """The first letters, as short names are made."""
    return "".join(word[0] for word in words if word)


def merged(key: str, same: Mapping[str, str]) -> list[str]:
    """The words of a key, each brought to one of its group that means the same; groups may hold "un ti" for one word."""
    padded = f" {key} "
    for said, meant in same.items():
        if " " in said:
            padded = padded.replace(f" {said} ", f" {meant} ")
    return [same.get(word, word) for word in padded.split()]
