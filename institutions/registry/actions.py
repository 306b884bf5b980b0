"""What happens to an institution: registration, its moves, and the dated rows that renaming, moving and closing leave."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.names import clean_names
from accounts.spelling import search_key, skeleton
from institutions.registry.dating import date_value, open_row, shift_today
from institutions.registry.incoming import country_of
from institutions.registry.loading import key_of, order_of
from institutions.registry.models import (
    ExternalId,
    Institution,
    InstitutionKind,
    InstitutionName,
    InstitutionPlace,
    InstitutionStatus,
    OpenSpell,
    Succession,
    SuccessionKind,
)
from institutions.registry.rules import INSTITUTION, can_oversee, can_verify
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
        .exclude(pk=but)
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
    ownership: str = "state",
    short_name: str = "",
    opened_on: datetime.date | None = None,
    external_ids: Numbers = (),
    no_number_because: str = "",
) -> Institution:
    """An application: visible to its applicant and to the offices that verify. Raises ValidationError."""
    names = named(names)
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
        country=_country(territory),
        status=InstitutionStatus.APPLIED,
        registered_by=by,
        registered_at=at,
        modified_at=at,
    )
    since = DateRange(opened_on or today, None, "[)")
    OpenSpell.objects.create(institution=house, valid=since)
    InstitutionKind.objects.create(institution=house, kind=kind, valid=since)
    InstitutionPlace.objects.create(institution=house, territory=territory, valid=since)
    _add_numbers(house, external_ids, since)
    detail = {"no_number_because": no_number_because} if no_number_because else {}
    record(
        "register", subject_type="institution", subject_id=house.public_id, by=by, at=at, status_after=house.status,
        detail=detail, **house.audience(),
    )  # fmt: skip
    return house


def _country(territory: Territory) -> str:
    root = Territory.objects.get(pk=territory.lineage[0]) if territory.lineage else territory
    return country_of(root.code, root.data)


def _add_numbers(house: Institution, numbers: Numbers, since: DateRange) -> None:
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


def move_institution_status(move: str) -> Any:
    """The action of a move that only changes the status."""

    def act(
        house: Institution,
        *,
        by: Any,
        at: datetime.datetime,
        reason: str = "",
        reason_code: str = "",
        document: str = "",
    ) -> None:
        change = {"modified_at": at, "version": F("version") + 1}
        INSTITUTION.apply(
            move,
            house,
            by=by,
            at=at,
            reason=reason,
            reason_code=reason_code,
            change=change,
            detail=_said(document=document),
        )

    return act


return_institution, reject_institution, reinstate_institution = map(
    move_institution_status, ("return", "reject", "reinstate")
)


@transaction.atomic
def suspend_institution(house: Institution, *, by: Any, at: datetime.datetime, **data: Any) -> None:
    """Its members lose their sessions and tokens with the next request; it stays in the figures."""
    move_institution_status("suspend")(house, by=by, at=at, **data)
    _sign_out_members(house)


def _sign_out_members(house: Institution) -> None:
    """Every session and token of the members ends; who signs in again meets the new status."""
    members = list(house.memberships.filter(status="active").values_list("user_id", flat=True))
    get_user_model().objects.filter(pk__in=members).update(auth_epoch=F("auth_epoch") + 1)


def _said(**detail: Any) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if value not in ("", None, [])}


@transaction.atomic
def close_institution(
    house: Institution,
    *,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    reason: str,
    on: datetime.date | None = None,
    heirs: Sequence[Institution] = (),
    kind: str = SuccessionKind.SUCCESSOR,
    reason_code: str = "",
    document: str = "",
) -> None:
    """Ends the open spell on a day and names who takes over. Raises Unmet for a day outside the spell or in the future."""
    day = on or today
    INSTITUTION.permit("close", house, by, reason)
    spell = house.spells.filter(valid__contains=day - datetime.timedelta(days=1)).first()
    unmet = []
    if day > today:
        unmet.append(Condition("future", _("Closing day: give today or an earlier day."), "/on"))
    elif spell is None:
        unmet.append(Condition("not_open", _("Closing day: the organisation was not open on the day before."), "/on"))
    if any(heir.pk == house.pk for heir in heirs):
        unmet.append(Condition("itself", _("An organisation cannot succeed itself."), "/heirs"))
    if unmet or spell is None:
        raise Unmet(unmet)
    change = {"modified_at": at, "version": F("version") + 1}
    detail = _said(on=day.isoformat(), heirs=[heir.public_id for heir in heirs], document=document)
    INSTITUTION.apply(
        "close", house, by=by, at=at, reason=reason, reason_code=reason_code, change=change, detail=detail
    )
    OpenSpell.objects.filter(pk=spell.pk).update(
        valid=DateRange(spell.valid.lower, day, "[)"), document=document or spell.document
    )
    _sign_out_members(house)
    for heir in heirs:
        Succession.objects.create(predecessor=house, successor=heir, kind=kind, happened_on=day, document=document)


@transaction.atomic
def reopen_institution(
    house: Institution, *, by: Any, at: datetime.datetime, today: datetime.date, reason: str, on: datetime.date | None = None,
    reason_code: str = "", document: str = "",
) -> None:  # fmt: skip
    """A new open spell; the old one is untouched. Raises Unmet when the day lies inside or before an old one."""
    day = on or today
    INSTITUTION.permit("reopen", house, by, reason)
    if house.spells.filter(valid__overlap=DateRange(day, None, "[)")).exists():
        raise Unmet([Condition("overlap", _("Reopening day: it must come after the last closing."), "/on")])
    change = {"modified_at": at, "version": F("version") + 1}
    detail = _said(on=day.isoformat(), document=document)
    INSTITUTION.apply(
        "reopen", house, by=by, at=at, reason=reason, reason_code=reason_code, change=change, detail=detail
    )
    OpenSpell.objects.create(institution=house, valid=DateRange(day, None, "[)"), document=document)


@transaction.atomic
def rename_institution(
    house: Institution, *, names: Mapping[str, str], on: datetime.date, reason: str, by: Any, at: datetime.datetime,
    today: datetime.date, document: str = "", short_name: str | None = None,
) -> None:  # fmt: skip
    """From a day on it is called otherwise; what it was called before stays, and is still found. Raises ValidationError."""
    _must_oversee(house, by)
    clean = named(names)
    open_row(InstitutionName, house, {"names": house.names}, on, document)
    date_value(InstitutionName, house, {"names": clean}, on, document)
    change: dict[str, Any] = {} if short_name is None else {"short_name": short_name}
    _changed(house, "rename", by, at, reason, on, document, {"was": house.names, "now": clean}, change)
    shift_today(house, today)


@transaction.atomic
def move_institution(
    house: Institution, *, territory: Territory, on: datetime.date, reason: str, by: Any, at: datetime.datetime,
    today: datetime.date, document: str = "",
) -> None:  # fmt: skip
    """From a day on it lies elsewhere; asked again on the new place. Raises PermissionDenied, ValidationError."""
    _must_oversee(house, by)
    before, old = house.territory, house.territory.code
    house.territory = territory
    allowed = can_oversee(by, house)
    house.territory = before
    if not allowed:
        raise PermissionDenied("move")
    open_row(InstitutionPlace, house, {"territory": before}, on, document)
    date_value(InstitutionPlace, house, {"territory": territory}, on, document)
    _changed(house, "move", by, at, reason, on, document, {"was": old, "now": territory.code}, {})
    shift_today(house, today)


@transaction.atomic
def change_kind(
    house: Institution, *, kind: Term, on: datetime.date, reason: str, by: Any, at: datetime.datetime, today: datetime.date,
    document: str = "",
) -> None:  # fmt: skip
    """From a day on it is of another kind; asked again on the new kind. Raises PermissionDenied, ValidationError."""
    _must_oversee(house, by)
    before = house.kind
    house.kind = kind
    allowed = can_verify(by, house)
    house.kind = before
    if not allowed:
        raise PermissionDenied("change_kind")
    open_row(InstitutionKind, house, {"kind": before}, on, document)
    date_value(InstitutionKind, house, {"kind": kind}, on, document)
    _changed(house, "change_kind", by, at, reason, on, document, {"was": before.code, "now": kind.code}, {})
    shift_today(house, today)


def _must_oversee(house: Institution, by: Any) -> None:
    if by is not None and not can_oversee(by, house):
        raise PermissionDenied("change")


def _changed(
    house: Institution, name: str, by: Any, at: datetime.datetime, reason: str, on: datetime.date, document: str,
    detail: dict[str, Any], change: dict[str, Any],
) -> None:  # fmt: skip
    Institution.objects.filter(pk=house.pk).update(version=F("version") + 1, modified_at=at, **change)
    detail = {**detail, "on": on.isoformat(), **_said(document=document)}
    record(
        name,
        subject_type="institution",
        subject_id=house.public_id,
        by=by,
        at=at,
        reason=reason,
        detail=detail,
        **house.audience(),
    )


@transaction.atomic
def verify_institution(
    house: Institution, *, by: Any, at: datetime.datetime, today: datetime.date, duplicates_decided: bool = False
) -> None:
    """The application is true; who applied becomes its administrator. Raises Unmet while likely duplicates are undecided."""
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
    if house.registered_by_id and not house.memberships.filter(user=house.registered_by_id, status="active").exists():
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
        "grant", subject_type="membership", subject_id=made.public_id, by=by, at=at, status_after="active",
        detail={"role": Role.INSTITUTION_ADMIN.value}, **made.audience(),
    )  # fmt: skip
