"""COV.05: pre-school organisations and schools on an unbroken chain of agreements to their next two stages (product M6).

Stages are those of kinds: pre-school 0, school 1, lyceum or technikum 2 (may be skipped), higher education 3, employer 4.
A link is an agreement in force with both as parties, inside the region in which both lay on the day.
"""

import datetime
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cooperation.agreements.indicators import first_in_force, first_signed, in_force_on, one_where
from institutions.registry.models import Institution
from quality.catalogue.declared import Entry, Span, counts
from quality.catalogue.houses import OF_INSTITUTIONS

REGION = 1  # levels below the country
# where a chain begins, and the two steps by which it may go on
WAYS = ((0, 1, 2), (0, 1, 3), (1, 2, 3), (1, 3, 4))


def placed(day: datetime.date) -> QuerySet[Any, Any]:
    """Parties of agreements in force on the day, each with the stage of its kind and the region it lay in."""
    parties = in_force_on(day).filter(institution__kinds__valid__contains=day, institution__places__valid__contains=day)
    return parties.annotate(
        stage=Cast(KeyTextTransform("stage", "institution__kinds__kind__data"), IntegerField()),
        region=F(f"institution__places__territory__lineage__{REGION}"),
    )


def linked(day: datetime.date, stage: int, to: int, **other: Any) -> QuerySet[Any, Any]:
    """Institutions of a stage with a link to one of another stage."""
    beside = placed(day).filter(agreement=OuterRef("agreement"), region=OuterRef("region"), stage=to, **other)
    return placed(day).filter(Exists(beside), stage=stage).order_by().values("institution")


def on_chain(span: Span) -> QuerySet[Any, Any]:
    """Every institution once; one where it is linked on to its next two stages."""
    found = Q()
    for stage, following, last in WAYS:
        found |= Q(pk__in=linked(span.day, stage, following, institution__in=linked(span.day, following, last)))
    one = Value(1, output_field=IntegerField())
    return Institution.objects.values(subject=F("pk"), house=F("pk"), numerator=one_where(found), denominator=one)


counts(
    Entry(
        code="COV.05", contributions=on_chain, heeds={"agreement": first_in_force}, since=first_signed,
        **OF_INSTITUTIONS,
    )
)  # fmt: skip
