"""The development of a project: by a deadline, in versions that stay, submitted as a blind copy (LAB-5)."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.pilots.actions import move
from labs.pilots.blinding import blind
from labs.pilots.models import PARTS, Extension, PilotProject, PilotVersion
from labs.pilots.rules import PILOT
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.transitions import held


def start_development(
    project: PilotProject, *, by: Any, at: datetime.datetime, deadline: datetime.date
) -> PilotProject:
    """The lead of the group sets the deadline; the first one stays, whatever happens."""
    with held(project):
        line = PILOT.permit("start_development", project, by)
        if deadline <= timezone.localdate(at):
            raise ValidationError({"deadline": _("Deadline: enter a day to come, for example 31.08.2027.")})
        change = {"deadline": deadline, "first_deadline": deadline}
        move("start_development", project, by, at, permitted=line, change=change,
             detail={"deadline": deadline.isoformat()})  # fmt: skip
    return project


def sha256_of(project: PilotProject, number: int, parts: dict[str, str]) -> str:
    """Of the canonical JSON of a version: the project, its number and its parts."""
    told = {"project": project.public_id, "number": number, **{name: parts[name] for name in PARTS}}
    return content_hash(canonical_json(told))


def save_version(
    project: PilotProject, *, by: Any, at: datetime.datetime, aim: str = "", method: str = "", resources: str = "",
    expected: str = "",
) -> PilotVersion:  # fmt: skip
    """The development as it stands now, as the next version. Raises ValidationError where nothing changed."""
    parts = {"aim": aim, "method": method, "resources": resources, "expected": expected}
    with held(project):
        line = PILOT.permit("save_version", project, by)
        latest = project.versions.order_by("-number").first()
        if latest is not None and all(getattr(latest, name) == parts[name] for name in PARTS):
            raise ValidationError({"aim": _("Nothing has changed against the latest version.")})
        number = latest.number + 1 if latest else 1
        version = PilotVersion.objects.create(
            project=project, number=number, written_by=by, written_at=at,
            sha256=sha256_of(project, number, parts), **parts,
        )  # fmt: skip
        move("save_version", project, by, at, permitted=line, detail={"number": number, "sha256": version.sha256})
    return version


def extend(
    project: PilotProject, *, by: Any, at: datetime.datetime, deadline: datetime.date, reason: str,
    reason_code: str = "",
) -> PilotProject:  # fmt: skip
    """The deadline is put off, twice at most; LAB.01 goes on counting by the first one."""
    with held(project):
        line = PILOT.permit("extend", project, by, reason)
        old = project.deadline
        if old is None or deadline <= max(old, timezone.localdate(at)):
            raise ValidationError({"deadline": _("Deadline: enter a day after the present deadline and after today.")})
        number = project.extensions.count() + 1
        move(
            "extend", project, by, at, permitted=line, reason=reason, reason_code=reason_code,
            change={"deadline": deadline}, detail={"old": old.isoformat(), "new": deadline.isoformat()},
        )  # fmt: skip
        Extension.objects.create(
            project=project, number=number, old=old, new=deadline, reason=reason, extended_by=by, extended_at=at
        )
    return project


def submit_project(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """To the experts, who read the latest version without names; the first submission is what LAB.01 counts."""
    with held(project):
        move("submit", project, by, at, change={"submitted_at": project.submitted_at or at})
        version = project.versions.order_by("-number").first()
        if version is not None:
            blind(version, at=at)
    return project
