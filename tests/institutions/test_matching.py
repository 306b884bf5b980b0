"""Whom a written name means: suggested across alphabets, apostrophes, short names and typing errors, never decided."""

import csv
import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from accounts.names import search_text
from accounts.spelling import search_key, to_cyrillic
from institutions.matching.actions import pick_names
from institutions.matching.likeness import Weights, name_likeness, word_likeness
from institutions.matching.models import NamePick
from institutions.matching.suggesting import Matcher, Names
from institutions.registry.models import Institution, InstitutionName
from tests.factories import EVER, an_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(world: SimpleNamespace) -> dict[str, Institution]:
    """The universities of the first pack by their code."""
    found = {}
    with (settings.BASE_DIR / "config/packs/uz/institutions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = {"uz": row["name_uz"], "ru": row["name_ru"], "en": row["name_en"]}
            names = {tag: name for tag, name in names.items() if name}
            house = an_institution(world.near, kind=row["kind"])
            Institution.objects.filter(pk=house.pk).update(names=names, search_key=search_text(names))
            found[row["external_id"]] = Institution.objects.get(pk=house.pk)
    return found


def ways_to_write(name: str, dice: random.Random) -> dict[str, str]:
    """One name as lists hold it."""
    words = name.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    word = words[longest]
    cut = dice.randrange(1, len(word) - 1)
    dropped = [*words[:longest], word[:cut] + word[cut + 1 :], *words[longest + 1 :]]
    swapped = [*words[1:], words[0]] if len(words) > 2 else words
    return {
        "as it is": name, "capitals": name.upper(), "cyrillic": to_cyrillic(name),
        "other apostrophes": name.replace("ʻ", "`").replace("ʼ", "’"), "no apostrophes": name.replace("ʻ", "").replace("ʼ", ""),
        "a letter less": " ".join(dropped), "another order": " ".join(swapped), "named after": f"{name} nomidagi",
        "short words": name.replace("universiteti", "un-ti").replace("instituti", "in-ti").replace("davlat", "dav."),
    }  # fmt: skip


def test_names_of_the_real_list_are_found_in_every_writing(
    register: dict[str, Institution], ministry_officer: User
) -> None:
    """Precision of the first suggestion and recall of the five: the floors are what was seen, less a little."""
    names, dice = Names.read(ministry_officer), random.Random(7)  # noqa: S311 - the same writings every time
    first: dict[str, list[bool]] = {}
    among: dict[str, list[bool]] = {}
    for house in register.values():
        for tag in ("uz", "ru", "en"):
            ways = ways_to_write(house.names[tag], dice) if tag == "uz" else {tag: house.names[tag]}
            for way, written in ways.items():
                found = [each.institution.pk for each in names.suggest(written)]
                first.setdefault(way, []).append(found[:1] == [house.pk])
                among.setdefault(way, []).append(house.pk in found)
    share = {way: sum(said) / len(said) for way, said in first.items()}
    recall = {way: sum(said) / len(said) for way, said in among.items()}
    exact = {"as it is", "capitals", "other apostrophes", "no apostrophes", "ru", "en"}
    assert {way: share[way] for way in exact} == dict.fromkeys(exact, 1.0)
    assert min(share.values()) >= 0.9, share
    assert min(recall.values()) >= 0.97, recall


def test_the_same_name_in_another_writing_is_known_without_asking(
    register: dict[str, Institution], ministry_officer: User, world: SimpleNamespace
) -> None:
    house = register["302"]
    said = ["TOSHKENT DAVLAT O`ZBEK TILI VA ADABIYOTI UNIVERSITETI", house.names["ru"]]
    matcher = Matcher.read(said, ministry_officer, world.a)
    assert [matcher.known(each) for each in said] == [house, house]
    assert matcher.known("Toshkent davlat o'zbek tili universiteti") is None


def test_two_of_one_name_are_asked_about(world: SimpleNamespace, ministry_officer: User) -> None:
    twins = [an_institution(world.near, "12-son maktab"), an_institution(world.far, "12-son maktab")]
    matcher = Matcher.read([], ministry_officer, world.a)
    assert matcher.known("12-maktab") is None
    assert {each.institution for each in matcher.suggestions("12-maktab")[:2]} == set(twins)


def test_a_short_name_and_a_former_name_are_suggested_with_their_reason(
    register: dict[str, Institution], ministry_officer: User, world: SimpleNamespace
) -> None:
    renamed = register["303"]
    InstitutionName.objects.create(institution=renamed, names={"uz": "Andijon traktor texnikumi"}, valid=EVER)
    matcher = Matcher.read([], ministry_officer, world.a)
    short, old = matcher.suggestions("SamDU")[0], matcher.suggestions("Андижон трактор техникуми")[0]
    assert (short.institution, short.reason) == (register["312"], "short_name")
    assert (old.institution, old.reason) == (renamed, "old_name")
    assert matcher.known("Andijon traktor texnikumi") is None


def test_a_branch_is_not_its_university(
    register: dict[str, Institution], ministry_officer: User, world: SimpleNamespace
) -> None:
    branch = next(house for house in register.values() if "filial" in house.names["uz"])
    matcher = Matcher.read([], ministry_officer, world.a)
    found = matcher.suggestions(branch.names["uz"].replace("filiali", "filial"))
    assert found[0].institution == branch


def test_schools_of_other_numbers_are_far_apart() -> None:
    weights = Weights([["12", "maktab"], ["13", "maktab"], ["umumiy", "maktab"]])
    assert name_likeness(["12", "maktab"], ["12", "maktab"], weights) == 1
    assert name_likeness(["12", "maktab"], ["13", "maktab"], weights) < 0.45
    assert word_likeness("12", "13") == 0
    assert name_likeness(["a", "b"], ["b", "a"], weights) == 1


def test_what_was_picked_is_known_in_that_house_and_asked_in_another(
    world: SimpleNamespace, institution_admin: User, partner_admin: User
) -> None:
    pick_names({"Gamma kolleji": world.c, "Yoʻq MChJ": None}, house=world.a, by=institution_admin, at=timezone.now())
    ours = Matcher.read([], institution_admin, world.a)
    theirs = Matcher.read([], partner_admin, world.b)
    assert ours.known("ГАММА КОЛЛЕЖИ") == world.c and theirs.known("Gamma kolleji") is None
    assert ours.is_left_out("yo'q mchj") and not theirs.is_left_out("yo'q mchj")
    pick_names({"gamma kolleji": world.b}, house=world.a, by=institution_admin, at=timezone.now())
    assert NamePick.objects.get(key=search_key("Gamma kolleji")).institution == world.b


def test_picks_are_made_for_ones_own_institution_only(
    world: SimpleNamespace, institution_admin: User, teacher: User
) -> None:
    for user, house in ((institution_admin, world.b), (teacher, world.a)):
        with pytest.raises(PermissionDenied):
            pick_names({"x y": world.c}, house=house, by=user, at=timezone.now())
    assert not NamePick.objects.visible_to(institution_admin).exists()


def test_what_nobody_may_know_is_not_suggested(world: SimpleNamespace, institution_admin: User) -> None:
    matcher: Any = Matcher.read(["Delta school", world.hidden.public_id], institution_admin, world.a)
    assert matcher.known("Delta school") is None and matcher.known(world.hidden.public_id) is None
    assert world.hidden not in [each.institution for each in matcher.suggestions("Delta school")]
