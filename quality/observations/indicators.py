"""GOV.02: of the figures expected from institutions for a period, those that are there."""

import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from institutions.registry.models import Institution, InstitutionKind
from quality.catalogue.declared import Entry, Span, counts
from quality.catalogue.houses import OF_INSTITUTIONS
from quality.catalogue.models import DefinitionVersion, Period
from quality.observations.models import Observation, ValueState
from quality.submissions.expecting import entered_in, required_by_kind

CODE = "GOV.02"
NONE = Value(0, output_field=IntegerField())


def completeness(span: Span) -> QuerySet[Any, Any]:
    """Each institution with the valid figures it has given, out of those expected of its kind that apply to it."""
    period = Period.objects.filter(starts_on=span.starts_on, ends_on=span.ends_on).first()
    required = required_by_kind(entered_in(period)) if period else {}
    wanted = Q(pk__in=[])
    for kind, versions in sorted(required.items()):
        wanted |= Q(institution__kinds__kind=kind, version__in=[version.pk for version in versions])
    given = Observation.objects.filter(
        wanted, institution=OuterRef("pk"), period=period, institution__kinds__valid__contains=span.day
    )

    def told(state: str) -> Coalesce:
        rows = given.filter(state=state).order_by().values("institution").annotate(number=Count("pk"))
        return Coalesce(Subquery(rows.values("number")), NONE)

    kind_then = InstitutionKind.objects.filter(institution=OuterRef("pk"), valid__contains=span.day).values("kind")[:1]
    asked = [When(kind_then=kind, then=Value(len(versions))) for kind, versions in sorted(required.items())]
    expected = Case(*asked, default=NONE, output_field=IntegerField()) - told(ValueState.NOT_APPLICABLE)
    return Institution.objects.annotate(kind_then=Subquery(kind_then)).values(
        subject=F("pk"), house=F("pk"), numerator=told(ValueState.VALUE), denominator=expected
    )


def own_periods() -> QuerySet[Period]:
    """Periods of the kinds (months, terms) for which it is counted."""
    own = DefinitionVersion.objects.filter(indicator__code=CODE).values_list("periodicity", flat=True)
    return Period.objects.filter(kind__in={kind for kinds in own for kind in kinds})


def first_of(codes: list[str]) -> datetime.date | None:
    """From which day on newly put figures may change it: an Event of them is named by their period."""
    return own_periods().filter(code__in=codes).aggregate(day=Min("starts_on"))["day"]


def since() -> datetime.date | None:
    """The first day of the first of its periods of which any figure is known."""
    known = Observation.objects.filter(period=OuterRef("pk"))
    return own_periods().filter(Exists(known)).aggregate(day=Min("starts_on"))["day"]


counts(
    Entry(
        code=CODE,
        contributions=completeness,
        heeds={"observations": first_of},
        since=since,
        **OF_INSTITUTIONS,
    )
)
