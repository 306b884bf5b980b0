"""A total of which only the printed quotient is known is held against what its parts give."""

from importlib import import_module

from django.db import migrations

before = import_module("quality.migrations.0009_discrepancies")

# The same way down the tree and into the stored sums as for totals that are told with both figures.
PRINTED = f"""
{before.ROW}
CROSS JOIN LATERAL (
  WITH RECURSIVE down(place, figure, known) AS (
    SELECT o.territory_id, NULL::bigint, false
    UNION ALL
    SELECT t.child_id, c.id, c.id IS NOT NULL AND c.state <> 'missing'
    FROM down JOIN institutions_territoryparent t ON t.parent_id = down.place AND t.valid @> p.ends_on
    LEFT JOIN quality_observation c ON c.version_id = o.version_id AND c.period_id = o.period_id
      AND c.institution_id IS NULL AND c.territory_id = t.child_id
    WHERE NOT down.known
  )
  SELECT count(c.id) AS parts, sum(c.numerator) AS num, sum(c.denominator) AS den,
         bool_or(NOT down.known AND NOT EXISTS (
           SELECT FROM institutions_territoryparent t WHERE t.parent_id = down.place AND t.valid @> p.ends_on
         )) AS lacking
  FROM down LEFT JOIN quality_observation c ON c.id = down.figure AND c.state = 'value'
) AS below
LEFT JOIN LATERAL (  -- the stored sum, unless what it is made of waits to be counted
  SELECT r.numerator AS num, r.denominator AS den, r.reporting AS parts, r.reporting < r.expected AS lacking
  FROM quality_rollup r
  WHERE below.parts = 0 AND r.version_id = o.version_id AND r.period_id = o.period_id AND r.basis = 'as_was'
    AND r.territory_id = o.territory_id AND r.institution_kind_id IS NULL AND r.state = 'value'
    AND NOT EXISTS (SELECT FROM quality_change w WHERE w.period_id = o.period_id AND w.version_id = o.version_id)
    AND NOT EXISTS (SELECT FROM quality_dirty w WHERE w.period_id = o.period_id AND w.version_id = o.version_id)
) AS inside ON true
CROSS JOIN LATERAL (
  SELECT 6 AS number, 'value' AS part, o.published::numeric AS said, round(v.factor * num / den, 8) AS found, num, den,
         lacking, parts, kind, 0.5 * power(10::numeric, -scale(o.published::numeric)) AS half,
         {before.SLACK.format(places="scale(trim_scale(num))", parts="(parts - 1)")} AS top,
         {before.SLACK.format(places="scale(trim_scale(den))", parts="(parts - 1)")} AS base
  FROM (SELECT CASE WHEN below.parts > 0 THEN below.num ELSE inside.num END AS num,
               CASE WHEN below.parts > 0 THEN below.den ELSE inside.den END AS den,
               CASE WHEN below.parts > 0 THEN below.lacking ELSE inside.lacking END AS lacking,
               CASE WHEN below.parts > 0 THEN below.parts ELSE inside.parts END AS parts,
               CASE WHEN below.parts > 0 THEN 'places' ELSE 'institutions' END AS kind) AS held
  WHERE den > 0
) AS f
WHERE o.institution_id IS NULL AND o.state = 'missing' AND o.published <> '' AND NOT f.lacking AND (
  (f.said + f.half) * (f.den + f.base) < v.factor * (f.num - f.top)
  OR (f.said - f.half) * greatest(f.den - f.base, 0) > v.factor * (f.num + f.top)
)
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0011_targets")]

    operations = [
        migrations.RunSQL(
            f"DROP VIEW quality_discrepancy; {before.VIEW} UNION ALL {PRINTED}",
            f"DROP VIEW quality_discrepancy; {before.VIEW}",
        )
    ]
