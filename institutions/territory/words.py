"""What a search asks for: words with their alternatives, as conditions on a search key; typing errors are corrected
to words that stand in the register."""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

from django.db import connection
from django.db.models import Q

from accounts.nearness import nearest
from accounts.spelling import expand

Alternatives = tuple[str, ...]
PADDED = "search_padded"  # the column in which a key stands between blanks
PART = 5  # a word this long is also found inside another
MOST_WORDS = 8
NEAREST = 6
NEAR = """
SELECT word FROM institutions_searchword
WHERE (word %%> %s OR (word LIKE %s AND length(word) BETWEEN %s AND %s)) AND length(word) > 2
ORDER BY word_similarity(%s, word) DESC, abs(length(word) - %s) LIMIT 60
"""


PLACES = "SELECT id, search_key, lineage FROM institutions_territory WHERE depth > 0"


class Asked:
    """A query in its readings: each reading is a list of words, each word a few alternatives."""

    def __init__(self, text: str, *, by_place: bool = True) -> None:
        self.by_place = by_place
        self.readings: list[list[Alternatives]] = [
            [(word,) for word in key.split()[:MOST_WORDS]] for key in expand(text)
        ]
        self.readings = [reading for reading in self.readings if reading]
        self.places = _Places()

    def exactly(self) -> Q:
        """Every word of a reading stands in the name or in the name of the place."""
        return reduce(or_, (self._all(reading) for reading in self.readings), Q(pk__in=()))

    def named_so(self) -> Q:
        """The same without regard to places."""
        return reduce(or_, (reduce(and_, map(matches, reading)) for reading in self.readings), Q(pk__in=()))

    def nearly(self) -> Q:
        """The same after the typing errors of the first reading are corrected."""
        if not self.readings:
            return Q(pk__in=())
        self.readings = [[corrected(words[0]) for words in reading] for reading in self.readings[:4]]
        return self.exactly()

    def mostly(self) -> Q:
        """All words but one; numbers always count."""
        found = Q(pk__in=())
        for reading in self.readings[:2]:
            if len(reading) > 1:
                loose = [place for place, words in enumerate(reading) if not words[0].isdigit()]
                found |= reduce(or_, (self._all(reading[:out] + reading[out + 1 :]) for out in loose), Q(pk__in=()))
        return found

    def _all(self, reading: Sequence[Alternatives]) -> Q:
        return reduce(and_, (self._word(words) for words in reading))

    def _word(self, words: Alternatives) -> Q:
        found = matches(words)
        ids = self.places.named(words) if self.by_place else []
        return found | Q(territory__in=ids) if ids else found


class _Places:
    """The tree in memory for one search: which places, with all below them, are called so."""

    def __init__(self) -> None:
        self.used = False
        self.rows: list[tuple[int, str, list[int]]] | None = None

    def named(self, words: Alternatives) -> list[int]:
        if all(len(word) < 3 or word.isdigit() for word in words):
            return []
        if self.rows is None:
            with connection.cursor() as cursor:
                cursor.execute(PLACES)
                self.rows = cursor.fetchall()
        pattern = re.compile("|".join(rf"\b{re.escape(word)}" for word in words))
        called = {pk for pk, key, _lineage in self.rows if pattern.search(key)}
        self.used = self.used or bool(called)
        return [pk for pk, _key, lineage in self.rows if called.intersection(lineage)] if called else []


def matches(words: Alternatives) -> Q:
    """A key that holds one of these words: numbers whole, short words from their beginning, long ones anywhere."""
    return reduce(or_, (Q(**{f"{PADDED}__contains": _piece(word)}) for word in words))


def _piece(word: str) -> str:
    """What stands in a key between blanks where this word stands in it."""
    if word.isdigit():
        return f" {word} "
    return f" {word}" if len(word) < PART else word


def corrected(word: str) -> Alternatives:
    """The word itself if the register knows it, else the nearest words it knows; numbers stay."""
    if word.isdigit() or len(word) < 4:
        return (word,)
    return tuple(dict.fromkeys([word, *nearest(word, candidates(word))[:NEAREST]]))


def candidates(word: str) -> list[str]:
    """Words of the register that share parts with this one, or its first letter where it is short."""
    span = (len(word) - 2, len(word) + 2) if len(word) < 8 else (0, -1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', '0.3', false)")
        cursor.execute(NEAR, [word, f"{word[0]}%", *span, word, len(word)])
        return [row[0] for row in cursor.fetchall()]


def phrases(readings: Iterable[Sequence[Alternatives]]) -> list[str]:
    """The readings as running text."""
    return [" ".join(words[0] for words in reading) for reading in readings]
