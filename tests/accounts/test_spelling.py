"""Text in its four forms, over tables of what people really type."""

import csv
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts import spelling
from accounts.spelling import Line, Text, UnsafeText

TABLE = Path(__file__).parent.parent / "words" / "fold.csv"
ROWS = [(row["key"], row["text"]) for row in csv.DictReader(TABLE.open(encoding="utf-8"))]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
HOSTILE = [
    "\x00", "a\x00b", "\x07bell", "\x1b[31m", "\x7f", "\x85", "\x9f", "\ud800", "\udfff", "x\ud83d",
    "\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff",
]  # fmt: skip
UNSEEN = [
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff",
    "\u061c", "\u00ad", "\u034f", "\u180e", "\u3164", "\ufe0f", "\U000e0001", "\U000e0041",
]  # fmt: skip


@pytest.mark.parametrize(("key", "text"), ROWS)
def test_every_writing_of_a_name_has_one_key(key, text):
    assert spelling.search_key(spelling.hygiene(text)) == key


def test_the_fold_table_is_long_enough():
    assert len(ROWS) >= 100


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_key_folds_to_itself(text):
    key = spelling.search_key(text)
    assert key == key.strip()
    assert "  " not in key
    assert key == key.casefold()
    assert spelling.search_key(key) == spelling.search_key(spelling.search_key(key))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_no_writer_means_is_refused(text):
    with pytest.raises(UnsafeText):
        spelling.hygiene(text)
    with pytest.raises(ValidationError):
        Line(max_length=20).clean(text, None)


@pytest.mark.parametrize("mark", UNSEEN)
def test_unseen_marks_are_removed(mark):
    assert spelling.hygiene(f"ma{mark}ktab") == "maktab"
    assert spelling.hygiene(f"{mark} maktab {mark}") == "maktab"


@pytest.mark.parametrize("emoji", [FAMILY, SCOTLAND, "\u2764\ufe0f", "1\ufe0f\u20e3"])
def test_emoji_stay_whole(emoji):
    assert spelling.hygiene(f"a {emoji}") == f"a {emoji}"


@given(st.text())
def test_hygiene_is_done_once(text):
    try:
        clean = spelling.hygiene(text)
    except UnsafeText:
        return
    assert spelling.hygiene(clean) == clean


def test_shown_stays_as_typed_and_the_canonical_form_stands_beside_it():
    spelled = spelling.spell("O'quvchi va ta‘lim")
    assert spelled.shown == "O'quvchi va ta‘lim"
    assert spelled.canonical == "Oʻquvchi va taʼlim"
    assert spelled.key == "oquvchi va talim"


@pytest.mark.parametrize("apostrophe", "'‘’ʼʻ`´′‛")
def test_any_apostrophe_finds_its_letter(apostrophe):
    assert spelling.canonical(f"O{apostrophe}zbek g{apostrophe}oya ma{apostrophe}no") == "Oʻzbek gʻoya maʼno"


ORDERED = [
    "5-maktab", "12-maktab", "Andijon", "Angren", "Buxoro", "Denov", "Fargʻona", "Guliston", "Hazorasp", "Jizzax",
    "Kitob", "Lochin", "Muborak", "Navoiy", "Olma ota", "Olmaliq", "Oqdaryo", "Parkent", "Qarshi", "Qoʻqon",
    "Romitan", "Sirdaryo", "Termiz", "Urgut", "Vobkent", "Xiva", "Yangiyer", "Zomin", "Oʻrta", "Gʻijduvon",
    "Gʻuzor", "Shahrisabz", "Chirchiq", "Chust",
]  # fmt: skip


def test_thirty_names_stand_in_the_order_of_the_letters():
    assert sorted(sorted(ORDERED), key=spelling.sort_key) == ORDERED


@pytest.mark.django_db
@pytest.mark.parametrize("collation", ["default", "C", "POSIX"])
def test_the_database_sorts_them_the_same_in_any_collation(collation):
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT name FROM unnest(%s, %s) AS t (name, key) ORDER BY key COLLATE "{collation}"',
            [sorted(ORDERED), [spelling.sort_key(name) for name in sorted(ORDERED)]],
        )
        assert [row[0] for row in cursor.fetchall()] == ORDERED


def test_the_order_does_not_see_which_apostrophe_or_script_was_typed():
    for one, other in [
        ("O'rta", "Oʻrta"),
        ("O‘rta", "Ўрта"),
        ("G`uzor", "Ғузор"),
        ("Sharq", "Шарқ"),
        ("Özbek", "Ўзбек"),
    ]:
        assert spelling.sort_key(one) == spelling.sort_key(other)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_a_stored_order_needs_no_collation(text):
    assert all(letter in "0123456789abcdefghijklmnopqrstuvwxyz" for letter in spelling.sort_key(text))


def test_russian_names_stand_in_the_russian_order():
    names = ["Абв", "Ель", "Ёлка", "Жук", "Йод", "Школа 5", "Школа 12", "Щука", "Эхо", "Юг", "Яма"]
    assert sorted(sorted(names), key=lambda name: spelling.sort_key(name, "ru")) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Samarqand davlat universiteti", "Samarqand  davlat universiteti."),
        ("Tashkent Modern School", "Tashkent Modem School"),
        ("Bilim", "BiIim"),
        ("Maktab", "Маktab"),
        ("T0shkent", "Toshkent"),
        ("Iqtisodiyot", "lqtisodiyot"),
        ("Tibbiyot", "Tibiyot"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert spelling.skeleton(one) == spelling.skeleton(other)


def test_two_numbers_are_two_schools():
    assert spelling.skeleton("1-maktab") != spelling.skeleton("11-maktab")
    assert spelling.skeleton("5-maktab") != spelling.skeleton("S-maktab")


def test_a_line_refuses_what_only_looks_like_text():
    field = Line(max_length=20)
    for blank in ("   ", "\u200b", "\u3164", "\u2800", "\n\t "):
        with pytest.raises(ValidationError):
            field.clean(blank, None)
    assert Line(max_length=20, blank=True).clean("\u200b", None) == ""


def test_a_line_keeps_one_line_and_a_text_keeps_its_lines():
    assert Line(max_length=40).clean("birinchi\nikkinchi\tuchinchi ", None) == "birinchi ikkinchi uchinchi"
    assert Text().clean("birinchi\r\nikkinchi", None) == "birinchi\nikkinchi"


def test_forms_of_a_clean_field_hand_over_clean_text():
    box = Line(max_length=20).formfield()
    assert box.clean(" ma\u200bktab ") == "maktab"
    with pytest.raises(ValidationError):
        box.clean("\u200b")
    with pytest.raises(ValidationError):
        box.clean("a\x00b")


def test_a_query_is_asked_with_its_synonyms_too(tmp_path, settings):
    file = tmp_path / "config" / "packs" / "here" / "synonyms.csv"
    file.parent.mkdir(parents=True)
    file.write_text(
        "terms,note\nOTM;OTT;oliy taʼlim tashkiloti;вуз,kind\nSamDU;Samarqand davlat universiteti,name\n", "utf-8"
    )
    settings.BASE_DIR, settings.COUNTRY_PACK = tmp_path, "here"
    assert spelling.expand("отм") == ["otm", "ott", "oliy talim tashkiloti", "vuz"]
    assert spelling.expand("самду қабул") == ["samdu qabul", "samarqand davlat universiteti qabul"]
    assert spelling.expand("maktab") == ["maktab"]
    assert spelling.expand("  ") == []


@pytest.mark.django_db
def test_no_way_into_the_database_keeps_an_unseen_mark(django_user_model):
    one = django_user_model.objects.create(email="a@example.org", name=" Ali\u200bsher ")
    assert one.name == "Alisher"
    two, three = django_user_model.objects.bulk_create(
        [django_user_model(email=f"{name}@example.org", name=f"{name}\u202e ") for name in ("b", "c")]
    )
    django_user_model.objects.filter(pk=three.pk).update(name="\ufeffNodira")
    assert sorted(django_user_model.objects.values_list("name", flat=True)) == ["Alisher", "Nodira", two.name]
    assert django_user_model.objects.filter(name="Ali\u200bsher").exists()
    with pytest.raises(ValidationError):
        django_user_model.objects.filter(pk=one.pk).update(name="a\x00b")
