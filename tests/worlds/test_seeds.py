"""A seed decides everything a world leaves to chance."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.clock import now
from accounts.models import User
from config.management.commands import seed_world
from config.packs.loading import install
from config.worlds.chance import SeededIds, seeded_ids
from cooperation.agreements.models import Agreement
from institutions.registry.models import Institution

pytestmark = pytest.mark.django_db


class TakenBack(Exception):
    """Ends a world that was only made to be looked at."""


def world_of(seed):
    """What is printed, and public ids with what they stand for."""
    printed = StringIO()
    try:
        with transaction.atomic():
            call_command("seed_world", "--json", "--seed", str(seed), stdout=printed, stderr=StringIO())
            houses = dict(Institution.objects.values_list("public_id", "names__uz"))
            agreements = dict(Agreement.objects.values_list("public_id", "latest__content_hash"))
            raise TakenBack
    except TakenBack:
        return json.loads(printed.getvalue()), houses, agreements


@pytest.mark.slow
def test_one_seed_makes_one_world_and_another_seed_another(monkeypatch):
    monkeypatch.setattr(seed_world, "count_world", lambda moment: None)  # counting draws nothing from the seed
    install("uz", now())
    first, again, other = world_of(3), world_of(3), world_of(4)
    assert first == again
    assert first[0]["institutions"] != other[0]["institutions"] and first[0]["password"] != other[0]["password"]


def test_ids_are_seeded_only_while_a_world_is_made():
    with seeded_ids(5):
        first = Institution().public_id
    with seeded_ids(5):
        assert Institution().public_id == first
    assert Institution().public_id != first
    assert SeededIds(5).randbits(80) == SeededIds(5).randbits(80)


def test_a_database_with_people_in_it_is_refused():
    User.objects.create_user("somebody@example.org", name="Somebody")
    with pytest.raises(CommandError):
        call_command("seed_world", "--json", stdout=StringIO(), stderr=StringIO())
