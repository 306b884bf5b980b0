"""The catalogues are complete, and the checker finds what it is there to find."""

import polib
import pytest
from django.core.management import call_command
from django.utils.translation.template import templatize

from config import catalogues, word_rules
from config.catalogues import Message


def test_every_string_is_translated_in_four_languages_and_keeps_the_rules():
    faults = [f"{fault.locale} {fault.rule}: {fault.detail}: {fault.words!r}" for fault in word_rules.check()]
    assert faults == []


def test_the_catalogues_lie_there_as_gathering_writes_them(tmp_path):
    for locale in catalogues.languages():
        committed = catalogues.catalogue_path(locale).read_text(encoding="utf-8")
        catalogues.write(catalogues.read(locale), locale, tmp_path)
        assert catalogues.catalogue_path(locale, tmp_path).read_text(encoding="utf-8") == committed


def test_words_are_found_in_python_and_in_templates():
    python = 'x = _("One"), pgettext("menu", "Two"), ngettext("%(n)s a", "%(n)s b", 1), _(f"no{1}"), get("No")'
    assert list(catalogues.in_python(python)) == [
        Message(None, "One", None),
        Message("menu", "Two", None),
        Message(None, "%(n)s a", "%(n)s b"),
    ]
    renamed = "from django.utils.translation import gettext_lazy as later\nx = later('Four'), sooner('No')"
    assert list(catalogues.in_python(renamed)) == [Message(None, "Four", None)]
    page = """{% load i18n %}<p title="{% trans "It's" %}">{% translate "Two" context "menu" %}</p>
    {% blocktrans count n=3 trimmed %}
      {{ n }} a
    {% plural %}
      {{ n }} b
    {% endblocktrans %}{% include "x.html" with label=_("Three") %} (gettext is a word here)"""
    assert set(catalogues.in_template(page)) == {
        Message(None, "It's", None),
        Message("menu", "Two", None),
        Message(None, "%(n)s a", "%(n)s b"),
        Message(None, "Three", None),
    }
    assert "gettext" in templatize(page)


def entry(words, said, **more):
    return polib.POEntry(msgid=words, msgstr=said, **more)


@pytest.mark.parametrize(
    ("locale", "wrong", "rule"),
    [
        ("uz", entry("%(name)s has signed", "Imzoladi"), "placeholder"),
        ("uz", entry("Has signed", "{name} imzoladi"), "placeholder"),
        ("uz", entry("Sent to %(name)s", "%(name)sga yuborildi"), "glued"),
        ("uz", entry("Until {date}", "{date}gacha"), "glued"),
        ("uz", entry("Dashboard", "Dashbord"), "glossary"),
        ("uz", entry("Draft", "Qoralama nusxa"), "glossary"),
        ("ru", entry("In force", "В силе"), "glossary"),
        ("uz", entry("A new panel", "Yangi dashbord"), "forbidden"),
        ("uz", entry("Second version", "Ikkinchi versiya"), "forbidden"),
        ("uz", entry("Your feedback", "Murojaatingiz"), "forbidden"),
        ("uz", entry("The organisation", "Taʼlim muassasasi"), "forbidden"),
        ("en", entry("Please wait", "Please wait"), "forbidden"),
        ("ru", entry("Done", "Исполнено!"), "forbidden"),
        ("uz", entry("Education", "Ta'lim"), "apostrophe"),
        ("uz", entry("Change it", "O‘zgartirish"), "apostrophe"),
        ("uz", entry("Education", "Taʻlim"), "apostrophe"),
        ("uz", entry("Change it", "Gʼoya"), "apostrophe"),
    ],
)
def test_a_planted_fault_is_found(locale, wrong, rule):
    found = [*word_rules.of_entry(locale, wrong)]
    assert rule in {fault.rule for fault in found}


@pytest.mark.parametrize(
    ("locale", "right"),
    [
        ("uz", entry("State educational institution", "davlat taʼlim muassasasi")),
        ("uz", entry("Appeal", "Murojaat")),
        ("uz", entry("Reason", "Sababi")),
        ("uz", entry("Higher education organisation", "Oliy taʼlim tashkiloti")),
        ("uz", entry("Confirm", "Tasdiqlash", msgctxt="ui.confirm")),
        ("uz", entry("Partner: {name}", 'Hamkor: <a href="/uz/">{name}</a>')),
        ("uz", entry("Year", "%%")),
    ],
)
def test_what_is_right_is_left_alone(locale, right):
    assert [*word_rules.of_entry(locale, right)] == []


def test_the_checker_answers_with_an_exit_code_for_a_missing_string(settings, tmp_path, capsys):
    for locale in catalogues.languages():
        catalogue = catalogues.read(locale)
        del catalogue[0]
        catalogues.write(catalogue, locale, tmp_path)
    for app in ("accounts", "templates"):
        (tmp_path / app).mkdir()
    settings.BASE_DIR = tmp_path
    with pytest.raises(SystemExit) as stop:
        call_command("translations_check")
    assert stop.value.code == 1
    assert "missing" in capsys.readouterr().out


def test_the_checker_says_when_it_could_not_run(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(SystemExit) as stop:
        call_command("translations_check")
    assert stop.value.code == 2


def test_the_second_script_is_what_the_generator_makes():
    call_command("build_cyrillic", check=True)
