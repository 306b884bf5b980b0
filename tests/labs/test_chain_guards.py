"""The law of the chain holds in the database: raw SQL as the serving role is refused too (M7, LAB-6)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from labs.models import PilotProject, Preregistration, Trial
from tests.labs.making import a_coordinator, a_laboratory, a_project

pytestmark = pytest.mark.django_db


def refused(sql: str, *values: object) -> bool:
    """Whether the database refuses a statement, now or at commit."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(sql, values)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError:
            return True
        finally:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return False


@pytest.fixture
def lab(world):
    return a_laboratory(world.b, world.a, world.c)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in_examination", "accepted"),
        ("programme_approved", "preregistered"),
        ("preregistered", "piloting"),
        ("in_assessment", "assessed"),
        ("assessed", "disseminating"),
        ("problem_identified", "piloting"),
    ],
)
def test_raw_sql_moves_no_project_past_its_conditions(lab, before, after):
    project = a_project(lab, before)
    assert refused("UPDATE labs_pilotproject SET status = %s WHERE id = %s", after, project.pk)


def test_no_project_begins_in_the_middle(lab):
    project = a_project(lab)
    with pytest.raises(IntegrityError), transaction.atomic():
        PilotProject.objects.create(
            laboratory=lab, title="Late", opened_by=project.opened_by, created_at=timezone.now(),
            modified_at=timezone.now(), status="piloting",
        )  # fmt: skip


def test_no_trial_without_a_lock(lab):
    project = a_project(lab, "preregistered")
    plan = Preregistration.objects.create(project=project, number=1, modified_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Trial.objects.create(project=project, preregistration=plan, modified_at=timezone.now())


def test_a_lock_needs_the_content_it_says(lab):
    plan = Preregistration.objects.create(
        project=a_project(lab, "programme_approved"), number=1, modified_at=timezone.now(), plan={"hypothesis": "x"}
    )
    told = ("preregistration", plan.public_id, 1, '{"plan":{"hypothesis":"y"}}')
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lifecycle_frozencontent (public_id, subject_type, subject_id, version, content, sha256) VALUES"
            " ('01', %s, %s, %s, %s, encode(sha256(%s::bytea), 'hex')) RETURNING id, sha256",
            [*told, told[-1]],
        )
        frozen, sha256 = cursor.fetchone()
    assert refused(
        "UPDATE labs_preregistration SET frozen_id = %s, content_hash = %s, locked_at = now(), locked_by_id = %s WHERE id = %s",
        frozen, sha256, a_coordinator(lab).pk, plan.pk,
    )  # fmt: skip
