"""Typing errors between two words."""

import pytest

from accounts.nearness import distance, nearest


@pytest.mark.parametrize(
    ("typed", "known", "errors"),
    [
        ("samarqand", "samarqand", 0),
        ("samarqnad", "samarqand", 1),
        ("buxro", "buxoro", 1),
        ("toshkennt", "toshkent", 1),
    ],
)
def test_a_letter_more_less_other_or_swapped_is_one_error(typed, known, errors):
    assert distance(typed, known) == errors


def test_the_beginning_of_a_word_is_enough():
    assert distance("univrsitet", "universiteti") == 1


def test_short_words_and_numbers_are_not_corrected():
    assert nearest("5", ["5", "6"]) == []
    assert nearest("adu", ["andu", "adu"]) == []


def test_the_nearest_word_comes_first():
    assert nearest("xorazim", ["xorazmiy", "xorazm", "xonqa"]) == ["xorazm", "xorazmiy"]
