"""Counting what was entered or imported: one pass over the rows of a period for all indicators, or only what changed.

First the rows are summed by indicator, place and kind; then those few sums are added up over the tree. A total imported
for a place counts as a row of that place, if nothing is known below it. What is reported counts, whoever reports it;
the kinds of the definition (`wanted`) and being open on the day say only from whom a figure is expected.
"""

from quality.rollups.formulas import DERIVE
from quality.rollups.standing import STANDING

# Counts are kept as int: PostgreSQL adds bigints as numerics, ten times as slowly.
# The one statement that reads every row: plain joins, whose sizes are known, and no temporary table, so that it may run
# on several processors. It takes a range of indicators; those in between that are not asked for are left out later.
LEAF = """
CREATE TEMP TABLE hk_leaf ON COMMIT DROP AS
SELECT o.version_id, p.territory_id, k.kind_id, sum(o.numerator) AS num, sum(o.denominator) AS den,
       count(*)::int AS reporting, 0 AS beyond, 0 AS excused, 0 AS let_off
FROM quality_observation o
JOIN institutions_institution i ON i.id = o.institution_id AND i.verified_at IS NOT NULL
JOIN institutions_institutionplace p ON p.institution_id = i.id AND p.valid @> %(day)s::date
JOIN institutions_institutionkind k ON k.institution_id = i.id AND k.valid @> %(day)s::date
WHERE o.period_id = %(period)s AND o.version_id BETWEEN %(first)s AND %(last)s AND o.state = 'value'
GROUP BY 1, 2, 3
"""
# The strays' figures, where LEAF has not summed them, and how many of them nobody expected.
STRAY = """
INSERT INTO hk_leaf
SELECT o.version_id, s.territory_id, s.kind_id, sum(o.numerator) FILTER (WHERE s.lost),
       sum(o.denominator) FILTER (WHERE s.lost), count(*) FILTER (WHERE s.lost), count(*) FILTER (WHERE NOT s.active), 0, 0
FROM hk_stray s JOIN quality_observation o ON o.institution_id = s.institution_id
WHERE o.period_id = %(period)s AND o.version_id = ANY(%(versions)s) AND o.state = 'value'
GROUP BY 1, 2, 3
"""
EXCUSED = f"""
INSERT INTO hk_leaf
SELECT o.version_id, s.territory_id, s.kind_id, NULL, NULL, 0, 0, count(*), count(*) FILTER (WHERE s.active)
FROM quality_observation o JOIN ({STANDING}) AS s ON s.institution_id = o.institution_id
WHERE o.period_id = %(period)s AND o.version_id = ANY(%(versions)s) AND o.state = 'not_applicable'
GROUP BY 1, 2, 3
"""  # noqa: S608
DEFINITIONS = """
definition AS (
  SELECT d.*
  FROM unnest(%(versions)s::bigint[], %(methods)s::text[], %(factors)s::bigint[]) AS d(version_id, method, factor)
  WHERE (  -- one look into the index for each, whatever else the planner may not do
    SELECT true FROM quality_observation o WHERE o.version_id = d.version_id AND o.period_id = %(period)s LIMIT 1
  )
), wanted AS (
  SELECT * FROM unnest(%(wanted_versions)s::bigint[], %(wanted_kinds)s::bigint[]) AS w(version_id, kind_id)
  JOIN definition USING (version_id)
)"""
UPWARDS = """
  SELECT version_id, ancestor_id AS territory_id, kind_id, GROUPING(kind_id) AS all_kinds, sum(num) AS num,
         sum(den) AS den, sum(reporting) AS reporting, sum(expected) AS expected, sum(excused) AS excused
  FROM {rows} JOIN hk_tree USING (territory_id)
  GROUP BY GROUPING SETS ((version_id, ancestor_id, kind_id), (version_id, ancestor_id))
"""
FRESH = f"""
WITH {DEFINITIONS}, house AS (
  SELECT l.version_id, l.territory_id, l.kind_id, num, den, reporting, excused,
         CASE WHEN w.kind_id IS NULL THEN reporting ELSE beyond - let_off END AS expected
  FROM hk_leaf l JOIN definition d ON d.version_id = l.version_id
  LEFT JOIN wanted w ON w.version_id = l.version_id AND w.kind_id = l.kind_id
), given AS (
  SELECT o.version_id, o.territory_id, o.numerator AS num, o.denominator AS den FROM quality_observation o
  WHERE o.period_id = %(period)s AND o.version_id = ANY(%(versions)s) AND o.institution_id IS NULL AND o.state = 'value'
), total AS (  -- of the totals those below which nothing is known, neither from institutions nor by other totals
  SELECT * FROM given WHERE NOT EXISTS (
    SELECT 1 FROM hk_tree t JOIN given g USING (territory_id) WHERE t.ancestor_id = given.territory_id
    AND t.territory_id <> given.territory_id AND g.version_id = given.version_id
  ) AND NOT EXISTS (
    SELECT 1 FROM hk_tree t JOIN hk_leaf h USING (territory_id) WHERE t.ancestor_id = given.territory_id
    AND h.version_id = given.version_id AND h.reporting > 0
  )
), part AS (
  SELECT version_id, territory_id, kind_id, num, den, reporting, expected, excused FROM house
  UNION ALL
  SELECT version_id, territory_id, NULL, num, den, 1, 1, 0 FROM total
  UNION ALL  -- inside a place that is known by its total nobody else is expected; its kinds still are
  SELECT t.version_id, s.territory_id, NULL, NULL, NULL, 0, -s.active, 0
  FROM total t JOIN hk_tree b ON b.ancestor_id = t.territory_id JOIN hk_active s ON s.territory_id = b.territory_id
  JOIN wanted w ON w.version_id = t.version_id AND w.kind_id = s.kind_id
  UNION ALL  -- who was let off there is not taken off twice
  SELECT t.version_id, h.territory_id, NULL, NULL, NULL, 0, -h.expected, 0
  FROM total t JOIN hk_tree b ON b.ancestor_id = t.territory_id JOIN house h USING (version_id)
  WHERE h.territory_id = b.territory_id
), active AS (  -- who is expected goes up the tree once for all indicators
  SELECT ancestor_id AS territory_id, kind_id, sum(active)::int AS active
  FROM hk_active JOIN hk_tree USING (territory_id) GROUP BY 1, 2
), lying AS (
  SELECT version_id, ancestor_id AS territory_id, kind_id, num, den, reporting, expected, excused
  FROM part JOIN hk_tree USING (territory_id)
  UNION ALL
  SELECT version_id, territory_id, kind_id, NULL, NULL, 0, active, 0 FROM active JOIN wanted USING (kind_id)
  UNION ALL  -- a place of which nothing is known has a line of its own
  SELECT version_id, ancestor_id, NULL, NULL, NULL, 0, 0, 0
  FROM (SELECT DISTINCT ancestor_id FROM hk_shown JOIN hk_tree USING (territory_id)) AS shown CROSS JOIN definition
), cell AS (
  SELECT version_id, territory_id, kind_id, GROUPING(kind_id) AS all_kinds, sum(num) AS num, sum(den) AS den,
         sum(reporting) AS reporting, sum(expected) AS expected, sum(excused) AS excused
  FROM lying GROUP BY GROUPING SETS ((version_id, territory_id, kind_id), (version_id, territory_id))
), summed AS (
  SELECT NULL::bigint AS id, version_id, territory_id, kind_id, num,
         CASE WHEN method IN ('share', 'ratio') THEN den END AS den, NULL::bigint AS participations,
         reporting, expected, excused
  FROM cell JOIN definition USING (version_id) WHERE all_kinds = 1 OR kind_id IS NOT NULL
) {DERIVE}
"""  # noqa: S608
STORED = """
SELECT * FROM quality_rollup WHERE version_id = d.version_id AND period_id = %(period)s
AND territory_id = d.territory_id AND basis = 'as_was' AND institution_kind_id {kind}"""
# What changed is placed as the whole count places it and added to the stored sums of its places.
CHANGED = f"""
WITH {DEFINITIONS}, house AS (
  SELECT c.version_id, s.territory_id, s.kind_id, c.numerator AS num, c.denominator AS den, c.reporting, c.excused,
         CASE WHEN w.kind_id IS NULL OR NOT s.active THEN c.reporting ELSE -c.excused END AS expected
  FROM hk_changes c JOIN (
    {STANDING} AND i.id IN (SELECT institution_id FROM hk_changes)
  ) AS s ON s.institution_id = c.institution_id
  LEFT JOIN wanted w ON w.version_id = c.version_id AND w.kind_id = s.kind_id
), gathered AS ({UPWARDS.format(rows="house")}), added AS (
  SELECT r.id, d.version_id, d.territory_id, d.kind_id, COALESCE(r.numerator, 0) + d.num AS num,
         COALESCE(r.denominator, 0) + d.den AS den, COALESCE(r.reporting, 0) + d.reporting AS reporting,
         COALESCE(r.expected, 0) + d.expected AS expected, COALESCE(r.excused, 0) + d.excused AS excused
  FROM gathered d LEFT JOIN LATERAL (  -- LIMIT: found by its whole key, whatever the planner believes of the table
    ({STORED.format(kind="= d.kind_id")} LIMIT 1) UNION ALL ({STORED.format(kind="IS NULL AND d.kind_id IS NULL")} LIMIT 1)
  ) AS r ON true
  WHERE d.all_kinds = 1 OR d.kind_id IS NOT NULL
), summed AS (
  SELECT id, version_id, territory_id, kind_id, CASE WHEN reporting > 0 THEN num END AS num,
    CASE WHEN reporting > 0 AND method IN ('share', 'ratio') THEN den END AS den, NULL::bigint AS participations,
    reporting, expected, excused
  FROM added JOIN definition USING (version_id)
) {DERIVE}
"""  # noqa: S608
