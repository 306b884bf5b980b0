"""What happens to a protocol: drafted, written, signed by two on one hash, corrected by the next edition."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import OPEN, Activity
from cooperation.activities.rules import ACTIVITY
from cooperation.protocols.content import EMPTY, OFFICES, hash_of
from cooperation.protocols.models import Protocol, ProtocolStatus
from cooperation.protocols.rules import PROTOCOL, REFUSED, can_write, has_protocol
from institutions.people.models import Membership
from lifecycle.events import record
from lifecycle.transitions import WrongStatus, held


def permit_writing(activity: Activity, by: Any) -> None:
    """Raises PermissionDenied or WrongStatus for whoever may not write the protocol of this activity now."""
    if can_write(by, activity):
        return
    if not has_protocol(activity):
        raise WrongStatus(activity.status, (), _("Contests, seminars and discussions have a protocol."))
    if activity.status not in OPEN:
        raise WrongStatus(activity.status, ACTIVITY.available(activity, by))
    raise PermissionDenied("write")


def draft_protocol(activity: Activity, *, by: Any, at: datetime.datetime, **content: Any) -> Protocol:
    """The first edition, or the next one with what the signed one says; what is given is written into it.

    Raises PermissionDenied, WrongStatus (a draft is open), ValidationError.
    """
    with held(activity):
        permit_writing(activity, by)
        last = activity.protocols.order_by("-edition").first()
        if last is not None and last.status == ProtocolStatus.DRAFT:
            raise WrongStatus(last.status, PROTOCOL.available(last, by), _("A draft of this protocol is open already."))
        begun = {**EMPTY, "held_on": activity.starts_on.isoformat()} if last is None else last.content
        protocol = Protocol(
            activity=activity, edition=last.edition + 1 if last else 1, content=begun, modified_at=at,
            chair_id=last.chair_id if last else None, secretary_id=last.secretary_id if last else None,
        )  # fmt: skip
        _write(protocol, content)
        protocol.save(force_insert=True)
        _tell("draft", protocol, by, at)
    return protocol


def save_protocol(protocol: Protocol, *, by: Any, at: datetime.datetime, **content: Any) -> Protocol:
    """Writes parts of the draft; what is not given stays, signatures do not.

    Raises PermissionDenied, WrongStatus, ValidationError.
    """
    with held(protocol):
        permit_writing(protocol.activity, by)
        if protocol.status != ProtocolStatus.DRAFT:
            raise WrongStatus(protocol.status, PROTOCOL.available(protocol, by))
        before = protocol.content_hash
        _write(protocol, content)
        if protocol.content_hash != before:
            protocol.chair_signed_at = protocol.secretary_signed_at = None
        protocol.modified_at, protocol.version = at, protocol.version + 1
        protocol.save()
        _tell("save", protocol, by, at)
    return protocol


def _write(protocol: Protocol, content: Mapping[str, Any]) -> None:
    """Puts what was given into the content, and its hash beside it."""
    said = dict(content)
    for name, *_words in OFFICES:
        if name in said:
            member, position = (said[name] or {}).get("member"), (said[name] or {}).get("position", "")
            setattr(protocol, name, _account(protocol.activity, name, member))
            said[name] = {"name": member.user.name, "position": position} if member else None
    if isinstance(said.get("held_on"), datetime.date):
        said["held_on"] = said["held_on"].isoformat()
    if protocol.chair_id is not None and protocol.chair_id == protocol.secretary_id:
        message = _("The chair and the secretary are two people.")
        raise ValidationError({"secretary": ValidationError(message, code="same")})
    protocol.content = {**protocol.content, **said}
    protocol.content_hash = hash_of(protocol.content)


def _account(activity: Activity, name: str, member: Membership | None) -> Any:
    """Who signs: somebody who works at one of the institutions of the activity."""
    if member is None:
        return None
    sides = activity.participations.exclude(state=REFUSED)
    if not sides.filter(institution=member.institution_id).exists() or member.user is None:
        message = _("Choose somebody who works at an organisation of the activity.")
        raise ValidationError({name: ValidationError(message, code="no_side")})
    return member.user


def signer(activity: Activity, account: int | None) -> Membership | None:
    """Whoever signs now, as a member of a side: they stay, also where the writer could not have chosen them."""
    sides = activity.participations.values("institution")
    rows = Membership.objects.filter(user=account, institution__in=sides).select_related("user", "institution")
    return rows.order_by("pk").first() if account else None


def _tell(name: str, protocol: Protocol, by: Any, at: datetime.datetime) -> None:
    record(name, subject_type=PROTOCOL.subject_type, subject_id=protocol.public_id, status_after=protocol.status,
           by=by, at=at, detail={"edition": protocol.edition, "content_hash": protocol.content_hash},
           **protocol.audience())  # fmt: skip


def sign_protocol(protocol: Protocol, *, by: Any, at: datetime.datetime, content_hash: str) -> Protocol:
    """Chair or secretary approves exactly this content; the second signature makes it unchangeable.

    Raises PermissionDenied, WrongStatus (also where it was changed since), Unmet (names every missing part).
    """
    with held(protocol):
        line = PROTOCOL.permit("sign", protocol, by)
        if content_hash != protocol.content_hash:
            message = _("The protocol has changed since you read it. Nothing was signed.")
            moves, now = PROTOCOL.available(protocol, by), {"content_hash": protocol.content_hash}
            raise WrongStatus(protocol.status, moves, message, now)
        office = "chair" if protocol.chair_id == by.pk else "secretary"
        PROTOCOL.apply(
            "sign", protocol, by=by, at=at, permitted=line, where={"content_hash": content_hash},
            change={f"{office}_signed_at": at, "version": F("version") + 1, "modified_at": at},
            detail={"content_hash": content_hash, "office": office},
        )  # fmt: skip
        protocol.refresh_from_db()
        if protocol.chair_signed_at and protocol.secretary_signed_at:
            _conclude(protocol, at)
    return protocol


def _conclude(protocol: Protocol, at: datetime.datetime) -> None:
    """Both have signed: it holds, and the edition before it no more."""
    for before in Protocol.objects.filter(activity=protocol.activity, status=ProtocolStatus.SIGNED):
        PROTOCOL.apply("supersede", before, by=None, at=at)
    PROTOCOL.apply("conclude", protocol, by=None, at=at, detail={"content_hash": protocol.content_hash})
