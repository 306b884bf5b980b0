"""What happens to a trial: set up under a lock, opened, figures and steps entered, measured, closed or abandoned."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from labs.implementation.actions import lock_plan
from labs.implementation.models import Arm, ImplementationStep, Preregistration
from labs.implementation.plan import read_plan
from labs.pilots.actions import mark_preregistered, start_pilot
from labs.pilots.models import PilotProject
from labs.trials.figures import faults_of, plan_of
from labs.trials.models import Done, Measurement, MeasureState, StepLog, Trial, TrialSite
from labs.trials.rules import TRIAL, own_sites
from lifecycle.events import record
from lifecycle.transitions import WrongStatus, held


def preregister(project: PilotProject, *, by: Any, at: datetime.datetime, content_hash: str) -> Trial:
    """Locks the plan and sets its trial up, with the sites as the plan assigns them. Raises Unmet, OtherPlan."""
    with held(project):
        locked = lock_plan(project, by=by, at=at, content_hash=content_hash)
        mark_preregistered(project, by=by, at=at)
        return _set_up(project, locked, by, at)


def _set_up(project: PilotProject, locked: Preregistration, by: Any, at: datetime.datetime) -> Trial:
    trial = Trial.objects.create(project=project, preregistration=locked, modified_at=at)
    plan, since = read_plan(locked.plan), DateRange(timezone.localtime(at).date(), None, "[)")
    for arm, named in ((Arm.TREATED, plan.treated_sites), (Arm.COMPARISON, plan.comparison_sites)):
        for house in Institution.objects.filter(public_id__in=named).order_by("pk"):
            TrialSite.objects.create(trial=trial, institution=house, arm=arm, valid=since)
    record(
        "plan", subject_type="trial", subject_id=trial.public_id, status_after=trial.status, by=by, at=at,
        detail={"preregistration": locked.public_id, "content_hash": locked.content_hash}, **trial.audience(),
    )  # fmt: skip
    return trial


def _move(name: str, trial: Trial, by: Any, at: datetime.datetime, **more: Any) -> None:
    """One line of the table, with the columns that every act writes."""
    change = {"modified_at": at, **more.pop("change", {})}
    TRIAL.apply(name, trial, by=by, at=at, change=change, **more)
    trial.refresh_from_db()


def open_trial(trial: Trial, *, by: Any, at: datetime.datetime) -> Trial:
    """The baseline begins, and with it the pilot: the only way there."""
    with held(trial.project), held(trial):
        _move("open", trial, by, at, change={"opened_at": at})
        start_pilot(trial.project, at=at)
    return trial


def run_trial(trial: Trial, *, by: Any, at: datetime.datetime) -> Trial:
    """The practice is tried; the baseline is locked."""
    with held(trial):
        _move("run", trial, by, at)
    return trial


def measure_trial(trial: Trial, *, by: Any, at: datetime.datetime) -> Trial:
    """The endline begins."""
    with held(trial):
        _move("measure", trial, by, at)
    return trial


def close_trial(trial: Trial, *, by: Any, at: datetime.datetime) -> Trial:
    """Everything is measured or said to be missing; the endline is locked."""
    with held(trial):
        _move("close", trial, by, at, change={"closed_at": at})
    return trial


def abandon_trial(trial: Trial, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Trial:
    """The trial ends early, and says why; its figures stay as they are."""
    with held(trial):
        _move("abandon", trial, by, at, reason=reason, reason_code=reason_code, change={"closed_at": at})
    return trial


def enter_figures(
    trial: Trial, *, by: Any, at: datetime.datetime, site: TrialSite, wave: str, figures: Sequence[Mapping[str, Any]]
) -> Trial:
    """What a site measured of its outcomes in the wave that is open: two numbers each, or why they are missing.

    What is entered again before the wave ends replaces what was there. Raises PermissionDenied, WrongStatus,
    ValidationError.
    """
    with held(trial):
        line = TRIAL.permit("enter", trial, by)
        _own(trial, site, by)
        if wave != trial.status:
            raise WrongStatus(trial.status, TRIAL.available(trial, by))
        faults = dict(faults_of(figures, plan_of(trial)))
        if faults:
            raise ValidationError(faults)
        for figure in figures:
            _write_figure(site, wave, figure, by, at)
        told = {"institution": site.institution.public_id, "wave": wave, "outcomes": [f["outcome"] for f in figures]}
        _move("enter", trial, by, at, permitted=line, detail=told)
    return trial


def _own(trial: Trial, site: TrialSite, by: Any) -> None:
    """Only a site's own people speak for it."""
    if site.trial_id != trial.pk or site.institution_id not in own_sites(by, trial):
        raise PermissionDenied


def _write_figure(site: TrialSite, wave: str, figure: Mapping[str, Any], by: Any, at: datetime.datetime) -> None:
    upper, lower = figure.get("numerator"), figure.get("denominator")
    missing = upper is None
    written = {
        "numerator": upper, "denominator": lower, "entered_by": by, "entered_at": at,
        "state": MeasureState.MISSING if missing else MeasureState.VALUE,
        "reason": figure.get("reason", "") if missing else "",
    }  # fmt: skip
    Measurement.objects.update_or_create(site=site, wave=wave, outcome=figure["outcome"], defaults=written)


def log_step(
    trial: Trial, *, by: Any, at: datetime.datetime, site: TrialSite, step: ImplementationStep, done: str,
    deviation: str = "",
) -> Trial:  # fmt: skip
    """What a site that tries the practice did of a step; where it did not all of it, what it did instead and why."""
    with held(trial):
        line = TRIAL.permit("log", trial, by)
        _own(trial, site, by)
        if site.arm != Arm.TREATED:
            raise ValidationError({"site": _("Only a site that tries the practice logs steps.")})
        if step.project_id != trial.project_id:
            raise ValidationError({"step": _("There is no such step in this programme.")})
        if done not in Done.values:
            raise ValidationError({"done": _("Choose done, partly or not done.")})
        if done != Done.DONE and not deviation.strip():
            raise ValidationError({"deviation": _("Deviation: say what was done instead, and why.")})
        StepLog.objects.create(site=site, step=step, done=done, deviation=deviation, logged_by=by, logged_at=at)
        told = {"institution": site.institution.public_id, "step": step.public_id, "done": done}
        _move("log", trial, by, at, permitted=line, detail=told)
    return trial
