"""Days and terms of lists: what is sure is read in every writing, what is not is asked, nothing is guessed."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.intakes.days import NotADay, key_of, read_day
from cooperation.intakes.terms import hinted, read_until

START = datetime.date(2023, 9, 1)


@pytest.mark.parametrize(
    "text",
    ["2023-09-01", "01.09.2023", "1.9.2023", "01.09.2023 y.", "01.09.2023-yil", "2023-yil 1-sentabr",
     "2023 yil 1 sentyabr", "2023 йил 1 сентябрь", "1 сентября 2023 г.", "«01» сентября 2023 года", "1 September 2023",
     "Sept 1, 2023", "2023.09.01", "2023-09-01 00:00:00", "1-sentabr 2023-yil", "01-09-2023",
     "01,09,2023", "01. 09 .2023", "1st of September, 2023", "01.IX.2023", "01.09.2023 14:30:00", "2023-09-01T14:30:00",
     "1 сентябр 2023 йил", "01.09.2023г.", "45170.5"],
)  # fmt: skip
def test_a_day_is_read_in_every_writing_of_the_three_languages(text: str) -> None:
    assert read_day(text, {}).day == START


def test_what_can_be_read_in_one_way_only_is_not_asked() -> None:
    assert read_day("21/09/2023", {}).day == read_day("09/21/2023", {}).day == datetime.date(2023, 9, 21)
    assert read_day("05/05/2023", {}).day == datetime.date(2023, 5, 5)


@pytest.mark.parametrize(
    ("text", "rule", "answers"),
    [
        ("01/09/2023", "order", {"day_first": "2023-09-01", "month_first": "2023-01-09"}),
        ("01/09/23", "order", {"day_first": "2023-09-01", "month_first": "2023-01-09"}),
        ("12-Mar-21", "figures", {"day_before": "2021-03-12", "year_before": "2012-03-21"}),
        ("12-03-21", "figures", {"day_before": "2021-03-12", "year_before": "2012-03-21"}),
        ("09/2023", "month", {"first_day": "2023-09-01", "last_day": "2023-09-30"}),
        ("сентябрь 2023", "month", {"first_day": "2023-09-01", "last_day": "2023-09-30"}),
        ("2023", "year", {"first_day": "2023-01-01", "last_day": "2023-12-31"}),
    ],
)
def test_a_shape_with_two_meanings_is_asked_once_and_read_by_the_answer(
    text: str, rule: str, answers: dict[str, str]
) -> None:
    asked = read_day(text, {})
    assert asked.day is None
    assert asked.question is not None
    assert asked.question.rule == asked.question.key == rule
    for answer, day in answers.items():
        assert str(read_day(text, {rule: answer}).day) == day


def test_the_year_of_two_figures_is_the_only_one_it_can_be_and_is_shown() -> None:
    for text, day in (("01.09.23", "2023-09-01"), ("15.05.98", "1998-05-15"), ("25/12/21", "2021-12-25"),
                      ("12-Mar-98", "1998-03-12")):  # fmt: skip
        read = read_day(text, {})
        assert (str(read.day), read.note) == (day, "century")


def test_five_figures_of_a_spreadsheet_are_a_day_that_deserves_a_look() -> None:
    read = read_day("45170", {})
    assert (read.day, read.note) == (START, "serial")
    assert read_day("99999", {}).day is None


@pytest.mark.parametrize("text", ["31.02.2023", "2023-13-01", "30 февраля 2023"])
def test_a_day_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(NotADay):
        read_day(text, {})


@pytest.mark.parametrize(
    "text",
    [
        "sentabr",
        "keyinroq",
        "1 2 3",
        "01.09",
        "tomorrow",
        "сентябрь или октябрь 2023",
        "1-2 sentabr 2023",
        "не 1 сентября 2023",
        "after 1 September 2023",
        "до 1 сентября 2023",
        "mayor 12 2021",
        "декан 12 2021",
        "decision 12 2021",
        "12 Mart 2021 Beta",
        "before March 2021",
        "12 и 2021",
        "12 mart 2021?",
        "12.03.201",
        "12.03.2021 - 12.03.2026",
        "Mar-21",
        "12.03.2021 №45",
    ],
)
def test_words_that_name_no_day_are_asked(text: str) -> None:
    read = read_day(text, {})
    assert read.day is None
    assert read.question is not None and read.question.rule == ""


@pytest.mark.parametrize(
    ("text", "end", "months"),
    [
        ("3 years with automatic prolongation", "2026-08-31", 36),
        ("3 yil, avtomatik uzaytiriladi", "2026-08-31", 36),
        ("3 йил, автоматик узайтирилади", "2026-08-31", 36),
        ("3 года с автоматической пролонгацией", "2026-08-31", 36),
        ("5 лет", "2028-08-31", None), ("5 (besh) yil", "2028-08-31", None), ("uch yil", "2026-08-31", None),
        ("6 oy", "2024-02-29", None), ("12 месяцев", "2024-08-31", None), ("1 yil 6 oy", "2025-02-28", None),
        ("31.12.2024 г.", "2024-12-31", None), ("3 года (автопролонгация)", "2026-08-31", 36),
        ("3 years with auto-renewal", "2026-08-31", 36), ("3 yil (avtomatik uzayadi)", "2026-08-31", 36),
        ("3 года, автоматически продлевается", "2026-08-31", 36), ("5-yillik", "2028-08-31", None),
        ("до 31.12.2025", "2025-12-31", None), ("31.12.2026 gacha", "2026-12-31", None),
        ("31.12.2026гача", "2026-12-31", None), ("2025 yil 31 dekabrga qadar", "2025-12-31", None),
        ("до 31 декабря 2025 г.", "2025-12-31", None), ("valid until 31 December 2025", "2025-12-31", None),
        ("по 15 мая 2026 года включительно", "2026-05-15", None),
        ("01.09.2023 - 15.05.2026", "2026-05-15", None), ("с 01.09.2023 г. по 15.05.2026 г.", "2026-05-15", None),
    ],
)  # fmt: skip
def test_a_term_is_counted_from_the_first_day(text: str, end: str, months: int | None) -> None:
    until = read_until(text, START, {})
    assert (str(until.ends_on), until.renewal_months) == (end, months)
    assert until.renewal == ("automatic" if months else "none")


@pytest.mark.parametrize("text", ["бессрочно", "muddatsiz", "муддатсиз", "open-ended", "indefinite", ""])
def test_an_agreement_without_end_has_none(text: str) -> None:
    until = read_until(text, START, {})
    assert until.ends_on is None
    assert until.question is None


@pytest.mark.parametrize(
    "text",
    ["до согласия сторон", "till consent", "tomonlar kelishguncha", "5 лет 3 года", "3 yil yoki 5 yil", "несколько лет",
     "3", "до 5 лет включительно с правом", "nomaʼlum", "не бессрочно",
     "5 years, renewable", "3 years extendable", "3 yil, uzaytirilmaydi", "3 yil uzaytirilgan", "продлен на 3 года",
     "extended for 3 years", "3 года с возможностью продления", "3 года с пролонгацией", "avtomat 3 yil",
     "3 года, автоматически продлен", "5.5 лет", "3,3 года", "3-5 лет", "5 5 лет", "-5 yil", "~5 лет", "<5 лет",
     "5 yil?", "5+ лет", "5² yil", "5 yil 长期", "长期", "5 yilgacha", "до 5 лет", "5 yildan", "5 letters",
     "на летний период 5", "3 oyna", "ochiq", "-", "2021-2022", "2020-2026", "02.09.2023-01.09.2026", "до 2025",
     "2025 yilgacha", "до декабря 2025", "до конца 2025 года", "imzolangan kundan 3 yil", "с 01.09.2023"],
)  # fmt: skip
def test_an_unclear_term_is_asked_and_never_guessed(text: str) -> None:
    until = read_until(text, START, {})
    assert until.ends_on is None
    assert until.question is not None


def test_an_answer_settles_every_row_that_says_the_same() -> None:
    question = read_until("До согласия  сторон", START, {}).question
    assert question is not None
    for answer, end in (("none", None), ("months:12", "2024-08-31"), ("2027-01-15", "2027-01-15")):
        until = read_until("до согласия сторон.", START, {question.key: answer})
        assert until.question is None
        assert (str(until.ends_on) if until.ends_on else None) == end
    assert read_until("до согласия сторон", START, {question.key: "months:36:auto"}).renewal_months == 36


@pytest.mark.parametrize(
    ("text", "rule", "answers"),
    [
        ("2026", "year_end", {"last_day": "2026-12-31", "first_day": "2026-01-01", "same_day": "2026-08-31"}),
        ("2023-2026", "year_end", {"last_day": "2026-12-31", "same_day": "2026-08-31"}),
        ("2023–2026 yy.", "year_end", {"last_day": "2026-12-31"}),
        ("май 2026", "month_end", {"last_day": "2026-05-31", "first_day": "2026-05-01"}),
        ("до 15.05.2026", "until", {"inclusive": "2026-05-15", "exclusive": "2026-05-14"}),
        ("15.05.2026 gacha", "until", {"inclusive": "2026-05-15", "exclusive": "2026-05-14"}),
    ],
)
def test_an_end_has_rules_of_its_own(text: str, rule: str, answers: dict[str, str]) -> None:
    about_beginnings = {"year": "first_day", "month": "first_day"}
    question = read_until(text, START, about_beginnings).question
    assert question is not None
    assert (question.rule, question.key) == (rule, rule)
    for answer, day in answers.items():
        assert str(read_until(text, START, {**about_beginnings, rule: answer}).ends_on) == day


def test_a_wording_shares_its_answer_with_no_other() -> None:
    said = ["5 yil", "5 yil?", "~5 yil", "3-5 лет", "3,5 лет", "3 5 лет", "-", "?", "长期", "5 长期", "5", "5+"]
    assert len({key_of("until", each) for each in said}) == len(said)
    same = ["До согласия", "до  согласия.", "do soglasiya", "«до согласия»"]
    assert len({key_of("until", each) for each in same}) == 1
    assert key_of("until", "x" * 300 + "1") != key_of("until", "x" * 300 + "2")
    assert len(key_of("until", "x" * 300)) == 200


def test_a_length_inside_an_unclear_wording_is_offered_and_not_taken() -> None:
    assert hinted("imzolangan kundan 2 yil") == hinted("2 years, renewable") == 24
    assert hinted("3,5 года") is None
    assert hinted("до расторжения") is None


def test_six_months_and_six_are_two_questions() -> None:
    assert read_until("6 oy", START, {"until:6": "none"}).ends_on is not None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    for read in (lambda: read_day(text, {}), lambda: read_until(text, START, {})):
        try:
            found = read()
        except ValueError:
            continue
        assert isinstance(found.note, str)


@given(st.dates(min_value=datetime.date(1991, 1, 1), max_value=datetime.date(2090, 1, 1)))
def test_every_day_is_read_back_from_its_writings(day: datetime.date) -> None:
    for written in (f"{day:%d.%m.%Y}", day.isoformat(), f"{day:%Y}-yil {day.day}.{day.month}", f"{day:%d.%m.%Y} y."):
        read = read_day(written, {})
        assert read.day in (day, None)
    assert read_day(f"{day:%d.%m.%Y}", {}).day == day
