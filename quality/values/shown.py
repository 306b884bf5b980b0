"""Reading values: the one place from which page, API, export and map take a number.

What a reader may not be told about people is hidden here, so that no surface says more than another.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from institutions.registry.scope import offices
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.observations.models import ValueState
from quality.rollups.models import Rollup
from quality.values.protection import hidden_cells

CellKey = tuple[int, int, int, int | None]  # version, period, territory, kind
FULL, PARTIAL = Decimal("0.8"), Decimal("0.5")


@dataclass(frozen=True)
class Value:
    """A number with everything that must travel with it."""

    state: str = ValueState.MISSING
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    participations: int | None = None
    reporting: int = 0
    expected: int = 0
    provisional: bool = False
    computed_at: datetime.datetime | None = None
    internal: bool = False

    @property
    def completeness(self) -> Decimal:
        """The share of expected values that are there; one where nothing is expected."""
        return Decimal(self.reporting) / self.expected if self.expected else Decimal(1)

    @property
    def is_partial(self) -> bool:
        """Under 80 % a headline is marked."""
        return self.state == ValueState.VALUE and self.completeness < FULL

    @property
    def is_comparable(self) -> bool:
        """Under 50 % there is no colour and no comparison."""
        return self.state == ValueState.VALUE and self.completeness >= PARTIAL


MISSING = Value()


def value_of(row: Rollup) -> Value:
    """A stored cell as it is read."""
    return Value(
        state=row.state, value=row.value if row.state == ValueState.VALUE else None, numerator=row.numerator,
        denominator=row.denominator, low=row.low, high=row.high, participations=row.participations,
        reporting=row.reporting, expected=row.expected, provisional=row.provisional, computed_at=row.computed_at,
    )  # fmt: skip


def hide(value: Value) -> Value:
    """The cell without what could be derived from it."""
    nothing: dict[str, Any] = dict.fromkeys(("value", "numerator", "denominator", "low", "high", "participations"))
    return replace(value, state=ValueState.SUPPRESSED, **nothing)


class Reading:
    """Values for one reader; a person-based indicator is read with its neighbours, to hide what must be hidden."""

    def __init__(self, user: Any) -> None:
        self.seats = set(offices(user))
        self.hidden: dict[tuple[int, int], set[tuple[int, int | None]]] = {}

    def cells(
        self,
        versions: Iterable[DefinitionVersion],
        periods: Iterable[Period],
        places: Sequence[Territory],
        kind: int | None = None,
    ) -> dict[CellKey, Value]:
        """Stored values of these indicators in these periods and places, in one query."""
        rows = Rollup.objects.filter(
            version__in=list(versions), period__in=list(periods), territory__in=places, institution_kind=kind,
            basis="as_was",
        ).select_related("version", "territory")  # fmt: skip
        return {
            (row.version_id, row.period_id, row.territory_id, row.institution_kind_id): self.shown(row)
            for row in rows.order_by("pk")
        }

    def shown(self, row: Rollup) -> Value:
        """The cell as this reader may see it; needs the row's version and territory."""
        value = value_of(row)
        if not row.version.person_based:
            return value
        if self.seats & set(row.territory.lineage):
            return replace(value, internal=True)
        return hide(value) if (row.territory_id, row.institution_kind_id) in self._hidden(row) else value

    def _hidden(self, row: Rollup) -> set[tuple[int, int | None]]:
        key = (row.version_id, row.period_id)
        if key not in self.hidden:
            self.hidden[key] = hidden_cells(row.version, row.period_id)
        return self.hidden[key]
