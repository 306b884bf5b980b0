"""Activities for tests of counting, written plainly, and counted plainly."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from cooperation.activities.models import Activity, ParticipantCount, Participation
from institutions.headcounts.actions import put_headcounts
from institutions.headcounts.intake import Given
from institutions.headcounts.models import Category
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace
from institutions.territory.models import Territory, TerritoryParent
from lifecycle.events import record
from quality.catalogue.models import Across, DefinitionVersion, Method
from tests.factories import a_member, a_term
from tests.quality.figures import an_indicator

_numbers = itertools.count(1)
MONTHLY: dict[str, Any] = {"periodicity": ["M", "A"], "factor": 100, "levels": ["I", "D", "R", "C"]}


def interdependence() -> DefinitionVersion:
    """ACT.03, by month and year."""
    return an_indicator("ACT.03", Method.SHARE, across=Across.SUM, **MONTHLY)


def per_head() -> DefinitionVersion:
    """ACT.01, by month and year."""
    return an_indicator("ACT.01", Method.RATIO, across=Across.RECOMPUTE, **MONTHLY)


def heads(house: Institution, day: datetime.date, number: int) -> None:
    """A head count of teaching staff, by the action."""
    put_headcounts([Given(house, Category.TEACHING_STAFF, day, number)], by=None, at=timezone.now())


def types() -> tuple[Any, Any]:
    """A type that counts in the numerator and one that does not."""
    mutual = a_term("activity_type", "joint_lesson", form="F13", interdependent=True)
    return mutual, a_term("activity_type", "seminar", form="F30")


def an_activity(
    day: str | datetime.date, *houses: Institution, type_: Any = None, status: str = "confirmed", named: Any = (),
    parents: int = 0, **fields: Any,
) -> Activity:  # fmt: skip
    """An activity in which these institutions stand and those of `named` do not."""
    number, now = next(_numbers), timezone.now()
    day = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    writer = fields.pop("logged_by", None) or a_member("teacher", houses[0])
    activity = Activity.objects.create(
        type=type_ or types()[0], form=a_term("cooperation_form", "F13"), starts_on=day, organiser=houses[0],
        status=status, content_hash=f"{number:064}", logged_by=writer, logged_on=max(day, now.date()), logged_at=now,
        modified_at=now, confirmed_at=now if status == "confirmed" else None, **fields,
    )  # fmt: skip
    for house, state in [*((house, "stands") for house in houses), *((house, "named") for house in named)]:
        Participation.objects.create(activity=activity, institution=house, on_date=day, logged_by=writer, state=state)
    if parents:
        category = a_term("participant_category", "parents", parents=True)
        ParticipantCount.objects.create(activity=activity, category=category, number=parents)
    return activity


def becomes(activity: Activity, status: str, **fields: Any) -> None:
    """A move, as the record of acts knows it."""
    before, now = activity.status, timezone.now()
    confirmed = {"confirmed_at": now} if status == "confirmed" else {}
    Activity.objects.filter(pk=activity.pk).update(status=status, **confirmed, **fields)
    activity.refresh_from_db()
    record(
        status, subject_type="activity", subject_id=activity.public_id, status_before=before, status_after=status,
        by=None, at=now, **activity.audience(),
    )  # fmt: skip


def by_hand(
    first: datetime.date, last: datetime.date, mutual: int, without: Collection[int] = ()
) -> dict[tuple[str, str], tuple[int, int, int]]:
    """ACT.03 of a period read row by row: (numerator, denominator, participations) by place and kind ("" for all)."""
    inside: dict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
    shares: dict[tuple[str, str], int] = defaultdict(int)
    rows = Participation.objects.filter(state="stands", on_date__gte=first, on_date__lte=last)
    for row in rows.select_related("activity"):
        if row.activity.status != "confirmed" or row.institution_id in without:
            continue
        kind = stood(InstitutionKind, "kind", row.institution_id, row.on_date).code
        place = stood(InstitutionPlace, "territory", row.institution_id, row.on_date)
        for above in path(place, row.on_date):
            for key in ((above.code, kind), (above.code, "")):
                inside[key][row.activity_id] = row.activity.type_id == mutual
                shares[key] += 1
    return {key: (sum(found.values()), len(found), shares[key]) for key, found in inside.items()}


def stood(model: Any, column: str, house: int, day: datetime.date) -> Any:
    """Where it lay or what it was on the day, else last before, else first after."""
    rows = list(model.objects.filter(institution=house).select_related(column))
    for row in rows:
        if day in row.valid:
            return getattr(row, column)
    before = [row for row in rows if row.valid.lower <= day]
    nearest = max(before, key=lambda row: row.valid.lower) if before else min(rows, key=lambda row: row.valid.lower)
    return getattr(nearest, column)


def path(place: Territory, day: datetime.date) -> list[Territory]:
    """The place and all above it on the day."""
    found = [place]
    while (
        parent := TerritoryParent.objects.filter(child=found[-1], valid__contains=day).select_related("parent").first()
    ):
        found.append(parent.parent)
    return found


def per_head_by_hand(
    first: datetime.date, last: datetime.date, day: datetime.date
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """ACT.01 read row by row: (activities, heads, participations, reporting, expected, state) by place and kind."""
    staff = {house.pk: staff_of(house, day) for house in Institution.objects.filter(verified_at__isnull=False)}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    lacking = set()
    for house in Institution.objects.filter(pk__in=staff, spells__valid__contains=day):
        kind = stood(InstitutionKind, "kind", house.pk, day)
        if "E" not in (kind.data.get("flags") or ()):
            continue
        number = staff[house.pk]
        lacking |= {house.pk} if number is None else set()
        for above in path(stood(InstitutionPlace, "territory", house.pk, day), day):
            for key in ((above.code, kind.code), (above.code, "")):
                sums[key] = [
                    had + more for had, more in zip(sums[key], (number or 0, number is not None, 1), strict=True)
                ]
    done = by_hand(first, last, 0, lacking)
    return {
        key: (*((done.get(key, (0, 0, 0))[1], over, done.get(key, (0, 0, 0))[2]) if told else (None, None, None)), told,
              expected, "value" if over else "not_applicable" if told else "missing")
        for key, (over, told, expected) in sums.items()
    }  # fmt: skip


def staff_of(house: Institution, day: datetime.date) -> int | None:
    """The latest head count of its teaching staff on or before the day, at most 18 months old."""
    known = sorted(house.headcounts.filter(category="teaching_staff").values_list("on_date", "number"))
    standing = [number for on_date, number in known if day - relativedelta(months=18) <= on_date <= day]
    return standing[-1] if standing else None
