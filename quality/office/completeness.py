"""How complete and how timely the figures of a period are, from what is there: there is no button that says it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.models import Period
from quality.observations.models import Observation, ValueState
from quality.submissions.expecting import entered_in, required_by_kind
from quality.submissions.models import CLOSED, DONE, Submission


@dataclass
class Standing:
    """Of one place: organisations that report, those that handed in, in time, approved; values asked for and there."""

    expected: int = 0
    submitted: int = 0
    on_time: int = 0
    approved: int = 0
    required: int = 0
    present: int = 0

    def add(self, other: "Standing") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def due_moment(period: Period) -> datetime.datetime:
    """The end of the due day, in the country's zone."""
    after = datetime.datetime.combine(period.due_on + datetime.timedelta(days=1), datetime.time.min)
    return timezone.make_aware(after)


def standing_by_place(rows: QuerySet[Institution], period: Period) -> dict[int, Standing]:
    """By the place where institutions lie: three grouped reads, however many institutions there are."""
    required = required_by_kind(entered_in(period))
    found: dict[int, Standing] = {}
    for place, kind, count in _grouped(rows, "territory_id", "kind_id"):
        here = found.setdefault(place, Standing())
        here.expected += count
        here.required += count * len(required.get(kind, ()))
    asked = {(kind, version.pk) for kind, versions in required.items() for version in versions}
    given = Observation.objects.filter(period=period, institution__in=rows.order_by().values("pk"))
    keys = ("institution__territory_id", "institution__kind_id", "version_id", "state")
    for place, kind, version, state, count in _grouped(given, *keys):
        if (kind, version) in asked and state == ValueState.VALUE:
            found[place].present += count
        elif (kind, version) in asked and state == ValueState.NOT_APPLICABLE:
            found[place].required -= count
    handed = Submission.objects.filter(period=period, institution__in=rows.order_by().values("pk"))
    counts = handed.order_by().values_list(F("institution__territory_id")).annotate(
        submitted=Count("pk", filter=Q(status__in=CLOSED)),
        timely=Count("pk", filter=Q(first_submitted_at__lt=due_moment(period))),
        approved=Count("pk", filter=Q(status__in=DONE)),
    )  # fmt: skip
    for place, submitted, timely, approved in counts:
        found[place].add(Standing(submitted=submitted, on_time=timely, approved=approved))
    return found


def _grouped(rows: QuerySet[Any], *keys: str) -> Iterable[Any]:
    return rows.order_by().values_list(*keys).annotate(count=Count("pk"))


def standing_below(
    places: Iterable[Territory], by_place: dict[int, Standing], lineages: dict[int, list[int]]
) -> dict[int, Standing]:
    """The same for whole places: each holds everything below it."""
    found = {place.pk: Standing() for place in places}
    for place, standing in by_place.items():
        for above in lineages.get(place, []):
            if above in found:
                found[above].add(standing)
    return found
