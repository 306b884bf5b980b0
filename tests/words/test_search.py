"""The team's own table of queries, asked of the register itself: the wanted name is among the first five."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from institutions.registry.models import Institution
from institutions.territory.models import Territory

QUERIES = list(csv.DictReader((Path(__file__).parent / "search_queries.csv").open(encoding="utf-8")))
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def register(django_db_setup, django_db_blocker):
    """The first country pack, installed once for the table and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("install_pack", "uz", verbosity=0)
        yield
        transaction.set_rollback(True)


def answers(query):
    """What the two searches say first: five places and five institutions, as the groups of the search box."""
    places = Territory.objects.search(query).order_by("depth", "sort_key", "pk")[:5]
    institutions = Institution.objects.ranked(query).order_by("-search_rank", "sort_key", "pk")[:5]
    return [found.names["uz"] for found in [*places, *institutions]]


@pytest.mark.parametrize("row", QUERIES, ids=lambda row: row["query"])
def test_the_wanted_name_is_among_the_first_five(register, row):
    assert row["expected"] in answers(row["query"])
