"""The tree of territories as a file that comes in: any order of rows, dated parents, no cycle, one root."""

import datetime
import itertools
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.names import name_in
from exchange.jobs.handlers import Column, Fault, Importer, Plan, Progress, Row
from exchange.jobs.models import RowState
from exchange.sheets import day_of
from institutions.territory.actions import (
    TerritoryLine,
    fields_of,
    kept,
    known_parents,
    load_territories,
    refusals,
    spans_of,
)
from institutions.territory.models import Term, Territory, TerritoryParent

NAMES = {"name_uz": "uz", "name_uz_cyrl": "uz-Cyrl", "name_ru": "ru", "name_en": "en"}
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")
LONGEST = 300
LEVEL = re.compile(r"[a-z][a-z_]{0,15}\Z")


def may_import(user: Any) -> bool:
    """The tree is the national office's."""
    return user.is_authenticated and user.memberships.held_on(today()).filter(role="ministry_officer").exists()


def level_choices() -> list[tuple[str, str]]:
    """Levels of the packs, and those in use."""
    terms = Term.objects.filter(vocabulary="territory_level").order_by("position", "pk")
    return [(term.code, name_in(term.names, get_language())) for term in terms]


def plan_territories(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Checks every row and the tree they make together with the register; reads only."""
    plan, lines, by_code = Plan(), [], {}  # type: Plan, list[TerritoryLine], dict[str, list[int]]
    for row in rows:
        line, faults = line_of(row)
        plan.faults += faults
        if line is not None:
            lines.append(line)
            by_code.setdefault(line.code, []).append(row.number)
    progress(len(rows))
    known = known_parents()
    plan.faults += _misshapen(lines, known, by_code) + _overlaps(lines, by_code)
    good = _sound(lines, plan, by_code)
    while orphans := _misshapen(good, known, by_code):  # what lies below a refused place has no place of its own
        plan.faults += orphans
        good = _sound(good, plan, by_code)
    _states(plan, good, by_code)

    def write(progress: Progress) -> None:
        load_territories(good, at=at, by=by)

    plan.write = write
    return plan


def _misshapen(lines: list[TerritoryLine], known: dict[str, str], by_code: dict[str, list[int]]) -> list[Fault]:
    """What is wrong with the tree that these make together with the register."""
    return [
        Fault(number, column, code, message)
        for place, entries in refusals(lines, known).items()
        for column, code, message in dict.fromkeys(entries)
        for number in by_code[place]
    ]


def _sound(lines: list[TerritoryLine], plan: Plan, by_code: dict[str, list[int]]) -> list[TerritoryLine]:
    """Places of which no row is refused."""
    refused = {fault.row for fault in plan.faults}
    return [line for line in lines if not refused.intersection(by_code[line.code])]


def line_of(row: Row) -> tuple[TerritoryLine | None, list[Fault]]:
    """One row as a place, or everything that is wrong with it."""
    faults = list(_shape_faults(row))
    days: dict[str, datetime.date | None] = {}
    for column in ("valid_from", "valid_to"):
        try:
            days[column] = day_of(row[column])
        except ValueError:
            said = gettext("Write the day as 2026-09-01; “%(said)s” is none.") % {"said": row[column][:40]}
            faults.append(Fault(row.number, column, "invalid", said))
    start, end = days.get("valid_from"), days.get("valid_to")
    if start and end and end <= start:
        said = gettext("The last day must come after the first, %(day)s.") % {"day": start.isoformat()}
        faults.append(Fault(row.number, "valid_to", "before_start", said))
    if faults:
        return None, faults
    names = {tag: " ".join(row[column].split()) for column, tag in NAMES.items() if row[column]}
    return TerritoryLine(row["code"], row["level"], row["parent"], names, start, end), []


def _shape_faults(row: Row) -> Iterator[Fault]:
    """Code, level, parent and name of one row."""
    for column, shape, message in (
        ("code", CODE, gettext("Give the code: at most 32 Latin letters and digits.")),
        ("level", LEVEL, gettext("Give the level, such as country, region or district.")),
    ):
        if not shape.match(row[column]):
            yield Fault(row.number, column, "invalid" if row[column] else "required", message)
    if row["parent"] and row["parent"] == row["code"]:
        chain = f"{row['code']} → {row['code']}"
        message = gettext("The places lie within each other: %(chain)s.") % {"chain": chain}
        yield Fault(row.number, "parent", "cycle", message)
    for column in NAMES:
        if len(row[column]) > LONGEST:
            yield Fault(row.number, column, "too_long", gettext("A name has at most 300 characters."))
    if not any(row[column] for column in NAMES):
        yield Fault(row.number, "name_uz", "required", gettext("Give the name in at least one language."))


def _overlaps(lines: list[TerritoryLine], by_code: dict[str, list[int]]) -> list[Fault]:
    """On no day may a place have two parents."""
    grouped: dict[str, list[TerritoryLine]] = {}
    for line in lines:
        grouped.setdefault(line.code, []).append(line)
    found = []
    for code, group in grouped.items():
        ordered = sorted(group, key=lambda line: line.valid_from or datetime.date.min)
        for before, after in itertools.pairwise(ordered):
            start = after.valid_from or datetime.date.min
            if (before.valid_from or datetime.date.min) == start or (before.valid_to and before.valid_to > start):
                message = gettext("On some day this place would have two parents: give each row its own days.")
                found += [Fault(number, "valid_from", "overlap", message) for number in by_code[code][1:]]
                break
    return found


def _states(plan: Plan, lines: list[TerritoryLine], by_code: dict[str, list[int]]) -> None:
    """New, changed or unchanged, place by place."""
    grouped: dict[str, list[TerritoryLine]] = {}
    for line in lines:
        grouped.setdefault(line.code, []).append(line)
    known = {place.code: place for place in Territory.objects.filter(code__in=grouped)}
    parents: dict[str, list[tuple[str, object]]] = {}
    rows = TerritoryParent.objects.filter(child__code__in=grouped).order_by("valid")
    for child, parent, valid in rows.values_list("child__code", "parent__code", "valid"):
        parents.setdefault(child, []).append((parent, valid))
    for code, group in grouped.items():
        place, state = known.get(code), RowState.CREATED
        if place is not None:
            merged = [kept(line, place) for line in group]
            said = fields_of(merged)
            hung = [(parent, span) for parent, span in spans_of(merged) if parent]
            same = all(getattr(place, name) == value for name, value in said.items()) and hung == parents.get(code, [])
            state = RowState.UNCHANGED if same else RowState.CHANGED
        plan.states |= dict.fromkeys(by_code[code], state)


TERRITORIES = Importer(
    code="territories",
    label=_("Territories"),
    columns=(
        Column("code", _("Code"), required=True, example="9901"),
        Column("level", _("Level"), required=True, choices=level_choices),
        Column("parent", _("Code of the place above"), hint=_("Empty for the country alone")),
        Column("name_uz", _("Name in Uzbek"), hint=_("At least one language")),
        Column("name_uz_cyrl", _("Name in Uzbek (Cyrillic)")),
        Column("name_ru", _("Name in Russian")),
        Column("name_en", _("Name in English")),
        Column(
            "valid_from",
            _("Valid from"),
            hint=_("A day such as 2026-09-01; several rows of one code say where it lay one after the other"),
        ),
        Column("valid_to", _("Valid to"), hint=_("The first day it is no longer so")),
    ),
    may=may_import,
    plan=plan_territories,
)
