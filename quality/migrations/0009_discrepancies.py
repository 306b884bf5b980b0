"""Printed quotients, what indicators are made of, and the view that lists where published figures disagree."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

# One row of the view for each figure that disagrees; its number is made of the observation and of what it is held against.
# Figures with decimals have been rounded: each may be half a unit of its last place away from the truth.
ROW = """
SELECT o.id * 8 + f.number AS id, o.version_id, o.period_id, o.territory_id, o.institution_id, f.kind, f.part,
       f.said::numeric(24,8) AS said, f.found::numeric(24,8) AS found, (f.said - f.found)::numeric(24,8) AS difference,
       abs(f.said - f.found)::numeric(24,8) AS size, f.parts::int AS parts
FROM quality_observation o
JOIN quality_definitionversion v ON v.id = o.version_id
JOIN quality_period p ON p.id = o.period_id
"""
# what rounding alone may do: nothing to whole numbers
SLACK = "CASE WHEN {places} > 0 THEN 0.5 * power(10::numeric, -{places}) * ({parts} + 1) ELSE 0 END"
# Down the tree of the period's last day, no further than to places that have a figure of their own.
PLACES = f"""
{ROW}
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
         max(scale(trim_scale(c.numerator))) AS num_places, max(scale(trim_scale(c.denominator))) AS den_places,
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
  SELECT number, part, said, found, parts, lacking, {SLACK.format(places="places", parts="parts")} AS slack,
         CASE WHEN below.parts > 0 THEN 'places' ELSE 'institutions' END AS kind
  FROM (VALUES
    (1, 'numerator', o.numerator, below.num, inside.num, below.num_places),
    (2, 'denominator', o.denominator, below.den, inside.den, below.den_places)
  ) AS each(number, part, said, of_places, of_houses, of_places_places)
  CROSS JOIN LATERAL (
    SELECT CASE WHEN below.parts > 0 THEN of_places ELSE of_houses END AS found,
           CASE WHEN below.parts > 0 THEN below.parts ELSE inside.parts END AS parts,
           CASE WHEN below.parts > 0 THEN below.lacking ELSE inside.lacking END AS lacking,
           greatest(scale(trim_scale(said)), of_places_places, scale(trim_scale(of_houses))) AS places
  ) AS held
) AS f
WHERE o.institution_id IS NULL AND o.state = 'value' AND v.method IN ('sum', 'share', 'ratio', 'distinct')
  AND ((f.found > f.said + f.slack AND v.method <> 'distinct') OR (f.found < f.said - f.slack AND NOT f.lacking))
"""
MADE_OF = f"""
{ROW}
CROSS JOIN LATERAL (
  SELECT count(c.id) AS parts, sum(c.numerator) AS sum, max(scale(trim_scale(c.numerator))) AS places,
         max(c.numerator) FILTER (WHERE m.at = 1) AS first, max(c.numerator) FILTER (WHERE m.at = 2) AS second
  FROM unnest(v.made_of) WITH ORDINALITY AS m(code, at)
  JOIN quality_indicator i ON i.code = m.code JOIN quality_definitionversion cv ON cv.indicator_id = i.id
  CROSS JOIN LATERAL (
    SELECT c.id, c.numerator FROM quality_observation c WHERE c.version_id = cv.id AND c.period_id = o.period_id
      AND c.institution_id IS NULL AND c.territory_id = o.territory_id AND c.state = 'value'
    UNION ALL
    SELECT c.id, c.numerator FROM quality_observation c WHERE c.version_id = cv.id AND c.period_id = o.period_id
      AND c.institution_id = o.institution_id AND c.territory_id IS NULL AND c.state = 'value'
  ) AS c
) AS made
CROSS JOIN LATERAL (
  SELECT number, 'made_of' AS kind, part, said, found, parts, lacking, {SLACK.format(places="places", parts="parts")} AS slack
  FROM (VALUES
    (3, 'numerator', o.numerator, CASE WHEN v.method IN ('share', 'ratio') THEN made.first ELSE made.sum END,
     CASE WHEN v.method IN ('share', 'ratio') THEN 1 ELSE made.parts END,
     v.method NOT IN ('share', 'ratio') AND made.parts < cardinality(v.made_of)),
    (4, 'denominator', o.denominator, made.second, 1, false)
  ) AS each(number, part, said, found, parts, lacking)
  CROSS JOIN LATERAL (SELECT greatest(scale(trim_scale(said)), made.places) AS places) AS rounded
) AS f
WHERE o.state = 'value' AND v.made_of <> '{{}}'
  AND (f.found > f.said + f.slack OR (f.found < f.said - f.slack AND NOT f.lacking))
"""
# The quotient of rounded figures lies between two; so does what is printed.
QUOTIENT = f"""
{ROW}
CROSS JOIN LATERAL (
  SELECT 5 AS number, 'quotient' AS kind, 'value' AS part, o.published::numeric AS said,
         round(v.factor * o.numerator / o.denominator, 8) AS found, 2 AS parts,
         0.5 * power(10::numeric, -scale(o.published::numeric)) AS half,
         {SLACK.format(places="scale(trim_scale(o.numerator))", parts="0")} AS top,
         {SLACK.format(places="scale(trim_scale(o.denominator))", parts="0")} AS base
  WHERE o.published <> '' AND o.denominator > 0
) AS f
WHERE o.published <> '' AND (
  (f.said + f.half) * (o.denominator + f.base) < v.factor * (o.numerator - f.top)
  OR (f.said - f.half) * greatest(o.denominator - f.base, 0) > v.factor * (o.numerator + f.top)
)
"""
VIEW = f"CREATE VIEW quality_discrepancy AS {PLACES} UNION ALL {MADE_OF} UNION ALL {QUOTIENT}"


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0003_headcounts"),
        ("quality", "0008_releases"),
    ]

    operations = [
        migrations.AddField(
            model_name="definitionversion", name="counts_events", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="definitionversion",
            name="made_of",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="published",
            field=models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(fields=["period"], condition=Q(institution__isnull=True), name="observation_total"),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(fields=["period"], condition=~Q(published=""), name="observation_published"),
        ),
        migrations.RunSQL(VIEW, "DROP VIEW quality_discrepancy"),
    ]
