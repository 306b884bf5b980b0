"""GOV.03: of the public fields that every educational organisation should have, those that are there and not too old."""

import datetime
from typing import Any

from django.db.models import F, IntegerField, Min, QuerySet, Value

from accounts.names import name_now
from institutions.headcounts.models import Headcount
from institutions.registry.models import Institution
from quality.catalogue.declared import Entry, Line, Span, counts
from quality.releases.openness import REQUIRED, published_on


def openness(span: Span) -> QuerySet[Any, Any]:
    """Each institution with the fields it has published, out of those that are required."""
    return Institution.objects.values(
        subject=F("pk"), house=F("pk"), numerator=published_on(span.day),
        denominator=Value(REQUIRED, output_field=IntegerField()),
    )  # fmt: skip


def houses_for(user: Any) -> QuerySet[Institution]:
    """Institutions a person may know of."""
    found: QuerySet[Institution] = Institution.objects.visible_to(user)
    return found.select_related("territory")


def house_line(house: Institution) -> Line:
    """An institution by its name."""
    return Line(house.public_id, name_now(house.names), house.public_id, house)


def first_counted(keys: list[str]) -> datetime.date:
    """From which day on newly entered head counts may change it: an Event of them is named by their first day."""
    return min(datetime.date.fromisoformat(key) for key in keys)


counts(
    Entry(
        code="GOV.03",
        subject_type="institution",
        contributions=openness,
        visible=houses_for,
        line=house_line,
        ordering=("sort_key", "pk"),
        page="institution-detail",
        heeds={"headcounts": first_counted},
        since=lambda: Headcount.objects.aggregate(day=Min("on_date"))["day"],
    )
)
