"""The pre-registration: whole, free of contradictions, locked to the byte; no way round it (LAB-6, M7)."""

import copy
import json
import random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from labs.implementation.actions import OtherPlan, lock_plan, save_plan
from labs.implementation.locking import code_of, verify
from labs.implementation.models import PilotSite
from labs.implementation.plan import read_plan
from labs.implementation.soundness import problems_of
from labs.models import Measurement, PilotProject, Preregistration, Trial, TrialAmendment, TrialSite
from labs.pilots.actions import mark_preregistered, start_pilot
from labs.pilots.rules import PILOT
from labs.trials.actions import abandon_trial, enter_figures, open_trial, preregister, run_trial
from lifecycle.models import FrozenContent
from lifecycle.transitions import Unmet, WrongStatus
from tests.conftest import NIGHTLY
from tests.labs.making import a_project, past_guards, put
from tests.labs.registering import a_plan, a_stage, figure, locked, opened, site_of, with_programme
from tests.labs.test_chain_guards import refused

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def stage(world):
    return a_stage(world)


def faults(project, **parts):
    return {each.code for each in problems_of(read_plan(a_plan(project, **parts)), project)}


def changed(plan, path, value):
    """The plan with one part replaced."""
    found = copy.deepcopy(plan)
    place = found
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return found


def past_the_guards(sql, *values):
    """What only the owner of the database can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(sql, values)
        finally:
            cursor.execute("SET session_replication_role = origin")


def test_a_whole_plan_lacks_nothing(stage):
    assert not faults(with_programme(stage))


def test_an_empty_plan_is_told_every_part(stage):
    project = with_programme(stage)
    said = problems_of(read_plan({}), project)
    assert {each.pointer.split("/")[1] for each in said} == {
        "hypothesis", "exclusions", "outcomes", "criteria", "harm", "comparison", "treated", "baseline", "endline",
        "minimum_sample", "fidelity", "analysis",
    }  # fmt: skip


def test_what_is_no_plan_at_all_is_read_without_an_error(stage):
    project = with_programme(stage)
    rubbish = (None, 7, "x", [], {}, True, [1, "x", None], {"a": {}}, "9" * 500, "NaN", "2026-13-45")
    dice = random.Random(4)  # noqa: S311
    for _round in range(300):
        plan = a_plan(project)
        for _change in range(3):
            keys = [key for key in plan if isinstance(plan[key], dict)] or list(plan)
            name = dice.choice(list(plan))
            plan[name] = dice.choice(rubbish)
            inner = dice.choice(keys)
            if isinstance(plan[inner], dict) and plan[inner]:
                plan[inner][dice.choice(list(plan[inner]))] = dice.choice(rubbish)
        list(problems_of(read_plan(plan), project))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("hypothesis",), "  ", "hypothesis"),
        (("exclusions",), "", "exclusions"),
        (("outcomes",), [], "outcomes"),
        (("outcomes", 0, "code"), "Über", "outcome_code"),
        (("outcomes", 0, "name"), "", "outcome_name"),
        (("outcomes", 0, "unit"), "", "outcome_unit"),
        (("outcomes", 0, "instrument"), "", "outcome_instrument"),
        (("outcomes", 0, "indicator"), "NON.99", "outcome_indicator"),
        (("outcomes", 0, "kind"), "median", "outcome_kind"),
        (("outcomes", 0, "direction"), "sideways", "outcome_direction"),
        (("criteria",), [], "criteria"),
        (("criteria", 0, "outcome"), "writing", "threshold_outcome"),
        (("criteria", 0, "outcome"), "writing", "criterion_primary"),
        (("criteria", 0, "measure"), "feeling", "threshold_measure"),
        (("criteria", 0, "bound"), "at_most", "criterion_direction"),
        (("criteria", 0, "bound"), "about", "criterion_bound"),
        (("criteria", 0, "threshold"), "many", "threshold"),
        (("criteria", 0, "threshold"), "140", "threshold_share"),
        (("criteria", 0, "threshold"), "-5", "criterion_worse"),
        (("harm", "worse_than"), "", "threshold"),
        (("harm", "worse_than"), "6", "harm_success"),
        (("comparison", "rule"), "", "comparison"),
        (("comparison", "rule"), "none", "comparison_none"),
        (("comparison", "sites"), [], "comparison_sites"),
        (("comparison", "sites"), [], "site_left_out"),
        (("treated",), [], "treated"),
        (("treated",), ["0" * 26], "site_not_joined"),
        (("baseline", "from"), "", "baseline_from"),
        (("baseline", "until"), "2026-10-01", "baseline_order"),
        (("endline", "from"), "2026-11-10", "endline_early"),
        (("minimum_sample",), "0", "minimum_sample"),
        (("minimum_sample",), "6.5", "minimum_sample"),
        (("fidelity",), "101", "fidelity"),
        (("analysis", "compare"), "", "analysis_compare"),
        (("analysis", "weigh"), "guess", "analysis_weigh"),
        (("analysis", "weigh"), "by_site", "analysis_by_site"),
        (("outcomes", 0, "kind"), "mean", "analysis_pooled"),
    ],
)
def test_each_gap_and_each_contradiction_is_named(stage, path, value, code):
    project = with_programme(stage)
    plan = changed(a_plan(project), path, value)
    assert code in {each.code for each in problems_of(read_plan(plan), project)}


def test_without_a_comparison_there_is_no_difference_at_the_endline(stage):
    project = with_programme(stage, comparison=False)
    assert not faults(project)
    assert faults(project, analysis={"compare": "endline", "weigh": "pooled"}) == {"threshold_no_comparison"}


def test_a_threshold_on_a_share_is_said_in_per_cent(stage):
    plan = read_plan(a_plan(with_programme(stage)))
    assert (str(plan.criteria[0].threshold), str(plan.harm.worse_than)) == ("0.05", "-0.02")


def test_a_plan_with_a_gap_is_saved_but_not_locked(stage):
    project = with_programme(stage)
    written = save_plan(project, by=stage.lead, at=NOW(), plan=a_plan(project, hypothesis="", fidelity="x"))
    with pytest.raises(Unmet) as lacking:
        preregister(project, by=stage.lead, at=NOW(), content_hash=code_of(written))
    assert {each.pointer for each in lacking.value.conditions} == {"/hypothesis", "/fidelity"}
    project.refresh_from_db()
    assert (project.status, Trial.objects.exists()) == ("programme_approved", False)


def test_what_is_locked_is_what_was_read(stage):
    project = with_programme(stage)
    read = code_of(save_plan(project, by=stage.lead, at=NOW(), plan=a_plan(project)))
    save_plan(project, by=stage.coordinator, at=NOW(), plan=a_plan(project, fidelity="10"))
    with pytest.raises(OtherPlan):
        preregister(project, by=stage.lead, at=NOW(), content_hash=read)
    assert not FrozenContent.objects.filter(subject_type="preregistration").exists()


def test_only_the_lead_and_the_coordinator_write_and_lock(stage):
    project = with_programme(stage)
    code = code_of(save_plan(project, by=stage.coordinator, at=NOW(), plan=a_plan(project)))
    for person in (stage.head_a, stage.teacher_a, stage.group[1].user):
        with pytest.raises(PermissionDenied):
            save_plan(project, by=person, at=NOW(), plan={})
        with pytest.raises(PermissionDenied):
            preregister(project, by=person, at=NOW(), content_hash=code)


def test_numbers_travel_as_text(stage):
    project = with_programme(stage)
    with pytest.raises(ValidationError):
        save_plan(project, by=stage.lead, at=NOW(), plan=a_plan(project, fidelity=70.5))


def test_one_changed_byte_is_found_and_stops_the_trial(stage):
    with_programme(stage)
    trial = locked(stage)
    told = trial.preregistration
    text = told.frozen.content.replace('"threshold":"5"', '"threshold":"4"')
    assert verify(told) and text != told.frozen.content
    past_the_guards("UPDATE lifecycle_frozencontent SET content = %s WHERE id = %s", text, told.frozen_id)
    assert_stopped(trial, stage)


def test_a_plan_changed_beside_its_frozen_text_is_found_and_stops_the_trial(stage):
    with_programme(stage)
    trial = locked(stage)
    easier = json.dumps(changed(trial.preregistration.plan, ("criteria", 0, "threshold"), "4"))
    past_the_guards("UPDATE labs_preregistration SET plan = %s WHERE id = %s", easier, trial.preregistration_id)
    assert_stopped(trial, stage)


def test_a_wholly_forged_lock_of_another_project_is_found(stage, world):
    with_programme(stage)
    trial = locked(stage)
    told = trial.preregistration
    text = told.frozen.content.replace(stage.project.public_id, a_project(stage.lab).public_id)
    past_the_guards(
        "WITH f AS (UPDATE lifecycle_frozencontent SET content = %s, sha256 = encode(sha256(%s::bytea), 'hex')"
        " WHERE id = %s RETURNING sha256) UPDATE labs_preregistration SET content_hash = f.sha256 FROM f WHERE id = %s",
        text, text, told.frozen_id, told.pk,
    )  # fmt: skip
    assert_stopped(trial, stage)


def assert_stopped(trial, stage):
    """The check fails, the action refuses, and so does the database."""
    fresh = Trial.objects.get(pk=trial.pk)
    assert not verify(fresh.preregistration)
    with pytest.raises(Unmet) as lacking:
        open_trial(fresh, by=stage.lead, at=NOW())
    assert [each.code for each in lacking.value.conditions] == ["changed"]
    told = "INSERT INTO lifecycle_event (subject_type, subject_id, title, name, status_before, status_after, position,"
    told += " institution, concerned, members_only, reason, reason_code, detail, request_id, happened_at) VALUES"
    told += " ('trial', %s, '', 'open', '', '', '', '', '{}', false, '', '', '{}', '', now());"
    told += " UPDATE labs_trial SET status = 'baseline' WHERE id = %s"
    assert refused(told, trial.public_id, trial.pk)
    assert PilotProject.objects.get(pk=stage.project.pk).status == "preregistered"


CHEATS = [
    ("UPDATE labs_preregistration SET plan = jsonb_set(plan, '{criteria,0,threshold}', '\"1\"') WHERE id = {lock}"),
    ("UPDATE labs_preregistration SET plan = jsonb_set(plan, '{outcomes,0,code}', '\"other\"') WHERE id = {lock}"),
    ("UPDATE labs_preregistration SET plan = jsonb_set(plan, '{comparison,rule}', '\"none\"') WHERE id = {lock}"),
    ("UPDATE labs_preregistration SET locked_at = NULL, locked_by_id = NULL, frozen_id = NULL, content_hash = ''"
     " WHERE id = {lock}"),
    ("UPDATE labs_preregistration SET locked_at = now() WHERE id = {lock}"),
    ("DELETE FROM labs_preregistration WHERE id = {lock}"),
    ("UPDATE lifecycle_frozencontent SET content = content WHERE subject_type = 'preregistration'"),
    ("DELETE FROM lifecycle_frozencontent WHERE subject_type = 'preregistration'"),
    ("UPDATE labs_trial SET preregistration_id = {lock} + 1 WHERE id = {trial}"),
    ("UPDATE labs_trialsite SET arm = 'comparison' WHERE trial_id = {trial}"),
    ("UPDATE labs_trialsite SET institution_id = {stranger} WHERE trial_id = {trial}"),
    ("DELETE FROM labs_trialsite WHERE trial_id = {trial}"),
    ("INSERT INTO labs_trialsite (public_id, trial_id, institution_id, arm, valid)"
     " VALUES ('x', {trial}, {stranger}, 'treated', '[2026-11-21,)')"),
    ("UPDATE labs_measurement SET numerator = 0 WHERE wave = 'baseline'"),
    ("UPDATE labs_measurement SET wave = 'endline' WHERE wave = 'baseline'"),
    ("DELETE FROM labs_measurement"),
    ("UPDATE labs_implementationstep SET title = 'Easier' WHERE project_id = {project}"),
    ("DELETE FROM labs_implementationstep WHERE project_id = {project}"),
    ("INSERT INTO labs_trialamendment (public_id, trial_id, kind, old, new, reason, institution_id, status,"
     " requested_by_id, requested_at, settled_at, modified_at)"
     " VALUES ('x', {trial}, 'joins', '', 'treated', 'x', {stranger}, 'approved', {user}, now(), now(), now())"),
]  # fmt: skip


@pytest.mark.parametrize("sql", CHEATS)
def test_raw_sql_changes_nothing_after_the_lock_nor_after_the_wave(stage, world, sql):
    trial = opened(stage)
    for house, person in ((stage.a, stage.teacher_a), (stage.c, stage.teacher_c)):
        enter_figures(trial, by=person, at=NOW(), site=site_of(trial, house), wave="baseline", figures=[figure()])
    run_trial(trial, by=stage.lead, at=NOW())
    names = {
        "lock": trial.preregistration_id, "trial": trial.pk, "stranger": world.b.pk, "project": stage.project.pk,
        "user": stage.lead.pk,
    }  # fmt: skip
    for name, value in names.items():
        sql = sql.replace("{" + name + "}", str(value))
    assert refused(sql.replace("%", "%%"))
    assert verify(Preregistration.objects.get())


def test_raw_sql_approves_no_change_in_the_name_of_others(stage, world):
    trial = opened(stage)
    put(trial, "running")
    asked = TrialAmendment.objects.create(
        trial=trial, kind="resources", old="A", new="B", reason="x", requested_by=stage.lead, requested_at=NOW(),
        modified_at=NOW(),
    )  # fmt: skip
    assert refused("UPDATE labs_trialamendment SET status = 'approved', settled_at = now() WHERE id = %s", asked.pk)
    assert refused("UPDATE labs_trialamendment SET new = 'C' WHERE id = %s", asked.pk)


def test_nothing_is_written_or_locked_after_the_lock(stage):
    with_programme(stage)
    trial = locked(stage)
    with pytest.raises(WrongStatus):
        save_plan(stage.project, by=stage.lead, at=NOW(), plan={})
    with pytest.raises(WrongStatus):
        preregister(stage.project, by=stage.lead, at=NOW(), content_hash=trial.preregistration.content_hash)
    with pytest.raises(DatabaseError), transaction.atomic():
        Preregistration.objects.update(plan={})


def test_an_empty_table_of_figures_is_no_way_to_the_endline(stage):
    trial = opened(stage)
    for wave in ("baseline", "endline"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Measurement.objects.create(
                site=site_of(put(trial, "running"), stage.a), outcome="reading", wave=wave, numerator=1, denominator=2,
                state="value", entered_by=stage.teacher_a, entered_at=NOW(),
            )  # fmt: skip


@pytest.mark.slow
def test_no_random_walk_reaches_the_pilot_without_a_whole_lock(stage, world):
    """Every move by everybody in any order: whoever arrives at piloting stands under a verified lock."""
    dice = random.Random(7)  # noqa: S311
    people = [stage.lead, stage.lead, stage.coordinator, stage.head_a, stage.teacher_a, stage.group[1].user, None]
    reached, walks = 0, 12 if NIGHTLY else 4
    for _walk in range(walks):
        project = a_project(stage.lab, "accepted")
        with past_guards():
            for member in stage.group:
                member.pk, member.public_id, member.project = None, f"{member.user_id}-{project.pk}", project
                member.save(force_insert=True)
        for house, arm in ((stage.a, "treated"), (stage.c, "comparison")):
            PilotSite.objects.create(
                project=project, institution=house, arm=arm, joined_by=stage.head_a, joined_at=NOW()
            )
        put(project, "programme_approved")
        for _step in range(150):
            wander(project, dice, dice.choice(people))
            project.refresh_from_db()
            if project.status in ("preregistered", "piloting", "in_assessment"):
                assert all(verify(each) for each in project.preregistrations.filter(locked_at__isnull=False))
                assert project.preregistrations.filter(locked_at__isnull=False).exists()
            if project.status == "piloting":
                reached += 1
                assert project.trials.filter(opened_at__isnull=False).exists()
                break
    assert walks / 4 <= reached <= walks


def wander(project, dice, person):
    """One random act; refusals are part of it."""
    plan = dice.choice([a_plan(project), a_plan(project, hypothesis=""), {}])
    trial = project.trials.order_by("-pk").first()
    written = project.preregistrations.order_by("-pk").first()
    code = code_of(written) if written and dice.random() < 0.8 else "0" * 64
    acts = [
        lambda: save_plan(project, by=person, at=NOW(), plan=plan),
        lambda: preregister(project, by=person, at=NOW(), content_hash=code),
        lambda: lock_plan(project, by=person, at=NOW(), content_hash=code),
        lambda: mark_preregistered(project, by=person, at=NOW()),
        lambda: start_pilot(project, at=NOW()),
        lambda: PILOT.apply(dice.choice(list(PILOT.by_name)), project, by=person, at=NOW(), reason="x"),
        lambda: PilotProject.objects.filter(pk=project.pk).update(status="piloting"),
        lambda: trial and open_trial(trial, by=person, at=NOW()),
        lambda: trial and abandon_trial(trial, by=person, at=NOW(), reason="x"),
        lambda: trial and TrialSite.objects.filter(trial=trial).update(arm="treated"),
    ]
    try:
        with transaction.atomic():
            dice.choice(acts)()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (PermissionDenied, ValidationError, WrongStatus, Unmet, DatabaseError):
        pass
