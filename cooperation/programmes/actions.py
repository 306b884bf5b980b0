"""What happens to a joint programme: drafted, written with a working group, approved, revised, retired."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from cooperation.programmes.content import content_of, hash_of
from cooperation.programmes.models import (
    WITH_IT,
    GroupMember,
    JointProgramme,
    MemberState,
    ProgrammeStatus,
    ProgrammeVersion,
    VersionState,
)
from cooperation.programmes.rules import EDITABLE, PROGRAMME, admin_houses, answering_member, can_lead
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.transitions import WrongStatus, held

COLUMNS = ("title", "level", "agreement", "project")
WRITTEN = ("contents", "changes", "link")


class OtherContent(WrongStatus):
    """The member read something else (409): `extra` carries the present hash and what is written now."""

    def __init__(self, programme: JointProgramme, version: ProgrammeVersion, by: Any) -> None:
        super().__init__(
            programme.status,
            PROGRAMME.available(programme, by),
            _("The programme has changed since you read it. Nothing was confirmed."),
            {"content_hash": version.content_hash, "content": content_of(version)},
        )


def draft_programme(
    *, by: Any, at: datetime.datetime, title: str, lead: Institution | None = None, **content: Any
) -> JointProgramme:
    """A new programme with its first version, seen by the lead alone. Raises PermissionDenied, ValidationError."""
    house = lead or Institution.objects.filter(pk__in=admin_houses(by)).order_by("pk").first()
    if house is None or house.pk not in admin_houses(by):
        raise PermissionDenied
    with transaction.atomic():
        programme = JointProgramme(title=title, lead=house, created_at=at, modified_at=at)
        programme.inside = True
        programme.save(force_insert=True)
        version = ProgrammeVersion.objects.create(programme=programme, number=1, opened_at=at, content_hash="")
        _write(programme, version, {**content, "title": title})
        _tell("draft", programme, by, at)
    return programme


def _tell(name: str, programme: JointProgramme, by: Any, at: datetime.datetime, **more: Any) -> None:
    record(
        name, subject_type="programme", subject_id=programme.public_id, status_after=programme.status, by=by, at=at,
        **programme.audience(), **more,
    )  # fmt: skip


def save_programme(programme: JointProgramme, *, by: Any, at: datetime.datetime, **content: Any) -> JointProgramme:
    """Writes a part of the version in work; what is not given stays. What members confirmed before is void if it differs.

    Raises PermissionDenied, WrongStatus, ValidationError.
    """
    with held(programme):
        if not can_lead(by, programme):
            raise PermissionDenied
        version = programme.open
        if programme.status not in EDITABLE or version is None:
            raise WrongStatus(programme.status, PROGRAMME.available(programme, by))
        if version.number > 1:
            _check_identity(programme, content)
        programme.modified_at, programme.version = at, programme.version + 1
        before = version.content_hash
        _write(programme, version, content)
        if programme.status == ProgrammeStatus.IN_WORK and version.content_hash != before:
            version.members.filter(state=MemberState.CONFIRMED).update(
                state=MemberState.ACCEPTED, confirmed_by=None, confirmed_at=None, confirmed_hash=""
            )
            _tell("change", programme, by, at, detail={"content_hash": version.content_hash})
        programme.refresh_from_db()
    return programme


def _check_identity(programme: JointProgramme, content: Mapping[str, Any]) -> None:
    """A new version is of the same programme: its title, level and fields stay as they were approved."""
    stored: dict[str, Any] = {
        "title": programme.title,
        "level": programme.level,
        "fields_of_study": programme.fields_of_study.all(),
    }
    for name in stored.keys() & content.keys():
        same = set(stored[name]) == set(content[name]) if name == "fields_of_study" else stored[name] == content[name]
        if not same:
            raise ValidationError({name: _("This stays as it was approved. A new version changes the contents.")})


def _write(programme: JointProgramme, version: ProgrammeVersion, content: Mapping[str, Any]) -> None:
    for name in COLUMNS:
        if name in content:
            setattr(programme, name, content[name])
    programme.search_key = search_key(programme.title)
    programme.save()
    if "fields_of_study" in content:
        programme.fields_of_study.set(content["fields_of_study"])
    for name in WRITTEN:
        if name in content:
            setattr(version, name, content[name])
    if "members" in content:
        _write_members(programme, version, content["members"])
    version.programme = programme
    version.content_hash = hash_of(version)
    version.save()


def _write_members(programme: JointProgramme, version: ProgrammeVersion, members: Sequence[Mapping[str, Any]]) -> None:
    """The working group as it is named now; whoever stays in it keeps what it answered."""
    wanted = {each["institution"]: each["role"] for each in members}
    if len(wanted) != len(members) or programme.lead in wanted:
        raise ValidationError({"members": _("Name each organisation once; the lead is there already.")})
    if any(house.status != "verified" for house in wanted):
        raise ValidationError({"members": _("Choose partners that are verified organisations.")})
    if any("project" not in role.data.get("context", ["project"]) for role in wanted.values()):
        raise ValidationError({"members": _("Choose a role that joint projects have.")})
    version.members.exclude(institution__in=wanted).delete()
    for house, role in wanted.items():
        GroupMember.objects.update_or_create(version=version, institution=house, defaults={"role": role})


def _move(name: str, programme: JointProgramme, by: Any, at: datetime.datetime, **more: Any) -> None:
    """One line of the table, with the columns that every act writes."""
    change = {"version": F("version") + 1, "modified_at": at}
    PROGRAMME.apply(name, programme, by=by, at=at, change=change, **more)
    programme.refresh_from_db()


def start_work(programme: JointProgramme, *, by: Any, at: datetime.datetime) -> JointProgramme:
    """To the working group, to accept or decline its roles."""
    with held(programme):
        _move("start", programme, by, at)
    return programme


def accept_role(programme: JointProgramme, *, by: Any, at: datetime.datetime) -> JointProgramme:
    """An institution takes part in the working group."""
    return _answer("accept", programme, MemberState.ACCEPTED, (MemberState.INVITED,), by=by, at=at)


def decline_role(
    programme: JointProgramme, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> JointProgramme:
    """An institution does not take part, or not any more; the others go on without it."""
    states = (MemberState.INVITED, *WITH_IT)
    return _answer(
        "decline", programme, MemberState.DECLINED, states, by=by, at=at, reason=reason, reason_code=reason_code
    )


def confirm_content(programme: JointProgramme, *, by: Any, at: datetime.datetime, content_hash: str) -> JointProgramme:
    """A member stands by the content it read. Raises PermissionDenied, WrongStatus, OtherContent."""
    with held(programme):
        PROGRAMME.permit("confirm", programme, by)
        version = programme.open
        if version is not None and content_hash != version.content_hash:
            raise OtherContent(programme, version, by)
        written = {"confirmed_by": by, "confirmed_at": at, "confirmed_hash": content_hash}
        return _answer(
            "confirm", programme, MemberState.CONFIRMED, (MemberState.ACCEPTED,), by=by, at=at, written=written
        )


def _answer(
    name: str, programme: JointProgramme, state: str, sources: tuple[str, ...], *, by: Any, at: datetime.datetime,
    written: Mapping[str, Any] | None = None, **told: Any,
) -> JointProgramme:  # fmt: skip
    """One member's word, and its Event."""
    with held(programme):
        line = PROGRAMME.permit(name, programme, by, told.get("reason", ""))
        member = answering_member(by, programme, *sources)
        if member is None:
            raise PermissionDenied
        proof = written or {"confirmed_by": None, "confirmed_at": None, "confirmed_hash": ""}
        answered = at if member.answered_at is None or state == MemberState.DECLINED else member.answered_at
        GroupMember.objects.filter(pk=member.pk).update(state=state, answered_at=answered, **proof)
        detail = {"institution": member.institution.public_id}
        if written:
            detail["content_hash"] = written["confirmed_hash"]
        _move(name, programme, by, at, permitted=line, detail=detail, **told)
    return programme


def approve_version(programme: JointProgramme, *, by: Any, at: datetime.datetime) -> JointProgramme:
    """The version in work comes into force and replaces the one before. Raises Unmet for what is missing."""
    with held(programme):
        version = programme.open
        told = {"detail": {"version": version.number, "content_hash": version.content_hash}} if version else {}
        _move("approve", programme, by, at, **told)
        programme.versions.filter(state=VersionState.APPROVED).update(state=VersionState.SUPERSEDED)
        day = timezone.localtime(at).date()
        programme.versions.filter(state=VersionState.OPEN).update(state=VersionState.APPROVED, approved_on=day)
        programme.refresh_from_db()
    return programme


def revise_programme(programme: JointProgramme, *, by: Any, at: datetime.datetime) -> JointProgramme:
    """A new version is begun from the one in force, with the same group; that one stays in force until it is approved."""
    with held(programme):
        old, last = programme.in_force, programme.version_in(*VersionState.values)
        _move("revise", programme, by, at)
        if old is None or last is None:
            raise WrongStatus(programme.status, PROGRAMME.available(programme, by))
        version = ProgrammeVersion(
            programme=programme, number=last.number + 1, contents=old.contents, link=old.link, opened_at=at
        )
        version.content_hash = hash_of(version)
        version.save(force_insert=True)
        GroupMember.objects.bulk_create(
            GroupMember(
                version=version, institution=each.institution, role=each.role, state=MemberState.ACCEPTED,
                answered_at=each.answered_at,
            )
            for each in old.members.filter(state__in=WITH_IT).order_by("pk")
        )  # fmt: skip
        programme.refresh_from_db()
    return programme


def revert_version(programme: JointProgramme, *, by: Any, at: datetime.datetime) -> JointProgramme:
    """The version in work is given up; the approved one goes on. Its number is not used again."""
    with held(programme):
        _move("revert", programme, by, at)
        _drop_open(programme)
    return programme


def retire_programme(
    programme: JointProgramme, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> JointProgramme:
    """It is not offered any more; it stays readable, and so does who used it."""
    with held(programme):
        _move("retire", programme, by, at, reason=reason, reason_code=reason_code)
        _drop_open(programme)
    return programme


def _drop_open(programme: JointProgramme) -> None:
    programme.versions.filter(state=VersionState.OPEN).update(state=VersionState.DROPPED)
    programme.refresh_from_db()
