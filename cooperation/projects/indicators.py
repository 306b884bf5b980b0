"""ACT.07: vocational institutions with a role in a joint project that a higher education institution leads."""

import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, Min, OuterRef, QuerySet, Value, When

from cooperation.agreements.indicators import OF_INSTITUTIONS
from cooperation.projects.models import JointProject, PartnerState, ProjectPartner, ProjectStatus
from institutions.registry.models import Institution, InstitutionKind
from institutions.territory.models import Term
from quality.catalogue.declared import Entry, Span, counts

ONE = Value(1, output_field=IntegerField())
UNDER_WAY_OR_DONE = (ProjectStatus.RUNNING, ProjectStatus.PAUSED, ProjectStatus.COMPLETED)


def led_by_higher_education(span: Span) -> QuerySet[JointProject]:
    """Projects that lie in the period, even in part, and that an institution leads which confers degrees on the day."""
    higher = Term.objects.filter(vocabulary="participant_kind", data__stage=3, data__flags__contains=["E"])
    leads = InstitutionKind.objects.filter(institution=OuterRef("lead"), kind__in=higher, valid__contains=span.day)
    found: QuerySet[JointProject] = JointProject.objects.filter(
        Exists(leads), status__in=UNDER_WAY_OR_DONE, starts_on__lte=span.day, ends_on__gte=span.starts_on
    )
    return found


def with_a_role(span: Span) -> QuerySet[Any, Any]:
    """Every institution once, in the numerator where it accepted a role in one of these projects."""
    roles = ProjectPartner.objects.filter(
        institution=OuterRef("pk"), state=PartnerState.ACCEPTED, project__in=led_by_higher_education(span)
    )
    found = Case(When(Exists(roles), then=ONE), default=Value(0), output_field=IntegerField())
    return Institution.objects.values(subject=F("pk"), house=F("pk"), numerator=found, denominator=ONE)


def first_day(keys: list[str]) -> datetime.date | None:
    """The first day of any of these projects."""
    return JointProject.objects.filter(public_id__in=keys).aggregate(day=Min("starts_on"))["day"]


counts(
    Entry(
        code="ACT.07",
        contributions=with_a_role,
        heeds={"project": first_day},
        since=lambda: JointProject.objects.filter(status__in=UNDER_WAY_OR_DONE).aggregate(day=Min("starts_on"))["day"],
        **OF_INSTITUTIONS,
    )
)
