"""Counting what things declare: contributions of rows, placed by the institution they belong to."""

from decimal import Decimal
from typing import Any

from psycopg2.extras import execute_values

from quality.catalogue.declared import Entry, Span
from quality.catalogue.models import DefinitionVersion, Method
from quality.rollups.formulas import DERIVE, median, median_interval

# the only thing put into this text is the statement of a queryset, its values apart
PARTS = "CREATE TEMP TABLE hk_part ON COMMIT DROP AS SELECT * FROM ({}) AS part(subject, house, num, den)"
# Every institution of the reference set contributes once: the sums of a place are sums of its parts.
SHARES = f"""
CREATE TEMP TABLE hk_fresh ON COMMIT DROP AS
WITH definition AS (
  SELECT %(version)s::bigint AS version_id, %(method)s::text AS method, %(factor)s::bigint AS factor
), leaf AS (
  SELECT s.territory_id, s.kind_id, sum(p.num) AS num, sum(p.den) AS den, count(*) AS expected
  FROM hk_part p JOIN hk_standing s ON s.institution_id = p.house
  WHERE s.active AND s.kind_id = ANY(%(kinds)s) GROUP BY 1, 2
  UNION ALL SELECT territory_id, NULL, 0, 0, 0 FROM hk_shown
), summed AS (
  SELECT NULL::bigint AS id, %(version)s::bigint AS version_id, ancestor_id AS territory_id,
         CASE WHEN GROUPING(kind_id) = 0 THEN kind_id END AS kind_id,
         GROUPING(kind_id) AS all_kinds, sum(num) AS num, sum(den) AS den, NULL::bigint AS participations,
         sum(expected) AS reporting, sum(expected) AS expected, 0 AS excused
  FROM leaf JOIN hk_tree USING (territory_id) GROUP BY GROUPING SETS ((ancestor_id, kind_id), (ancestor_id))
  HAVING GROUPING(kind_id) = 1 OR kind_id IS NOT NULL
) {DERIVE}
"""  # noqa: S608
# A row shared by several institutions is one row inside every place where one of them stands.
VALUES = """
SELECT b.ancestor_id, CASE WHEN GROUPING(s.kind_id) = 0 THEN s.kind_id END AS kind_id, p.num, count(*) AS participations
FROM hk_part p JOIN hk_standing s ON s.institution_id = p.house JOIN hk_tree b ON b.territory_id = s.territory_id
WHERE s.kind_id IS NOT NULL AND (NOT %(reference)s OR (s.active AND s.kind_id = ANY(%(kinds)s)))
GROUP BY GROUPING SETS ((b.ancestor_id, s.kind_id, p.subject, p.num), (b.ancestor_id, p.subject, p.num))
UNION ALL SELECT territory_id, NULL, NULL, 0 FROM hk_shown
"""
EMPTY = """
CREATE TEMP TABLE hk_fresh (id bigint, version_id bigint, territory_id bigint, institution_kind_id bigint,
  numerator numeric(22,4), denominator numeric(22,4), value numeric(24,8), low numeric(24,8), high numeric(24,8), participations int,
  reporting int, expected int, excused int, state text) ON COMMIT DROP
"""
Cell = tuple[int, int | None]


def fill(cursor: Any, entry: Entry, version: DefinitionVersion, kinds: list[int], span: Span) -> None:
    """Every cell of one computed indicator in a period, into hk_fresh."""
    sql, params = entry.contributions(span).query.sql_with_params()
    cursor.execute("DROP TABLE IF EXISTS hk_part")
    cursor.execute(PARTS.format(sql), params)
    cursor.execute("ANALYZE hk_part")
    values = {"version": version.pk, "method": version.method, "factor": version.factor, "kinds": kinds,
              "reference": entry.of_reference}  # fmt: skip
    if version.method == Method.MEDIAN:
        _fill_medians(cursor, values)
    else:
        cursor.execute(SHARES, values)


def _fill_medians(cursor: Any, values: dict[str, Any]) -> None:
    found: dict[Cell, list[Decimal]] = {}
    shared: dict[Cell, int] = {}
    cursor.execute(VALUES, values)
    for place, kind, measured, participations in cursor.fetchall():
        rows = found.setdefault((place, kind), [])
        if measured is not None:
            rows.append(Decimal(measured))
            shared[place, kind] = shared.get((place, kind), 0) + participations
    cursor.execute(EMPTY)
    cells = [_median_cell(values["version"], cell, sorted(rows), shared.get(cell, 0)) for cell, rows in found.items()]
    execute_values(cursor, "INSERT INTO hk_fresh VALUES %s", cells, page_size=1000)


def _median_cell(version: int, cell: Cell, rows: list[Decimal], participations: int) -> tuple[Any, ...]:
    low, high = median_interval(rows)
    value = median(rows) if rows else None
    state = "value" if rows else "not_applicable"  # nothing happened, so there is no middle; that is not missing
    return (None, version, *cell, None, None, value, low, high, participations, len(rows), len(rows), 0, state)
