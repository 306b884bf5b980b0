"""The table of formats, in four languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts import wording

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)  # 14:05 on the clock of the country
CURRENCY = {"uz": "{amount} soʻm", "ru": "{amount} сумов", "en": "UZS {amount}"}
LANGUAGES = ("uz", "uz-cyrl", "ru", "en")
TABLE = [
    ("day", DAY, ("2026-yil 21-noyabr", "2026 йил 21 ноябрь", "21 ноября 2026 г.", "21 November 2026")),
    ("day_short", DAY, ("21.11.2026", "21.11.2026", "21.11.2026", "21 Nov 2026")),
    ("moment", MOMENT, ("21.11.2026 14:05", "21.11.2026 14:05", "21.11.2026 14:05", "21 Nov 2026 14:05")),
    ("month", DAY, ("2026-yil noyabr", "2026 йил ноябрь", "ноябрь 2026 г.", "November 2026")),
    ("period_name", "2026-11", ("2026-yil noyabr", "2026 йил ноябрь", "ноябрь 2026 г.", "November 2026")),
    ("period_name", "2026-Q3", ("2026-yil III chorak", "2026 йил III чорак", "III квартал 2026 г.", "Q3 2026")),
    ("period_name", "2026-H1", ("2026-yil I yarim yillik", "2026 йил I ярим йиллик", "I полугодие 2026 г.", "H1 2026")),
    ("period_name", "2026", ("2026-yil", "2026 йил", "2026 г.", "2026")),
    (
        "period_name",
        "2026-2027",
        ("2026/2027-oʻquv yili", "2026/2027 ўқув йили", "2026/2027 учебный год", "2026/2027 school year"),
    ),
    (
        "period_name",
        "2026-2027-T1",
        (
            "2026/2027-oʻquv yili, I yarim yillik",
            "2026/2027 ўқув йили, I ярим йиллик",
            "2026/2027 учебный год, I полугодие",
            "2026/2027 school year, term 1",
        ),
    ),
    (
        "school_year",
        DAY,
        ("2026/2027-oʻquv yili", "2026/2027 ўқув йили", "2026/2027 учебный год", "2026/2027 school year"),
    ),
    (
        "number",
        Decimal("1234567.89"),
        ("1\xa0234\xa0567,89", "1\xa0234\xa0567,89", "1\xa0234\xa0567,89", "1,234,567.89"),
    ),
    ("number", -1248, ("−1\xa0248", "−1\xa0248", "−1\xa0248", "−1,248")),
    ("percent", Decimal("12.3"), ("12,3\xa0%", "12,3\xa0%", "12,3\xa0%", "12.3%")),
    ("percent", 89, ("89\xa0%", "89\xa0%", "89\xa0%", "89%")),
    ("change", 4.1, ("+4,1\xa0%", "+4,1\xa0%", "+4,1\xa0%", "+4.1%")),
    ("change", 0, ("0\xa0%", "0\xa0%", "0\xa0%", "0%")),
    ("points", "-0.8", ("−0,8 foiz band", "−0,8 фоиз банд", "−0,8 п. п.", "−0.8 pp")),
]
COUNTS = {
    "agreement": {
        "uz": ["0 ta shartnoma", "1 ta shartnoma", "2 ta shartnoma", "5 ta shartnoma", "11 ta shartnoma"],
        "uz-cyrl": ["0 та шартнома", "1 та шартнома", "2 та шартнома", "5 та шартнома", "11 та шартнома"],
        "ru": ["0 договоров", "1 договор", "2 договора", "5 договоров", "11 договоров", "21 договор", "101 договор"],
        "en": ["0 agreements", "1 agreement", "2 agreements", "5 agreements", "11 agreements", "21 agreements"],
    },
    "teacher": {
        "uz": ["0 nafar oʻqituvchi", "1 nafar oʻqituvchi", "2 nafar oʻqituvchi", "5 nafar oʻqituvchi"],
        "uz-cyrl": ["0 нафар ўқитувчи", "1 нафар ўқитувчи", "2 нафар ўқитувчи", "5 нафар ўқитувчи"],
        "ru": ["0 учителей", "1 учитель", "2 учителя", "5 учителей", "11 учителей", "21 учитель", "101 учитель"],
        "en": ["0 teachers", "1 teacher", "2 teachers", "5 teachers", "11 teachers", "21 teachers", "101 teachers"],
    },
}


@pytest.mark.parametrize(("form", "value", "expected"), TABLE)
def test_each_thing_is_written_as_its_language_writes_it(form, value, expected):
    for code, words in zip(LANGUAGES, expected, strict=True):
        with translation.override(code):
            said = Template("{% load words %}{{ value|" + form + " }}").render(Context({"value": value}))
            assert said == words, code


@pytest.mark.parametrize("noun", COUNTS)
def test_a_count_takes_the_form_its_number_asks_for(noun):
    for code, expected in COUNTS[noun].items():
        with translation.override(code):
            counts = [0, 1, 2, 5, 11, 21, 101][: len(expected)]
            assert [wording.counted(count, noun) for count in counts] == expected


def test_a_large_count_keeps_its_thousands_together():
    expected = ["1\xa0248 ta shartnoma", "1\xa0248 та шартнома", "1\xa0248 договоров", "1,248 agreements"]
    for code, words in zip(LANGUAGES, expected, strict=True):
        with translation.override(code):
            assert wording.counted(1248, "agreement") == words
    with translation.override("ru"):
        assert wording.counted(52, "teacher") == "52 учителя"


def test_every_noun_has_words_in_every_language(language):
    for noun in wording.NOUNS:
        said = wording.counted(5, noun)
        assert said.startswith("5 ")
        assert (language == "en") == said.isascii() or language == "uz", said


def test_money_follows_the_pattern_of_the_pack():
    expected = ["1\xa0234\xa0567 soʻm", "1\xa0234\xa0567 сўм", "1\xa0234\xa0567 сумов", "UZS 1,234,567"]
    for code, words in zip(LANGUAGES, expected, strict=True):
        with translation.override(code):
            assert wording.money(1_234_567, CURRENCY) == words


def test_nothing_is_not_written_as_nought(language):
    for form in (wording.number, wording.percent, wording.change, wording.points, wording.day, wording.moment):
        assert form(None) == ""
    assert wording.number(0) == "0"
    assert wording.number(float("nan")) == ""


def test_places_are_kept_when_asked_for():
    with translation.override("uz"):
        assert wording.number(Decimal(2), 2) == "2,00"
        assert wording.number(Decimal("2.345"), 2) == "2,35"
        assert wording.number(Decimal("2.50")) == "2,5"
        assert wording.number("0.004") == "0"


def test_an_unknown_period_is_shown_by_its_code(language):
    assert wording.period_name("whenever") == "whenever"
    assert wording.period_name(None) == ""
