"""Days and terms of lists: what is sure is read in every writing, what is not is asked, nothing is guessed."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.intakes.days import NotADay, read_day
from cooperation.intakes.terms import read_until

START = datetime.date(2023, 9, 1)


@pytest.mark.parametrize(
    "text",
    ["2023-09-01", "01.09.2023", "1.9.2023", "01.09.2023 y.", "01.09.2023-yil", "2023-yil 1-sentabr",
     "2023 yil 1 sentyabr", "2023 йил 1 сентябрь", "1 сентября 2023 г.", "«01» сентября 2023 года", "1 September 2023",
     "Sept 1, 2023", "2023.09.01", "2023-09-01 00:00:00", "1-sentabr 2023-yil", "01-09-2023"],
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
        ("01.09.23", "century", {"2000": "2023-09-01", "1900": "1923-09-01"}),
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


def test_five_figures_of_a_spreadsheet_are_a_day_that_deserves_a_look() -> None:
    read = read_day("45170", {})
    assert (read.day, read.note) == (START, "serial")
    assert read_day("99999", {}).day is None


@pytest.mark.parametrize("text", ["31.02.2023", "2023-13-01", "30 февраля 2023"])
def test_a_day_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(NotADay):
        read_day(text, {})


@pytest.mark.parametrize(
    "text", ["sentabr", "keyinroq", "1 2 3", "01.09", "tomorrow", "сентябрь или октябрь 2023", "1-2 sentabr 2023"]
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
        ("31.12.2024 г.", "2024-12-31", None),
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
     "3", "до 5 лет включительно с правом", "nomaʼlum", "не бессрочно"],
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
