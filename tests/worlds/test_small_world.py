"""The small demonstration world: its shape, its cast, its agreements, and that a seed makes it again."""

import datetime
import json
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from cooperation.agreements.content import content_of
from cooperation.agreements.models import Agreement, AgreementParty, AgreementStatus, Revision, Signature
from institutions.people.models import Membership, Position
from institutions.registry.models import Institution, InstitutionPlace
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.models import Event

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)
CONTRACT = {
    "ministry_officer", "regional_officer", "institution_admin", "partner_admin", "teacher", "expert", "employer",
    "integrator", "stranger",
}  # fmt: skip


def seed(*arguments):
    printed = StringIO()
    call_command("seed_world", "--json", *arguments, stdout=printed, stderr=StringIO())
    return json.loads(printed.getvalue())


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    """Made once for the tests of this file, which only read."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield seed("--seed", "7")
        transaction.set_rollback(True)


def test_it_prints_the_shape_that_clients_rely_on(world):
    assert {"base_url", "password", "users", "institutions", "territories"} <= set(world)
    assert CONTRACT <= set(world["users"])
    assert all(set(user) == {"username", "token"} for user in world["users"].values())
    assert {"a", "b", "c"} <= set(world["institutions"])
