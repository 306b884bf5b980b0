"""ACT.05: teachers who were trained in a confirmed training, each person once, over the head count of teaching staff."""

import datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, QuerySet

from cooperation.activities.indicators import OF_HEADCOUNTS, ONE, first_counted
from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.trainings.models import TRAINED, ActivityPerson, Certificate
from institutions.people.models import Person
from quality.catalogue.declared import Entry, Line, Span, counts


def trained(span: Span) -> QuerySet[Any, Any]:
    """People named in trainings that began in the period, at the institution they work at, where that one stands by it."""
    stands = Participation.objects.standing().filter(activity=OuterRef("activity"), institution=OuterRef("home"))
    people = ActivityPerson.objects.standing().filter(
        Exists(stands), activity__type__code=TRAINED, activity__status=ActivityStatus.CONFIRMED, host=None,
        activity__starts_on__gte=span.starts_on, activity__starts_on__lte=span.ends_on,
    )  # fmt: skip
    return people.values(
        subject=F("person_id"), house=F("home_id"), day=F("activity__starts_on"), numerator=ONE, denominator=ONE
    )


def people_for(user: Any) -> QuerySet[Person]:
    """People whom the sides of a training may know by name; an officer reads numbers."""
    known = ActivityPerson.objects.visible_to(user)
    found: QuerySet[Person] = Person.objects.filter(pk__in=known.values("person"))
    return found.select_related("home__territory")


def person_line(person: Person) -> Line:
    """A person by the name they were given."""
    return Line(person.public_id, person.name, person.public_id, person.home)


def _first(**named: Any) -> datetime.date | None:
    return Activity.objects.filter(type__code=TRAINED, **named).aggregate(day=Min("starts_on"))["day"]


def of_certificates(keys: list[str]) -> datetime.date | None:
    """The first day of the trainings of these certificates."""
    places = Certificate.objects.filter(public_id__in=keys).values("place__activity")
    return _first(pk__in=places)


counts(
    Entry(
        code="ACT.05",
        subject_type="person",
        contributions=trained,
        visible=people_for,
        line=person_line,
        ordering=("name", "pk"),
        page="person-detail",
        heeds={
            "activity": lambda keys: _first(public_id__in=keys),
            "certificate": of_certificates,
            "headcounts": first_counted,
        },
        since=lambda: _first(status=ActivityStatus.CONFIRMED),
        of_reference=False,
        shared=True,
        trail="activity",
        base=OF_HEADCOUNTS,
    )
)
