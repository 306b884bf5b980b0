"""Which counts are due, and making them: a short pass over what changed, and the whole once a night.

A count is due when its rows changed (Change), when something else it stands on changed (Dirty), when the day turned for
a period that runs or closes, or when it was never made. Every pass takes up where a killed one stopped.
"""

import datetime
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from django.db import connection

from quality.catalogue.declared import ENTRIES
from quality.catalogue.models import DefinitionVersion, Period
from quality.rollups.counting import Moment, count_changes, count_whole, follow_trails, is_computed
from quality.rollups.models import Before, Change, Dirty, Run, Tally
from quality.submissions.holding import unfinished

Key = tuple[Period, DefinitionVersion]
BATCH = 60  # observed indicators counted by one statement
BUDGET = 150.0  # seconds; a pass ends before its task is stopped, the next one goes on


def mark(keys: Iterable[Key], at: datetime.datetime) -> None:
    """Say that these must be counted again from their rows."""
    Dirty.objects.bulk_create([Dirty(version=version, period=period, since=at) for period, version in keys])


def mark_from(day: datetime.date, at: datetime.datetime, codes: Iterable[str] | None = None) -> None:
    """Say that everything counted from a day on (or only these indicators) must be counted again."""
    counted = Tally.objects.filter(period__ends_on__gte=day).select_related("version", "period")
    if codes is not None:
        counted = counted.filter(version__indicator__code__in=list(codes))
    mark([(tally.period, tally.version) for tally in counted.order_by("pk")], at)


def computed_keys(today: datetime.date) -> Iterator[Key]:
    """Every period, newest first, in which a declared indicator has something to count."""
    periods = list(Period.objects.filter(starts_on__lte=today).order_by("-ends_on", "-starts_on", "pk"))
    for version in (
        DefinitionVersion.objects.filter(indicator__code__in=list(ENTRIES)).select_related("indicator").order_by("pk")
    ):
        since = ENTRIES[version.indicator.code].since() or today
        for period in periods:
            if period.kind in version.periodicity and period.ends_on >= since and period.ends_on in version.valid:
                yield period, version


def observed_keys() -> Iterator[Key]:
    """Every period for which something was entered or imported."""
    versions = {
        v.pk: v
        for v in DefinitionVersion.objects.exclude(indicator__code__in=list(ENTRIES)).select_related("indicator")
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTERED, [list(versions)])
        found = cursor.fetchall()
    periods = Period.objects.in_bulk({period for period, _version in found})
    for period, version in found:
        yield periods[period], versions[version]


# One look into the index for each period and indicator, however many figures there are.
ENTERED = """
SELECT p.id, v.id FROM quality_period p CROSS JOIN unnest(%s::bigint[]) AS v(id)
WHERE (SELECT true FROM quality_observation o WHERE o.version_id = v.id AND o.period_id = p.id LIMIT 1)
ORDER BY p.id, v.id
"""


def all_keys(today: datetime.date, period: str = "") -> list[Key]:
    """Everything there is to count, newest periods first."""
    keys = [*computed_keys(today), *observed_keys(), *forgotten_keys()]
    unique = {(p.pk, v.pk): (p, v) for p, v in keys if not period or p.code == period}
    return sorted(unique.values(), key=lambda key: (-key[0].ends_on.toordinal(), key[0].pk, key[1].pk))


def forgotten_keys() -> Iterator[Key]:
    """What was counted once: its cells go when its rows are gone."""
    for tally in Tally.objects.select_related("period", "version__indicator").order_by("pk"):
        yield tally.period, tally.version


def due_whole(moment: Moment) -> list[Key]:
    """What must be counted from its rows: marked, never counted, or counted as on another day."""
    tallies = {(t.period_id, t.version_id): t for t in Tally.objects.select_related("period", "version__indicator")}
    due = [(dirty.period, dirty.version) for dirty in _dirty()]
    due += [(p, v) for p, v in computed_keys(moment.today) if (p.pk, v.pk) not in tallies]
    late = unfinished({period for period, _version in tallies})
    due += [(t.period, t.version) for t in tallies.values() if _turned(t, moment, late)]
    changed = _changed_keys()
    alone = _from_rows(changed)
    for period, version in changed:
        tally = tallies.get((period.pk, version.pk))
        if tally is None or is_computed(version) or (period.pk, version.pk) in alone:
            due.append((period, version))
    unique = {(p.pk, v.pk): (p, v) for p, v in due}
    return sorted(unique.values(), key=lambda key: (-key[0].ends_on.toordinal(), key[0].pk, key[1].pk))


def _turned(tally: Tally, moment: Moment, late: Collection[int]) -> bool:
    """Whether the day has turned for a period that runs or closes, or its figures became final or were reopened."""
    provisional = moment.is_open(tally.period) or (tally.period_id in late and not is_computed(tally.version))
    return tally.day != moment.day_of(tally.period) or tally.provisional != provisional


def _dirty() -> "list[Dirty]":
    return list(Dirty.objects.select_related("period", "version__indicator").order_by("pk"))


def _changed_keys() -> list[Key]:
    found = list(Change.objects.order_by("period_id", "version_id").values_list("period_id", "version_id").distinct())
    periods = Period.objects.in_bulk({period for period, _version in found})
    versions = DefinitionVersion.objects.select_related("indicator").in_bulk({version for _period, version in found})
    return [(periods[period], versions[version]) for period, version in found]


TOTALS_OR_NOTHING = """
SELECT k.period_id, k.version_id FROM unnest(%s::bigint[], %s::bigint[]) AS k(period_id, version_id)
WHERE EXISTS (SELECT 1 FROM quality_observation o WHERE o.version_id = k.version_id AND o.period_id = k.period_id
              AND o.institution_id IS NULL)
   OR EXISTS (SELECT 1 FROM quality_change c WHERE c.version_id = k.version_id AND c.period_id = k.period_id
              AND c.institution_id IS NULL)
   OR NOT EXISTS (SELECT 1 FROM quality_observation o WHERE o.version_id = k.version_id AND o.period_id = k.period_id)
"""


def _from_rows(keys: Sequence[Key]) -> set[tuple[int, int]]:
    """Of these the ones whose sums cannot be carried on: totals of places take part, or no row is left."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(TOTALS_OR_NOTHING, [[period.pk for period, _v in keys], [version.pk for _p, version in keys]])
        return set(cursor.fetchall())


def batches(keys: Sequence[Key]) -> Iterator[tuple[Period, list[DefinitionVersion]]]:
    """Keys of one period that one transaction counts: observed ones together, each computed one by itself."""
    for _pk, group in groupby(keys, key=lambda key: key[0].pk):
        found = list(group)
        period = found[0][0]
        entered = [version for _period, version in found if not is_computed(version)]
        for start in range(0, len(entered), BATCH):
            yield period, entered[start : start + BATCH]
        for _period, version in found:
            if is_computed(version):
                yield period, [version]


def is_due(moment: Moment) -> bool:
    """Whether any count is due."""
    return Change.objects.exists() or Before.objects.exists() or bool(due_whole(moment))


def count_due(moment: Moment, run: Run, budget: float = BUDGET) -> bool:
    """Make the counts that are due; False when time ran out before all were made."""
    ends = time.monotonic() + budget
    follow_trails(moment, run)
    for period, versions in batches(due_whole(moment)):
        count_whole(period, versions, moment, run)
        if time.monotonic() > ends:
            return False
    for period, versions in batches(sorted(_changed_keys(), key=lambda key: key[0].pk)):
        count_changes(period, versions, moment, run)
        if time.monotonic() > ends:
            return False
    return True


def count_everything(moment: Moment, run: Run, budget: float = BUDGET, period: str = "") -> bool:
    """Count everything whole; what this run has already counted is passed over. False when time ran out."""
    ends = time.monotonic() + budget
    done = set(Tally.objects.filter(run=run).values_list("period_id", "version_id"))
    keys = [key for key in all_keys(moment.today, period) if (key[0].pk, key[1].pk) not in done]
    for place, versions in batches(keys):
        count_whole(place, versions, moment, run)
        if time.monotonic() > ends:
            return False
    return True
