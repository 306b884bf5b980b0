"""What the last night's comparisons found: stored cells with a whole recount, and surfaces with stored cells."""

import datetime
from dataclasses import dataclass

from quality.rollups.models import Run

EVERYTHING, SURFACES = "everything", "surfaces"


@dataclass(frozen=True)
class Checked:
    """How many figures were compared, how many of them differed, and when the older of the two comparisons ended."""

    compared: int
    differing: int
    at: datetime.datetime


def last_check() -> Checked | None:
    """The last finished comparisons; None before the first night."""
    runs = Run.objects.filter(kind__in=(EVERYTHING, SURFACES), finished_at__isnull=False)
    last = list(runs.order_by("kind", "-pk").distinct("kind"))
    if not last:
        return None
    ended = [run.finished_at for run in last if run.finished_at]
    return Checked(sum(run.compared for run in last), sum(run.differing for run in last), min(ended))
