"""How near a name is to what was typed: whole words before words with an ending before beginnings, running text
before scattered, short before long."""

import re
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, F, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Concat, Least, Length

from institutions.territory.words import PADDED, Asked, phrases

WHOLE, ENDING, BEGINNING, RUNNING, FIRST, NAMED = 30, 26, 15, 60, 40, 1


def padded() -> Any:
    """The key between blanks, so that a word's edges are blanks."""
    return Concat(Value(" "), F("search_key"), Value(" "), output_field=TextField())


def rank(asked: Asked) -> Any:
    """An integer expression over the key; whole words weigh most, every ten characters of length cost one."""
    found: Any = Value(0)
    for words in asked.readings[0] if asked.readings else []:
        found = found + _word(words)
    for phrase in dict.fromkeys(phrases(asked.readings)[:6]):
        found = found + _flag(FIRST, Q(**{f"{PADDED}__startswith": f" {phrase}"}))
        if " " in phrase:
            found = found + _flag(RUNNING, Q(**{f"{PADDED}__contains": f" {phrase}"}))
    return found - Least(Length(F("search_key")), Value(290)) / Value(10)


def rough_rank(asked: Asked) -> Any:
    """For thousands of rows: named so before merely lying in a place named so."""
    typed = asked.readings[0] if asked.readings and asked.places.used else []
    if any(asked.places.named(words) for words in typed):  # a place that only a synonym names demotes nobody
        return _flag(NAMED, asked.named_so())
    return Value(0, output_field=IntegerField())


def _word(words: tuple[str, ...]) -> Any:
    whole = reduce(or_, (Q(**{f"{PADDED}__contains": f" {word} "}) for word in words))
    beginning = reduce(or_, (Q(**{f"{PADDED}__contains": f" {word}"}) for word in words))
    either = "|".join(re.escape(word) for word in words)
    ending = Q(**{f"{PADDED}__regex": rf" ({either})\w{{1,3}} "})
    return Case(
        When(whole, then=Value(WHOLE)),
        When(ending, then=Value(ENDING)),
        When(beginning, then=Value(BEGINNING)),
        default=Value(0),
        output_field=IntegerField(),
    )


def _flag(weight: int, condition: Q) -> Any:
    return Case(When(condition, then=Value(weight)), default=Value(0), output_field=IntegerField())
