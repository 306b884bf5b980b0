"""Following trails: what changed since the last count is counted, or the periods it touches are marked to be counted whole.

All counts that stand on a trail are brought forward in the one transaction that takes its images away. So every stored
count has seen exactly the images that are gone, and each image is counted once.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from quality.catalogue.declared import ENTRIES, TRAILS, Entry
from quality.rollups import divided, shared
from quality.rollups.models import Before, Dirty, Tally
from quality.rollups.standing import plant

MANY = 20_000  # changed rows; beyond, whole counts are cheaper
Pair = tuple[int, int]  # version, period
Now = tuple[datetime.date, datetime.datetime]  # the day by which it is counted, the moment that is written down
Write = Callable[[Tally], None]  # brings the stored cells to what hk_differing says


def waiting(subject_type: str) -> bool:
    """Whether anything on this trail is uncounted."""
    return Before.objects.filter(subject_type=subject_type).exists()


def standing_on(subject_type: str) -> Iterator[tuple[Tally, Entry]]:
    """The counts made so far that stand on a trail."""
    codes = [code for code, entry in ENTRIES.items() if entry.trail == subject_type]
    tallies = Tally.objects.filter(version__indicator__code__in=codes).select_related("version__indicator", "period")
    for tally in tallies.order_by("pk"):
        yield tally, ENTRIES[tally.version.indicator.code]


def touched(entry: Entry, tally: Tally, days: Iterable[datetime.date]) -> bool:
    """Whether a row of one of these days counts in the period."""
    reach = datetime.timedelta(days=entry.reach)
    first, last = tally.period.starts_on, tally.period.ends_on
    return any(day <= last and (day >= first or (entry.reach > 0 and day + reach > first)) for day in days)


def first_images(subject_type: str) -> QuerySet[Before]:
    """Of each changed row how it was counted: the first of its images."""
    rows = Before.objects.filter(subject_type=subject_type)
    earlier = rows.filter(key=OuterRef("key"), pk__lt=OuterRef("pk"))
    return rows.filter(~Exists(earlier))


def follow(cursor: Any, subject_type: str, now: Now, write: Write, skip: Collection[Pair] = ()) -> None:
    """Bring every count that stands on a trail forward, but those of `skip`, which the caller is about to make whole.

    Called inside the transaction of one picture; what it saw is what it takes away.
    """
    rows = Before.objects.filter(subject_type=subject_type)
    keys = list(rows.order_by("key").values_list("key", flat=True).distinct())
    if not keys:
        return
    days = {*rows.values_list("counted_on", flat=True).distinct(), *TRAILS[subject_type].days(keys)}
    for tally, entry in standing_on(subject_type):
        if (tally.version_id, tally.period_id) in skip or not touched(entry, tally, days):
            continue
        if entry.before is None or len(keys) > MANY or tally.day != min(tally.period.ends_on, now[0]):
            Dirty.objects.create(version=tally.version, period=tally.period, since=now[1])
            continue
        plant(cursor, tally.day, tally.period.pack)
        fill = divided.fill_changes if entry.base else shared.fill_changes
        fill(cursor, entry, tally, keys, first_images(subject_type))
        write(tally)
    rows.delete()
