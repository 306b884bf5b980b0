"""Values, rows and dashboards as plain data: the answers of the API."""

from collections.abc import Sequence
from typing import Any

from quality.catalogue.figures import plain
from quality.rollups.bases import AS_WAS, Asked, Lying
from quality.rollups.models import Rollup
from quality.values.rows import Row
from quality.values.shown import Value
from quality.values.windows import Pooled


def text(number: Any) -> str | None:
    """A decimal figure as text, null for none."""
    return plain(number)


def value_part(value: Value) -> dict[str, Any]:
    """What is said of any value."""
    return {
        "numerator": text(value.numerator),
        "denominator": text(value.denominator),
        "value": text(value.value),
        "state": str(value.state),
        "low": text(value.low),
        "high": text(value.high),
        "participations": value.participations,
        "reporting": value.reporting,
        "expected": value.expected,
        "provisional": value.provisional,
        "internal": value.internal,
        "comparable": value.divisible,
        "computed_at": value.computed_at,
    }


def value_json(row: Rollup | Lying, value: Value, pooled: Pooled | None = None) -> dict[str, Any]:
    """A cell."""
    kind = row.institution_kind.code if row.institution_kind else None
    asked = Asked(row.basis, row.as_of) if isinstance(row, Lying) else AS_WAS
    told = line(row.version, row.period, value, territory=row.territory.code, kind=kind, asked=asked)
    return {**told, "pooled": pooled_json(pooled)} if pooled else told


def window_json(cells: Sequence[Rollup], value: Value) -> dict[str, Any]:
    """One value for all periods of these cells, the oldest first."""
    return {**value_json(cells[-1], value), "period_from": cells[0].period.code}


def pooled_json(pooled: Pooled) -> dict[str, Any]:
    """A value of several years, where that of one is made of too few."""
    value = pooled.value
    return {
        "periods": [period.code for period in pooled.periods],
        "numerator": text(value.numerator),
        "denominator": text(value.denominator),
        "value": text(value.value),
        "low": text(value.low),
        "high": text(value.high),
    }


def line(
    version: Any,
    period: Any,
    value: Value,
    *,
    territory: str | None = None,
    institution: str | None = None,
    kind: str | None = None,
    asked: Asked = AS_WAS,
    inherited: Sequence[str] = (),
) -> dict[str, Any]:
    """One line of values."""
    return {
        "indicator": version.indicator.code,
        "definition_version": version.version,
        "territory": territory,
        "institution": institution,
        "institution_kind": kind,
        "period": period.code,
        "period_from": None,
        "basis": str(asked.basis),
        "as_of": asked.day,
        "inherited": list(inherited),
        **value_part(value),
        "pooled": None,
    }


def row_json(row: Row, part: str) -> dict[str, Any]:
    """A row behind a value."""
    return {
        "part": part,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "title": row.title,
        "institution": row.institution or None,
        "url": row.url,
        "value": text(row.figure),
    }
