"""Values, rows and dashboards as plain data: the answers of the API."""

from typing import Any

from quality.catalogue.figures import plain
from quality.rollups.models import Rollup
from quality.values.rows import Row
from quality.values.shown import Value


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
        "computed_at": value.computed_at,
    }


def value_json(row: Rollup, value: Value) -> dict[str, Any]:
    """A stored cell."""
    kind = row.institution_kind.code if row.institution_kind else None
    return line(row.version, row.period, value, territory=row.territory.code, kind=kind)


def line(
    version: Any,
    period: Any,
    value: Value,
    *,
    territory: str | None = None,
    institution: str | None = None,
    kind: str | None = None,
) -> dict[str, Any]:
    """One line of values."""
    return {
        "indicator": version.indicator.code,
        "definition_version": version.version,
        "territory": territory,
        "institution": institution,
        "institution_kind": kind,
        "period": period.code,
        "basis": "as_was",
        **value_part(value),
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
