"""Days and numbers as people type them."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.typed import DayInput, NumberInput, read_day, read_number

FIRST = [
    "01.09.2026", "1.9.26", "1.9.2026", "1/9/2026", "1-9-2026", "2026-09-01", "2026-9-1", " 01.09.2026 ", "1. 9. 2026",
    "1 sentabr 2026", "1-sentabr 2026", "2026-yil 1-sentabr", "2026 йил 1 сентябрь", "1 сентября 2026 г.",
    "1 сентябрь 2026",
    "1 September 2026", "1 Sep 2026", "September 1, 2026", "1 sentabrda 2026", "1 SENTABR 2026", "1 сен 2026",
    "1.9.2026 y.", "1.9.2026 г.",
]  # fmt: skip
NO_DAYS = [
    "",
    "31.02.2026",
    "32.01.2026",
    "1.13.2026",
    "2026",
    "sentabr 2026",
    "1 foo 2026",
    "1.9.202",
    "1 2 3 4",
    "bugun",
]
NUMBERS = {
    "1 234,5": "1234.5", "1234.5": "1234.5", "1\xa0234,50": "1234.50", "1,234.5": "1234.5", "1.234,5": "1234.5",
    "1,234,567": "1234567", "0,5": "0.5", "-3": "-3", "−3,2": "-3.2", "+7": "7", "007": "7", " 12 ": "12",
}  # fmt: skip
NO_NUMBERS = ["", "abc", "1e5", "NaN", "Infinity", "1,2,3", "1.2.3", "12,34.5", "--1", "1-2", "٣", "0x10", "1_000"]


@pytest.mark.parametrize("text", FIRST)
def test_a_day_is_read_however_it_is_written(text):
    assert read_day(text) == date(2026, 9, 1)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):
        read_day(text)


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read_however_it_is_written(text):
    assert read_number(text) == Decimal(NUMBERS[text])


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        read_number(text)


@given(st.text())
def test_any_text_is_a_day_or_refused(text):
    for read in (read_day, read_number):
        try:
            read(text)
        except ValueError:
            continue


@given(st.dates(date(1000, 1, 1)))
def test_a_written_day_is_read_back(day):
    assert read_day(f"{day:%d.%m.}{day.year:04d}") == read_day(day.isoformat()) == day


def test_the_boxes_of_forms_keep_their_own_words_for_a_fault():
    day = DayInput(error_messages={"invalid": "Enter the first day."})
    assert day.clean("1 sentabr 2026") == date(2026, 9, 1)
    with pytest.raises(ValidationError, match=r"Enter the first day\."):
        day.clean("31.02.2026")
    number = NumberInput(max_digits=6, decimal_places=2, error_messages={"invalid": "Enter the sum."})
    assert number.clean("1 234,5") == Decimal("1234.5")
    with pytest.raises(ValidationError, match=r"Enter the sum\."):
        number.clean("1,2,3")
    with pytest.raises(ValidationError):
        number.clean("1,234")
    assert DayInput(required=False).clean("") is None
