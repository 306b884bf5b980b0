"""A figure that shows a problem: what stands on the platform of an indicator at a place, beside its target, in words.

Only what everybody may be told is written down here: many more read a problem than may read small numbers.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import number, period_name
from labs.problems.rules import open_laboratories
from lifecycle.canonical import plain
from quality.catalogue.models import DefinitionVersion, Indicator, Period
from quality.targets.reading import Targets
from quality.values import saying
from quality.values.acting import Act
from quality.values.asking import UnknownChoice, cell
from quality.values.house import own_of
from quality.values.rows import Behind
from quality.values.series import Shown
from quality.values.shown import Reading, Value
from quality.values.single import may_read

PARAMETERS = ("indicator", "territory", "period", "institution")


@dataclass(frozen=True)
class Figure:
    """What an indicator showed: the words of a problem, and what is kept of it."""

    title: str
    statement: str
    evidence: str
    kept: dict[str, Any]


def figure_of(params: Mapping[str, str], user: Any, on: datetime.date) -> Figure | None:
    """The figure that an address names, None where it names none; raises UnknownChoice."""
    code = params.get("indicator") or ""
    if not code:
        return None
    indicator = Indicator.objects.filter(code=code).first()
    if indicator is None:
        raise UnknownChoice("indicator")
    asked = {name: params[name] for name in ("territory", "institution", "period") if params.get(name)}
    behind = cell(asked, indicator, user, on)
    if behind is not None and behind.institution is not None:
        return figure_of_house(behind, user)
    if behind is None or behind.territory is None:
        return None
    version, period, place = behind.version, behind.period, behind.territory
    value = Shown(behind, Reading(None)).value
    wanted = Targets([version.indicator_id], place.lineage)
    target = wanted.of(version, period, place)
    kept = {
        "indicator": indicator, "period": period,
        "ground": ground_of(version, period, place.code, value, target.value if target else None),
    }  # fmt: skip
    part = saying.reached(version, value, target.value if target else None)
    missed = saying.category(value, part, wanted.near) == saying.RED
    said = {
        "indicator": name_now(indicator.names), "place": name_now(place.names), "period": period_name(period),
        "value": saying.said(version, value.value) or _("no value"),
        "target": saying.said(version, target.value) if target else "", "code": indicator.code,
        "reporting": number(value.reporting), "expected": number(value.expected),
    }  # fmt: skip
    return Figure(title_of(said, missed), statement_of(said), evidence_of(said, value), kept)


def figure_of_house(behind: Behind, user: Any) -> Figure | None:
    """Of one institution only that it is below the target: its own value is for those who may read its records."""
    house, version, period = behind.institution, behind.version, behind.period
    if house is None or not may_read(user, house):
        return None
    own = own_of(behind)
    hidden = Value(state=own.value.state)
    target = own.target.value if own.target else None
    ground = ground_of(version, period, house.territory.code, hidden, target) | {"institution": house.public_id}
    said = {
        "indicator": name_now(version.indicator.names), "place": name_now(house.names), "period": period_name(period),
        "target": saying.said(version, target) if target is not None else "", "code": version.indicator.code,
    }  # fmt: skip
    missed = own.category == saying.RED
    statement = f"{title_of(said, missed)}, {said['period']}."
    if said["target"]:
        statement = f"{statement} {_('The target is %(target)s.') % said}"
    kept = {"indicator": version.indicator, "period": period, "ground": ground}
    return Figure(title_of(said, missed), statement, evidence_of(said, hidden), kept)


def ground_of(version: DefinitionVersion, period: Period, place: str, value: Value, target: Any) -> dict[str, Any]:
    """The figure as it stood, for a later reader and for machines."""
    return {
        "indicator": version.indicator.code, "version": version.version, "period": period.code, "territory": place,
        "state": str(value.state), "value": None if value.value is None else plain(value.value),
        "target": None if target is None else plain(target),
    }  # fmt: skip


def title_of(said: dict[str, str], missed: bool) -> str:
    """The problem in one line."""
    line = _("%(indicator)s is below the target: %(place)s") if missed else _("%(indicator)s: %(place)s")
    return (line % said)[:300]


def statement_of(said: dict[str, str]) -> str:
    """What is wrong, as far as the figure says it."""
    told = _("%(indicator)s in %(place)s for %(period)s: %(value)s.") % said
    return f"{told} {_('The target is %(target)s.') % said}" if said["target"] else told


def evidence_of(said: dict[str, str], value: Value) -> str:
    """How one knows."""
    told = _("Indicator %(code)s on the platform, %(period)s.") % said
    if not value.expected:
        return told
    return f"{told} {_('Figures came from %(reporting)s of %(expected)s.') % said}"


def address(user: Any, figure: Mapping[str, str]) -> str:
    """The page on which a problem is raised, filled in from this figure; empty for who works in no open laboratory."""
    return f"{reverse('problem-new')}?{urlencode(figure)}" if open_laboratories(user) else ""


ACT = Act(gettext_lazy("Raise a problem"), address)
