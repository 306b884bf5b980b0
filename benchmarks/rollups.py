"""The engine against the best SQL one would write by hand for the same totals, and a refresh against a full count.

50 000 institutions × 30 indicators = 1.5 million observations of one period. By hand: one GROUP BY over the rows by
indicator, district and kind, a second over its result up the tree and over all kinds. The engine does that, and beside
it intervals, states, completeness, the comparison with what is stored, and the writing. A refresh follows 1 000
observations that changed one by one.
"""

import datetime
import json
import time
from collections.abc import Callable
from decimal import Decimal

from benchmarks.scratch import scratch_database

from django.db import connection  # isort: skip
from benchmarks.country import build, quickly, run, vacuum  # isort: skip
from quality.catalogue.models import DefinitionVersion, Period  # isort: skip
from quality.rollups.actions import recount_changed, recount_everything  # isort: skip
from quality.rollups.counting import Moment, count_whole  # isort: skip
from quality.rollups.models import Rollup, Run  # isort: skip

HOUSES, INDICATORS, CHANGES, ROUNDS = 50_000, 30, 1_000, 5
CATALOGUE = """
INSERT INTO quality_indicator (code, names, aspect, more_is_better, is_core, source, follows, position)
  SELECT 'OBS.' || lpad(n::text, 2, '0'), '{"en": "Observed"}', 'context', true, false, 'observed', '', n
  FROM generate_series(1, %(indicators)s) n;
INSERT INTO quality_definitionversion (indicator_id, version, valid, numerator, denominator, unit, method, across,
  levels, periodicity, kinds, factor, decimals, person_based)
  SELECT id, 1, '[2000-01-01,)', '{}', '{}', '{}',
         CASE position %% 3 WHEN 0 THEN 'sum' WHEN 1 THEN 'ratio' ELSE 'share' END,
         'sum', '{I,D,R,C}', '{M}', '{}', 100, 1, false FROM quality_indicator;
"""
OBSERVATIONS = """
INSERT INTO quality_observation (version_id, period_id, institution_id, numerator, denominator, state, source,
                                 entered_at)
  SELECT v.id, p.id, i.id, (i.id * 7 + v.id) %% 90, CASE WHEN v.method = 'sum' THEN NULL ELSE 90 + i.id %% 50 END,
         'value', '', now()
  FROM institutions_institution i CROSS JOIN quality_definitionversion v JOIN quality_period p ON p.code = '2026-10'
"""
BY_HAND = """
CREATE TEMP TABLE by_hand AS
WITH leaf AS (
  SELECT o.version_id, p.territory_id, k.kind_id, sum(o.numerator) AS num, sum(o.denominator) AS den, count(*) AS n
  FROM quality_observation o
  JOIN institutions_institutionplace p ON p.institution_id = o.institution_id AND p.valid @> %(day)s::date
  JOIN institutions_institutionkind k ON k.institution_id = o.institution_id AND k.valid @> %(day)s::date
  WHERE o.period_id = %(period)s AND o.state = 'value'
  GROUP BY 1, 2, 3
), tree AS (
  SELECT t.id AS territory_id, above.id AS ancestor_id FROM institutions_territory t
  JOIN institutions_territory above ON above.id = ANY(t.lineage)
)
SELECT version_id, ancestor_id, kind_id, sum(num) AS num, sum(den) AS den, sum(n) AS n
FROM leaf JOIN tree USING (territory_id)
GROUP BY GROUPING SETS ((version_id, ancestor_id, kind_id), (version_id, ancestor_id))
"""
DAY = datetime.date(2026, 11, 21)
MOMENT = Moment(DAY, datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC))


def best(work: Callable[[], None], rounds: int = ROUNDS) -> float:
    """The shortest of some rounds: what the work costs when nothing else disturbs it."""
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def by_hand(period: Period) -> None:
    run("DROP TABLE IF EXISTS by_hand")
    run(BY_HAND, day=period.ends_on, period=period.pk)


def same_totals() -> None:
    """Both have counted the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(r.numerator - h.num), sum(COALESCE(r.denominator, 0) - COALESCE(h.den, 0))"
            " FROM by_hand h JOIN quality_rollup r ON r.version_id = h.version_id AND r.territory_id = h.ancestor_id"
            " AND r.institution_kind_id IS NOT DISTINCT FROM h.kind_id"
        )
        assert cursor.fetchone() == (Rollup.objects.count(), Decimal(0), Decimal(0))


def refresh(period: Period, round_: int) -> None:
    """The tick after a thousand figures changed, one statement each."""
    began = time.perf_counter()
    recount_changed(MOMENT)
    TIMES.append(time.perf_counter() - began)


TIMES: list[float] = []


def change(round_: int) -> None:
    """A thousand figures, spread over the country and all indicators, one statement each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM quality_observation ORDER BY md5(id::text || %s) LIMIT %s", [round_, CHANGES])
        for (key,) in cursor.fetchall():
            cursor.execute("UPDATE quality_observation SET numerator = (numerator + 1) %% 90 WHERE id = %s", [key])


def measure() -> dict[str, float | int]:
    """Both ratios on one set of data."""
    build(HOUSES)
    run(CATALOGUE, indicators=INDICATORS)
    quickly(OBSERVATIONS)
    vacuum()
    run("SET work_mem = '64MB'")  # as the engine gives itself
    period = Period.objects.get(code="2026-10")
    versions = list(DefinitionVersion.objects.select_related("indicator").order_by("pk"))
    engine = Run.objects.create(kind="bench", started_at=MOMENT.at)
    began = time.perf_counter()
    recount_everything(MOMENT)
    first = time.perf_counter() - began
    vacuum()
    hand = best(lambda: by_hand(period))
    same_totals()
    full = best(lambda: count_whole(period, versions, MOMENT, engine))
    hand = min(hand, best(lambda: by_hand(period), 2))
    for round_ in range(ROUNDS):
        change(round_)
        refresh(period, round_)
    recount_changed(MOMENT)
    by_hand(period)
    same_totals()
    return {
        "rollup_full_vs_sql": round(full / hand, 3),
        "rollup_refresh_share": round(min(TIMES) / full, 4),
        "rollup_observations": HOUSES * INDICATORS,
        "rollup_cells": Rollup.objects.count(),
        "rollup_by_hand_s": round(hand, 3),
        "rollup_full_s": round(full, 3),
        "rollup_first_s": round(first, 3),
        "rollup_refresh_s": round(min(TIMES), 3),
    }


if __name__ == "__main__":
    with scratch_database():
        print(json.dumps(measure()))
