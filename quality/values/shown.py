"""Reading values: the one place from which page, API, export and map take a number.

What a reader may not be told about people is hidden here, so that no surface says more than another.
"""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from institutions.registry.scope import offices
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.observations.models import ValueState
from quality.rollups.bases import Asked, Lying, Rebased
from quality.rollups.hierarchy import Cell
from quality.rollups.intervals import interval_of, is_rate
from quality.rollups.models import Rollup, Tally
from quality.values.protection import Counted, hidden_cells, hidden_on_basis

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
    divisible: bool = True  # false where nobody has stated how what it may hold was divided between successors

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
        """Under 50 % there is no colour and no comparison; nor where a part could not be divided."""
        return self.divisible and self.state == ValueState.VALUE and self.completeness >= PARTIAL


Line = tuple[Lying, Value]
MISSING = Value()


def value_of(row: Rollup | Lying) -> Value:
    """A cell as it is read; a rate of events has its exact interval, which follows from its two sums."""
    low, high = row.low, row.high
    if row.state == ValueState.VALUE and is_rate(row.version):
        low, high = interval_of(row.version, row.numerator, row.denominator) or (None, None)  # type: ignore[arg-type]
    return Value(
        state=row.state, value=row.value if row.state == ValueState.VALUE else None, numerator=row.numerator,
        denominator=row.denominator, low=low, high=high, participations=row.participations,
        reporting=row.reporting, expected=row.expected, provisional=row.provisional, computed_at=row.computed_at,
        divisible=not isinstance(row, Lying) or row.comparable,
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
        self.counted: dict[tuple[int, int], Counted] = {}

    def know(self, tallies: Iterable[Tally]) -> "Reading":
        """Counts that the caller has read, so that none is asked for again."""
        self.counted |= {(tally.version_id, tally.period_id): (tally.run_id, tally.counted_at) for tally in tallies}
        return self

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
        return self.hidden_of(row.version, row.period_id)

    def hidden_of(self, version: DefinitionVersion, period_id: int) -> set[Cell]:
        """Cells of one count that are hidden from who holds no seat above them."""
        key = (version.pk, period_id)
        if key not in self.hidden:
            self.hidden[key] = hidden_cells(version, period_id, counted=self.counted.get(key))
        return self.hidden[key]


class OnBasis:
    """Values by the hierarchy of a named day, for one reader; no more is told of people than by that of their own day."""

    def __init__(
        self, reading: Reading, asked: Asked, tallies: Sequence[Tally], places: Collection[int] | None = None
    ) -> None:
        about_people = any(tally.version.person_based for tally in tallies)  # what is hidden is told by all places
        self.reading, self.rebased = reading, Rebased(asked, tallies, None if about_people else places)
        self.hidden: dict[int, set[Cell]] = {}

    def lines(self, tally: Tally) -> list[Line]:
        """Every cell of one count as this reader may see it."""
        return [(row, self.shown(tally, row)) for row in self.rebased.cells(tally).values()]

    def shown(self, tally: Tally, row: Lying) -> Value:
        value = value_of(row)
        if not tally.version.person_based:
            return value
        if self.reading.seats & set(row.territory.lineage):
            return replace(value, internal=True)
        if tally.pk not in self.hidden:
            stored = self.reading.hidden_of(tally.version, tally.period_id)
            self.hidden[tally.pk] = hidden_on_basis(self.rebased, tally, stored)
        return hide(value) if row.key in self.hidden[tally.pk] else value
