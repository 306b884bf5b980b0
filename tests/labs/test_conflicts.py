"""Conflicts of interest: the sets find what a search row by row finds; each kind by itself; as many queries for fifty."""

import datetime
import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from institutions.people.models import Membership
from institutions.registry.models import Succession
from labs.examinations.conflicts import conflicts_of, months_before
from labs.models import PilotProject
from tests.factories import a_member, an_institution
from tests.labs.graphs import ON, SINCE, a_graph, confirmed, searched
from tests.labs.making import a_group, a_laboratory, a_project
from tests.quality.figures import in_force

pytestmark = pytest.mark.django_db


@given(st.integers(0, 10**9))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sets_find_what_a_search_row_by_row_finds(world: SimpleNamespace, seed: int) -> None:
    with transaction.atomic():
        project, experts = a_graph(world, random.Random(seed))  # noqa: S311 - dice of a test
        found = conflicts_of(experts, project, ON)
        for expert in experts:
            told = {(each.kind, each.hard, each.type, each.id, each.on) for each in found[expert.pk]}
            assert told == searched(expert, project)
        transaction.set_rollback(True)


@pytest.fixture
def project(world: SimpleNamespace) -> PilotProject:
    made = a_project(a_laboratory(world.b, world.a), "submitted")
    a_group(made, world.a, world.b)
    return made


@pytest.fixture
def kinds(project: PilotProject) -> Any:
    return lambda expert: {(each.kind, each.hard) for each in conflicts_of([expert], project, ON)[expert.pk]}


def test_a_distant_expert_has_none(kinds: Any, world: SimpleNamespace) -> None:
    assert kinds(a_member("expert", world.c)) == set()


def test_an_institution_left_less_than_36_months_ago_counts(kinds: Any, world: SimpleNamespace) -> None:
    school, expert = an_institution(world.near), a_member("expert", world.c)
    a_member("teacher", school, user=expert)
    assert kinds(expert) == set()
    Succession.objects.create(predecessor=school, successor=world.a, kind="merge", happened_on=ON)
    assert ("institution", True) in kinds(expert)
    held = Membership.objects.filter(user=expert, role="teacher")
    held.update(valid=DateRange(datetime.date(2000, 1, 1), SINCE, "[)"))
    assert kinds(expert) == set()


def test_a_confirmed_activity_of_both_counts_and_an_unconfirmed_one_does_not(
    kinds: Any, world: SimpleNamespace, project: PilotProject
) -> None:
    member, expert = project.members.order_by("pk")[0].user, a_member("expert", world.c)
    confirmed(expert, world.c, world.a, on=ON, confirmer=member, status="logged")
    assert kinds(expert) == set()
    confirmed(expert, world.c, world.a, on=ON, confirmer=member)
    assert kinds(expert) == {("joint_work", True)}


def test_an_agreement_between_their_institutions_is_a_soft_one(kinds: Any, world: SimpleNamespace) -> None:
    expert = a_member("expert", world.c)
    in_force(world.a, world.c, since="2026-01-01")
    assert kinds(expert) == {("agreement", False)}


def test_fifty_experts_take_as_many_queries_as_one(project: PilotProject, world: SimpleNamespace) -> None:
    experts = [a_member("expert", world.c) for _each in range(50)]
    for expert in experts[:20]:
        confirmed(expert, world.c, world.a, on=ON)

    def queries(people: list[Any]) -> int:
        with CaptureQueriesContext(connection) as taken:
            conflicts_of(people, PilotProject.objects.get(pk=project.pk), ON)
        return len(taken)

    assert queries(experts) == queries(experts[:1])


@pytest.mark.parametrize(("day", "first"), [("2026-11-21", "2023-11-21"), ("2028-02-29", "2025-02-28")])
def test_the_window_is_36_months(day: str, first: str) -> None:
    assert months_before(datetime.date.fromisoformat(day)).isoformat() == first
    assert timezone.localdate() == ON
