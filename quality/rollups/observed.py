"""Counting what was entered or imported: one statement for all indicators of a period, or only by how much it changed.

First the rows are summed by indicator, place and kind; then those few sums are added up over the tree. A total imported
for a place counts as a row of that place, if nothing is known below it. What is reported counts, whoever reports it;
the kinds of the definition (`wanted`) and being open on the day say only from whom a figure is expected.
"""

from quality.rollups.formulas import DERIVE

DEFINITIONS = """
definition AS (
  SELECT d.*
  FROM unnest(%(versions)s::bigint[], %(methods)s::text[], %(factors)s::bigint[]) AS d(version_id, method, factor)
  WHERE EXISTS (SELECT 1 FROM quality_observation o WHERE o.version_id = d.version_id AND o.period_id = %(period)s)
), wanted AS (
  SELECT * FROM unnest(%(wanted_versions)s::bigint[], %(wanted_kinds)s::bigint[]) AS w(version_id, kind_id)
  JOIN definition USING (version_id)
)"""
FRESH = f"""
CREATE TEMP TABLE hk_fresh ON COMMIT DROP AS
WITH {DEFINITIONS}, leaf AS (
  SELECT o.version_id, s.territory_id, s.kind_id, sum(o.numerator) AS num, sum(o.denominator) AS den,
         count(o.numerator) AS reporting, count(o.numerator) FILTER (WHERE NOT s.active) AS beyond,
         count(*) FILTER (WHERE o.state = 'not_applicable') AS excused,
         count(*) FILTER (WHERE o.state = 'not_applicable' AND s.active) AS let_off
  FROM quality_observation o JOIN hk_standing s ON s.institution_id = o.institution_id
  WHERE o.period_id = %(period)s AND o.version_id = ANY(%(versions)s) GROUP BY 1, 2, 3
), standing AS (
  SELECT territory_id, kind_id, count(*) AS active FROM hk_standing WHERE active GROUP BY 1, 2
), house AS (
  SELECT leaf.version_id, territory_id, leaf.kind_id, num, den, reporting, excused,
         CASE WHEN w.kind_id IS NULL THEN reporting ELSE beyond - let_off END AS expected
  FROM leaf LEFT JOIN wanted w ON w.version_id = leaf.version_id AND w.kind_id = leaf.kind_id
), given AS (
  SELECT o.version_id, o.territory_id, o.numerator AS num, o.denominator AS den FROM quality_observation o
  WHERE o.period_id = %(period)s AND o.version_id = ANY(%(versions)s) AND o.institution_id IS NULL AND o.state = 'value'
), total AS (  -- of the totals those below which nothing is known, neither from institutions nor by other totals
  SELECT * FROM given WHERE NOT EXISTS (
    SELECT 1 FROM hk_tree t JOIN given g USING (territory_id) WHERE t.ancestor_id = given.territory_id
    AND t.territory_id <> given.territory_id AND g.version_id = given.version_id
  ) AND NOT EXISTS (
    SELECT 1 FROM hk_tree t JOIN house h USING (territory_id) WHERE t.ancestor_id = given.territory_id
    AND h.version_id = given.version_id AND h.reporting > 0
  )
), part AS (
  SELECT version_id, territory_id, kind_id, num, den, reporting, expected, excused FROM house
  UNION ALL
  SELECT version_id, territory_id, kind_id, NULL, NULL, 0, active, 0 FROM standing JOIN wanted USING (kind_id)
  UNION ALL
  SELECT version_id, territory_id, NULL, num, den, 1, 1, 0 FROM total
  UNION ALL  -- inside a place that is known by its total nobody else is expected; its kinds still are
  SELECT t.version_id, s.territory_id, NULL, NULL, NULL, 0, -s.active, 0
  FROM total t JOIN hk_tree b ON b.ancestor_id = t.territory_id JOIN standing s ON s.territory_id = b.territory_id
  JOIN wanted w ON w.version_id = t.version_id AND w.kind_id = s.kind_id
  UNION ALL
  SELECT version_id, territory_id, NULL, NULL, NULL, 0, 0, 0 FROM definition CROSS JOIN hk_shown
), gathered AS (
  SELECT version_id, ancestor_id AS territory_id, kind_id, GROUPING(kind_id) AS all_kinds, sum(num) AS num,
         sum(den) AS den, sum(reporting) AS reporting, sum(expected) AS expected, sum(excused) AS excused
  FROM part JOIN hk_tree USING (territory_id)
  GROUP BY GROUPING SETS ((version_id, ancestor_id, kind_id), (version_id, ancestor_id))
), summed AS (
  SELECT version_id, territory_id, kind_id, num, CASE WHEN method IN ('share', 'ratio') THEN den END AS den,
         NULL::bigint AS participations, reporting, expected, excused
  FROM gathered JOIN definition USING (version_id) WHERE all_kinds = 1 OR kind_id IS NOT NULL
) {DERIVE}
"""  # noqa: S608 - put together from constants of this package
# What changed is placed as the whole count places it and added to the stored sums of its places.
CHANGED = f"""
CREATE TEMP TABLE hk_fresh ON COMMIT DROP AS
WITH {DEFINITIONS}, leaf AS (
  SELECT c.version_id, s.territory_id, s.kind_id, sum(c.numerator) AS num, sum(c.denominator) AS den,
         sum(c.reporting) AS reporting, sum(c.excused) AS excused,
         sum(CASE WHEN s.active THEN -c.excused ELSE c.reporting END) AS expected
  FROM hk_changes c JOIN hk_standing s ON s.institution_id = c.institution_id GROUP BY 1, 2, 3
), house AS (
  SELECT leaf.version_id, territory_id, leaf.kind_id, num, den, reporting, excused,
         CASE WHEN w.kind_id IS NULL THEN reporting ELSE expected END AS expected
  FROM leaf LEFT JOIN wanted w ON w.version_id = leaf.version_id AND w.kind_id = leaf.kind_id
), gathered AS (
  SELECT version_id, ancestor_id AS territory_id, kind_id, GROUPING(kind_id) AS all_kinds, sum(num) AS num,
         sum(den) AS den, sum(reporting) AS reporting, sum(expected) AS expected, sum(excused) AS excused
  FROM house JOIN hk_tree USING (territory_id)
  GROUP BY GROUPING SETS ((version_id, ancestor_id, kind_id), (version_id, ancestor_id))
), delta AS (
  SELECT * FROM gathered WHERE all_kinds = 1 OR kind_id IS NOT NULL
), added AS (
  SELECT d.version_id, d.territory_id, d.kind_id, COALESCE(r.numerator, 0) + d.num AS num,
         COALESCE(r.denominator, 0) + d.den AS den, COALESCE(r.reporting, 0) + d.reporting AS reporting,
         COALESCE(r.expected, 0) + d.expected AS expected, COALESCE(r.excused, 0) + d.excused AS excused
  FROM delta d LEFT JOIN quality_rollup r ON r.version_id = d.version_id AND r.period_id = %(period)s
   AND r.territory_id = d.territory_id AND r.basis = 'as_was'
   AND COALESCE(r.institution_kind_id, 0) = COALESCE(d.kind_id, 0)
), summed AS (
  SELECT version_id, territory_id, kind_id, CASE WHEN reporting > 0 THEN num END AS num,
    CASE WHEN reporting > 0 AND method IN ('share', 'ratio') THEN den END AS den, NULL::bigint AS participations,
    reporting, expected, excused
  FROM added JOIN definition USING (version_id)
) {DERIVE}
"""  # noqa: S608 - put together from constants of this package
