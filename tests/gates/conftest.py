"""A seeded world for the gates: one of each kind of object in each relation to institution `a`."""

import datetime
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import ApiToken, User
from tests.conftest import CAST, NOW
from tests.gates.objects import objects_of


@pytest.fixture(scope="package")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The demonstration world of seed 7, made once for the tests of this folder and taken back after them."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        printed = StringIO()
        call_command("seed_world", "--seed", "7", "--json", stdout=printed, stderr=StringIO())
        world = json.loads(printed.getvalue())
        world["objects"] = objects_of(world)
        ApiToken.objects.update(last_used_at=NOW)  # each call is taken back and would note its use anew
        connection.check_constraints()  # once: what is pending would be checked anew at the end of every test
        world["people"] = {name: User.objects.get(email=world["users"][name]["username"]) for name in CAST}
        yield world
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW + datetime.timedelta(seconds=1), tick=False):
        yield
