"""Against what a figure is held: approved targets of some indicators at some places, read once."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.targets.models import Target

ADDED_UP = (Method.SUM, Method.DISTINCT)  # a target of the whole says nothing about its parts
NEAR = 90  # per cent of a target from which a figure counts as close to it, where the country pack says nothing


class Targets:
    """Approved targets, found by place and period."""

    def __init__(self, indicators: Iterable[int], path: Sequence[Territory], below: Sequence[Territory] = ()) -> None:
        self.path = path
        self.rows: dict[tuple[int, int], list[Target]] = {}
        found = Target.objects.standing().filter(territory__in=[*path, *below], indicator__in=list(indicators))
        for target in found.select_related("period").order_by("period__starts_on", "pk"):
            self.rows.setdefault((target.indicator_id, target.territory_id or 0), []).append(target)

    def of(self, version: DefinitionVersion, period: Period, place: Territory) -> Target | None:
        """The place's own target for the period or for the longer one around it, else that of the place above."""
        above = [place] if version.method in ADDED_UP else [place, *reversed(self.path)]
        for where in above:
            own = self.rows.get((version.indicator_id, where.pk), ())
            around = [each for each in own if _holds(each.period, period)]
            if around:
                return min(around, key=lambda each: each.period.ends_on - each.period.starts_on)
        return None

    def at(self, version: DefinitionVersion, place: Territory) -> list[Target]:
        """Those set for the place itself, oldest period first."""
        return self.rows.get((version.indicator_id, place.pk), [])


def _holds(longer: Period, period: Period) -> bool:
    return longer.starts_on <= period.starts_on and longer.ends_on >= period.ends_on


def near(root: Territory | None) -> Decimal:
    """From which share of a target a figure counts as close to it, as the country says."""
    limits = (root.data if root else {}).get("limits", {})
    return Decimal(str(limits.get("target_near_percent", NEAR))) / 100
