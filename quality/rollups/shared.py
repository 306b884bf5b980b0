"""Counting rows that several institutions share: each once in every place where one of them lay on the row's own day.

Rows that lie in the same places are one *set*: a million rows are a few thousand sets, and only those go up the tree.
What changed is counted by the same statement, what was counted before with the sign turned round.
"""

import datetime
from typing import Any

from django.db.models import QuerySet

from institutions.territory.models import TerritoryParent
from quality.catalogue.declared import Entry, Span
from quality.catalogue.models import DefinitionVersion
from quality.rollups.formulas import DERIVE
from quality.rollups.models import Tally
from quality.rollups.standing import KIND, PLACE

# A leaf is a place, a kind and the state of the tree in one number, so that a set of them is an array of numbers.
PLACED = """
SELECT {sign} AS sign, p.subject, p.num, p.den,
       COALESCE(pl.territory_id, {place}) * 1000000000 + COALESCE(k.kind_id, {kind}) * 1000 + {era} AS leaf
FROM ({rows}) AS p(subject, house, on_date, num, den)
JOIN institutions_institution i ON i.id = p.house AND i.verified_at IS NOT NULL
LEFT JOIN institutions_institutionplace pl ON pl.institution_id = i.id AND pl.valid @> p.on_date
LEFT JOIN institutions_institutionkind k ON k.institution_id = i.id AND k.valid @> p.on_date
{among}
"""
# The same for many rows: each dated row stands until the next one begins, the first one also for what came before. So
# one plain join places every row, and no row has to look further.
SPANS = """
SELECT institution_id, {column}, lead(lower(valid), 1, 'infinity') OVER dated AS until,
  CASE WHEN row_number() OVER dated = 1 THEN '-infinity' ELSE lower(valid) END AS since
FROM {table} WINDOW dated AS (PARTITION BY institution_id ORDER BY valid)
"""
PLACED_MANY = f"""
SELECT 1 AS sign, p.subject, p.num, p.den, s.leaf + {{era}} AS leaf
FROM ({{rows}}) AS p(subject, house, on_date, num, den)
JOIN (
  SELECT i.id AS house, greatest(pl.since, k.since) AS since, least(pl.until, k.until) AS until,
         pl.territory_id * 1000000000 + k.kind_id * 1000 AS leaf
  FROM institutions_institution i
  JOIN ({SPANS.format(column="territory_id", table="institutions_institutionplace")}) AS pl ON pl.institution_id = i.id
  JOIN ({SPANS.format(column="kind_id", table="institutions_institutionkind")}) AS k
    ON k.institution_id = i.id AND k.since < pl.until AND pl.since < k.until
  WHERE i.verified_at IS NOT NULL
) AS s ON s.house = p.house AND p.on_date >= s.since AND p.on_date < s.until
{{among}}
"""  # noqa: S608
# few rows: each is found by its key, whatever the planner believes that a look into an index costs
BY_KEY = "SET LOCAL enable_hashjoin = {0}; SET LOCAL enable_mergejoin = {0}; SET LOCAL enable_seqscan = {0}"
ALONE = "SET LOCAL max_parallel_workers_per_gather = {}"  # to start another worker costs more than it would save
MET = "SET LOCAL enable_nestloop = {}"

ERA = "greatest(width_bucket(p.on_date, %(edges)s::date[]), 1)"
AMONG = "WHERE p.house <> ALL(%(lacking)s)"
# No temporary table here: the one statement that reads every row may run on several processors. Sets are alike by their
# leaves alone: what their rows give is added up at once.
ALIKE = """
CREATE TEMP TABLE hk_alike ON COMMIT DROP AS
SELECT sum(sign) AS n, sum(sign * num) AS num, sum(sign * den) AS den, leaves, row_number() OVER () AS id FROM (
  SELECT sign, any_value(num) AS num, any_value(den) AS den,
         array_agg(leaf ORDER BY leaf) FILTER (WHERE leaf IS NOT NULL) AS leaves
  FROM ({placed}) AS placed GROUP BY sign, subject
) AS each GROUP BY leaves
"""
GATHERED = """
definition AS (
  SELECT %(version)s::bigint AS version_id, %(method)s::text AS method, %(factor)s::bigint AS factor
), leaf AS (
  SELECT id, n, num, den, leaf / 1000000000 AS territory_id, mod(leaf / 1000, 1000000) AS kind_id, mod(leaf, 1000) AS era
  FROM hk_alike CROSS JOIN LATERAL unnest(leaves) AS leaf
), inside AS (
  SELECT ancestor_id, CASE WHEN GROUPING(kind_id) = 0 THEN kind_id END AS kind_id, any_value(n) AS n,
         any_value(num) AS num, any_value(den) AS den, count(*) AS shares
  FROM leaf JOIN hk_path USING (territory_id, era)
  GROUP BY GROUPING SETS ((id, ancestor_id, kind_id), (id, ancestor_id))
), gathered AS (
  SELECT ancestor_id AS territory_id, kind_id, sum(num) AS num, sum(den) AS den,
         sum(n * shares) AS participations, sum(n) AS reporting
  FROM inside GROUP BY 1, 2
)"""
FRESH = f"""
CREATE TEMP TABLE hk_fresh ON COMMIT DROP AS
WITH {GATHERED}, summed AS (
  SELECT NULL::bigint AS id, %(version)s::bigint AS version_id, territory_id, kind_id, sum(num) AS num,
         CASE WHEN %(method)s IN ('share', 'ratio') THEN sum(den) END AS den,
         sum(participations) AS participations, sum(reporting) AS reporting, sum(reporting) AS expected, 0 AS excused
  FROM (SELECT * FROM gathered UNION ALL SELECT territory_id, NULL, 0, 0, 0, 0 FROM hk_shown) AS every_place
  GROUP BY territory_id, kind_id
) {DERIVE}
"""  # noqa: S608
# What changed is added to the stored sums; a cell in which nothing is left stays only where every place has one.
CHANGED = f"""
CREATE TEMP TABLE hk_differing ON COMMIT DROP AS
WITH {GATHERED}, added AS (
  SELECT r.id, %(version)s::bigint AS version_id, d.territory_id, d.kind_id, COALESCE(r.numerator, 0) + d.num AS num,
         COALESCE(r.denominator, 0) + d.den AS den, COALESCE(r.participations, 0) + d.participations AS participations,
         COALESCE(r.reporting, 0) + d.reporting AS reporting
  FROM gathered d LEFT JOIN quality_rollup r ON r.version_id = %(version)s AND r.period_id = %(period)s
    AND r.basis = 'as_was' AND r.territory_id = d.territory_id
    AND COALESCE(r.institution_kind_id, 0) = COALESCE(d.kind_id, 0)
), summed AS (
  SELECT id, version_id, territory_id, kind_id, num, CASE WHEN %(method)s IN ('share', 'ratio') THEN den END AS den,
         participations, reporting, reporting AS expected, 0 AS excused
  FROM added
), cell AS ({DERIVE})
SELECT c.id, CASE WHEN c.left_over THEN c.version_id END AS version_id, c.territory_id, c.institution_kind_id,
       c.numerator, c.denominator, c.value, c.low, c.high, c.participations, c.reporting, c.expected, c.excused, c.state
FROM (
  SELECT cell.*, reporting > 0 OR (institution_kind_id IS NULL AND s.territory_id IS NOT NULL) AS left_over
  FROM cell LEFT JOIN hk_shown s ON s.territory_id = cell.territory_id
) AS c WHERE c.left_over OR c.id IS NOT NULL
"""  # noqa: S608
FORGET = "DROP TABLE IF EXISTS hk_path"
PATHS = "CREATE TEMP TABLE hk_path (era int, territory_id bigint, ancestor_id bigint) ON COMMIT DROP"
PATH = """
INSERT INTO hk_path
WITH RECURSIVE up(territory_id, ancestor_id) AS (
  SELECT id, id FROM institutions_territory WHERE pack = %(pack)s
  UNION ALL
  SELECT up.territory_id, tp.parent_id FROM up
  JOIN institutions_territoryparent tp ON tp.child_id = up.ancestor_id AND tp.valid @> %(day)s::date
) SELECT %(era)s, territory_id, ancestor_id FROM up
"""


def eras(span: Span, pack: str) -> list[datetime.date]:
    """The first day of the period and every day in it on which the tree changed."""
    edges = {span.starts_on}
    for valid in TerritoryParent.objects.filter(child__pack=pack).values_list("valid", flat=True).distinct():
        edges |= {day for day in (valid.lower, valid.upper) if day and span.starts_on < day <= span.ends_on}
    return sorted(edges)


def plant_paths(cursor: Any, span: Span, pack: str) -> list[datetime.date]:
    """The tree in each of its states during the period; returns the days on which they begin."""
    edges = eras(span, pack)
    cursor.execute(FORGET)
    cursor.execute(PATHS)
    for era, day in enumerate(edges, 1):
        cursor.execute(PATH, {"pack": pack, "day": day, "era": era})
    cursor.execute("ANALYZE hk_path")
    return edges


def written(cursor: Any, rows: QuerySet[Any, Any]) -> str:
    """The text of a queryset; its values are written into it as the driver writes them."""
    sql, params = rows.query.sql_with_params()
    return str(cursor.mogrify(sql, params).decode().replace("%", "%%"))


def placed(cursor: Any, rows: QuerySet[Any, Any], era: str, sign: int, among: str) -> str:
    """The text that places contributions, or only those `among` which it leaves."""
    place, kind = (nearest.replace("%(day)s::date", "p.on_date") for nearest in (PLACE, KIND))
    return PLACED.format(sign=sign, rows=written(cursor, rows), place=place, kind=kind, era=era, among=among)


def values_of(version: DefinitionVersion, edges: list[datetime.date]) -> dict[str, Any]:
    """Parameters of the statements."""
    return {"version": version.pk, "method": version.method, "factor": version.factor, "edges": edges}


def era_of(values: dict[str, Any]) -> str:
    """The state of the tree on the row's day; most periods know only one."""
    return ERA if len(values["edges"]) > 1 else "1"


def fill(cursor: Any, entry: Entry, version: DefinitionVersion, span: Span, pack: str) -> None:
    """Every cell of one shared indicator in a period, into hk_fresh."""
    values = gather_whole(cursor, entry, version, span, pack)
    cursor.execute(FRESH, values)


def gather_whole(
    cursor: Any, entry: Entry, version: DefinitionVersion, span: Span, pack: str, *, lacking: list[int] | None = None
) -> dict[str, Any]:
    """All rows of a period by sets, without what institutions `lacking` something give; returns the parameters."""
    among = "" if lacking is None else AMONG
    values = {**values_of(version, plant_paths(cursor, span, pack)), "lacking": lacking}
    cursor.execute(MET.format("off"))  # every row is met by hashing, whatever the statistics say
    rows = PLACED_MANY.format(rows=written(cursor, entry.contributions(span)), era=era_of(values), among=among)
    gather(cursor, rows, values)
    cursor.execute(MET.format("on"))
    return values


def fill_changes(cursor: Any, entry: Entry, tally: Tally, keys: list[int], images: QuerySet[Any]) -> None:
    """The cells that these rows change, into hk_differing: by what they give now less what they gave before."""
    values = gather_changes(cursor, entry, tally, keys, images)
    cursor.execute(MET.format("off"))
    cursor.execute(CHANGED, values)
    cursor.execute(MET.format("on"))


def gather_changes(
    cursor: Any, entry: Entry, tally: Tally, keys: list[int], images: QuerySet[Any], *, lacking: list[int] | None = None
) -> dict[str, Any]:
    """What these rows give now and, with the sign turned round, what they gave before; returns the parameters."""
    span, among = span_of(tally), "" if lacking is None else AMONG
    edges = plant_paths(cursor, span, tally.period.pack)
    before, after = sides(entry, span, keys, images)
    values = {**values_of(tally.version, edges), "period": tally.period_id, "lacking": lacking}
    rows = (placed(cursor, each, era_of(values), sign, among) for each, sign in ((before, -1), (after, 1)))
    cursor.execute(BY_KEY.format("off"))
    cursor.execute(ALONE.format(0))
    gather(cursor, " UNION ALL ".join(rows), values)
    cursor.execute(ALONE.format("DEFAULT"))
    cursor.execute(BY_KEY.format("on"))
    return values


def span_of(tally: Tally) -> Span:
    """The period as it was counted."""
    return Span(tally.period.starts_on, tally.period.ends_on, tally.day)


def sides(
    entry: Entry, span: Span, keys: list[int], images: QuerySet[Any]
) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """Contributions of changed rows: as they were noted, and as they are."""
    assert entry.before is not None  # noqa: S101
    noted = images.filter(counted_on__gte=span.starts_on, counted_on__lte=span.ends_on)
    return entry.before(noted), entry.contributions(span).filter(subject__in=keys)


def gather(cursor: Any, rows: str, values: dict[str, Any]) -> None:
    """The sets of rows that lie alike, into hk_alike."""
    cursor.execute("DROP TABLE IF EXISTS hk_alike")
    cursor.execute(ALIKE.replace("{placed}", rows), values)
    cursor.execute("ANALYZE hk_alike (n, id)")  # not the arrays: their statistics take longest
