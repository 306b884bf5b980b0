"""What changed between two periods, place by place: how much of it is real, and how much only the boundaries made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quality.catalogue.models import Indicator, Period
from quality.rollups.bases import Asked, Lying
from quality.rollups.models import Basis, Rollup, Tally
from quality.values.asking import UnknownChoice
from quality.values.cells import cells_asked, known, lines_asked
from quality.values.saying_json import text
from quality.values.series import Change
from quality.values.shown import MISSING, Reading


@dataclass(frozen=True)
class Changed:
    """The change of one place and kind, from one period to a later one."""

    row: Rollup | Lying
    period: Period
    change: Change

    @property
    def territory(self) -> Any:
        return self.row.territory

    @property
    def pk(self) -> str:
        return f"{self.row.territory.pk}-{self.period.pk}"


def changes_asked(indicator: Indicator, params: Mapping[str, str], rows: Any, reading: Reading) -> list[Changed]:
    """Every place that has a value in both periods, and in the earlier one by the boundaries of the later too."""
    now = _counted(indicator, "period", params.get("period"))
    then = _counted(indicator, "since", params.get("since"), before=now) if now else None
    if now is None or then is None:
        return []
    place = {name: params[name] for name in ("territory", "level", "institution_kind") if params.get(name)}
    was, become = (
        {(row.territory_id, row.institution_kind_id): row for row in cells_asked(rows, indicator, {**place, "period": each.period.code})}
        for each in (then, now)
    )  # fmt: skip
    asked = Asked(Basis.AS_OF, now.day)
    found = []
    for row, value in lines_asked(indicator, {**place, "period": then.period.code}, asked, reading):
        if later := become.get(row.key):
            earlier = was.get(row.key)
            before = reading.shown(earlier) if earlier else MISSING
            found.append(Changed(later, now.period, Change(then.period, before, reading.shown(later), value)))
    return found


def _counted(indicator: Indicator, name: str, code: str | None, before: Tally | None = None) -> Tally | None:
    """The latest count, of the period named or else of one as long before another. Raises UnknownChoice."""
    rows = Tally.objects.filter(version__indicator=indicator).select_related("period")
    if code:
        known(Period, name, code=code)
        rows = rows.filter(period__code=code)
    if before:
        rows = rows.filter(period__pack=before.period.pack, period__starts_on__lt=before.period.starts_on)
        rows = rows if code else rows.filter(period__kind=before.period.kind)
    found: Tally | None = rows.order_by("-period__starts_on", "period__ends_on", "-pk").first()
    if code and before and found is None:
        raise UnknownChoice(name)
    return found


def change_json(each: Changed) -> dict[str, Any]:
    """One line; figures are text, null where one of them is hidden or none."""
    change, kind = each.change, each.row.institution_kind
    told = None not in (change.whole, change.real, change.boundary)
    return {
        "indicator": each.row.version.indicator.code,
        "territory": each.territory.code,
        "institution_kind": kind.code if kind else None,
        "period": each.period.code,
        "since": change.since.code,
        "value": text(change.after.value),
        "before": text(change.before.value),
        "rebased": text(change.rebased.value) if told else None,
        "change": text(change.whole),
        "real": text(change.real) if told else None,
        "boundary": text(change.boundary) if told else None,
        "comparable": change.is_comparable,
    }
