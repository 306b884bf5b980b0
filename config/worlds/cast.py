"""The people of a world: one for each role, each with a name, an address and a number that occur nowhere else."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import ApiToken, Scope, User
from config.worlds.chance import secret
from config.worlds.naming import Namer
from institutions.people.models import Membership, MembershipStatus, Person, Position
from institutions.people.tokens import secret_hash
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from institutions.territory.models import Territory
from lifecycle.models import Event

PHONE = "+999 00 000 {:04d}"  # a country code nobody has
TOKEN_LIFE = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Part:
    """A part to be played: the key it is printed under, its role and where it is played."""

    key: str
    role: str | None
    institution: Institution | None = None
    territory: Territory | None = None
    signs: bool = False
    is_service: bool = False


@dataclass
class Cast:
    """The people as they were made, by key, with what they need to sign in."""

    password: str
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    houses: dict[str, Institution | None] = field(default_factory=dict)


def engage(parts: list[Part], namer: Namer, seed: int, since: datetime.date, at: datetime.datetime) -> Cast:
    """Make the people with their memberships, positions and tokens."""
    cast = Cast(password(seed))
    hashed = make_password(cast.password, salt=secret(seed, "salt", 16))  # one hash: the password is the same for all
    for number, part in enumerate(parts):
        user = _user(part, number, namer, hashed)
        cast.users[part.key], cast.houses[part.key] = user, part.institution
        cast.tokens[part.key] = f"hk_{secret(seed, 'token ' + part.key)}"
    User.objects.bulk_create(cast.users.values())
    _settle(parts, cast, namer, DateRange(since, None), at)
    return cast


def password(seed: int) -> str:
    """The password of everybody in the world."""
    return f"Demo-{secret(seed, 'password', 12)}"


def address(key: str, namer: Namer) -> str:
    """The e-mail address of a part."""
    return f"{key.replace('_', '.')}@{namer.data['cast']['email_domain']}"


def phone_of(number: int) -> str:
    """The phone number of the n-th person."""
    return PHONE.format(100 + number)


def _user(part: Part, number: int, namer: Namer, hashed: str) -> User:
    return User(
        email=address(part.key, namer), password=hashed, name=namer.person(number), phone=phone_of(number),
        language="", is_service=part.is_service,
    )  # fmt: skip


def _settle(parts: list[Part], cast: Cast, namer: Namer, valid: DateRange, at: datetime.datetime) -> None:
    """Memberships with their events, persons, positions and tokens."""
    placed = [part for part in parts if part.role]
    memberships = [
        Membership(
            user=cast.users[part.key], role=part.role, institution=part.institution, territory=part.territory,
            status=MembershipStatus.ACTIVE, valid=valid, email=cast.users[part.key].email,
        )
        for part in placed
    ]  # fmt: skip
    Membership.objects.bulk_create(memberships)
    Event.objects.bulk_create(_grant(membership, at) for membership in memberships)
    people = [
        Person(user=cast.users[part.key], name=cast.users[part.key].name, home=part.institution) for part in placed
    ]
    Person.objects.bulk_create(people)
    Position.objects.bulk_create(
        Position(
            person=person,
            institution=part.institution,
            title=namer.title(part.institution.kind.code),
            may_sign=part.signs,
            valid=valid,
        )
        for part, person in zip(placed, people, strict=True)
        if part.institution and part.signs
    )
    ApiToken.objects.bulk_create(_token(part.key, cast, at) for part in parts)


def _grant(membership: Membership, at: datetime.datetime) -> Event:
    return Event(
        subject_type="membership", subject_id=membership.public_id, name="grant", status_after=membership.status,
        happened_at=at, **membership.audience(),
    )  # fmt: skip


def _token(key: str, cast: Cast, at: datetime.datetime) -> ApiToken:
    secret_ = cast.tokens[key]
    return ApiToken(
        owner=cast.users[key], name="Demonstration", prefix=secret_[:8], secret_hash=secret_hash(secret_),
        scopes=list(Scope.values), auth_epoch=0, created_at=at, expires_at=at + TOKEN_LIFE,
    )  # fmt: skip


def parts_of(houses: dict[str, Institution], places: dict[str, Territory]) -> list[Part]:
    """Who plays what: the nine of the contract first, then those who sign for their partners."""
    a, b, c = houses["a"], houses["b"], houses["c"]
    contract = [
        Part("ministry_officer", Role.MINISTRY_OFFICER, territory=places["root"]),
        Part("regional_officer", Role.REGIONAL_OFFICER, territory=places["home"]),
        Part("institution_admin", Role.INSTITUTION_ADMIN, a, signs=True),
        Part("partner_admin", Role.INSTITUTION_ADMIN, b, signs=True),
        Part("teacher", Role.TEACHER, a),
        Part("expert", Role.EXPERT, houses["research"]),
        Part("employer", Role.EMPLOYER, houses["employer"], signs=True),
        Part("integrator", Role.INTEGRATOR, a, is_service=True),
        Part("stranger", None),
    ]
    others = [
        Part("other_admin", Role.INSTITUTION_ADMIN, c, signs=True),
        Part("other_teacher", Role.TEACHER, c),
        Part("partner_teacher", Role.TEACHER, b),
        Part("other_region_officer", Role.REGIONAL_OFFICER, territory=places["other"]),
        Part("authority_officer", Role.AUTHORITY_OFFICER, territory=places["home"]),
        Part("coordinator", Role.COORDINATOR, b),
        *(
            Part(f"{key}_admin", Role.INSTITUTION_ADMIN, houses[key], signs=True)
            for key in ("employer", "school", "preschool", "mastery", "authority", "cpd")
        ),
    ]
    return [*contract, *others]


def canaries(cast: Cast) -> dict[str, dict[str, Any]]:
    """The personal values of each person, to be searched for wherever they have no business."""
    return {key: {"name": user.name, "email": user.email, "phone": user.phone} for key, user in cast.users.items()}
