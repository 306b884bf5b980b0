"""The people of a world: one for each role, each with a name, an address and a number that occur nowhere else."""

import datetime
from dataclasses import dataclass, field

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
    """The people as they were made, by key."""

    namer: Namer
    seed: int
    users: dict[str, User] = field(default_factory=dict)


def engage(parts: list[Part], cast: Cast, since: datetime.date, at: datetime.datetime) -> None:
    """Make the people with their memberships, positions and tokens."""
    hashed = make_password(password(cast.seed), salt=secret(cast.seed, "salt", 16))  # one password for all: one hash
    cast.users |= {part.key: _user(part, number, cast.namer, hashed) for number, part in enumerate(parts)}
    User.objects.bulk_create(cast.users.values())
    placed = [part for part in parts if part.role]
    _admit(placed, cast, DateRange(since, None), at)
    people = [
        Person(user=cast.users[part.key], name=cast.users[part.key].name, home=part.institution) for part in placed
    ]
    Person.objects.bulk_create(people)
    signing = [(part.institution, person) for part, person in zip(placed, people, strict=True) if part.signs]
    Position.objects.bulk_create(
        Position(
            person=person, institution=house, title=cast.namer.title(house.kind.code), may_sign=True,
            valid=DateRange(since, None),
        )
        for house, person in signing
        if house
    )  # fmt: skip
    ApiToken.objects.bulk_create(_token(part.key, cast, at) for part in parts)


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


def token(seed: int, key: str) -> str:
    """The access token of a part."""
    return f"hk_{secret(seed, 'token ' + key)}"


def _admit(placed: list[Part], cast: Cast, valid: DateRange, at: datetime.datetime) -> None:
    """Memberships with their events."""
    memberships = [
        Membership(
            user=cast.users[part.key], role=str(part.role), institution=part.institution, territory=part.territory,
            status=MembershipStatus.ACTIVE, valid=valid, email=cast.users[part.key].email,
        )
        for part in placed
    ]  # fmt: skip
    Membership.objects.bulk_create(memberships)
    Event.objects.bulk_create(_grant(membership, at) for membership in memberships)


def _grant(membership: Membership, at: datetime.datetime) -> Event:
    return Event(
        subject_type="membership", subject_id=membership.public_id, name="grant", status_after=membership.status,
        happened_at=at, **membership.audience(),
    )  # fmt: skip


def _token(key: str, cast: Cast, at: datetime.datetime) -> ApiToken:
    secret_ = token(cast.seed, key)
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
        Part("second_officer", Role.MINISTRY_OFFICER, territory=places["root"]),
        Part("preschool_teacher", Role.TEACHER, houses["preschool"]),
        Part("cpd_teacher", Role.TEACHER, houses["cpd"]),
        Part("second_expert", Role.EXPERT, houses["other"]),
        Part("third_expert", Role.EXPERT, houses["research"]),  # examines nothing here, so may judge
    ]
    return [*contract, *others]
