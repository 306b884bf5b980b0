"""What happens between acceptance and the pilot: steps are planned, sites join, the programme is approved, the plan locked."""

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from labs.implementation.locking import code_of, spelled, text_of
from labs.implementation.models import ImplementationStep, PilotSite, Preregistration
from labs.implementation.plan import read_plan
from labs.implementation.rules import (
    STEP,
    can_write_plan,
    can_write_programme,
    heads_site,
    site_to_answer,
)
from labs.implementation.soundness import problems_of
from labs.pilots.actions import act
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT, leads_or_coordinates
from lifecycle import ledger
from lifecycle.canonical import content_hash
from lifecycle.models import FrozenContent
from lifecycle.transitions import Condition, Unmet, WrongStatus, held


class OtherPlan(WrongStatus):
    """Somebody wrote in between (409): nothing was locked; `extra` carries the code of what is written now."""

    def __init__(self, project: PilotProject, found: Preregistration, by: Any) -> None:
        super().__init__(
            project.status, PILOT.available(project, by),
            _("The pre-registration has changed since you read it. Nothing was locked."),
            {"content_hash": code_of(found)},
        )  # fmt: skip


def told(name: str, project: PilotProject, by: Any, at: datetime.datetime, **more: Any) -> None:
    """An act upon the project that concerns its sites too."""
    sites = project.sites.values_list("institution__public_id", flat=True)
    act(name, project, by, at, concerned=sorted({*project.audience()["concerned"], *sites}), **more)


def save_programme(
    project: PilotProject, *, by: Any, at: datetime.datetime, steps: Sequence[Mapping[str, Any]] | None = None,
    sites: Sequence[Mapping[str, Any]] | None = None,
) -> PilotProject:  # fmt: skip
    """Writes the steps, the sites, or both; a site that stays keeps its answer. Raises PermissionDenied, WrongStatus,
    ValidationError.
    """
    with held(project):
        if not leads_or_coordinates(by, project):
            raise PermissionDenied
        if not can_write_programme(by, project):
            raise WrongStatus(project.status, PILOT.available(project, by))
        if steps is not None:
            _write_steps(project, steps, at)
        if sites is not None:
            _write_sites(project, sites)
        told("save_programme", project, by, at)
    return project


def _write_steps(project: PilotProject, steps: Sequence[Mapping[str, Any]], at: datetime.datetime) -> None:
    for place, step in enumerate(steps):
        if step["due_on"] < step["starts_on"]:
            raise ValidationError({f"steps/{place}/due_on": _("The last day of a step cannot be before its first.")})
        if step["owner"].status != "verified":
            raise ValidationError({f"steps/{place}/owner": _("Choose an organisation that is verified.")})
    project.steps.all().delete()
    ImplementationStep.objects.bulk_create(
        ImplementationStep(project=project, position=place, modified_at=at, **step) for place, step in enumerate(steps)
    )


def _write_sites(project: PilotProject, sites: Sequence[Mapping[str, Any]]) -> None:
    """As they are named now; one that changes its arm is asked again."""
    houses = [site["institution"] for site in sites]
    if len({house.pk for house in houses}) != len(houses):
        raise ValidationError({"sites": _("Name each organisation once.")})
    if any(house.status != "verified" for house in houses):
        raise ValidationError({"sites": _("Choose organisations that are verified.")})
    wanted = {site["institution"].pk: site["arm"] for site in sites}
    for known in project.sites.all():
        if wanted.get(known.institution_id) == known.arm:
            del wanted[known.institution_id]
        else:
            known.delete()
    PilotSite.objects.bulk_create(
        PilotSite(project=project, institution_id=house, arm=arm) for house, arm in wanted.items()
    )


def join_site(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """The head of an institution that was asked takes part, of their own free will."""
    return _answer("join_site", project, {"joined_by": by, "joined_at": at}, by=by, at=at)


def decline_site(
    project: PilotProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> PilotProject:
    """The head of an institution that was asked does not take part, and says why."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the other side will read it.")}, code="required")
    said = {"reason": reason, "reason_code": reason_code}
    return _answer("decline_site", project, {"declined_at": at}, by=by, at=at, **said)


def permit_answer(project: PilotProject, by: Any) -> PilotSite:
    """The site the person answers for. Raises PermissionDenied, WrongStatus."""
    site = site_to_answer(by, project)
    if site is None and heads_site(by, project):
        raise WrongStatus(project.status, PILOT.available(project, by))
    if site is None:
        raise PermissionDenied
    return site


def _answer(
    name: str, project: PilotProject, written: dict[str, Any], *, by: Any, at: datetime.datetime, **said: Any
) -> PilotProject:
    with held(project):
        site = permit_answer(project, by)
        PilotSite.objects.filter(pk=site.pk).update(**written)
        told(name, project, by, at, detail={"institution": site.institution.public_id}, **said)
    return project


def move_step(
    name: str, step: ImplementationStep, *, by: Any, at: datetime.datetime, reason: str = "", reason_code: str = ""
) -> ImplementationStep:
    """One line of the table of steps."""
    with held(step):
        STEP.apply(
            name, step, by=by, at=at, reason=reason, reason_code=reason_code, change={"modified_at": at},
            detail={"pilot": step.project.public_id},
        )  # fmt: skip
    return step


STEP_MOVES = {name: partial(move_step, name) for name in STEP.by_name}


def save_plan(project: PilotProject, *, by: Any, at: datetime.datetime, plan: Mapping[str, Any]) -> Preregistration:
    """Writes the open pre-registration, as far as it goes. Raises PermissionDenied, WrongStatus, ValidationError."""
    with held(project):
        permit_plan(project, by)
        found = open_plan(project)
        if found is None:
            last = project.preregistrations.order_by("-number").values_list("number", flat=True).first()
            found = Preregistration(project=project, number=(last or 0) + 1)
        try:
            found.plan, found.modified_at = spelled(plan), at
        except TypeError:
            raise ValidationError({"plan": _("Numbers travel as text, for example “0.5”.")}) from None
        found.save()
        told("save_plan", project, by, at, detail={"preregistration": found.public_id})
    return found


def permit_plan(project: PilotProject, by: Any) -> None:
    """Whether the person may write the plan now. Raises PermissionDenied, WrongStatus."""
    if not leads_or_coordinates(by, project):
        raise PermissionDenied
    if not can_write_plan(by, project):
        raise WrongStatus(project.status, PILOT.available(project, by))


def open_plan(project: PilotProject) -> Preregistration | None:
    """The pre-registration that is being written."""
    found: Preregistration | None = project.preregistrations.filter(locked_at__isnull=True).first()
    return found


def lock_plan(project: PilotProject, *, by: Any, at: datetime.datetime, content_hash: str) -> Preregistration:
    """Locks what the person has read, if it is whole; from here on not a byte of it changes. Raises Unmet, OtherPlan."""
    with held(project):
        PILOT.permit("preregister", project, by)
        found = project.preregistrations.select_for_update().filter(locked_at__isnull=True).first()
        if found is None:
            raise Unmet([Condition("plan", _("Nothing is written yet of the pre-registration."), "/hypothesis")])
        if code_of(found) != content_hash:
            raise OtherPlan(project, found, by)
        lacking = problems_of(read_plan(found.plan), project)
        if lacking:
            raise Unmet(lacking)
        _freeze(found, by, at)
    return found


def _freeze(found: Preregistration, by: Any, at: datetime.datetime) -> None:
    text = text_of(found.project.public_id, found.number, found.plan)
    frozen = FrozenContent.objects.create(
        subject_type="preregistration", subject_id=found.public_id, version=1, content=text, sha256=content_hash(text)
    )
    written = {"frozen": frozen, "content_hash": frozen.sha256, "locked_at": at, "locked_by": by, "modified_at": at}
    Preregistration.objects.filter(pk=found.pk).update(**written)
    ledger.enter(frozen, at=at)
    found.refresh_from_db()
