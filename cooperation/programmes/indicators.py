"""ACT.04: programmes approved or revised in a period; in the numerator those that an external partner stood by."""

import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Value, When

from cooperation.programmes.models import GroupMember, JointProgramme, MemberState, ProgrammeVersion
from quality.catalogue.declared import Entry, Line, Span, counts

ONE = Value(1, output_field=IntegerField())


def co_designed(span: Span) -> QuerySet[Any, Any]:
    """Each programme with a version approved in the period, at its lead, once however often it was revised."""
    approved = ProgrammeVersion.objects.filter(
        programme=OuterRef("pk"), approved_on__gte=span.starts_on, approved_on__lte=span.ends_on
    )
    partners = GroupMember.objects.filter(version=OuterRef("pk"), state=MemberState.CONFIRMED)
    together = Case(
        When(Q(Exists(approved.filter(Exists(partners)))), then=ONE), default=Value(0), output_field=IntegerField()
    )
    return JointProgramme.objects.filter(Exists(approved)).values(
        subject=F("pk"), house=F("lead_id"), numerator=together, denominator=ONE
    )


def programmes_for(user: Any) -> QuerySet[JointProgramme]:
    """Programmes a person may see, with what a line needs."""
    found: QuerySet[JointProgramme] = JointProgramme.objects.visible_to(user)
    return found.select_related("lead__territory")


def programme_line(programme: JointProgramme) -> Line:
    """A programme by its title."""
    return Line(programme.public_id, programme.title, programme.public_id, programme.lead)


def last_approvals(keys: list[str]) -> datetime.date | None:
    """The earliest day among the last approvals of these programmes."""
    found = ProgrammeVersion.objects.filter(programme__public_id__in=keys, approved_on__isnull=False)
    return min(
        (row["day"] for row in found.values("programme").annotate(day=Max("approved_on")).order_by()), default=None
    )


counts(
    Entry(
        code="ACT.04",
        subject_type="programme",
        contributions=co_designed,
        visible=programmes_for,
        line=programme_line,
        ordering=("title", "pk"),
        page="programme-detail",
        heeds={"programme": last_approvals},
        since=lambda: ProgrammeVersion.objects.aggregate(day=Min("approved_on"))["day"],
        of_reference=False,
    )
)
