"""Rows for tests, made plainly; whatever a test does not say has a value that offends nobody."""

import base64
import datetime
import hashlib
import itertools
import secrets
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import ApiToken, Scope, User
from accounts.names import search_text
from exchange.notices.models import Notice
from institutions.people.models import Membership, MembershipStatus, Person, Position
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, InstitutionStatus, OpenSpell
from institutions.territory.models import Term, Territory, TerritoryParent
from lifecycle.models import Event

EVER = DateRange(datetime.date(2000, 1, 1), None)
PASSWORD = "a good long passphrase"
_numbers = itertools.count(1)


def a_user(email: str = "", name: str = "", **fields: Any) -> User:
    """Someone with an account and no membership."""
    number = next(_numbers)
    return User.objects.create_user(
        email or f"person{number}@example.org", PASSWORD, name=name or f"Person {number}", **fields
    )


def a_token(owner: User, *scopes: str, **fields: Any) -> str:
    """The secret of a token of this person; all scopes unless some are named."""
    secret = "hk_" + secrets.token_urlsafe(32)
    made = {"name": "test", "auth_epoch": owner.auth_epoch, "created_at": timezone.now(), **fields}
    made.setdefault("expires_at", timezone.now() + datetime.timedelta(days=30))
    ApiToken.objects.create(
        owner=owner,
        prefix=secret[:8],
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=list(scopes) or list(Scope.values),
        **made,
    )
    return secret


def a_term(vocabulary: str, code: str, **data: Any) -> Term:
    """A word of a vocabulary; the same one for the same code."""
    term, _new = Term.objects.get_or_create(
        vocabulary=vocabulary, code=code, defaults={"names": {"en": code}, "valid": EVER, "pack": "test", "data": data}
    )
    return term


def a_territory(code: str, parent: Territory | None = None, level: str = "") -> Territory:
    """A place of the tree, under its parent since ever."""
    depth = parent.depth + 1 if parent else 0
    names = {"en": f"Place {code}", "uz": f"Joy {code}", "ru": f"Место {code}"}
    place = Territory.objects.create(
        code=code, level=level or ("country", "region", "district")[min(depth, 2)], depth=depth, names=names,
        search_key=search_text(names), sort_key=code, valid=EVER, pack="test",
    )  # fmt: skip
    place.lineage = [*(parent.lineage if parent else []), place.pk]
    place.save(update_fields=["lineage"])
    if parent:
        TerritoryParent.objects.create(child=place, parent=parent, valid=EVER)
    return place


def an_institution(territory: Territory, name: str = "", kind: str = "school", **fields: Any) -> Institution:
    """A verified institution, open since ever, with its dated kind and place."""
    number = next(_numbers)
    names = {"en": name or f"Institution {number}", "uz": f"Tashkilot {number}", "ru": f"Учреждение {number}"}
    now = timezone.now()
    values = {
        "kind": a_term("participant_kind", kind, flags=["E"]), "territory": territory, "names": names,
        "search_key": search_text(names), "sort_key": names["en"].casefold(), "country": "UZ",
        "status": InstitutionStatus.VERIFIED, "registered_at": now, "verified_at": now, "modified_at": now, **fields,
    }  # fmt: skip
    house = Institution.objects.create(**values)
    OpenSpell.objects.create(institution=house, valid=EVER)
    InstitutionKind.objects.create(institution=house, kind=house.kind, valid=EVER)
    InstitutionPlace.objects.create(institution=house, territory=territory, valid=EVER)
    return house


def a_member(
    role: str, institution: Institution | None = None, territory: Territory | None = None, **fields: Any
) -> User:
    """A person with one active membership."""
    user = fields.pop("user", None) or a_user(email=fields.pop("email", ""), name=fields.pop("name", ""))
    Membership.objects.create(
        user=user,
        institution=institution,
        territory=territory,
        role=role,
        status=MembershipStatus.ACTIVE,
        valid=EVER,
        **fields,
    )
    return user


def a_signatory(user: User, institution: Institution, title: str = "Director") -> Position:
    """Signing power of a person at an institution."""
    person, _new = Person.objects.get_or_create(user=user, defaults={"name": user.name, "home": institution})
    return Position.objects.create(person=person, institution=institution, title=title, may_sign=True, valid=EVER)


def a_notice(recipient: User, kind: str = "your_turn", at: datetime.datetime | None = None, **fields: Any) -> Notice:
    """A notice of an act upon nothing in particular."""
    at = at or timezone.now()
    event = Event.objects.create(subject_type="agreement", subject_id="0" * 26, name="test", happened_at=at)
    values = {"telling": "agreement.turn", "subject_type": "agreement", "subject_id": "0" * 26, **fields}
    return Notice.objects.create(event=event, recipient=recipient, kind=kind, happened_at=at, **values)


PICTURE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////"
    "////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAAR"
    "CAAGAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAA"
    "AP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AIgAf//Z"
)


def a_picture(secret: bytes = b"") -> bytes:
    """A tiny JPEG; with a secret where a camera writes the place."""
    exif = b"\xff\xe1" + (len(secret) + 8).to_bytes(2, "big") + b"Exif\0\0" + secret if secret else b""
    return PICTURE[:2] + exif + PICTURE[2:]
