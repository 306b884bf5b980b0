"""The team's own table of queries, answered by the pure functions and a plain model of trigram search."""

import csv
from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings

from accounts.names import search_text
from accounts.spelling import expand, search_key

QUERIES = list(csv.DictReader((Path(__file__).parent / "search_queries.csv").open(encoding="utf-8")))


@lru_cache(maxsize=1)
def places() -> dict[str, str]:
    """Every territory and institution of the pack: its first name and its stored key."""
    found = {}
    for file in ("territories", "institutions"):
        path = settings.BASE_DIR / "config" / "packs" / "uz" / f"{file}.csv"
        for row in csv.DictReader(path.open(encoding="utf-8")):
            names = {"uz": row["name_uz"], "ru": row["name_ru"], "en": row["name_en"]}
            also = [search_key(old) for old in row.get("old_names", "").split("; ") if old]
            found[row["name_uz"]] = " ".join([search_text(names), *also])
    return found


@lru_cache(maxsize=50_000)
def trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


@lru_cache(maxsize=200_000)
def likeness(asked: str, word: str) -> float:
    """A whole word counts full, its beginning nearly, else the share of trigrams in common."""
    if asked == word:
        return 1.0
    if word.startswith(asked) and not asked.isdigit():
        return 0.9
    one, other = trigrams(asked), trigrams(word)
    return 0.85 * len(one & other) / len(one | other)


def answers(query: str) -> list[str]:
    """The five best names, word order free."""
    scored = []
    for name, text in places().items():
        words = text.split()
        score = max(
            sum(max(likeness(asked, word) for word in words) for asked in variant.split()) / len(variant.split())
            for variant in expand(query)
        )
        scored.append((-score, len(words), name))
    return [name for *_, name in sorted(scored)[:5]]


@pytest.mark.parametrize("row", QUERIES, ids=lambda row: row["query"])
def test_the_wanted_name_is_among_the_first_five(row):
    assert row["expected"] in answers(row["query"])


def test_the_table_has_sixty_queries_in_every_writing():
    assert len(QUERIES) >= 60
    assert {row["writing"] for row in QUERIES} >= {"uz", "uz-new", "uz-Cyrl", "ru", "en", "mixed", "short"}
