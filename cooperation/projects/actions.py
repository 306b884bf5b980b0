"""What happens to a joint project: drafted, proposed, answered, worked at, ended."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from cooperation.activities.models import Activity
from cooperation.projects.models import (
    JointProject,
    OutputState,
    PartnerState,
    ProjectActivity,
    ProjectOutput,
    ProjectPartner,
    ProjectStage,
    ProjectStatus,
)
from cooperation.projects.rules import PROJECT, admin_houses, answering_partner, can_draft, can_lead
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.transitions import WrongStatus, held

COLUMNS = ("title", "goal", "agreement", "starts_on", "ends_on", "budget")


def draft_project(
    *, by: Any, at: datetime.datetime, title: str, lead: Institution | None = None, **content: Any
) -> JointProject:
    """A new project in status draft, seen by the lead alone. Raises PermissionDenied, ValidationError."""
    house = lead or Institution.objects.filter(pk__in=admin_houses(by)).order_by("pk").first()
    if house is None or not can_draft(by, house):
        raise PermissionDenied
    with transaction.atomic():
        project = JointProject(title=title, lead=house, created_at=at, modified_at=at)
        _write(project, {**content, "title": title})
        record(
            "draft", subject_type="project", subject_id=project.public_id, status_after=project.status, by=by, at=at,
            **project.audience(),
        )  # fmt: skip
    return project


def save_project(project: JointProject, *, by: Any, at: datetime.datetime, **content: Any) -> JointProject:
    """Writes a part of the draft; what is not given stays. Raises PermissionDenied, WrongStatus, ValidationError."""
    with held(project):
        if not can_lead(by, project):
            raise PermissionDenied
        if project.status != ProjectStatus.DRAFT:
            raise WrongStatus(project.status, PROJECT.available(project, by))
        project.modified_at, project.version = at, project.version + 1
        _write(project, content)
    return project


def _write(project: JointProject, content: Mapping[str, Any]) -> None:
    for name in COLUMNS:
        if name in content:
            setattr(project, name, content[name])
    if project.starts_on and project.ends_on and project.ends_on <= project.starts_on:
        raise ValidationError({"ends_on": _("The end date must be later than the start date.")})
    project.search_key = search_key(project.title)
    project.save()
    if "partners" in content:
        _write_partners(project, content["partners"])
    if "stages" in content:
        project.stages.all().delete()
        ProjectStage.objects.bulk_create(
            ProjectStage(project=project, position=place, **stage) for place, stage in enumerate(content["stages"])
        )
    if "outputs" in content:
        project.outputs.all().delete()
        ProjectOutput.objects.bulk_create(
            ProjectOutput(project=project, position=place, **output) for place, output in enumerate(content["outputs"])
        )


def _write_partners(project: JointProject, partners: Sequence[Mapping[str, Any]]) -> None:
    houses = [partner["institution"] for partner in partners]
    if len({house.pk for house in houses}) != len(houses) or project.lead in houses:
        raise ValidationError({"partners": _("Name each organisation once; the lead is there already.")})
    if any(house.status != "verified" for house in houses):
        raise ValidationError({"partners": _("Choose partners that are verified organisations.")})
    if any("project" not in partner["role"].data.get("context", ["project"]) for partner in partners):
        raise ValidationError({"partners": _("Choose a role that joint projects have.")})
    project.partners.all().delete()
    ProjectPartner.objects.bulk_create(ProjectPartner(project=project, **partner) for partner in partners)


def _move(name: str, project: JointProject, by: Any, at: datetime.datetime, **more: Any) -> None:
    """One line of the table, with the columns that every act writes."""
    change = {"version": F("version") + 1, "modified_at": at, **more.pop("change", {})}
    PROJECT.apply(name, project, by=by, at=at, change=change, **more)
    project.refresh_from_db()


def propose_project(project: JointProject, *, by: Any, at: datetime.datetime) -> JointProject:
    """To every partner, to accept or decline its role."""
    with held(project):
        _move("propose", project, by, at, change={"proposed_at": at})
    return project


def accept_role(project: JointProject, *, by: Any, at: datetime.datetime) -> JointProject:
    """A partner takes its role; the project starts with the last answer."""
    return _answer("accept", project, PartnerState.ACCEPTED, by=by, at=at)


def decline_role(
    project: JointProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> JointProject:
    """A partner does not take part; the project starts without it where another one does."""
    return _answer("decline", project, PartnerState.DECLINED, by=by, at=at, reason=reason, reason_code=reason_code)


def _answer(
    name: str, project: JointProject, state: str, *, by: Any, at: datetime.datetime, **told: Any
) -> JointProject:
    with held(project):
        line = PROJECT.permit(name, project, by, told.get("reason", ""))
        partner = answering_partner(by, project, PartnerState.INVITED)
        partner.state, partner.answered_at = state, at
        partner.save(update_fields=["state", "answered_at"])
        detail = {"institution": partner.institution.public_id}
        _move(name, project, by, at, permitted=line, detail=detail, **told)
        states = list(project.partners.values_list("state", flat=True))
        if PartnerState.INVITED not in states and PartnerState.ACCEPTED in states:
            _move("start", project, None, at)
    return project


def finish_stage(
    project: JointProject, *, by: Any, at: datetime.datetime, stage: int, done_on: datetime.date | None = None
) -> JointProject:
    """A stage (by its place, from 0) is done. Raises ValidationError for a place that is none or a day to come."""
    today = timezone.localtime(at).date()
    with held(project):
        line = PROJECT.permit("finish_stage", project, by)
        if (done_on or today) > today:
            raise ValidationError({"done_on": _("The date cannot be later than today.")})
        if not project.stages.filter(position=stage).update(done_on=done_on or today):
            raise ValidationError({"stage": _("There is no such stage.")})
        _move("finish_stage", project, by, at, permitted=line, detail={"stage": stage})
    return project


def deliver_output(
    project: JointProject, *, by: Any, at: datetime.datetime, output: int, link: str = ""
) -> JointProject:
    """An output (by its place, from 0) is there."""
    written = {"state": OutputState.DELIVERED, "link": link, "reason": ""}
    return _settle("deliver", project, output, written, by=by, at=at)


def drop_output(
    project: JointProject, *, by: Any, at: datetime.datetime, output: int, reason: str, reason_code: str = ""
) -> JointProject:
    """An output will not come, and why."""
    written = {"state": OutputState.DROPPED, "reason": reason, "link": ""}
    return _settle("drop", project, output, written, by=by, at=at, reason=reason, reason_code=reason_code)


def _settle(
    name: str, project: JointProject, output: int, written: dict[str, Any], *, by: Any, at: datetime.datetime,
    **told: Any,
) -> JointProject:  # fmt: skip
    with held(project):
        line = PROJECT.permit(name, project, by, told.get("reason", ""))
        day = timezone.localtime(at).date()
        if not project.outputs.filter(position=output).update(**written, settled_on=day):
            raise ValidationError({"output": _("There is no such output.")})
        _move(name, project, by, at, permitted=line, detail={"output": output}, **told)
    return project


def add_activity(project: JointProject, *, by: Any, at: datetime.datetime, activity: Activity) -> JointProject:
    """An activity was done for this project; it names the lead or a partner, and belongs to no other project."""
    with held(project):
        line = PROJECT.permit("add_activity", project, by)
        partners = project.partners.filter(state=PartnerState.ACCEPTED).values_list("institution_id", flat=True)
        if not activity.participations.filter(institution__in={project.lead_id, *partners}).exists():
            raise ValidationError({"activity": _("This activity names none of the project’s organisations.")})
        _deed, new = ProjectActivity.objects.get_or_create(
            activity=activity, defaults={"project": project, "added_by": by}
        )
        if not new:
            raise ValidationError({"activity": _("This activity belongs to a project already.")})
        _move("add_activity", project, by, at, permitted=line, detail={"activity": activity.public_id})
    return project


def complete_project(project: JointProject, *, by: Any, at: datetime.datetime) -> JointProject:
    """The lead says that it is done: nothing planned is open. A partner has to confirm."""
    with held(project):
        _move("complete", project, by, at, change={"finished_at": at})
    return project


def confirm_project(project: JointProject, *, by: Any, at: datetime.datetime) -> JointProject:
    """A partner confirms that it is done."""
    with held(project):
        _move("confirm", project, by, at)
    return project


def pause_project(
    project: JointProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> JointProject:
    """The lead lets it rest."""
    with held(project):
        _move("pause", project, by, at, reason=reason, reason_code=reason_code)
    return project


def resume_project(project: JointProject, *, by: Any, at: datetime.datetime) -> JointProject:
    """The lead takes it up again."""
    with held(project):
        _move("resume", project, by, at)
    return project


def stop_project(
    project: JointProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> JointProject:
    """The lead ends it early; it stays visible."""
    with held(project):
        _move("stop", project, by, at, reason=reason, reason_code=reason_code)
    return project


def ask_stop(
    project: JointProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> JointProject:
    """A partner wants an early end; more than half of those that take part stop the project."""
    with held(project):
        line = PROJECT.permit("ask_stop", project, by, reason)
        partner = answering_partner(by, project, PartnerState.ACCEPTED)
        ProjectPartner.objects.filter(pk=partner.pk).update(wants_stop_at=at)
        detail = {"institution": partner.institution.public_id}
        _move("ask_stop", project, by, at, permitted=line, reason=reason, reason_code=reason_code, detail=detail)
        accepted = project.partners.filter(state=PartnerState.ACCEPTED)
        if accepted.filter(wants_stop_at__isnull=False).count() * 2 > accepted.count():
            _move("stop_by_partners", project, None, at)
    return project
