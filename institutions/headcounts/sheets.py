"""Head counts as files: the same reading and the same action as the API's."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.jobs.handlers import Column, Fault, Importer, Plan, Progress, Row
from exchange.jobs.models import RowState
from institutions.headcounts.actions import put_headcounts, stored
from institutions.headcounts.intake import Given, Intake
from institutions.headcounts.models import Category
from institutions.registry.entering import Entering, may_enter_any

FIELDS = ("institution", "category", "on_date", "number", "source")


def category_choices() -> list[tuple[str, str]]:
    """Who is counted, by code."""
    return [(code, str(label)) for code, label in Category.choices]


def plan_headcounts(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Read and check every row; the plan's writing is one statement."""
    intake, entering, plan = Intake([row.cells for row in rows], by, timezone.localdate(at)), Entering(by), Plan()
    accepted: dict[int, Given] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        found = intake.read({name: row[name] for name in FIELDS})
        if not isinstance(found, Given):
            plan.faults += [Fault(row.number, wrong.field, wrong.code, wrong.message) for wrong in found]
        elif faults := _refused(row.number, found, entering, seen):
            plan.faults += faults
        else:
            accepted[row.number] = found
    progress(len(rows))
    _compare(accepted, plan)

    def write(told: Progress) -> None:
        put_headcounts(list(accepted.values()), by=by, at=at)
        told(len(accepted))

    plan.write = write
    return plan


def _refused(number: int, found: Given, entering: Entering, seen: dict[tuple[Any, ...], int]) -> list[Fault]:
    """What is wrong with a row that is understood: not this person's, or given twice."""
    faults = []
    if not entering.may(found.institution):
        faults.append(Fault(number, "institution", "forbidden", _("These figures are not yours to enter.")))
    if (first := seen.setdefault(found.key, number)) != number:
        faults.append(Fault(number, "on_date", "duplicate", _("Row %(row)s gives the same figure.") % {"row": first}))
    return faults


def _compare(accepted: dict[int, Given], plan: Plan) -> None:
    """New, changed or already there, against what is stored."""
    known = stored(list(accepted.values()))
    for number, row in accepted.items():
        was = known.get(row.key)
        if was is None:
            plan.states[number] = RowState.CREATED
        elif was == row.number:
            plan.states[number] = RowState.UNCHANGED
        else:
            plan.states[number] = RowState.CHANGED
            plan.changes[number] = ({"number": was}, {"number": row.number})


HEADCOUNTS = Importer(
    code="headcounts",
    label=_("Head counts"),
    columns=(
        Column(
            "institution",
            _("Organisation"),
            required=True,
            hint=_("Its identifier, or register:number"),
            example="dtm:301",
        ),
        Column("category", _("Who is counted"), required=True, choices=category_choices),
        Column(
            "on_date",
            _("Counted on"),
            required=True,
            hint=_("A day such as 2026-09-01 or 01.09.2026"),
            example="2026-09-01",
        ),
        Column("number", _("Number"), required=True, hint=_("A whole number, not below zero"), example="48"),
        Column("source", _("Source"), hint=_("The register it comes from")),
    ),
    may=may_enter_any,
    plan=plan_headcounts,
)
