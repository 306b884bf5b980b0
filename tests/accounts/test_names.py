"""Names in several languages."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts import names
from accounts.names import NamesField

CITY = {"uz": "Toshkent shahri", "ru": "город Ташкент", "en": "Tashkent city"}


def test_a_name_is_read_in_the_readers_language():
    assert [names.name_in(CITY, code) for code in ("uz", "ru", "en")] == [CITY["uz"], CITY["ru"], CITY["en"]]


def test_the_second_script_is_generated_only_where_nobody_gave_it():
    assert names.name_in(CITY, "uz-Cyrl") == "Тошкент шаҳри"
    assert names.name_in({**CITY, "uz-Cyrl": "Тошкент ш."}, "uz-cyrl") == "Тошкент ш."


def test_a_missing_language_falls_back_to_the_first_then_english_then_russian():
    assert names.name_in({"uz": "A", "en": "B", "ru": "C"}, "fr") == "A"
    assert names.name_in({"en": "B", "ru": "C"}, "uz") == "B"
    assert names.name_in({"ru": "C"}, "en") == "C"
    assert names.name_in({"mi": "D"}, "en") == "D"
    assert names.name_in({}, "en") == ""


def test_tags_and_codes_name_the_same_languages():
    assert [names.tag_of(code) for code in ("uz", "uz-cyrl", "uz_Cyrl", "ru-RU", "en", None)] == [
        "uz", "uz-Cyrl", "uz-Cyrl", "ru", "en", "uz",
    ]  # fmt: skip
    assert names.code_of("uz-Cyrl") == "uz-cyrl"


def test_all_four_names_are_always_there():
    assert names.all_names({"uz": "Urgut tumani"}) == {
        "uz": "Urgut tumani", "uz-Cyrl": "Ургут тумани", "ru": "Urgut tumani", "en": "Urgut tumani",
    }  # fmt: skip


def test_search_text_holds_every_language_once():
    assert names.search_text({"uz": "5-maktab", "uz-Cyrl": "5-мактаб", "ru": "школа №5"}) == "5 maktab shkola 5"


def test_the_name_now_follows_the_page():
    with translation.override("ru"):
        assert names.name_now(CITY) == "город Ташкент"


@pytest.mark.parametrize(
    "wrong", [{}, {"uz": ""}, {"uz": "\u200b"}, {"fr": "x"}, {"uz": 5}, {"uz": "a\x00"}, [], "x", None]
)
def test_names_of_another_shape_are_refused(wrong):
    with pytest.raises(ValidationError):
        NamesField().clean(wrong, None)


def test_names_are_cleaned_and_put_in_order():
    cleaned = NamesField().clean({"en": " City ", "uz": "Sha\u200bhar"}, None)
    assert list(cleaned.items()) == [("uz", "Shahar"), ("en", "City")]
