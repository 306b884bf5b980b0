"""The engine against the best SQL one would write by hand for the same totals, a refresh against a full count, and a
country against a tenth of it.

42 indicators in 12 months: with 5 000 institutions 2.5 million observations, with 50 000 (`--country`) 25 million. By
hand: rows summed by indicator, district and kind, the sums up the tree and over all kinds; month by month or all months
at once, the quicker counts. The engine does that, and beside it intervals, states, completeness, the comparison with
what is stored, and the writing. A refresh follows 1 000 figures that changed one by one, all over the year. The worker's
memory is that of the process that counts everything for the first time.
"""

import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from benchmarks.scratch import ROOT, scratch_database

from django.db import connection  # isort: skip
from benchmarks.country import build, quickly, run, vacuum  # isort: skip
from quality.catalogue.models import Period  # isort: skip
from quality.rollups.actions import recount_changed, recount_everything  # isort: skip
from quality.rollups.counting import Moment  # isort: skip
from quality.rollups.models import Rollup  # isort: skip

INDICATORS, CHANGES, ROUNDS = 42, 1_000, 3
USUAL, COUNTRY = 5_000, 50_000  # institutions
CATALOGUE = """
INSERT INTO quality_indicator (code, names, aspect, more_is_better, is_core, source, follows, position)
  SELECT 'OBS.' || lpad(n::text, 2, '0'), '{"en": "Observed"}', 'context', true, false, 'observed', '', n
  FROM generate_series(1, %(indicators)s) n;
INSERT INTO quality_definitionversion (indicator_id, version, valid, numerator, denominator, unit, method, across,
  levels, periodicity, kinds, factor, decimals, person_based, counts_events,
  made_of)
  SELECT id, 1, '[2000-01-01,)', '{}', '{}', '{}',
         CASE position %% 3 WHEN 0 THEN 'sum' WHEN 1 THEN 'ratio' ELSE 'share' END,
         'sum', '{I,D,R,C}', '{M}', '{}', 100, 1, false, false, '{}' FROM quality_indicator;
"""
# Institution by institution, month by month: the order in which figures arrive.
OBSERVATIONS = """
INSERT INTO quality_observation (version_id, period_id, institution_id, numerator, denominator, state, source,
                                 entered_at)
  SELECT v.id, {period}, i.id, (i.id * 7 + v.id + {period}) %% 90,
         CASE WHEN v.method = 'sum' THEN NULL ELSE 90 + i.id %% 50 END, 'value', '', now()
  FROM (SELECT id FROM institutions_institution ORDER BY id OFFSET 0) i CROSS JOIN quality_definitionversion v
"""
INDEXES = """
SELECT format('ALTER TABLE quality_observation DROP CONSTRAINT %%I', conname),
       format('ALTER TABLE quality_observation ADD CONSTRAINT %%I %%s', conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = 'quality_observation'::regclass AND contype = 'u'
UNION ALL
SELECT format('DROP INDEX %%I', c.relname), pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'quality_observation'::regclass AND NOT i.indisunique
"""
BY_HAND = """
CREATE TEMP TABLE by_hand{number} AS
WITH leaf AS (
  SELECT o.period_id, o.version_id, p.territory_id, k.kind_id, sum(o.numerator) AS num, sum(o.denominator) AS den,
         count(*) AS n
  FROM quality_observation o JOIN quality_period t ON t.id = o.period_id
  JOIN institutions_institutionplace p ON p.institution_id = o.institution_id AND p.valid @> {day}
  JOIN institutions_institutionkind k ON k.institution_id = o.institution_id AND k.valid @> {day}
  WHERE {which} o.state = 'value'
  GROUP BY 1, 2, 3, 4
), tree AS (
  SELECT t.id AS territory_id, above.id AS ancestor_id FROM institutions_territory t
  JOIN institutions_territory above ON above.id = ANY(t.lineage)
)
SELECT period_id, version_id, ancestor_id, kind_id, sum(num) AS num, sum(den) AS den, sum(n) AS n
FROM leaf JOIN tree USING (territory_id)
GROUP BY GROUPING SETS ((period_id, version_id, ancestor_id, kind_id), (period_id, version_id, ancestor_id))
"""
DAY = datetime.date(2026, 11, 21)
MOMENT = Moment(DAY, datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC))


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The shortest of some rounds: what the work costs when nothing else disturbs it."""
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def everything() -> None:
    """A recount of all there is; one that its time has stopped is taken up again."""
    while (pass_ := recount_everything(MOMENT)) is None or pass_.finished_at is None:
        pass


def at_once() -> None:
    """All months by one statement."""
    run("DROP TABLE IF EXISTS by_hand")
    run(BY_HAND.format(number="", which="", day="least(t.ends_on, %(day)s::date)"), day=DAY)


def by_months() -> None:
    """One statement for each month."""
    for number, period in enumerate(Period.objects.order_by("pk")):
        run(f"DROP TABLE IF EXISTS by_hand{number}")
        sql = BY_HAND.format(number=number, which="o.period_id = %(period)s AND", day="%(day)s::date")
        run(sql, day=MOMENT.day_of(period), period=period.pk)


def same_totals() -> None:
    """Both have counted the same."""
    at_once()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(abs(r.numerator - h.num)), sum(abs(COALESCE(r.denominator, 0) - COALESCE(h.den, 0)))"
            " FROM by_hand h JOIN quality_rollup r ON r.version_id = h.version_id AND r.territory_id = h.ancestor_id"
            " AND r.period_id = h.period_id AND r.institution_kind_id IS NOT DISTINCT FROM h.kind_id"
        )
        assert cursor.fetchone() == (Rollup.objects.filter(reporting__gt=0).count(), Decimal(0), Decimal(0))


def change(round_: int) -> None:
    """A thousand figures, spread over the country, all indicators and months, one statement each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM quality_observation")
        first, last = cursor.fetchone()
        for number in range(CHANGES):
            key = first + (number * 7_919_003 + round_ * 104_729) % (last - first + 1)
            cursor.execute("UPDATE quality_observation SET numerator = (numerator + 1) %% 90 WHERE id = %s", [key])


def refresh(round_: int) -> float:
    """Seconds of the tick after they changed."""
    change(round_)
    began = time.perf_counter()
    recount_changed(MOMENT)
    return time.perf_counter() - began


def load(institutions: int) -> None:
    """The country and its figures; the indexes of these are made once they are there."""
    build(institutions)
    run(CATALOGUE, indicators=INDICATORS)
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, {})
        indexes = cursor.fetchall()
    for drop, _make in indexes:
        run(drop)
    for period in Period.objects.order_by("pk"):
        quickly(OBSERVATIONS.format(period=period.pk))
    for _drop, make in indexes:
        run(make)
    vacuum()
    run("SET work_mem = '64MB'")  # as the engine gives itself


def worker(database: str) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a process that counts everything for the first time."""
    command = [sys.executable, "manage.py", "rollup", "--full"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "HK_DATABASE": database}, stdout=subprocess.DEVNULL
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - began, used.ru_maxrss / 1024


def tenth(institutions: int) -> float:
    """Seconds of a full count of a tenth of it."""
    with scratch_database():
        load(institutions // 10)
        everything()
        vacuum()
        return best(everything)


def measure(institutions: int, database: str) -> dict[str, float | int]:
    """Everything but the tenth, on one set of data."""
    first, memory = worker(database)
    everything()
    vacuum()
    hand = {work.__name__: best(work, 2) for work in (at_once, by_months)}
    same_totals()
    full = best(everything)
    refreshed = min(refresh(round_) for round_ in range(ROUNDS))
    same_totals()
    shortest = min(hand.values())
    return {
        "rollup_full_vs_sql": round(full / shortest, 3),
        "rollup_refresh_share": round(refreshed / full, 4),
        "rollup_worker_mb": round(memory, 1),
        "rollup_observations": institutions * INDICATORS * 12,
        "rollup_cells": Rollup.objects.count(),
        "rollup_full_s": round(full, 3),
        "rollup_first_s": round(first, 3),
        "rollup_refresh_s": round(refreshed, 3),
        **{f"rollup_{name}_s": round(seconds, 3) for name, seconds in hand.items()},
    }


def main(institutions: int) -> None:
    """Print the ratios of a country with so many institutions."""
    small = tenth(institutions)
    with scratch_database() as database:
        load(institutions)
        found = measure(institutions, database)
    growth = {"rollup_growth": round(found["rollup_full_s"] / small, 3), "rollup_tenth_s": round(small, 3)}
    print(json.dumps({**found, **growth}))


if __name__ == "__main__":
    main(COUNTRY if "--country" in sys.argv else USUAL)
