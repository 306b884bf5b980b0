"""People named in confirmed joint work, each once, over the head count of teaching staff.

ACT.02: in any activity that names people. ACT.05: trained in a training.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, QuerySet

from cooperation.activities.indicators import OF_HEADCOUNTS, ONE
from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.trainings.models import HOSTED, TRAINED, ActivityPerson, Certificate
from institutions.people.models import Person
from quality.catalogue.declared import Entry, Line, Span, counts
from quality.catalogue.houses import first_counted


def taking_part(span: Span, **only: Any) -> QuerySet[Any, Any]:
    """People named in activities that began in the period, at the institution they work at, where that one stands by it."""
    stands = Participation.objects.standing().filter(activity=OuterRef("activity"), institution=OuterRef("home"))
    people = ActivityPerson.objects.standing().filter(
        Exists(stands), activity__status=ActivityStatus.CONFIRMED, activity__starts_on__gte=span.starts_on,
        activity__starts_on__lte=span.ends_on, **only,
    )  # fmt: skip
    return people.values(
        subject=F("person_id"), house=F("home_id"), day=F("activity__starts_on"), numerator=ONE, denominator=ONE
    )


def trained(span: Span) -> QuerySet[Any, Any]:
    """Those of them who were trained; who taught as a guest was not."""
    return taking_part(span, activity__type__code=TRAINED, host=None)


def people_for(user: Any) -> QuerySet[Person]:
    """People whom the sides of a training may know by name; an officer reads numbers."""
    known = ActivityPerson.objects.visible_to(user)
    found: QuerySet[Person] = Person.objects.filter(pk__in=known.values("person"))
    return found.select_related("home__territory")


def person_line(person: Person) -> Line:
    """A person by the name they were given."""
    return Line(person.public_id, person.name, person.public_id, person.home)


def _first(types: tuple[str, ...], **named: Any) -> datetime.date | None:
    return Activity.objects.filter(type__code__in=types, **named).aggregate(day=Min("starts_on"))["day"]


def of_people(code: str, contributions: Callable[[Span], QuerySet[Any, Any]], *types: str) -> Entry:
    """An indicator of people who are named in activities of these types: only those change it."""

    def of_certificates(keys: list[str]) -> datetime.date | None:
        return _first(types, pk__in=Certificate.objects.filter(public_id__in=keys).values("place__activity"))

    return Entry(
        code=code,
        subject_type="person",
        contributions=contributions,
        visible=people_for,
        line=person_line,
        ordering=("name", "pk"),
        page="person-detail",
        heeds={
            "activity": lambda keys: _first(types, public_id__in=keys),
            "certificate": of_certificates,
            "headcounts": first_counted,
        },
        since=lambda: _first(types, status=ActivityStatus.CONFIRMED),
        of_reference=False,
        shared=True,
        trail="activity",
        base=OF_HEADCOUNTS,
    )


counts(of_people("ACT.02", taking_part, TRAINED, HOSTED))
counts(of_people("ACT.05", trained, TRAINED))
