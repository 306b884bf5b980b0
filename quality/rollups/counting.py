"""One count: the cells of some indicators in one period, from their rows, in one transaction.

A pure function of the rows, the hierarchy on the day and the definition: counted whole or by changes, in any order,
once or ten times, it leaves the same bytes. What waits to be counted is taken away in the transaction that counts it.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from institutions.territory.models import Term
from quality.catalogue.declared import ENTRIES, Span
from quality.catalogue.models import DefinitionVersion, Period
from quality.rollups import computed, observed
from quality.rollups.models import Run, Tally
from quality.rollups.standing import prepare

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
UPSERT = """
INSERT INTO quality_rollup AS r (version_id, period_id, territory_id, institution_kind_id, basis, {columns},
                                 provisional, run_id, computed_at)
SELECT version_id, %(period)s, territory_id, institution_kind_id, 'as_was', {columns}, %(provisional)s, %(run)s, %(at)s
FROM hk_fresh
ON CONFLICT (version_id, period_id, territory_id, institution_kind_id, basis) DO UPDATE SET
  ({columns}, provisional, run_id, computed_at) =
  ({excluded}, EXCLUDED.provisional, EXCLUDED.run_id, EXCLUDED.computed_at)
WHERE ({stored}, r.provisional) IS DISTINCT FROM ({excluded}, EXCLUDED.provisional)
""".format(
    columns=", ".join(COLUMNS),
    excluded=", ".join(f"EXCLUDED.{name}" for name in COLUMNS),
    stored=", ".join(f"r.{name}" for name in COLUMNS),
)
GONE = """
DELETE FROM quality_rollup r WHERE r.period_id = %(period)s AND r.version_id = ANY(%(versions)s) AND r.basis = 'as_was'
AND NOT EXISTS (SELECT 1 FROM hk_fresh f WHERE f.version_id = r.version_id AND f.territory_id = r.territory_id
                AND COALESCE(f.institution_kind_id, 0) = COALESCE(r.institution_kind_id, 0))
"""
TAKE_ALL = "DELETE FROM {} WHERE period_id = %(period)s AND version_id = ANY(%(versions)s)"
TAKE_CHANGES = """
CREATE TEMP TABLE hk_changes ON COMMIT DROP AS
WITH taken AS (
  DELETE FROM quality_change WHERE period_id = %(period)s AND version_id = ANY(%(versions)s) RETURNING *
) SELECT version_id, institution_id, sum(numerator) AS numerator, sum(denominator) AS denominator,
         sum(reporting) AS reporting, sum(excused) AS excused FROM taken GROUP BY 1, 2
"""
LOCK = 7_403_151  # one counter at a time, whoever starts it


@dataclass(frozen=True)
class Moment:
    """When it is counted: the day that decides what runs and what is closed, the moment that is written down."""

    today: datetime.date
    at: datetime.datetime

    def day_of(self, period: Period) -> datetime.date:
        """The day that stands for a period: its last one, or today while it runs."""
        return min(period.ends_on, self.today)

    def is_provisional(self, period: Period) -> bool:
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


def kinds_of(version: DefinitionVersion, education: dict[str, int], everything: dict[str, int]) -> list[int]:
    """Ids of the kinds of institutions a definition speaks of; none named means all education organisations."""
    return (
        [everything[code] for code in version.kinds if code in everything]
        if version.kinds
        else list(education.values())
    )


def vocabulary() -> tuple[dict[str, int], dict[str, int]]:
    """Kinds of participants by code: those of education organisations, and all."""
    terms = list(Term.objects.filter(vocabulary="participant_kind").order_by("pk"))
    education = {term.code: term.pk for term in terms if "E" in (term.data.get("flags") or ())}
    return education, {term.code: term.pk for term in terms}


def is_computed(version: DefinitionVersion) -> bool:
    return version.indicator.code in ENTRIES


def count_whole(period: Period, versions: Sequence[DefinitionVersion], moment: Moment, run: Run) -> None:
    """Count every cell of these indicators in this period; adds to the run what was counted and what was different."""
    with one_picture() as cursor:
        keys = {"period": period.pk, "versions": [version.pk for version in versions]}
        for table in ("quality_dirty", "quality_change"):
            cursor.execute(TAKE_ALL.format(table), keys)
        prepare(cursor, moment.day_of(period), period.pack)
        batch = [version for version in versions if not is_computed(version)]
        if batch:
            cursor.execute(observed.FRESH, observed_values(period, batch))
            _write(cursor, period, batch, moment, run)
        for version in versions:
            if is_computed(version):
                span = Span(period.starts_on, period.ends_on, moment.day_of(period))
                computed.fill(cursor, ENTRIES[version.indicator.code], version, kinds_of(version, *vocabulary()), span)
                _write(cursor, period, [version], moment, run)


def count_changes(period: Period, versions: Sequence[DefinitionVersion], moment: Moment, run: Run) -> None:
    """Add what changed to the stored sums; only for observed indicators that were counted whole as on this very day."""
    with one_picture() as cursor:
        prepare(cursor, moment.day_of(period), period.pack)
        cursor.execute(TAKE_CHANGES, {"period": period.pk, "versions": [version.pk for version in versions]})
        cursor.execute(observed.CHANGED, observed_values(period, versions))
        _write(cursor, period, versions, moment, run, removing=False)


def observed_values(period: Period, versions: Sequence[DefinitionVersion]) -> dict[str, Any]:
    """Parameters of the statements of `observed`."""
    words = vocabulary()
    wanted = [(version.pk, kind) for version in versions for kind in kinds_of(version, *words)]
    return {
        "period": period.pk,
        "versions": [version.pk for version in versions],
        "methods": [version.method for version in versions],
        "factors": [version.factor for version in versions],
        "wanted_versions": [version for version, _kind in wanted],
        "wanted_kinds": [kind for _version, kind in wanted],
    }


def _write(
    cursor: Any,
    period: Period,
    versions: Sequence[DefinitionVersion],
    moment: Moment,
    run: Run,
    *,
    removing: bool = True,
) -> None:
    """Bring the stored cells to hk_fresh, touching only those that differ, and note in the run how many there were."""
    values = {
        "period": period.pk,
        "versions": [version.pk for version in versions],
        "run": run.pk,
        "at": moment.at,
        "provisional": moment.is_provisional(period),
    }
    cursor.execute(UPSERT, values)
    written = cursor.rowcount
    if removing:
        cursor.execute(GONE, values)
        written += cursor.rowcount
    cursor.execute("SELECT count(*) FROM hk_fresh")
    run.compared += cursor.fetchone()[0]
    run.cells += written
    cursor.execute("DROP TABLE hk_fresh")
    for version in versions:
        Tally.objects.update_or_create(
            version=version,
            period=period,
            defaults={
                "day": moment.day_of(period),
                "provisional": values["provisional"],
                "run": run,
                "counted_at": moment.at,
            },
        )
    Run.objects.filter(pk=run.pk).update(cells=run.cells, compared=run.compared)
