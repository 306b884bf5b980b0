"""The team's table of queries against the real search in the real database, with its plan."""

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from config.packs.loading import install
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from institutions.territory.words import corrected
from tests.factories import a_member, an_institution

TABLE = Path(__file__).parents[1] / "words" / "search_queries.csv"
QUERIES = list(csv.DictReader(TABLE.open(encoding="utf-8")))


def first_five(query: str, officer: User) -> list[str]:
    """Names of the five nearest institutions and the five nearest places."""
    houses = Institution.objects.visible_to(officer).ranked(query).order_by("-search_rank", "sort_key", "pk")[:5]
    places = Territory.objects.visible_to(officer).search(query).order_by("-search_rank", "depth", "sort_key", "pk")[:5]
    return [row.names["uz"] for row in (*houses, *places)]


@pytest.mark.django_db
def test_every_query_of_the_table_finds_its_name_among_the_first_five() -> None:
    install("uz", timezone.now())
    officer = a_member("ministry_officer", territory=Territory.objects.get(depth=0))
    missed = [
        f"{row['query']}: {row['expected']}"
        for row in QUERIES
        if row["expected"] not in first_five(row["query"], officer)
    ]
    assert missed == []


@pytest.mark.django_db
def test_search_corrects_one_and_two_typing_errors(world, ministry_officer):
    wanted = an_institution(world.near, "Mirzachoʻl polytechnic")
    found = Institution.objects.visible_to(ministry_officer)
    for typed in ("mirzachol", "mirzahcol", "mirzacol polytehcnic", "MIRZACHO'L", "polytechnik mirzacholl"):
        assert wanted in found.search(typed), typed


@pytest.mark.django_db
def test_a_number_in_a_name_is_found_whole(world, ministry_officer):
    twelve, many = an_institution(world.near, "12-maktab"), an_institution(world.near, "112-maktab")
    found = Institution.objects.visible_to(ministry_officer)
    for typed in ("12 maktab", "maktab №12", "12-son maktab", "школа 12"):
        assert list(found.search(typed)) == [twelve], typed
    assert list(found.search("112 maktab")) == [many]


@pytest.mark.django_db
def test_a_place_helps_to_find_what_lies_in_it(world, ministry_officer):
    here, there = an_institution(world.near, "Twin lyceum"), an_institution(world.far, "Twin lyceum")
    Territory.objects.filter(pk=world.near.pk).update(search_key="riverbend district")
    assert list(Institution.objects.visible_to(ministry_officer).search("riverbend twin")) == [here]
    assert there in Institution.objects.visible_to(ministry_officer).search("twin")


@pytest.mark.django_db
def test_search_shows_only_what_the_reader_may_see(world, institution_admin, stranger):
    assert world.hidden not in Institution.objects.visible_to(institution_admin).search("delta school")
    assert not Institution.objects.visible_to(stranger).search("alpha")


@pytest.mark.django_db
def test_the_plan_of_a_search_uses_the_trigram_index(world, ministry_officer):
    rows = Institution.objects.visible_to(ministry_officer).search("alpha")
    statement, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + statement, params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "institution_search" in plan


@pytest.mark.django_db
def test_hostile_queries_break_nothing(world, ministry_officer):
    found = Institution.objects.visible_to(ministry_officer)
    for typed in ("%", "_", "\\", "'; --", "(((", "[a-", "*" * 200, "%%%%", "\\m", "a" * 200, "🙂"):
        assert all("a" in house.search_key for house in found.search(typed)), typed
    assert corrected("zzzzqq") == ("zzzzqq",)
