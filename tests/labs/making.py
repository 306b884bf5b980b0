"""Laboratories and projects for tests, made plainly; `put` sets a project down at a stage without walking there."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import User
from institutions.clusters.models import Cluster, ClusterMember
from institutions.registry.models import Institution
from labs.models import (
    LabMember,
    Laboratory,
    LaboratoryStatus,
    MemberAnswer,
    Part,
    PilotMember,
    PilotProject,
    PilotVersion,
    Problem,
    ProblemStatus,
    Raci,
)
from tests.factories import EVER, a_member, a_term, an_institution
from tests.quality.figures import in_force

DIRECTIONS = ("experimental", "methodical", "research", "analytical")


def a_cluster(coordinator: Institution, *members: Institution) -> Cluster:
    """A cluster around its coordinator, since ever."""
    now = timezone.now()
    cluster = Cluster.objects.create(
        names={"en": "Cluster", "uz": "Klaster", "ru": "Кластер"},
        coordinator=coordinator,
        created_at=now,
        modified_at=now,
    )
    for role, houses in (("coordinator", (coordinator,)), ("member", members)):
        for house in houses:
            ClusterMember.objects.create(
                cluster=cluster, institution=house, role=a_term("party_role", role), valid=EVER
            )
    return cluster


def a_laboratory(host: Institution, *members: Institution, **fields: Any) -> Laboratory:
    """An active laboratory at its host, with its site beside it and these member institutions."""
    now = timezone.now()
    site = an_institution(host.territory, f"Laboratory of {host}", kind="lab_site")
    status = fields.pop("status", LaboratoryStatus.ACTIVE)
    lab = Laboratory.objects.create(
        site=site, host=host, cluster=fields.pop("cluster", None) or a_cluster(host, *members),
        agreement=fields.pop("agreement", None) or in_force(host, *members, since="2026-01-01"),
        status=status, opened_at=None if status == LaboratoryStatus.PROPOSED else now, created_at=now, modified_at=now,
        proposed_by=fields.pop("proposed_by", None) or a_member("coordinator", host), search_key="laboratory", **fields,
    )  # fmt: skip
    lab.directions.set([a_term("activity_direction", code) for code in DIRECTIONS])
    for house in (host, *members):
        LabMember.objects.create(laboratory=lab, institution=house, valid=EVER)
    return lab


def a_problem(lab: Laboratory, institution: Institution | None = None, **fields: Any) -> Problem:
    """A problem that is accepted, with its statement and evidence."""
    now, house = timezone.now(), institution or lab.host
    values = {
        "title": "Few children read", "statement": "Reading falls behind.", "evidence": "Three tests in a row.",
        "status": ProblemStatus.ACCEPTED, "raised_by": a_member("teacher", house), "raised_at": now,
        "modified_at": now, "search_key": "few children read", **fields,
    }  # fmt: skip
    return Problem.objects.create(laboratory=lab, institution=house, **values)


def a_project(lab: Laboratory, status: str = "problem_identified", **fields: Any) -> PilotProject:
    """A project of this laboratory at a stage, with one problem and no group."""
    now = timezone.now()
    values = {
        "title": "Reading together", "opened_by": a_member("coordinator", lab.host), "created_at": now,
        "modified_at": now, "search_key": "reading together", **fields,
    }  # fmt: skip
    project = PilotProject.objects.create(laboratory=lab, **values)
    project.problems.add(a_problem(lab, status=ProblemStatus.IN_WORK))
    return put(project, status) if status != "problem_identified" else project


@contextmanager
def past_guards() -> Iterator[None]:
    """No guard of the database looks: what only its owner can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def put(thing: Any, status: str) -> Any:
    """Sets a row down at a status past every guard."""
    with past_guards():
        type(thing).objects.filter(pk=thing.pk).update(status=status)
    thing.refresh_from_db()
    return thing


def a_group(project: PilotProject, *houses: Institution, people: int = 3) -> list[PilotMember]:
    """A group that holds what a group must: its first member is accountable and leads."""
    fields = (a_term("isced_f", "0111"), a_term("isced_f", "0611"))
    found = []
    for place in range(people):
        house = houses[place % len(houses)]
        user = a_member("teacher", house)
        with past_guards():
            found.append(
                PilotMember.objects.create(
                    project=project, user=user, institution=house, field=fields[place % 2],
                    part=(Part.RESEARCHER, Part.PRACTITIONER)[place % 2], tasks=f"Task {place}",
                    raci=Raci.RESPONSIBLE if place else Raci.ACCOUNTABLE, answer=MemberAnswer.AGREED,
                    answered_at=timezone.now(),
                )
            )  # fmt: skip
    return found


def a_version(project: PilotProject, by: User, number: int = 1, **parts: str) -> PilotVersion:
    """A complete version of the development."""
    values = {
        "aim": "Children read more.", "method": "They read in pairs.", "resources": "Twenty books.",
        "expected": "One in five reads fluently.", "sha256": "0" * 64, **parts,
    }  # fmt: skip
    return PilotVersion.objects.create(
        project=project, number=number, written_by=by, written_at=timezone.now(), **values
    )


def a_coordinator(lab: Laboratory) -> User:
    """Somebody who coordinates this laboratory."""
    return a_member("coordinator", lab.host)


def since(day: datetime.date) -> DateRange:
    """From this day on."""
    return DateRange(day, None, "[)")
