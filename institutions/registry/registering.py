"""How an institution comes into the register: application, likely duplicates, verification."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.names import clean_names
from accounts.spelling import search_key, skeleton
from institutions.registry.known import country_of
from institutions.registry.loading import key_of, order_of
from institutions.registry.models import (
    ExternalId,
    Institution,
    InstitutionKind,
    InstitutionPlace,
    InstitutionStatus,
    OpenSpell,
)
from institutions.registry.rules import INSTITUTION
from institutions.registry.scope import Role
from institutions.territory.models import Term, Territory
from lifecycle.events import record
from lifecycle.transitions import Condition, Unmet

Numbers = Sequence[Mapping[str, str]]


def likely_duplicates(
    names: Mapping[str, str], territory: Territory | None = None, but: int | None = None
) -> list[Institution]:
    """Institutions whose name is the same, or looks the same, in any writing; those of the same region first."""
    keys = {search_key(name) for name in names.values() if name}
    looks = {skeleton(name) for name in names.values() if name}
    words = max((word for key in keys for word in key.split() if not word.isdigit()), key=len, default="")
    if not words:
        return []
    same = Q()
    for key in keys:
        same |= Q(search_key__contains=key)
    near = (
        Institution.objects.filter(same | Q(search_key__contains=words))
        .exclude(pk=but or 0)
        .select_related("territory", "kind")
    )
    found = [house for house in near.order_by("sort_key", "pk")[:500] if _alike(house, keys, looks)]
    region = territory.lineage[1:2] if territory else []
    return sorted(found, key=lambda house: house.territory.lineage[1:2] != region)[:5]


def named(names: Mapping[str, str]) -> dict[str, str]:
    """Clean names; the ValidationError speaks of the field."""
    try:
        return clean_names(names)
    except ValidationError as error:
        raise ValidationError({"names": error.error_list}) from error


def _alike(house: Institution, keys: set[str], looks: set[str]) -> bool:
    own = list(house.names.values())
    return bool(keys & {search_key(name) for name in own} or looks & {skeleton(name) for name in own})


@transaction.atomic
def register_institution(
    *,
    names: Mapping[str, str],
    kind: Term,
    territory: Territory,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    country: str = "",
    ownership: str = "state",
    short_name: str = "",
    opened_on: datetime.date | None = None,
    external_ids: Numbers = (),
    no_number_because: str = "",
) -> Institution:
    """An application: visible to its applicant and to the offices that verify. Raises ValidationError."""
    names = named(names)
    country = _country(territory, country)
    if not external_ids and not no_number_because.strip():
        message = _("Give a number in one register, or say why there is none.")
        raise ValidationError({"external_ids": ValidationError(message, code="required")})
    if kind.valid.upper is not None and kind.valid.upper <= today:
        raise ValidationError(
            {"kind": ValidationError(_("This kind is closed: choose one that is open today."), code="closed")}
        )
    house = Institution.objects.create(
        names=names,
        short_name=short_name,
        search_key=key_of(names, short_name, [each["value"] for each in external_ids]),
        sort_key=order_of(names),
        kind=kind,
        territory=territory,
        ownership=ownership,
        country=country,
        status=InstitutionStatus.APPLIED,
        registered_by=by,
        registered_at=at,
        modified_at=at,
    )
    _date_everything(house, DateRange(opened_on or today, None, "[)"), external_ids)
    detail = {"no_number_because": no_number_because} if no_number_because else {}
    said = {"subject_type": "institution", "subject_id": house.public_id, "status_after": house.status}
    record("register", by=by, at=at, detail=detail, **said, **house.audience())
    return house


def _date_everything(house: Institution, since: DateRange, numbers: Numbers) -> None:
    """The open time, the kind, the place and the numbers of a new institution, from its first day."""
    OpenSpell.objects.create(institution=house, valid=since)
    InstitutionKind.objects.create(institution=house, kind=house.kind, valid=since)
    InstitutionPlace.objects.create(institution=house, territory=house.territory, valid=since)
    add_numbers(house, numbers, since)


def _country(territory: Territory, said: str) -> str:
    """The country it lies in. A partner abroad lies at no place of ours, so it stands at the top of the tree."""
    root = Territory.objects.get(pk=territory.lineage[0]) if territory.lineage else territory
    own = country_of(root.code, root.data)
    if said in ("", own):
        return own
    if territory.depth:
        message = _("An organisation abroad lies in no district of this country: leave the district out.")
        raise ValidationError({"territory": ValidationError(message, code="abroad")})
    return said


def add_numbers(house: Institution, numbers: Numbers, since: DateRange) -> None:
    """By which numbers other registers know it. Raises ValidationError: a number is one organisation's."""
    for each in numbers:
        if ExternalId.objects.filter(scheme=each["scheme"], value=each["value"]).exists():
            message = _("Another organisation has this number in this register.")
            raise ValidationError({"external_ids": ValidationError(message, code="taken")})
        ExternalId.objects.create(institution=house, scheme=each["scheme"], value=each["value"], valid=since)


def resubmit_institution(
    house: Institution,
    *,
    by: Any,
    at: datetime.datetime,
    names: Mapping[str, str] | None = None,
    short_name: str | None = None,
) -> None:
    """The applicant sends a returned application again, corrected."""
    change: dict[str, Any] = {"modified_at": at, "version": F("version") + 1}
    if names:
        clean = named(names)
        short = house.short_name if short_name is None else short_name
        numbers = list(house.external_ids.values_list("value", flat=True))
        change |= {
            "names": clean,
            "short_name": short,
            "search_key": key_of(clean, short, numbers),
            "sort_key": order_of(clean),
        }
    INSTITUTION.apply("resubmit", house, by=by, at=at, change=change)


@transaction.atomic
def verify_institution(
    house: Institution, *, by: Any, at: datetime.datetime, today: datetime.date, duplicates_decided: bool = False
) -> None:
    """The application is true; who applied becomes its administrator. Raises Unmet while duplicates are undecided."""
    INSTITUTION.permit("verify", house, by)
    alike = [
        other
        for other in likely_duplicates(house.names, house.territory, house.pk)
        if other.status in ("verified", "suspended")
    ]
    if alike and not duplicates_decided:
        message = _("An organisation of this name is in the register: look at it, then say that this one is another.")
        raise Unmet([Condition("duplicates", message, "/duplicates_decided")])
    change = {"verified_at": at, "modified_at": at, "version": F("version") + 1}
    INSTITUTION.apply("verify", house, by=by, at=at, change=change)
    if house.registered_by_id and not house.memberships.lasting(today).filter(user=house.registered_by_id).exists():
        _make_administrator(house, by, at, today)


def _make_administrator(house: Institution, by: Any, at: datetime.datetime, today: datetime.date) -> None:
    """Memberships lie above the registry and are reached from the institution."""
    made = house.memberships.create(
        user=house.registered_by,
        role=Role.INSTITUTION_ADMIN,
        status="active",
        valid=DateRange(today, None, "[)"),
        invited_by=by,
        invited_at=at,
    )
    record(
        "grant",
        subject_type="membership",
        subject_id=made.public_id,
        by=by,
        at=at,
        status_after="active",
        detail={"role": Role.INSTITUTION_ADMIN.value},
        **made.audience(),
    )
