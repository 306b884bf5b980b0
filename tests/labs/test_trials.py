"""A trial from its lock to its end: figures by wave, steps with deviations, changes that the affected approve."""

import datetime
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from labs.implementation.locking import verify
from labs.models import Measurement, StepLog
from labs.pilots.actions import end_pilot
from labs.trials.actions import (
    abandon_trial,
    close_trial,
    enter_figures,
    log_step,
    measure_trial,
    open_trial,
    run_trial,
)
from labs.trials.amending import approve_change, ask_change, refuse_change
from labs.trials.figures import as_assigned, coverage_of, fidelity_of
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.factories import a_member
from tests.labs.registering import a_stage, figure, locked, opened, site_of, with_programme

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def stage(world):
    return a_stage(world)


def enter(trial, stage, wave, **figures):
    for house, numerator in figures.items():
        by = getattr(stage, f"teacher_{house}")
        enter_figures(
            trial, by=by, at=NOW(), site=site_of(trial, getattr(stage, house)), wave=wave, figures=[figure(numerator)]
        )


def running(stage):
    trial = opened(stage)
    enter(trial, stage, "baseline", a=30, c=30)
    return run_trial(trial, by=stage.lead, at=NOW())


def test_a_trial_goes_from_its_lock_to_the_assessment(stage):
    with_programme(stage)
    trial = locked(stage)
    assert (stage.project.status, trial.status, verify(trial.preregistration)) == ("preregistered", "planned", True)
    assert {(each.institution, each.arm) for each in trial.sites.all()} == {
        (stage.a, "treated"), (stage.c, "comparison"),
    }  # fmt: skip
    open_trial(trial, by=stage.lead, at=NOW())
    stage.project.refresh_from_db()
    assert (stage.project.status, trial.status) == ("piloting", "baseline")
    with pytest.raises(Unmet):
        run_trial(trial, by=stage.lead, at=NOW())
    enter(trial, stage, "baseline", a=30)
    run_trial(trial, by=stage.lead, at=NOW())
    measure_trial(trial, by=stage.lead, at=NOW())
    enter(trial, stage, "endline", a=45)
    with pytest.raises(Unmet):
        close_trial(trial, by=stage.lead, at=NOW())
    enter(trial, stage, "endline", c=31)
    with pytest.raises(Unmet):
        end_pilot(stage.project, by=stage.lead, at=NOW())
    close_trial(trial, by=stage.lead, at=NOW())
    assert end_pilot(stage.project, by=stage.lead, at=NOW()).status == "in_assessment"
    names = list(Event.objects.about("trial", trial.public_id).values_list("name", flat=True))
    assert names == ["plan", "open", "enter", "run", "measure", "enter", "enter", "close"]


def test_figures_are_two_numbers_that_can_be(stage):
    trial = opened(stage)
    site = site_of(trial, stage.a)
    for wrong, field in (
        (figure(61, 60), "numerator"),
        (figure(-1, 60), "numerator"),
        (figure(0, 0), "denominator"),
        (figure(None, 60), "numerator"),
        (figure(1, None), "denominator"),
        (figure(None, None), "reason"),
        (figure(1, 2, "unheard"), "outcome"),
    ):
        with pytest.raises(ValidationError) as refused:
            enter_figures(trial, by=stage.teacher_a, at=NOW(), site=site, wave="baseline", figures=[wrong])
        assert list(refused.value.message_dict) == [f"figures/0/{field}"]
    missing = {"outcome": "reading", "reason": "The school was closed."}
    enter_figures(trial, by=stage.teacher_a, at=NOW(), site=site, wave="baseline", figures=[missing])
    assert Measurement.objects.get().state == "missing"
    enter(trial, stage, "baseline", a=0)
    assert (Measurement.objects.get().state, Measurement.objects.get().numerator) == ("value", 0)


def test_only_the_people_of_a_site_speak_for_it(stage):
    trial = opened(stage)
    for person in (stage.teacher_c, stage.head_c):
        with pytest.raises(PermissionDenied):
            enter_figures(trial, by=person, at=NOW(), site=site_of(trial, stage.a), wave="baseline", figures=[figure()])
    assert not Measurement.objects.exists()


def test_values_are_locked_when_their_wave_is_over(stage):
    trial = running(stage)
    site = site_of(trial, stage.a)
    for wave in ("baseline", "endline"):
        with pytest.raises(WrongStatus):
            enter_figures(trial, by=stage.teacher_a, at=NOW(), site=site, wave=wave, figures=[figure()])
    measure_trial(trial, by=stage.lead, at=NOW())
    with pytest.raises(WrongStatus):
        enter_figures(trial, by=stage.teacher_a, at=NOW(), site=site, wave="baseline", figures=[figure()])
    with pytest.raises(DatabaseError), transaction.atomic():
        Measurement.objects.filter(wave="baseline").update(numerator=1)
    enter(trial, stage, "endline", a=45)


def test_the_endline_waits_for_its_first_day(stage):
    late = (datetime.date(2026, 12, 20)).isoformat()
    trial = opened(stage, endline={"from": late, "until": "2026-12-31"})
    enter(trial, stage, "baseline", a=30)
    run_trial(trial, by=stage.lead, at=NOW())
    with pytest.raises(Unmet) as refused:
        measure_trial(trial, by=stage.lead, at=NOW())
    assert [each.code for each in refused.value.conditions] == ["window"]


def test_fidelity_is_what_was_done_of_what_was_planned(stage):
    trial = running(stage)
    first, second = trial.project.steps.order_by("position")
    site = site_of(trial, stage.a)
    assert fidelity_of(trial) == 0

    def log(step, done, deviation=""):
        log_step(trial, by=stage.teacher_a, at=NOW(), site=site, step=step, done=done, deviation=deviation)

    log(first, "done")
    assert fidelity_of(trial) == Fraction(1, 2)
    with pytest.raises(ValidationError):
        log(second, "partly")
    log(second, "partly", "Half of the teachers were ill.")
    assert fidelity_of(trial) == Fraction(3, 4)
    log(first, "not", "It was undone.")
    assert fidelity_of(trial) == Fraction(1, 4)
    assert StepLog.objects.count() == 3


def test_a_comparison_site_logs_no_steps(stage):
    trial = running(stage)
    with pytest.raises(ValidationError):
        log_step(
            trial, by=stage.teacher_c, at=NOW(), site=site_of(trial, stage.c), step=trial.project.steps.first(),
            done="done",
        )  # fmt: skip


def test_coverage_counts_sites_as_assigned_with_a_value_at_the_endline(stage, world):
    trial = running(stage)
    asked = ask_change(
        trial, by=stage.lead, at=NOW(), kind="joins", institution=world.b, new="treated", reason="They want to."
    )
    approve_change(asked, by=a_member("institution_admin", world.b), at=NOW())
    trial.refresh_from_db()
    measure_trial(trial, by=stage.lead, at=NOW())
    assert coverage_of(trial) == 0
    enter(trial, stage, "endline", a=45)
    assert coverage_of(trial) == Fraction(1, 2)
    assert {each.institution for each in as_assigned(trial)} == {stage.a, stage.c}


def test_a_change_takes_effect_when_the_coordinator_and_every_affected_site_approved(stage):
    trial = running(stage)
    asked = ask_change(
        trial, by=stage.lead, at=NOW(), kind="resources", old="Twenty books", new="Thirty books", reason="More pupils."
    )
    with pytest.raises(PermissionDenied):
        approve_change(asked, by=stage.head_c, at=NOW())
    assert approve_change(asked, by=stage.coordinator, at=NOW()).status == "requested"
    with pytest.raises(PermissionDenied):
        approve_change(asked, by=stage.coordinator, at=NOW())
    assert approve_change(asked, by=stage.head_a, at=NOW()).status == "approved"


def test_a_refused_change_changes_nothing(stage, world):
    trial = running(stage)
    asked = ask_change(
        trial, by=stage.lead, at=NOW(), kind="joins", institution=world.b, new="comparison", reason="They ask."
    )
    refuse_change(asked, by=stage.coordinator, at=NOW(), reason="Too late.")
    assert (asked.status, trial.sites.count()) == ("refused", 2)


@pytest.mark.parametrize("kind", ["criteria", "outcomes", "comparison", "arm", "baseline"])
def test_criteria_outcome_and_comparison_are_no_subject_of_a_change(stage, kind):
    with pytest.raises(ValidationError):
        ask_change(running(stage), by=stage.lead, at=NOW(), kind=kind, old="5", new="1", reason="It looks bad.")


def test_a_site_that_leaves_stays_counted_in_its_arm(stage):
    trial = running(stage)
    asked = ask_change(trial, by=stage.lead, at=NOW(), kind="leaves", institution=stage.a, reason="Rebuilding.")
    approve_change(asked, by=stage.head_a, at=NOW())
    approve_change(asked, by=stage.coordinator, at=NOW())
    site = site_of(trial, stage.a)
    assert (site.arm, site.valid.upper is None, asked.status) == ("treated", False, "approved")
    assert site in as_assigned(trial)


def test_nothing_is_changed_once_the_endline_has_begun(stage):
    trial = running(stage)
    asked = ask_change(trial, by=stage.lead, at=NOW(), kind="resources", old="A", new="B", reason="Why not.")
    with pytest.raises(Unmet) as refused:
        measure_trial(trial, by=stage.lead, at=NOW())
    assert [each.code for each in refused.value.conditions] == ["amendment"]
    abandon_trial(trial, by=stage.coordinator, at=NOW(), reason="The school burned down.")
    with pytest.raises(Unmet):
        approve_change(asked, by=stage.head_a, at=NOW())


def test_an_abandoned_trial_still_leads_to_the_assessment(stage):
    trial = running(stage)
    with pytest.raises(PermissionDenied):
        abandon_trial(trial, by=stage.lead, at=NOW(), reason="I am tired.")
    abandon_trial(trial, by=stage.coordinator, at=NOW(), reason="The school burned down.")
    stage.project.refresh_from_db()
    assert end_pilot(stage.project, by=stage.lead, at=NOW()).status == "in_assessment"
