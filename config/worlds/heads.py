"""Head counts of a world: teaching staff and learners of education organisations, autumn by autumn, with gaps."""

import datetime
import random

from institutions.headcounts.models import Category, Headcount
from institutions.registry.models import Institution

STAFF = {"preschool": (12, 40), "school": (35, 110), "hei": (160, 620)}  # of others as of a technical college
USUAL = (28, 90)
LEARNERS = (9, 16)  # to a teacher
AUTUMNS = 3
SILENT = 0.06  # share of institutions of which no register has told


def count_heads(
    houses: list[Institution], today: datetime.date, chance: random.Random, source: str, at: datetime.datetime
) -> int:
    """What a register would tell each autumn; the cast's institutions are never among the silent ones."""
    autumns = [
        day for year in range(today.year - AUTUMNS, today.year + 1) if (day := datetime.date(year, 9, 15)) <= today
    ]
    rows = []
    for place, house in enumerate(houses):
        staff, each = chance.uniform(*STAFF.get(house.kind.code, USUAL)), chance.uniform(*LEARNERS)
        silent = chance.random() < SILENT and place > 20
        for day in autumns[-AUTUMNS:]:
            staff *= chance.uniform(0.96, 1.05)
            heads = {Category.TEACHING_STAFF: round(staff), Category.LEARNERS: round(staff * each)}
            if not silent:
                rows += [
                    Headcount(
                        institution=house, category=category, on_date=day, number=number, source=source, entered_at=at
                    )
                    for category, number in heads.items()
                ]
    Headcount.objects.bulk_create(rows, batch_size=5_000)
    return len(rows)
