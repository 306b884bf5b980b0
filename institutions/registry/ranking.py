"""How near a name is to what was typed: whole words before beginnings, running text before scattered, short before long."""

import re
from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Length, Least

from institutions.territory.words import Asked, phrases

WHOLE, BEGINNING, RUNNING, FIRST = 30, 15, 60, 40


def rank(asked: Asked) -> Any:
    """An integer expression over `search_key`; whole words weigh most, every character of length costs a little."""
    found: Any = Value(0)
    if asked.readings:
        for words in asked.readings[0]:
            found = found + _word(words)
        for phrase in dict.fromkeys(phrases(asked.readings)[:6]):
            found = found + _flag(RUNNING, search_key__contains=phrase) + _flag(FIRST, search_key__startswith=phrase)
    return found - Least(Length(F("search_key")), Value(290)) / Value(10)


def _word(words: tuple[str, ...]) -> Any:
    either = "|".join(re.escape(word) for word in words)
    return Case(
        When(search_key__regex=rf"\m({either})\M", then=Value(WHOLE)),
        When(search_key__regex=rf"\m({either})", then=Value(BEGINNING)),
        default=Value(0),
        output_field=IntegerField(),
    )


def _flag(weight: int, **condition: Any) -> Any:
    return Case(When(**condition, then=Value(weight)), default=Value(0), output_field=IntegerField())
