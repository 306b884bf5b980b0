"""Invitations and memberships: who is asked in, accepts, declines, leaves; and what ends with a role."""

import datetime
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.people.models import Membership, MembershipStatus, Person, Position
from institutions.people.rules import MEMBERSHIP, can_grant_office, can_manage_members
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, Role
from institutions.territory.models import Territory
from lifecycle.events import record
from lifecycle.transitions import Condition, Unmet

LASTS = datetime.timedelta(days=14)


def link_of(membership: Membership) -> str:
    """The secret of an invitation's link: made from the row and the site's key, so that it is stored nowhere."""
    said = f"invitation:{membership.public_id}:{membership.email.casefold()}:{membership.invited_at:%Y%m%d%H%M%S}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()[:43]


def hash_of(secret: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite_member(
    *,
    email: str,
    role: str,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    institution: Institution | None = None,
    territory: Territory | None = None,
) -> Membership:
    """Asks somebody in by e-mail, into a house or an office. Raises PermissionDenied, ValidationError."""
    if institution is not None:
        if role not in HOUSE_ROLES or not can_manage_members(by, institution):
            raise PermissionDenied("invite")
        _must_be_open(institution)
    elif territory is None or not can_grant_office(by, territory, role):
        raise PermissionDenied("invite")
    email = email.strip().casefold()
    same = Membership.objects.filter(institution=institution, territory=territory, role=role)
    if (
        same.filter(status=MembershipStatus.INVITED, email__iexact=email).exists()
        or same.lasting(today).filter(Q(email__iexact=email) | Q(user__email__iexact=email)).exists()
    ):
        message = _("E-mail: this person holds the role already or was asked to take it.")
        raise ValidationError({"email": ValidationError(message, code="already")})
    made = Membership(
        email=email,
        role=role,
        institution=institution,
        territory=territory,
        status=MembershipStatus.INVITED,
        valid=DateRange(today, None, "[)"),
        invited_by=by,
        invited_at=at,
    )
    made.invitation_hash = hash_of(link_of(made))
    made.save(force_insert=True)
    record(
        "invite",
        subject_type="membership",
        subject_id=made.public_id,
        by=by,
        at=at,
        status_after=made.status,
        detail={"role": str(role)},
        **made.audience(),
    )
    return made


def _must_be_open(institution: Institution) -> None:
    if institution.status not in ("verified", "suspended"):
        message = _("People are asked in once the organisation is verified, and until it is closed.")
        raise Unmet([Condition("not_open", message)])


def find_invitation(secret: str) -> Membership | None:
    """The open invitation of a link; a used, lapsed or foreign link is none."""
    rows = Membership.objects.filter(invitation_hash=hash_of(secret), status=MembershipStatus.INVITED)
    return rows.select_related("institution", "territory", "invited_by").first()


@transaction.atomic
def accept_invitation(membership: Membership, *, by: User, at: datetime.datetime, today: datetime.date) -> None:
    """The invited person takes the role; the link is used up. Raises PermissionDenied for anybody else."""
    if membership.invited_at is not None and membership.invited_at + LASTS < at:
        raise Unmet([Condition("lapsed", _("The invitation has lapsed: ask for a new one."))])
    change = {"user": by, "valid": DateRange(today, None, "[)"), "invitation_hash": ""}
    MEMBERSHIP.apply("accept", membership, by=by, at=at, change=change, detail={"role": str(membership.role)})
    if membership.institution_id:
        Person.objects.get_or_create(user=by, defaults={"name": by.name, "home": membership.institution})


@transaction.atomic
def accept_as_new(
    membership: Membership, *, name: str, password: str, at: datetime.datetime, today: datetime.date
) -> User:
    """Makes the account of an invited person, whose address the link has proven, and accepts."""
    if User.objects.filter(email__iexact=membership.email).exists():
        raise PermissionDenied("sign in first")
    user = User.objects.create_user(membership.email, password, name=name)
    record("account", subject_type="user", subject_id=user.public_id, by=user, at=at, members_only=True)
    accept_invitation(membership, by=user, at=at, today=today)
    return user


def decline_invitation(membership: Membership, *, by: User, at: datetime.datetime) -> None:
    """The invited person says no; the link is used up."""
    MEMBERSHIP.apply("decline", membership, by=by, at=at, change={"invitation_hash": ""})


def lapse_invitations(at: datetime.datetime) -> int:
    """Invitations nobody answered in fourteen days."""
    late = Membership.objects.filter(status=MembershipStatus.INVITED, invited_at__lt=at - LASTS).order_by("pk")
    for membership in late:
        MEMBERSHIP.apply("lapse", membership, by=None, at=at, change={"invitation_hash": ""})
    return len(late)


def withdraw_access(users: Any) -> None:
    """Every session and token of these people ends with their next request."""
    User.objects.filter(pk__in=users).update(auth_epoch=F("auth_epoch") + 1)


@transaction.atomic
def end_membership(membership: Membership, *, by: Any, at: datetime.datetime, today: datetime.date) -> None:
    """The role ends today, and with it every session. Raises Unmet for the last administrator of a house."""
    MEMBERSHIP.permit("end", membership, by)
    if membership.role == Role.INSTITUTION_ADMIN and membership.institution_id:
        others = Membership.objects.held_on(today).filter(
            institution=membership.institution_id, role=Role.INSTITUTION_ADMIN
        )
        if not others.exclude(pk=membership.pk).exists():
            raise Unmet([Condition("last_administrator", _("Name another administrator first: this is the last one."))])
    start = membership.valid.lower
    ends = max(today, start) if start else today
    if membership.valid.upper:  # what was over stays over on its own day
        ends = min(ends, membership.valid.upper)
    MEMBERSHIP.apply("end", membership, by=by, at=at, change={"valid": DateRange(start, ends, "[)")})
    withdraw_access([membership.user_id])
    posts = Position.objects.filter(
        person__user=membership.user_id, institution=membership.institution_id, valid__contains=today
    )
    for post in posts:
        _end_post(post, today)


def _end_post(post: Position, today: datetime.date) -> None:
    start = post.valid.lower
    Position.objects.filter(pk=post.pk).update(valid=DateRange(start, max(today, start) if start else today, "[)"))


@transaction.atomic
def appoint(
    *,
    person: Person,
    institution: Institution,
    title: str,
    may_sign: bool,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    since: datetime.date | None = None,
) -> Position:
    """A dated post with or without the power to sign. Raises PermissionDenied."""
    if not can_manage_members(by, institution):
        raise PermissionDenied("appoint")
    post = Position.objects.create(
        person=person,
        institution=institution,
        title=title,
        may_sign=may_sign,
        valid=DateRange(since or today, None, "[)"),
    )
    record(
        "appoint",
        subject_type="position",
        subject_id=post.public_id,
        by=by,
        at=at,
        detail={"may_sign": may_sign},
        institution=institution.public_id,
        concerned=[institution.public_id],
    )
    return post


@transaction.atomic
def relieve(post: Position, *, by: Any, at: datetime.datetime, today: datetime.date) -> None:
    """The post ends today; what was signed by it stays as it was. Raises PermissionDenied."""
    if not can_manage_members(by, post.institution):
        raise PermissionDenied("relieve")
    _end_post(post, today)
    record(
        "relieve",
        subject_type="position",
        subject_id=post.public_id,
        by=by,
        at=at,
        institution=post.institution.public_id,
        concerned=[post.institution.public_id],
    )
