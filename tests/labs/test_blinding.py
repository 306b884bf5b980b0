"""No name survives in a blind copy, however it was written; what names nobody stays readable (product 3.10)."""

import re

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.cyrillic import to_cyrillic
from accounts.folding import APOSTROPHES
from accounts.spelling import search_key
from institutions.registry.models import Institution
from labs.pilots.blinding import ALPHABET, a_code, blind, markers_of
from labs.pilots.masking import MARK, Markers, mask
from tests.labs.making import a_group, a_laboratory, a_project, a_version

PEOPLE = ("Gʻulomova Nodira Toʻlqin qizi", "Sherzod Yoʻldoshev", "Алишер Каримов", "Ali Boʻriyev")
HOUSES = (
    "Nizomiy nomidagi Toshkent davlat pedagogika universiteti",
    "Ташкентский государственный педагогический университет имени Низами",
    "TDPU",
    "12-sonli umumtaʼlim maktabi",
    "Quyoshcha bogʻchasi",
)
MARKERS = Markers(
    people=PEOPLE, houses=HOUSES, generic={"umumtalim", "maktabi", "maktab", "talim"}, rare={"nizomiy", "quyoshcha"}
)
PLAIN = "Bolalar juft boʻlib oʻqiydi va har kuni oʻn besh daqiqa hikoya soʻzlaydi"
SAID = [*PEOPLE, *(word for name in PEOPLE for word in name.split() if len(word) > 4), *HOUSES, "Nizomiy", "Quyoshcha"]

writings = st.sampled_from([str, str.upper, str.lower, str.title, to_cyrillic])


@st.composite
def as_somebody_writes(draw):
    """A name in another case, script, with another apostrophe, with blanks beside, between or instead of none."""
    name = draw(writings)(draw(st.sampled_from(SAID)))
    sign = draw(st.sampled_from([*APOSTROPHES, ""]))
    name = re.sub(f"[{APOSTROPHES}]", sign, name)
    gap = draw(st.sampled_from([" ", "  ", "\u00a0", "\n", "", "-"]))
    name = gap.join(name.split())
    return draw(st.sampled_from([name, " ".join(name), f"«{name}»", f"({name}),", f"{name}."]))


@given(
    written=as_somebody_writes(),
    before=st.sampled_from(["", PLAIN + " ", "Muallif: "]),
    after=st.sampled_from(["", ". " + PLAIN]),
)
@settings(max_examples=300, deadline=None)
def test_no_writing_of_a_name_survives(written, before, after):
    text, masked = mask(f"{before}{written}{after}", MARKERS)
    assert masked >= 1, repr(text)
    left = search_key(text.replace(MARK, " ")).replace(" ", "")
    allowed = search_key(f"{before}{after}").replace(" ", "")
    assert left == allowed, text


@given(
    ending=st.sampled_from(["ning", "ga", "dan", "lar", "ning ishi"]),
    name=st.sampled_from(["Karimov", "Yoʻldoshev", "Nodira", "TDPU"]),
)
def test_endings_hide_nothing(ending, name):
    assert mask(f"{name}{ending}", MARKERS)[0].startswith(MARK)


@pytest.mark.parametrize("written", [
    "anvar.k@example.uz", "+998 90 123-45-67", "998901234567", "(71) 234 56 78 90", "https://tdpu.uz/lab?id=7",
    "www.tdpu.uz", "tdpu.uz/lab", "@nodira_lab",
])  # fmt: skip
def test_addresses_numbers_and_links_are_struck_out(written):
    assert mask(f"Murabbiy {written} bilan", MARKERS) == (f"Murabbiy {MARK} bilan", 1)


@pytest.mark.parametrize("written", [
    "2026-11-22 dan 2027-05-31 gacha", "01.09.2026 – 31.05.2027", "2026–2027", "1 234 567 soʻm", "25 foiz", PLAIN,
    "umumtaʼlim maktabi", "qiziqarli kitoblar", "The pupils read in pairs.",
])  # fmt: skip
def test_what_names_nobody_stays(written):
    assert mask(written, MARKERS) == (written, 0)


def test_each_name_is_one_mark():
    text, masked = mask("Rahbar N. T. Gʻulomova, hamkor Алишер Каримов.", MARKERS)
    assert (text, masked) == (f"Rahbar {MARK}, hamkor {MARK}.", 2)


def test_a_part_of_the_name_of_an_institution_gives_it_away():
    for written in (
        "davlat pedagogika universitetida",
        "12-maktabda",
        "12 maktab",
        "Педагогического университета имени Низами",
    ):
        assert mask(f"Ish {written} boshlandi", MARKERS)[0] == f"Ish {MARK} boshlandi", written


@pytest.mark.django_db
def test_a_copy_tells_nothing_of_group_laboratory_and_institutions(world):
    lab = a_laboratory(world.b, world.a)
    Institution.objects.filter(pk=world.a.pk).update(short_name="A-1 lyceum")
    project = a_project(lab, "in_development", title=f"Reading at {world.b.names['en']}")
    members = a_group(project, world.b, world.a)
    people = " ".join(each.user.name for each in members)
    version = a_version(
        project, members[0].user, aim=f"{people} teach.", method=f"At {world.a.names['uz']} and A-1 Lyceum.",
        resources=f"{lab.site.names['en']} gives rooms.", expected=f"{world.a.names['ru']} reads.",
    )  # fmt: skip
    copy = blind(version, at=timezone.now())
    said = " ".join([copy.title, *copy.content.values()])
    told = markers_of(project)
    for name in (*told.people, *told.houses):
        assert search_key(name) not in search_key(said), name
    assert copy.masked >= 6
    assert "teach" in copy.content["aim"]


def test_a_code_tells_nothing():
    codes = {a_code() for _each in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) == set(ALPHABET)
    assert sorted(codes) != list(codes)
