"""Institutions as files: what comes in and what goes out."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_in
from exchange.jobs.handlers import Column, Exporter, Importer
from exchange.tables import Head, Table
from institutions.registry.filters import chosen
from institutions.registry.incoming import plan_institutions
from institutions.registry.models import Institution, Ownership
from institutions.registry.reading import InstitutionRow, rows_of
from institutions.registry.scope import Role, holds
from institutions.territory.models import Term, Territory


def may_import(user: Any) -> bool:
    """Offices that verify institutions may enter them; each row is held against their territory."""
    return holds(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of participant by code."""
    terms = Term.objects.filter(vocabulary="participant_kind").order_by("position", "pk")
    return [(term.code, name_in(term.names, get_language())) for term in terms]


def territory_choices() -> list[tuple[str, str]]:
    """Places by code."""
    return [
        (place.code, name_in(place.names, get_language())) for place in Territory.objects.order_by("depth", "sort_key")
    ]


def ownership_choices() -> list[tuple[str, str]]:
    """Forms of ownership by code."""
    return [(value, str(label)) for value, label in Ownership.choices]


def scheme_choices() -> list[tuple[str, str]]:
    """Registers whose numbers are known."""
    terms = Term.objects.filter(vocabulary="id_scheme").order_by("position", "pk")
    return [(term.code, name_in(term.names, get_language())) for term in terms]


DAY = _("A day such as 2026-09-01 or 01.09.2026")
INSTITUTIONS = Importer(
    code="institutions",
    label=_("Organisations"),
    columns=(
        Column(
            "scheme",
            _("Register"),
            required=True,
            choices=scheme_choices,
            hint=_("Whose number names the organisation"),
        ),
        Column("external_id", _("Number in the register"), required=True, example="1001"),
        Column("kind", _("Kind"), required=True, choices=kind_choices),
        Column("territory", _("Territory code"), required=True, choices=territory_choices),
        Column("name_uz", _("Name in Uzbek"), hint=_("At least one language")),
        Column("name_uz_cyrl", _("Name in Uzbek (Cyrillic)")),
        Column("name_ru", _("Name in Russian")),
        Column("name_en", _("Name in English")),
        Column("ownership", _("Ownership"), choices=ownership_choices, hint=_("State, when left empty")),
        Column("opened_on", _("Opened on"), hint=DAY, example="2020-09-01"),
        Column("closed_on", _("Closed on"), hint=_("The first day it is no longer open")),
        Column(
            "valid_from",
            _("Valid from"),
            hint=_("Only where kind or place changed: one row for each period, with the day from which it holds"),
        ),
        Column("valid_to", _("Valid to"), hint=_("The first day it is no longer so")),
    ),
    may=may_import,
    plan=plan_institutions,
)


def institution_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list page's rows as a table: scoped, filtered, in the order of names."""
    found = chosen(Institution.objects.visible_to(user), params, on)
    heads = [
        Head(_("Name")),
        Head(_("Kind")),
        Head(_("Territory code")),
        Head(_("Territory")),
        Head(_("Status")),
        Head(_("Ownership")),
        Head(_("Opened on"), "date"),
        Head(_("Closed on"), "date"),
        Head(_("Numbers in registers")),
        Head(_("Identifier")),
    ]
    notes = [
        (gettext("Filters"), ", ".join(f"{key}: {value}" for key, value in params.items() if value) or gettext("none"))
    ]
    notes += [(gettext("Source"), gettext("Register of organisations")), (gettext("Date"), on.isoformat())]
    return Table(gettext("Organisations"), "institutions", heads, _cells(found), found.count(), notes)


def _cells(found: Any) -> Iterator[list[Any]]:
    language = get_language()
    ordered = found.order_by("sort_key", "pk")
    kinds = {term.code: name_in(term.names, language) for term in Term.objects.filter(vocabulary="participant_kind")}
    places = {place.code: name_in(place.names, language) for place in Territory.objects.all()}
    for start in range(0, ordered.count(), 2_000):
        for row in rows_of(ordered[start : start + 2_000]):
            yield _cell(row, language, kinds, places)


def _cell(row: InstitutionRow, language: str | None, kinds: dict[str, str], places: dict[str, str]) -> list[Any]:
    numbers = "; ".join(f"{each['scheme']}:{each['value']}" for each in row.external_ids)
    return [
        name_in(row.names, language),
        kinds.get(row.kind, row.kind),
        row.territory,
        places.get(row.territory, ""),
        row.status,
        row.ownership,
        row.opened_on,
        row.closed_on,
        numbers,
        row.id,
    ]


INSTITUTION_LIST = Exporter(code="institutions", label=_("Organisations"), table=institution_table)
