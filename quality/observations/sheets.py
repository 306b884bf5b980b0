"""Figures as files: the same reading and the same action as the API's."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.names import name_in
from exchange.jobs.handlers import Column, Fault, Importer, Plan, Progress, Row
from exchange.jobs.models import RowState
from institutions.registry.entering import Entering, may_enter_any
from quality.catalogue.figures import plain
from quality.catalogue.models import Indicator, Source
from quality.discrepancies.saying import link_of
from quality.observations.actions import put_observations
from quality.observations.intake import FIELDS, Given, Intake
from quality.observations.models import Observation, ValueState
from quality.submissions.holding import Key, closed_among, said

Stored = tuple[Decimal | None, Decimal | None, str, str]
EVERY = 1_000


def indicator_choices() -> list[tuple[str, str]]:
    """Indicators that are entered, by code."""
    found = Indicator.objects.exclude(source=Source.COMPUTED).order_by("position", "pk")
    return [(indicator.code, name_in(indicator.names, get_language())) for indicator in found]


def plan_observations(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Read and check every row; the plan's writing is one statement."""
    intake, entering, plan = Intake([row.cells for row in rows], by), Entering(by), Plan()
    given: dict[int, Given] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for place, row in enumerate(rows, 1):
        found = intake.read({name: row[name] for name in FIELDS})
        if isinstance(found, Given):
            plan.faults += _refused(row.number, found, entering, seen)
            given[row.number] = found
            if found.state == ValueState.SUPPRESSED and not row["state"]:
                message = _("Read as withheld by the source: it adds to no sum and lowers completeness.")
                plan.warnings.append(Fault(row.number, "numerator", "withheld", message))
        else:
            plan.faults += [Fault(row.number, wrong.field, wrong.code, wrong.message) for wrong in found]
        if place % EVERY == 0:
            progress(place)
    faulty = {fault.row for fault in plan.faults}
    accepted = {number: row for number, row in given.items() if number not in faulty}
    _compare(accepted, plan)
    _hold(accepted, plan)

    def write(told: Progress) -> None:
        put_observations(list(accepted.values()), by=by, at=at, source=str(_("File")))
        told(len(accepted))

    plan.write = write
    plan.notes = lambda: _notes(by, accepted)
    return plan


def _refused(number: int, found: Given, entering: Entering, seen: dict[tuple[Any, ...], int]) -> list[Fault]:
    """What is wrong with a row that is understood: not this person's, or given twice."""
    faults = []
    if not entering.may(found.place):
        faults.append(Fault(number, "institution", "forbidden", _("These figures are not yours to enter.")))
    first = seen.setdefault(found.key, number)
    if first != number:
        message = _("Row %(row)s gives the same figure.") % {"row": first}
        faults.append(Fault(number, "indicator", "duplicate", message))
    return faults


def _hold(accepted: dict[int, Given], plan: Plan) -> None:
    """Rows that would change figures which are submitted, approved or final become faults."""
    moving = {number: row for number, row in accepted.items() if plan.states[number] != RowState.UNCHANGED}
    keys: dict[int, Key] = {number: (*row.key[2:], row.period.pk) for number, row in moving.items()}
    found = closed_among(sorted(set(keys.values()), key=str))
    closed = {(each.institution_id, each.territory_id, each.period_id): said(each) for each in found}
    for number, key in keys.items():
        if key in closed:
            plan.faults.append(Fault(number, "institution" if key[0] else "territory", "closed", closed[key]))
            del accepted[number], plan.states[number]
            plan.changes.pop(number, None)


def _compare(accepted: dict[int, Given], plan: Plan) -> None:
    """New, changed or already there, against what is stored: one query for each indicator and period."""
    stored: dict[tuple[Any, ...], Stored] = {}
    for version, period in {(row.version.pk, row.period.pk) for row in accepted.values()}:
        known = Observation.objects.filter(version=version, period=period)
        for house, place, *numbers in known.values_list(
            "institution", "territory", "numerator", "denominator", "state", "published"
        ):
            stored[version, period, house, place] = tuple(numbers)  # type: ignore[assignment]
    for number, row in accepted.items():
        was = stored.get(row.key)
        now = (row.numerator, row.denominator, str(row.state), row.published)
        if was is None:
            plan.states[number] = RowState.CREATED
        elif was == now:
            plan.states[number] = RowState.UNCHANGED
        else:
            plan.states[number] = RowState.CHANGED
            plan.changes[number] = (_shown(was), _shown(now))


def _notes(by: Any, accepted: dict[int, Given]) -> list[dict[str, str]]:
    """What does not fit together in the periods of the file; nothing is repaired."""
    periods = sorted({row.period.code for row in accepted.values()})
    found = [link_of(by, period=code) for code in periods]
    return [link for link in found if link]


def _shown(numbers: Stored) -> dict[str, str]:
    told = {"numerator": plain(numbers[0]) or "", "denominator": plain(numbers[1]) or "", "state": numbers[2]}
    return {**told, "published": numbers[3]} if numbers[3] else told


OBSERVATIONS = Importer(
    code="observations",
    label=_("Figures"),
    columns=(
        Column("indicator", _("Indicator"), required=True, choices=indicator_choices),
        Column("institution", _("Organisation"), hint=_("Its identifier, or register:number"), example="dtm:301"),
        Column("territory", _("Territory code"), hint=_("Instead of the organisation, for a published total")),
        Column("period", _("Period"), required=True, example="2021-2022"),
        Column("numerator", _("Numerator"), hint=_("A number, not below zero"), example="125"),
        Column("denominator", _("Denominator"), hint=_("Only where the indicator is a quotient")),
        Column(
            "published",
            _("Printed value"),
            hint=_("The quotient as it is printed; of a territory it may stand alone, to be held against its parts"),
        ),
        Column("state", _("State"), hint=_("value, missing, suppressed or not_applicable; value when empty")),
    ),
    may=may_enter_any,
    plan=plan_observations,
)
