"""The generator of the second script: what it leaves alone, what it knows, where it stops."""

import csv

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.cyrillic import PROTECTED_WORDS, faults, to_cyrillic

UNTOUCHED = [
    "%(name)s", "%(count)d", "%s", "{name}", "{count:d}", "<b>", "</b>",
    '<a href="/uz/help/">', "&nbsp;", "&#8239;",
    "https://example.org/uz/yordam",
    "www.example.org/x", "ism.familiya@example.org", "SH-2026-00123", "YYYY-MM-DD",
]  # fmt: skip
WORDS = {
    "ishchi": "ишчи", "boshlangʻich": "бошланғич", "faoliyatsiz": "фаолиятсиз", "obyekt": "объект",
    "subyekt": "субъект",
    "kompyuter": "компьютер",
    "budjet": "бюджет", "profil": "профиль", "rayon": "район", "korrupsiya": "коррупция",
    "stansiya": "станция", "aksiya": "акция", "funksiya": "функция", "yanvar": "январь", "fevral": "февраль",
    "aprel": "апрель", "iyun": "июнь", "iyul": "июль", "sentabr": "сентябрь", "oktabr": "октябрь", "noyabr": "ноябрь",
    "dekabr": "декабрь", "Ishchi guruh": "Ишчи гуруҳ", "PROFIL": "ПРОФИЛЬ", "sentabrda": "сентябрда",
    "Profilingiz": "Профилингиз", "obyektlar": "объектлар", "Oʻzbekiston": "Ўзбекистон", "taʼlim": "таълим",
    "eʼtiroz": "эътироз", "litsey": "лицей", "tashkilotsiz": "ташкилотсиз", "integratsiya": "интеграция",
    "2026-yil 21-noyabr": "2026 йил 21 ноябрь", "2026/2027-oʻquv yili": "2026/2027 ўқув йили", "5-sinf": "5-синф",
}  # fmt: skip


@pytest.mark.parametrize("piece", [*UNTOUCHED, *PROTECTED_WORDS])
def test_what_is_no_word_of_the_language_stays(piece):
    assert to_cyrillic(f"Hamkor: {piece} va shartnoma") == f"Ҳамкор: {piece} ва шартнома"


@pytest.mark.parametrize("latin", WORDS)
def test_the_exceptions_come_before_the_converter(latin):
    assert to_cyrillic(latin) == WORDS[latin]


@pytest.mark.parametrize("text", ["xʻ", "maktabʻ", "shchi", "metsenat", "tsirk", "window", "café"])
def test_the_build_stops_where_the_generator_would_guess(text):
    assert faults(text)


@pytest.mark.parametrize("text", [*WORDS, "Shartnoma 12 ta PDF", "{name} <b>va</b> %(x)s", "aytsangiz", "vaqtsiz"])
def test_a_decided_word_is_no_fault(text):
    assert faults(text) == []


def test_every_term_of_the_glossary_is_generated_as_it_was_read():
    with (settings.BASE_DIR / "locale" / "glossary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    for row in rows:
        assert to_cyrillic(row["uz_latn"]) == row["uz_cyrl_generated"], row["key"]
        assert faults(row["uz_latn"]) == [], row["key"]


@given(st.text(max_size=60))
def test_any_text_comes_through(text):
    assert isinstance(to_cyrillic(text), str)
