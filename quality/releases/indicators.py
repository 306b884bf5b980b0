"""GOV.03: of the public fields that every educational organisation should have, those that are there and not too old."""

from typing import Any

from django.db.models import F, IntegerField, Min, QuerySet, Value

from institutions.headcounts.models import Headcount
from institutions.registry.models import Institution
from quality.catalogue.declared import Entry, Span, counts
from quality.catalogue.houses import OF_INSTITUTIONS, first_counted
from quality.releases.openness import REQUIRED, published_on


def openness(span: Span) -> QuerySet[Any, Any]:
    """Each institution with the fields it has published, out of those that are required."""
    return Institution.objects.values(
        subject=F("pk"), house=F("pk"), numerator=published_on(span.day),
        denominator=Value(REQUIRED, output_field=IntegerField()),
    )  # fmt: skip


counts(
    Entry(
        code="GOV.03",
        contributions=openness,
        heeds={"headcounts": first_counted},
        since=lambda: Headcount.objects.aggregate(day=Min("on_date"))["day"],
        **OF_INSTITUTIONS,
    )
)
