"""The group of a pilot project: named, agreed to by each person alone, approved by two sides (LAB-4)."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from institutions.people.models import Membership
from labs.laboratories.rules import member_houses_of
from labs.pilots.actions import act, move, permit_saving
from labs.pilots.models import GroupApproval, MemberAnswer, PilotMember, PilotProject, PilotStatus, Raci
from labs.pilots.rules import PILOT, approves_for, before_complete_group, member_of
from lifecycle.transitions import held

TASKS = ("part", "raci", "tasks", "field")


def save_group(
    project: PilotProject, *, by: Any, at: datetime.datetime, members: Sequence[Mapping[str, Any]]
) -> PilotProject:
    """The whole group: each row names a `member` (Membership), part, field, raci and tasks.

    Whoever is asked something new is asked again; any change takes back the approvals that were given.
    """
    with held(project):
        permit_saving(project, by)
        _refuse_wrong(project, members)
        known = {each.user_id: each for each in project.members.all()}
        wanted = {each["member"].user_id: each for each in members}
        if known.keys() != wanted.keys() or any(_differs(known[user], said) for user, said in wanted.items()):
            fallen = _take_back(project)  # first: what approvals rest on does not change
            asked = _write(project, known, wanted)
            told = {"asked": asked, "people": len(members), "approvals_taken_back": fallen}
            act("save_group", project, by, at, detail=told)
    return project


def _refuse_wrong(project: PilotProject, members: Sequence[Mapping[str, Any]]) -> None:
    people = [each["member"].user_id for each in members]
    if len(set(people)) != len(people):
        raise ValidationError({"members": _("Name each person once.")})
    if sum(each["raci"] == Raci.ACCOUNTABLE for each in members) > 1:
        raise ValidationError({"members": _("Only one person is accountable.")})
    houses = member_houses_of(project.laboratory)
    if any(each["member"].institution_id not in houses for each in members):
        raise ValidationError({"members": _("Choose people who work at organisations of the laboratory.")})


def _write(
    project: PilotProject, known: Mapping[int, PilotMember], wanted: Mapping[int, Mapping[str, Any]]
) -> list[str]:
    """The places of those who are asked (anew), by id. Whoever goes makes room first: one person alone is accountable."""
    gone = [each.pk for user, each in known.items() if user not in wanted]
    project.members.filter(pk__in=gone).delete()
    moved = [known[user] for user, said in wanted.items() if user in known and _differs(known[user], said)]
    project.members.filter(pk__in=[each.pk for each in moved]).update(raci=Raci.INFORMED)
    for row in moved:
        said = wanted[row.user_id]
        asked = {"answer": MemberAnswer.INVITED, "answered_at": None, "institution": _house(said["member"])}
        PilotMember.objects.filter(pk=row.pk).update(**{name: said[name] for name in TASKS}, **asked)
    new = PilotMember.objects.bulk_create(
        PilotMember(project=project, user_id=said["member"].user_id, institution=_house(said["member"]),
                    **{name: said[name] for name in TASKS})
        for user, said in wanted.items() if user not in known
    )  # fmt: skip
    return [each.public_id for each in (*moved, *new)]


def _differs(row: PilotMember, said: Mapping[str, Any]) -> bool:
    same = all(getattr(row, name) == said[name] for name in TASKS)
    return not same or row.institution_id != said["member"].institution_id


def _house(member: Membership) -> Any:
    return member.institution


def _take_back(project: PilotProject) -> int:
    """An approval was given to the group as it stood; it falls when the group changes."""
    gone, _each = project.approvals.all().delete()
    return gone


def agree(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """A person agrees to their own tasks; nobody does it for them."""
    with held(project):
        line = PILOT.permit("agree", project, by)
        _answer(project, by, MemberAnswer.AGREED, at)
        move("agree", project, by, at, permitted=line, detail=_from(project, by))
        complete_group(project, at=at)
    return project


def decline(
    project: PilotProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> PilotProject:
    """A person does not take part, also one who had agreed; approvals of the group as it stood fall."""
    with held(project):
        line = PILOT.permit("decline_part", project, by, reason)
        detail = {**_from(project, by), "approvals_taken_back": _take_back(project)}
        _answer(project, by, MemberAnswer.DECLINED, at)
        move("decline_part", project, by, at, permitted=line, reason=reason, reason_code=reason_code, detail=detail)
    return project


def _from(project: PilotProject, by: Any) -> dict[str, Any]:
    return {"institution": member_of(by, project).institution.public_id}


def _answer(project: PilotProject, by: Any, answer: str, at: datetime.datetime) -> None:
    PilotMember.objects.filter(project=project, user=by).update(answer=answer, answered_at=at)


def approve_group(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """One side approves the group: the coordinator's, or another member institution's; each once."""
    with held(project):
        line = PILOT.permit("approve_group", project, by)
        house = approves_for(by, project)
        GroupApproval.objects.create(project=project, institution=house, approved_by=by, approved_at=at)
        move("approve_group", project, by, at, permitted=line, detail={"institution": house.public_id})
        complete_group(project, at=at)
    return project


def complete_group(project: PilotProject, *, at: datetime.datetime) -> PilotProject:
    """The group is approved as soon as everybody agreed and both sides approved; until then nothing happens."""
    with held(project):
        if project.status == PilotStatus.DIRECTION_SET and not any(True for _each in before_complete_group(project)):
            move("complete_group", project, None, at)
    return project
