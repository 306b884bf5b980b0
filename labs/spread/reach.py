"""How far a proven practice has come: of those it is meant for, how many use it, month by month (LAB-11)."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cooperation.adoptions.models import Adoption
from labs.pilots.models import PilotProject
from labs.spread.adopting import CODE
from labs.spread.indicators import IN_USE
from labs.spread.models import EligibleHolder

MOST_MONTHS = 36


@dataclass(frozen=True)
class Reach:
    """`reached` of `eligible` use it themselves or through who succeeded them; `beyond` use it outside the set."""

    reached: int
    eligible: int
    beyond: int
    months: list[tuple[datetime.date, int]]

    @property
    def share(self) -> Decimal | None:
        """In percent; None of an empty set."""
        return Decimal(100 * self.reached) / self.eligible if self.eligible else None


def reach_of(project: PilotProject, on: datetime.date) -> Reach:
    """As it stands on this day: the first use of each institution of the set counts, and only confirmed ones."""
    uses: Any = Adoption.objects.filter(
        subject_type=CODE, subject_id=project.public_id, status__in=IN_USE, since__lte=on
    )
    since = dict(uses.values_list("institution", "since"))
    first: dict[int, datetime.date] = {}
    inside, eligible = set(), set()
    for one, holder in EligibleHolder.objects.filter(project=project).values_list("institution", "holder"):
        eligible.add(one)
        inside.add(holder)
        if holder in since:
            first[one] = min(since[holder], first.get(one, since[holder]))
    days = sorted(first.values())
    begin = project.eligible_set.frozen_on
    months = [(month, sum(day <= month for day in days)) for month in month_ends(min([begin, *days]), on)]
    return Reach(len(first), len(eligible), len(set(since) - inside), months[-MOST_MONTHS:])


def month_ends(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The last day of each month from that of the first day on; the last one is the day itself."""
    found, day = [], first
    while day <= last:
        beyond = (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
        found.append(min(beyond - datetime.timedelta(days=1), last))
        day = beyond
    return found
