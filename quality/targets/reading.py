"""Against what a figure is held: approved targets of some indicators at some places, read once."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Subquery

from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.targets.models import Target

ADDED_UP = (Method.SUM, Method.DISTINCT)  # a target of the whole says nothing about its parts
NEAR = 90  # per cent of a target from which a figure counts as close to it, where the country pack says nothing


class Targets:
    """Approved targets of a way down to a place, and of what lies below it; places by their ids."""

    def __init__(self, indicators: Iterable[int], path: Sequence[int], below: Iterable[int] = ()) -> None:
        self.path = path
        self.near = Decimal(NEAR) / 100  # from which share of a target a figure counts as close to it
        self.rows: dict[tuple[int, int], list[Target]] = {}
        found = Target.objects.standing().filter(territory__in=[*path, *below], indicator__in=list(indicators))
        root = Territory.objects.filter(pk__in=path[:1]).values("data__limits__target_near_percent")
        found = found.annotate(near=Subquery(root))  # the country says it; no page asks once more for it
        for target in found.select_related("period", "territory", "indicator").order_by("period__starts_on", "pk"):
            self.rows.setdefault((target.indicator_id, target.territory_id or 0), []).append(target)
            self.near = Decimal(str(target.near or NEAR)) / 100

    def of(self, version: DefinitionVersion, period: Period, place: Territory) -> Target | None:
        """The place's own target for the period or for the longer one around it, else that of the place above."""
        above = [place.pk] if version.method in ADDED_UP else [place.pk, *reversed(self.path)]
        for where in above:
            own = self.rows.get((version.indicator_id, where), ())
            around = [each for each in own if _holds(each.period, period)]
            if around:
                return min(around, key=lambda each: each.period.ends_on - each.period.starts_on)
        return None

    def at(self, version: DefinitionVersion, place: Territory) -> list[Target]:
        """Those set for the place itself, oldest period first."""
        return self.rows.get((version.indicator_id, place.pk), [])


def _holds(longer: Period, period: Period) -> bool:
    return longer.starts_on <= period.starts_on and longer.ends_on >= period.ends_on


def targets_around(indicators: Iterable[int], path: Iterable[Territory], below: Iterable[Territory]) -> Targets:
    """Those that a page of a place and of the places below it needs."""
    return Targets(indicators, [place.pk for place in path], [place.pk for place in below])
