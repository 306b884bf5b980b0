"""What the last night's comparison found: stored cells with a whole recount, and every surface with stored cells."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Subquery
from django.db.models.functions import JSONObject

from quality.rollups.models import Run

EVERYTHING, SURFACES = "everything", "surfaces"


@dataclass(frozen=True)
class Checked:
    """How many figures were compared, how many of them differed, and when."""

    compared: int
    differing: int
    at: datetime.datetime


def last_whole() -> Run | None:
    """The last finished recount of everything."""
    return Run.objects.filter(kind=EVERYTHING, finished_at__isnull=False).order_by("-pk").first()


def beside() -> Subquery:
    """The last comparison as a column of another query, since no page may ask once more for it."""
    runs = Run.objects.filter(kind=SURFACES, finished_at__isnull=False).order_by("-pk")
    told = JSONObject(compared=F("compared"), differing=F("differing"), at=F("finished_at"))
    return Subquery(runs.annotate(told=told).values("told")[:1])


def read(told: dict[str, Any] | None) -> Checked | None:
    """That column; None before the first comparison."""
    if told is None:
        return None
    return Checked(told["compared"], told["differing"], datetime.datetime.fromisoformat(told["at"]))
