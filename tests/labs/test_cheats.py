"""Whoever cheats at a lock of the laboratories as the role that serves is refused by the database (M7, LAB-6, LAB-7, LAB-10)."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.utils import timezone

from accounts.models import User
from labs.examinations.rules import valid_reviews
from labs.implementation.locking import verify
from labs.models import Examination, PilotProject, Preregistration, Trial
from labs.trials.actions import enter_figures, run_trial
from tests.labs.cheating import cheat, told, walked
from tests.labs.examining import a_review, a_submitted, an_open, in_examination
from tests.labs.making import a_project, put
from tests.labs.registering import a_plan, a_stage, figure, opened, site_of, with_programme

pytestmark = pytest.mark.django_db
NOW = timezone.now
__all__ = ["cheat"]


@pytest.fixture
def stage(world: SimpleNamespace) -> SimpleNamespace:
    return a_stage(world)


# the guards themselves


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE labs_preregistration DISABLE TRIGGER ALL",
        "DROP TRIGGER labs_lock ON labs_preregistration",
        "CREATE OR REPLACE FUNCTION labs_lock() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "TRUNCATE labs_verdict CASCADE",
        "CREATE TABLE public.labs_other (id bigint)",
        "DELETE FROM lifecycle_frozencontent",
        "UPDATE lifecycle_event SET name = 'x'",
    ],
)
def test_the_serving_role_cannot_take_a_guard_away(cheat, sql):
    assert cheat(sql)


def test_every_guard_reads_the_real_tables(cheat):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
            " AND (p.prorettype = 'trigger'::regtype OR p.proname LIKE 'labs_%%')"
            " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            " AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=public, pg_temp']"
        )
        assert cursor.fetchall() == []


def test_a_table_of_the_same_name_deceives_no_guard(stage, cheat):
    project = put(stage.project, "in_examination")
    shadow = (
        "CREATE TEMP TABLE labs_examination (id bigint, project_id bigint, status text, decision text, round int);"
        f"INSERT INTO labs_examination VALUES (1, {project.pk}, 'decided', 'accepted', 1);"
        "CREATE TEMP TABLE labs_review (id bigint, examination_id bigint, status text, expert_id bigint);"
        "INSERT INTO labs_review VALUES (1, 1, 'submitted', 0), (2, 1, 'submitted', 0);"
        "CREATE TEMP TABLE lifecycle_event (subject_type text, subject_id text, xact xid8 DEFAULT pg_current_xact_id());"
        f"INSERT INTO lifecycle_event VALUES ('pilot', '{project.public_id}');"
    )
    assert "nothing lets it be" in str(
        cheat(f"{shadow} UPDATE public.labs_pilotproject SET status = 'accepted' WHERE id = %s", project.pk)
    )


def test_no_thing_of_the_laboratories_is_changed_in_the_admin(page_of):
    assert [each for each in admin.site._registry if each._meta.app_label == "labs"] == []
    root = User.objects.create_superuser("root@example.org", "a good long passphrase", name="Root")
    for model in apps.get_app_config("labs").get_models():
        for prefix in ("", "/en"):
            path = f"{prefix}/admin/labs/{model._meta.model_name}/add/"
            assert page_of(root).post(path, {"status": "piloting"}).status_code == 404, path


# examination


def test_no_review_is_made_up(world, cheat):
    cast = a_submitted(world)
    round_ = an_open(cast)
    values = f"({round_.pk}, {cast.experts[0].pk}, 7, 'submitted', '', '', '', now(), now(), now(), 'x')"
    columns = "(examination_id, expert_id, number, status, note, interests, comment, invited_at, submitted_at, modified_at, public_id)"
    assert "labs_review" in str(cheat(f"INSERT INTO labs_review {columns} VALUES {values}"))
    review = a_review(cast, round_, cast.experts[1])
    submit = told("review", review) + "UPDATE labs_review SET status = 'submitted', submitted_at = now() WHERE id = %s"
    assert "labs_review" in str(cheat(submit, review.pk))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE labs_review SET comment = 'Bad.' WHERE id = {review}",
        "UPDATE labs_review SET interests = 'Many' WHERE id = {review}",
        "UPDATE labs_review SET expert_id = {friend} WHERE id = {review}",
        "UPDATE labs_review SET number = 1 + number WHERE id = {review}",
        "UPDATE labs_reviewscore SET level = 1 WHERE review_id = {review}",
        "UPDATE labs_reviewscore SET review_id = {other} WHERE review_id = {review}",
        "DELETE FROM labs_reviewscore WHERE review_id = {review}",
        "DELETE FROM labs_review WHERE id = {review}",
        "UPDATE labs_conflictfinding SET hard = false",
        "DELETE FROM labs_conflictfinding WHERE review_id = {review}",
        "UPDATE labs_blindcopy SET title = 'x'",
        "UPDATE labs_pilotversion SET aim = 'x'",
        "UPDATE labs_examination SET round = 9",
        "DELETE FROM labs_examination",
        "DELETE FROM labs_pilotproject",
    ],
)
def test_what_an_expert_submitted_stays(world, cheat, sql):
    cast = a_submitted(world)
    round_ = in_examination(cast, 3, 4)
    first, second = round_.reviews.order_by("pk")
    put(second, "accepted")
    finding = "INSERT INTO labs_conflictfinding (review_id, kind, hard, ground, found_at) VALUES (%s, 'declared', true, '{}', now())"
    assert cheat(finding, first.pk) is None
    sql = sql.format(review=first.pk, other=second.pk, friend=cast.group[0].user_id)
    assert "labs_" in str(cheat(sql))


def test_a_member_of_the_group_is_no_sound_expert(world, cheat):
    cast = a_submitted(world)
    round_ = in_examination(cast, 3, 4)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE labs_review SET expert_id = %s WHERE id = (SELECT min(id) FROM labs_review WHERE examination_id = %s)",
            [cast.group[1].user_id, round_.pk],
        )
        cursor.execute("SET session_replication_role = origin")
    assert len(valid_reviews(round_)) == 2
    decide = told("examination", round_) + (
        "UPDATE labs_examination SET status = 'decided', decision = 'accepted', decided_at = now() WHERE id = %s"
    )
    assert "two sound reviews" in str(cheat(decide, round_.pk))


def test_a_decision_is_not_turned_round(world, cheat):
    walk = walked(world, "accepted")
    round_ = walk.round()
    assert "labs_examination" in str(
        cheat("UPDATE labs_examination SET decision = 'rejected' WHERE id = %s", round_.pk)
    )
    assert Examination.objects.get(pk=round_.pk).decision == "accepted"


# pre-registration and trial


@pytest.mark.parametrize(
    "part",
    ["hypothesis", "outcomes", "criteria", "harm", "comparison", "treated", "baseline", "endline", "minimum_sample",
     "fidelity", "exclusions", "analysis"],
)  # fmt: skip
def test_only_a_whole_plan_is_locked(stage, cheat, part):
    project = with_programme(stage)
    plan = {name: value for name, value in a_plan(project).items() if name != part}
    assert "only a whole plan" in str(lock_raw(cheat, project, plan, stage))


def lock_raw(cheat: Any, project: PilotProject, plan: dict[str, Any], stage: SimpleNamespace) -> str | None:
    """A lock by hand, its frozen content beside it and all hashes right."""
    number = project.preregistrations.count() + 1
    row = Preregistration.objects.create(project=project, number=number, plan=plan, modified_at=NOW())
    return cheat(
        "WITH text AS (SELECT jsonb_build_object('project', %s::text, 'number', %s, 'plan', p.plan)::text AS told"
        "  FROM labs_preregistration p WHERE p.id = %s),"
        " f AS (INSERT INTO lifecycle_frozencontent (public_id, subject_type, subject_id, version, content, sha256)"
        "  SELECT right(md5(told), 26), 'preregistration', %s, 1, told, encode(sha256(told::bytea), 'hex') FROM text RETURNING id, sha256)"
        " SELECT set_config('hk.frozen', id::text, true), set_config('hk.hash', sha256, true) FROM f;"
        " UPDATE labs_preregistration SET frozen_id = current_setting('hk.frozen')::bigint,"
        "  content_hash = current_setting('hk.hash'), locked_at = now(), locked_by_id = %s WHERE id = %s",
        project.public_id, number, row.pk, row.public_id, stage.lead.pk, row.pk,
    )  # fmt: skip


def test_a_whole_plan_is_locked_by_hand_before_the_trial_and_not_after(stage, cheat):
    """The first shows that the refusals above are not for another reason."""
    project = with_programme(stage)
    assert lock_raw(cheat, project, a_plan(project), stage) is None
    assert "not deleted" in str(cheat("DELETE FROM labs_preregistration WHERE project_id = %s", project.pk))
    put(project, "piloting")
    assert "only a whole plan" in str(lock_raw(cheat, project, a_plan(project), stage))


CHEATS = [
    "UPDATE labs_preregistration SET plan = jsonb_set(plan, '{criteria,0,threshold}', '\"1\"')",
    "UPDATE labs_preregistration SET plan = plan || '{\"a\": 1}'",
    "UPDATE labs_preregistration SET modified_at = now()",
    "UPDATE labs_preregistration SET number = 7",
    "DELETE FROM labs_preregistration",
    "DELETE FROM labs_trial",
    "UPDATE labs_trial SET project_id = <other>",
    "UPDATE labs_trialsite SET arm = 'comparison'",
    "DELETE FROM labs_trialsite",
    "UPDATE labs_measurement SET numerator = 0",
    "DELETE FROM labs_measurement",
    (
        "INSERT INTO labs_measurement (site_id, outcome, wave, numerator, denominator, state, reason, entered_by_id, entered_at)"
        " SELECT site_id, 'other', 'baseline', 1, 2, 'value', '', entered_by_id, now() FROM labs_measurement LIMIT 1"
    ),
    "UPDATE labs_implementationstep SET project_id = <other>, position = 9",
    "UPDATE labs_implementationstep SET project_id = <project> WHERE project_id = <other>",
    "UPDATE labs_pilotsite SET arm = 'comparison'",
    "DELETE FROM labs_pilotsite",
    "INSERT INTO labs_pilotsite (project_id, institution_id, arm) VALUES (<project>, <stranger>, 'treated')",
    (
        "INSERT INTO labs_steplog (site_id, step_id, done, deviation, logged_by_id, logged_at)"
        " SELECT s.id, p.id, 'done', '', <user>, now() FROM labs_trialsite s, labs_implementationstep p"
        " WHERE s.arm = 'comparison' AND p.project_id = <project>"
    ),
    (
        "INSERT INTO labs_steplog (site_id, step_id, done, deviation, logged_by_id, logged_at)"
        " SELECT s.id, p.id, 'done', '', <user>, now() FROM labs_trialsite s, labs_implementationstep p"
        " WHERE s.arm = 'treated' AND p.project_id = <other>"
    ),
]


@pytest.mark.parametrize("sql", CHEATS)
def test_nothing_under_the_lock_moves(stage, world, cheat, sql):
    from_here = running(stage)
    other = a_project(stage.lab, "accepted")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO labs_implementationstep (public_id, project_id, position, title, owner_id, resources, starts_on,"
            " due_on, status, modified_at) VALUES ('y', %s, 5, 'Easy', %s, '', '2026-11-01', '2026-11-02', 'new', now())",
            [other.pk, world.a.pk],
        )
    names = {"other": other.pk, "project": stage.project.pk, "stranger": world.b.pk, "user": stage.lead.pk}
    for name, value in names.items():
        sql = sql.replace(f"<{name}>", str(value))
    assert "labs_" in str(cheat(sql.replace("%", "%%"))), sql
    assert verify(Preregistration.objects.get(pk=from_here.preregistration_id))


def running(stage: SimpleNamespace) -> Trial:
    """A trial under way: its baseline is over."""
    trial = opened(stage)
    for house, person in ((stage.a, stage.teacher_a), (stage.c, stage.teacher_c)):
        row = {"site": site_of(trial, house), "wave": "baseline", "figures": [figure()]}
        enter_figures(trial, by=person, at=NOW(), **row)
    return run_trial(trial, by=stage.lead, at=NOW())


def test_nothing_is_logged_once_the_endline_began(stage, cheat):
    trial = put(running(stage), "endline")
    log = (
        "INSERT INTO labs_steplog (site_id, step_id, done, deviation, logged_by_id, logged_at)"
        " SELECT s.id, p.id, 'done', '', %s, now() FROM labs_trialsite s, labs_implementationstep p WHERE s.arm = 'treated'"
    )
    assert "labs_steplog" in str(cheat(log, stage.lead.pk))
    put(trial, "running")
    assert cheat(log, stage.lead.pk) is None
