"""What happens to an institution: its moves, and the dated rows that renaming, moving and closing leave."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from institutions.registry.dating import date_value, open_row, shift_today
from institutions.registry.holding import held_by, running
from institutions.registry.models import (
    Institution,
    InstitutionKind,
    InstitutionName,
    InstitutionPlace,
    OpenSpell,
    Succession,
    SuccessionKind,
)
from institutions.registry.registering import add_numbers, named
from institutions.registry.rules import INSTITUTION, can_number, can_oversee, can_verify
from institutions.territory.models import Term, Territory
from lifecycle.events import record
from lifecycle.transitions import Condition, Unmet


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
    return {name: value for name, value in detail.items() if value not in ("", None, [], {})}


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
    shares: Sequence[Decimal] = (),
    reason_code: str = "",
    document: str = "",
) -> None:
    """Ends the open spell on a day and names who takes over, also what still runs; `shares` of its figures by heir.

    Raises Unmet for a day outside the spell or ahead, and where something runs that no heir takes over.
    """
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
    if shares and len(shares) != len(heirs):
        unmet.append(Condition("shares", _("Shares: give one for each organisation that takes over."), "/shares"))
    elif sum(shares) > 1:
        unmet.append(Condition("shares", _("Shares: together they are at most 1."), "/shares"))
    left = running(house, day)
    unmet += [] if heirs else held_by(left)
    if unmet or spell is None:
        raise Unmet(unmet)
    change = {"modified_at": at, "version": F("version") + 1}
    detail = _said(on=day.isoformat(), heirs=[heir.public_id for heir in heirs], document=document, taken_over=left)
    INSTITUTION.apply(
        "close", house, by=by, at=at, reason=reason, reason_code=reason_code, change=change, detail=detail
    )
    OpenSpell.objects.filter(pk=spell.pk).update(
        valid=DateRange(spell.valid.lower, day, "[)"), document=document or spell.document
    )
    _sign_out_members(house)
    for heir, share in zip_longest(heirs, shares):
        Succession.objects.create(
            predecessor=house, successor=heir, kind=kind, happened_on=day, share=share, document=document
        )


@transaction.atomic
def reopen_institution(
    house: Institution,
    *,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    reason: str,
    on: datetime.date | None = None,
    reason_code: str = "",
    document: str = "",
) -> None:
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
    house: Institution,
    *,
    names: Mapping[str, str],
    on: datetime.date,
    reason: str,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    document: str = "",
    short_name: str | None = None,
) -> None:
    """From a day on it is called otherwise; the old name stays and is still found. Raises ValidationError."""
    _must_oversee(house, by)
    clean = named(names)
    open_row(InstitutionName, house, {"names": house.names}, on, document)
    date_value(InstitutionName, house, {"names": clean}, on, document)
    change: dict[str, Any] = {} if short_name is None else {"short_name": short_name}
    detail = _dated(on, document, {"was": house.names, "now": clean})
    _changed(house, "rename", by=by, at=at, reason=reason, detail=detail, **change)
    shift_today(house, today)


@transaction.atomic
def move_institution(
    house: Institution,
    *,
    territory: Territory,
    on: datetime.date,
    reason: str,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    document: str = "",
) -> None:
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
    detail = _dated(on, document, {"was": old, "now": territory.code})
    _changed(house, "move", by=by, at=at, reason=reason, detail=detail)
    shift_today(house, today)


@transaction.atomic
def change_kind(
    house: Institution,
    *,
    kind: Term,
    on: datetime.date,
    reason: str,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    document: str = "",
) -> None:
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
    detail = _dated(on, document, {"was": before.code, "now": kind.code})
    _changed(house, "change_kind", by=by, at=at, reason=reason, detail=detail)
    shift_today(house, today)


@transaction.atomic
def number_institution(
    house: Institution, *, scheme: str, value: str, by: Any, at: datetime.datetime, today: datetime.date
) -> None:
    """Another register knows it by this number too. Raises PermissionDenied, ValidationError."""
    if by is not None and not can_number(by, house):
        raise PermissionDenied("number")
    if not Term.objects.filter(vocabulary="id_scheme", code=scheme).exists():
        raise ValidationError({"scheme": ValidationError(_("Choose the register."), code="invalid_choice")})
    add_numbers(house, [{"scheme": scheme, "value": value}], DateRange(today, None, "[)"))
    key = f"{house.search_key} {search_key(value)}".strip()
    _changed(house, "number", by=by, at=at, reason="", detail={"scheme": scheme, "value": value}, search_key=key)


def _must_oversee(house: Institution, by: Any) -> None:
    if by is not None and not can_oversee(by, house):
        raise PermissionDenied("change")


def _dated(on: datetime.date, document: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {**detail, "on": on.isoformat(), **_said(document=document)}


def _changed(
    house: Institution, name: str, *, by: Any, at: datetime.datetime, reason: str, detail: dict[str, Any], **change: Any
) -> None:
    """A dated change in the record; `change` is what else the row itself takes."""
    Institution.objects.filter(pk=house.pk).update(version=F("version") + 1, modified_at=at, **change)
    said = {"subject_type": "institution", "subject_id": house.public_id, "reason": reason, **house.audience()}
    record(name, by=by, at=at, detail=detail, **said)
