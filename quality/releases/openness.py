"""Openness: what everybody should be able to read of an organisation, and whether it is there and not older than a year."""

import datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from institutions.headcounts.models import Category, Headcount
from institutions.registry.models import InstitutionName

NAMES = ("uz", "ru")  # languages in which everybody can read what it is called
HEADS = (Category.LEARNERS, Category.TEACHING_STAFF)
REQUIRED = len(NAMES) + len(HEADS)


def year_before(day: datetime.date) -> datetime.date:
    """The same day a year ago; the last of February where there is none."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def named_on(tag: str, day: datetime.date) -> Q:
    """Institutions that had a name in a language on a day; who was never renamed has the one of today."""
    then = InstitutionName.objects.filter(institution=OuterRef("pk"), valid__contains=day)
    return Q(Exists(then.filter(names__has_key=tag))) | (~Q(Exists(then)) & Q(names__has_key=tag))


def counted_on(category: str, day: datetime.date) -> Q:
    """Institutions of which a head count of the last 12 months was known on a day."""
    rows = Headcount.objects.filter(institution=OuterRef("pk"), category=category)
    return Q(Exists(rows.filter(on_date__gt=year_before(day), on_date__lte=day)))


def published_on(day: datetime.date) -> Any:
    """How many of the required fields were there on a day."""
    found: Any = Value(0, output_field=IntegerField())
    for condition in (*(named_on(tag, day) for tag in NAMES), *(counted_on(each, day) for each in HEADS)):
        found = found + Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
    return found
