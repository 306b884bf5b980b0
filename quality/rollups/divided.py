"""Counting shared rows that are divided by other rows: activities over heads, say.

The numerator is counted as shared rows are. What it is divided by stands at institutions of the reference set, placed by
the hierarchy on the day. An institution that is expected to have such a row and has none adds nothing to either sum: the
value says from how many of how many it is made, and is missing where nobody has one.
"""

from typing import Any

from django.db.models import QuerySet

from quality.catalogue.declared import Entry, Span
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import DefinitionVersion
from quality.rollups.formulas import DERIVE
from quality.rollups.models import Tally
from quality.rollups.observed import STORED
from quality.rollups.shared import GATHERED, gather_changes, gather_whole, sides, span_of, written
from quality.rollups.standing import STANDING

BASE = """
CREATE TEMP TABLE hk_base ON COMMIT DROP AS
SELECT ancestor_id AS territory_id, CASE WHEN GROUPING(kind_id) = 0 THEN kind_id END AS kind_id,
       sum(den) AS den, sum(reporting) AS reporting, sum(expected) AS expected
FROM (
  SELECT s.territory_id, s.kind_id, sum(b.den) AS den, count(b.house) AS reporting, count(*) AS expected
  FROM hk_standing s LEFT JOIN ({rows}) AS b(subject, house, den) ON b.house = s.institution_id
  WHERE s.active AND s.kind_id = ANY(%(kinds)s) GROUP BY 1, 2
  UNION ALL SELECT territory_id, NULL, NULL, 0, 0 FROM hk_shown
) AS leaf JOIN hk_tree USING (territory_id) GROUP BY GROUPING SETS ((ancestor_id, kind_id), (ancestor_id))
HAVING GROUPING(kind_id) = 1 OR kind_id IS NOT NULL
"""
AMONG = " AND i.id IN (SELECT house FROM ({rows}) AS t(subject, house, on_date, num, den))"
LACKING = """
SELECT s.institution_id FROM ({standing}) AS s LEFT JOIN ({rows}) AS b(subject, house, den) ON b.house = s.institution_id
WHERE s.active AND s.kind_id = ANY(%(kinds)s) AND b.house IS NULL
"""
FRESH = f"""
CREATE TEMP TABLE hk_fresh ON COMMIT DROP AS
WITH {GATHERED}, summed AS (
  SELECT NULL::bigint AS id, %(version)s::bigint AS version_id, b.territory_id, b.kind_id,
         CASE WHEN b.reporting > 0 THEN COALESCE(g.num, 0) END AS num, b.den,
         CASE WHEN b.reporting > 0 THEN COALESCE(g.participations, 0) END AS participations,
         b.reporting, b.expected, 0 AS excused
  FROM hk_base b LEFT JOIN gathered g
    ON g.territory_id = b.territory_id AND COALESCE(g.kind_id, 0) = COALESCE(b.kind_id, 0)
) {DERIVE}
"""  # noqa: S608
# What is divided by has not changed, else the period were counted whole; so a cell comes or goes only with that.
CHANGED = f"""
CREATE TEMP TABLE hk_differing ON COMMIT DROP AS
WITH {GATHERED}, summed AS (
  SELECT r.id, %(version)s::bigint AS version_id, d.territory_id, d.kind_id, r.numerator + d.num AS num,
         r.denominator AS den, r.participations + d.participations AS participations, r.reporting, r.expected, r.excused
  FROM (SELECT *, %(version)s::bigint AS version_id FROM gathered) AS d CROSS JOIN LATERAL (
    ({STORED.format(kind="= d.kind_id")} LIMIT 1) UNION ALL ({STORED.format(kind="IS NULL AND d.kind_id IS NULL")} LIMIT 1)
  ) AS r WHERE r.numerator IS NOT NULL
) {DERIVE}
"""  # noqa: S608


def fill(cursor: Any, entry: Entry, version: DefinitionVersion, span: Span, pack: str) -> None:
    """Every cell of one such indicator in a period, into hk_fresh; every institution stands in hk_standing."""
    kinds, rows = {"kinds": kinds_of(version, *vocabulary())}, _base(cursor, entry, span)
    cursor.execute(BASE.format(rows=rows), kinds)
    lacking = _lacking(cursor, "SELECT * FROM hk_standing", rows, kinds)
    cursor.execute(FRESH, gather_whole(cursor, entry, version, span, pack, lacking=lacking))


def fill_changes(cursor: Any, entry: Entry, tally: Tally, keys: list[int], images: QuerySet[Any]) -> None:
    """The cells that these rows change, into hk_differing."""
    span = span_of(tally)
    touched = " UNION ALL ".join(f"({written(cursor, rows)})" for rows in sides(entry, span, keys, images))
    among = STANDING + AMONG.format(rows=touched)
    values = {"kinds": kinds_of(tally.version, *vocabulary()), "day": tally.day}
    lacking = _lacking(cursor, among, _base(cursor, entry, span), values)
    cursor.execute(CHANGED, gather_changes(cursor, entry, tally, keys, images, lacking=lacking))


def _base(cursor: Any, entry: Entry, span: Span) -> str:
    assert entry.base is not None  # noqa: S101
    return written(cursor, entry.base.rows(span))


def _lacking(cursor: Any, standing: str, rows: str, values: dict[str, Any]) -> list[int]:
    """Institutions expected to have something to divide by, and without it."""
    cursor.execute(LACKING.format(standing=standing, rows=rows), values)
    return [house for (house,) in cursor.fetchall()]
