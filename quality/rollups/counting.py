"""One count: the cells of some indicators in one period, from their rows, in one transaction.

A pure function of the rows, the hierarchy on the day and the definition: counted whole or by changes, in any order,
once or ten times, it leaves the same bytes. What waits to be counted is taken away in the transaction that counts it.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from quality.catalogue.declared import ENTRIES, TRAILS, Span
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import DefinitionVersion, Period
from quality.rollups import computed, divided, observed, shared, trails
from quality.rollups.models import Run, Tally
from quality.rollups.standing import ACTIVE, STRAYS, plant, stand
from quality.submissions.holding import unfinished

COLUMNS = (
    "numerator",
    "denominator",
    "value",
    "low",
    "high",
    "participations",
    "reporting",
    "expected",
    "excused",
    "state",
)
FRESH, STORED, NAMES = (", ".join(f"{table}{name}" for name in COLUMNS) for table in ("f.", "r.", ""))
KEYS = "version_id, territory_id, institution_kind_id"
# All cells of a period, fresh ones against stored ones, met by hashing even where statistics are older than the rows:
# what is left is what must be written, and a row with nothing but an id is a cell that is no more.
DIFFERING = f"""
CREATE TEMP TABLE hk_differing ON COMMIT DROP AS
WITH stored AS (
  SELECT * FROM quality_rollup WHERE period_id = %(period)s AND version_id = ANY(%(versions)s) AND basis = 'as_was'
), fresh AS MATERIALIZED ({{fresh}})  -- worked out once, then compared
SELECT r.id, f.version_id, f.territory_id, f.institution_kind_id, {FRESH}
FROM fresh f FULL JOIN stored r ON r.version_id = f.version_id AND r.territory_id = f.territory_id
  AND COALESCE(r.institution_kind_id, 0) = COALESCE(f.institution_kind_id, 0)
WHERE r.id IS NULL OR f.version_id IS NULL OR ({FRESH}, %(provisional)s) IS DISTINCT FROM ({STORED}, r.provisional)
"""  # noqa: S608
# One sort of the few sums serves each kind and all kinds, where hashing adds every sum up twice.
HASHING = "SET LOCAL enable_nestloop = {0}; SET LOCAL enable_mergejoin = {0}; SET LOCAL enable_hashagg = {0}"
CHANGING = f"CREATE TEMP TABLE hk_differing ON COMMIT DROP AS {observed.CHANGED}"
WRITE = (
    f"""
UPDATE quality_rollup r SET ({NAMES}, provisional, run_id, computed_at) = ({FRESH}, %(provisional)s, %(run)s, %(at)s)
FROM hk_differing f
WHERE r.id = f.id AND f.version_id IS NOT NULL AND ({STORED}, r.provisional) IS DISTINCT FROM ({FRESH}, %(provisional)s)
""",  # noqa: S608
    f"""
INSERT INTO quality_rollup ({KEYS}, period_id, basis, {NAMES}, provisional, run_id, computed_at)
SELECT {KEYS}, %(period)s, 'as_was', {NAMES}, %(provisional)s, %(run)s, %(at)s FROM hk_differing WHERE id IS NULL
ON CONFLICT (version_id, period_id, territory_id, institution_kind_id, basis) DO NOTHING
""",  # noqa: S608
    "DELETE FROM quality_rollup r USING hk_differing f WHERE r.id = f.id AND f.version_id IS NULL",
)
CELLS = """
SELECT count(*) FROM quality_rollup WHERE period_id = %(period)s AND version_id = ANY(%(versions)s) AND basis = 'as_was'
"""
TAKE_ALL = "DELETE FROM {} WHERE period_id = %(period)s AND version_id = ANY(%(versions)s)"
TAKE_CHANGES = """
CREATE TEMP TABLE hk_changes ON COMMIT DROP AS
WITH taken AS (
  DELETE FROM quality_change WHERE period_id = %(period)s AND version_id = ANY(%(versions)s) RETURNING *
) SELECT version_id, institution_id, sum(numerator) AS numerator, sum(denominator) AS denominator,
         sum(reporting)::int AS reporting, sum(excused)::int AS excused FROM taken GROUP BY 1, 2
"""
MEMORY = "SET LOCAL work_mem = '64MB'"  # the sums of a whole country fit into it
LOCK = 7_403_151  # one counter at a time, whoever starts it


@dataclass(frozen=True)
class Moment:
    """When it is counted: the day that decides what runs and what is closed, the moment that is written down."""

    today: datetime.date
    at: datetime.datetime

    def day_of(self, period: Period) -> datetime.date:
        """The day that stands for a period: its last one, or today while it runs."""
        return min(period.ends_on, self.today)

    def is_open(self, period: Period) -> bool:
        return self.today <= period.closes_on


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process is the one that counts now; a dead holder frees the lock with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        held = cursor.fetchone() == (True,)
        try:
            yield held
        finally:
            if held and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def one_picture() -> Iterator[Any]:
    """A transaction whose statements all see the same rows, so that what is taken away is what was counted."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield cursor


def is_computed(version: DefinitionVersion) -> bool:
    return version.indicator.code in ENTRIES


def is_provisional(period: Period, version: DefinitionVersion, moment: Moment) -> bool:
    """Until the period closes; figures that are handed in, until the last of them is final, and again once reopened."""
    return moment.is_open(period) or (not is_computed(version) and bool(unfinished([period.pk])))


def count_whole(period: Period, versions: Sequence[DefinitionVersion], moment: Moment, run: Run) -> None:
    """Count every cell of these indicators in this period; adds to the run what was counted and what was different."""
    with one_picture() as cursor:
        _follow_first(cursor, period, versions, moment, run)
        keys = {"period": period.pk, "versions": [version.pk for version in versions]}
        for table in ("quality_dirty", "quality_change"):
            cursor.execute(TAKE_ALL.format(table), keys)
        day = moment.day_of(period)
        plant(cursor, day, period.pack)
        cursor.execute(MEMORY)
        batch = [version for version in versions if not is_computed(version)]
        if batch:
            values = observed_values(period, batch, day)
            for statement in (STRAYS, "ANALYZE hk_stray", observed.LEAF, observed.STRAY, observed.EXCUSED, ACTIVE):
                cursor.execute(statement, values)
            _compare(cursor, observed.FRESH, values, is_provisional(period, batch[0], moment))
            _write(cursor, period, batch, moment, run)
        for version in versions:
            if is_computed(version):
                _fill(cursor, period, version, day)
                one = {"period": period.pk, "versions": [version.pk]}
                _compare(cursor, "SELECT * FROM hk_fresh", one, is_provisional(period, version, moment))
                cursor.execute("DROP TABLE hk_fresh")
                _write(cursor, period, [version], moment, run)
        cursor.execute(CELLS, keys)
        run.compared += cursor.fetchone()[0]
        run.save(update_fields=["compared"])


def follow_trails(moment: Moment, run: Run) -> None:
    """Count what changed of rows that several institutions share."""
    for subject_type in TRAILS:
        if trails.waiting(subject_type):
            with one_picture() as cursor:
                _follow(cursor, subject_type, moment, run)


def _follow(cursor: Any, subject_type: str, moment: Moment, run: Run, skip: Collection[trails.Pair] = ()) -> None:
    def write(tally: Tally) -> None:
        _write(cursor, tally.period, [tally.version], moment, run)

    trails.follow(cursor, subject_type, (moment.today, moment.at), write, skip)


def _follow_first(cursor: Any, period: Period, versions: Sequence[DefinitionVersion], moment: Moment, run: Run) -> None:
    """What is counted whole has then seen what waits on its trail: the other counts have to see it too."""
    entries = [ENTRIES[version.indicator.code] for version in versions if is_computed(version)]
    for subject_type in {entry.trail for entry in entries if entry.before}:
        _follow(cursor, subject_type, moment, run, {(version.pk, period.pk) for version in versions})


def _fill(cursor: Any, period: Period, version: DefinitionVersion, day: datetime.date) -> None:
    """The cells of a computed indicator as its rows give them, into hk_fresh."""
    entry, span = ENTRIES[version.indicator.code], Span(period.starts_on, period.ends_on, day)
    if entry.base:
        stand(cursor, day)
        divided.fill(cursor, entry, version, span, period.pack)
        return
    if entry.shared:
        shared.fill(cursor, entry, version, span, period.pack)
        return
    stand(cursor, day)
    computed.fill(cursor, entry, version, kinds_of(version, *vocabulary()), span)


def _compare(cursor: Any, fresh: str, values: dict[str, Any], provisional: bool) -> None:
    """Into hk_differing what a whole count found other than it is stored."""
    cursor.execute(HASHING.format("off"))
    cursor.execute(DIFFERING.format(fresh=fresh), {**values, "provisional": provisional})
    cursor.execute(HASHING.format("on"))


def count_changes(period: Period, versions: Sequence[DefinitionVersion], moment: Moment, run: Run) -> None:
    """Add what changed to the stored sums; only for observed indicators that were counted whole as on this very day."""
    with one_picture() as cursor:
        stale = not is_provisional(period, versions[0], moment)
        if Tally.objects.filter(period=period, version__in=versions, provisional=stale).exists():
            return  # it became final, or was reopened, a moment ago: the next pass counts it whole
        day = moment.day_of(period)
        plant(cursor, day, period.pack)
        cursor.execute(TAKE_CHANGES, {"period": period.pk, "versions": [version.pk for version in versions]})
        cursor.execute("ANALYZE hk_changes")
        cursor.execute(CHANGING, observed_values(period, versions, day))
        _write(cursor, period, versions, moment, run)


def observed_values(period: Period, versions: Sequence[DefinitionVersion], day: datetime.date) -> dict[str, Any]:
    """Parameters of the statements of `observed`."""
    words = vocabulary()
    wanted = [(version.pk, kind) for version in versions for kind in kinds_of(version, *words)]
    return {
        "period": period.pk,
        "day": day,
        "versions": [version.pk for version in versions],
        "first": min(version.pk for version in versions),
        "last": max(version.pk for version in versions),
        "methods": [version.method for version in versions],
        "factors": [version.factor for version in versions],
        "wanted_versions": [version for version, _kind in wanted],
        "wanted_kinds": [kind for _version, kind in wanted],
    }


def _write(cursor: Any, period: Period, versions: Sequence[DefinitionVersion], moment: Moment, run: Run) -> None:
    """Bring the stored cells to what hk_differing says, and note in the run how many were different."""
    values: dict[str, Any] = {
        "period": period.pk,
        "versions": [version.pk for version in versions],
        "run": run.pk,
        "at": moment.at,
        "provisional": is_provisional(period, versions[0], moment),
    }
    cursor.execute("ANALYZE hk_differing (id)")
    for statement in WRITE:
        cursor.execute(statement, values)
        run.cells += max(cursor.rowcount, 0)
    cursor.execute("DROP TABLE hk_differing")
    Tally.objects.bulk_create(
        [
            Tally(
                version=version,
                period=period,
                day=moment.day_of(period),
                provisional=values["provisional"],
                run=run,
                counted_at=moment.at,
            )
            for version in versions
        ],
        update_conflicts=True,
        unique_fields=["version", "period"],
        update_fields=["day", "provisional", "run", "counted_at"],
    )
    Run.objects.filter(pk=run.pk).update(cells=run.cells)
