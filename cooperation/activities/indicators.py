"""What activities let be counted: only confirmed ones, and each institution only by its own standing participation."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, Func, Min, OuterRef, Q, QuerySet, Value

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.activities.models import Activity, ParticipantCount, Participation
from cooperation.agreements.indicators import (
    ONE,
    agreement_line,
    agreements_for,
    first_in_force,
    first_signed,
    in_force_on,
    one_where,
)
from institutions.headcounts.models import Category, Headcount
from institutions.registry.models import Institution, InstitutionKind
from institutions.territory.models import Term
from quality.catalogue.declared import Base, Entry, Line, Span, Trail, counts, follows
from quality.catalogue.houses import OF_INSTITUTIONS, first_counted

SEASONED = datetime.timedelta(days=90)  # an agreement this long in force is asked whether it lives
RECENT = datetime.timedelta(days=180)


def standing(span: Span) -> QuerySet[Participation]:
    """The ledger of a period: standing participations in confirmed activities that began in it."""
    return Participation.objects.standing().filter(on_date__gte=span.starts_on, on_date__lte=span.ends_on)


def _each(condition: Q) -> QuerySet[Any, Any]:
    """Every institution once, in the numerator where the condition holds."""
    return Institution.objects.values(subject=F("pk"), house=F("pk"), numerator=one_where(condition), denominator=ONE)


def active(span: Span) -> QuerySet[Any, Any]:
    """COV.02: institutions that took part in something confirmed."""
    return _each(Q(pk__in=standing(span).values("institution")))


def with_parents(span: Span) -> QuerySet[Any, Any]:
    """COV.08: institutions with something confirmed in which parents took part."""
    parents = ParticipantCount.objects.filter(activity=OuterRef("activity"), category__data__parents=True, number__gt=0)
    return _each(Q(pk__in=standing(span).filter(Exists(parents)).values("institution")))


def employers_on(day: datetime.date) -> QuerySet[Any, Any]:
    """Ids of what was an employer on a day, by the flag of its kind."""
    kinds = Term.objects.filter(vocabulary="participant_kind", data__flags__contains=["W"])
    return InstitutionKind.objects.filter(kind__in=kinds, valid__contains=day).values("institution")


def with_employers(span: Span) -> QuerySet[Any, Any]:
    """COV.06: an agreement with an employer in force on the last day, and something confirmed with an employer."""
    employers = employers_on(span.day)
    parties = in_force_on(span.day)
    beside = parties.filter(agreement=OuterRef("agreement"), institution__in=employers)
    agreed = parties.filter(Exists(beside.exclude(institution=OuterRef("institution")))).values("institution")
    others = Participation.objects.standing().filter(activity=OuterRef("activity"), institution__in=employers)
    worked = standing(span).filter(Exists(others.exclude(institution=OuterRef("institution")))).values("institution")
    return _each(Q(pk__in=agreed) & Q(pk__in=worked))


def _mutual(column: str) -> Case:
    """One where the type is one that partners cannot do without each other."""
    types = Term.objects.filter(vocabulary="activity_type", data__interdependent=True)
    return one_where(Q(**{f"{column}__in": sorted(types.values_list("pk", flat=True))}))


def interdependent(span: Span) -> QuerySet[Any, Any]:
    """ACT.03: confirmed activities; one where the type is interdependent."""
    return standing(span).values(
        subject=F("activity_id"), house=F("institution_id"), day=F("on_date"), numerator=_mutual("activity__type"),
        denominator=ONE,
    )  # fmt: skip


def interdependent_before(images: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The same of the images that were noted."""
    return images.values(
        subject=F("key"), house=Func(F("houses"), function="unnest"), day=F("counted_on"), numerator=_mutual("sort"),
        denominator=ONE,
    )  # fmt: skip


def joint(span: Span) -> QuerySet[Any, Any]:
    """ACT.01: confirmed activities, each as one."""
    return standing(span).values(
        subject=F("activity_id"), house=F("institution_id"), day=F("on_date"), numerator=ONE, denominator=ONE
    )


def joint_before(images: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The same of the images that were noted."""
    return images.values(
        subject=F("key"), house=Func(F("houses"), function="unnest"), day=F("counted_on"), numerator=ONE,
        denominator=ONE,
    )  # fmt: skip


def teaching_staff(span: Span) -> QuerySet[Any, Any]:
    """Of each institution the head count of teaching staff that stands on the day."""
    found = Headcount.objects.standing(Category.TEACHING_STAFF, span.day)
    return found.values(subject=F("pk"), house=F("institution_id"), denominator=F("number"))


def headcounts_for(user: Any) -> QuerySet[Headcount]:
    """Head counts a person may see, with what a line needs."""
    return Headcount.objects.visible_to(user).select_related("institution__territory")


def headcount_line(row: Headcount) -> Line:
    """A head count by its institution and day."""
    house = row.institution
    return Line(
        str(row.pk), f"{name_now(house.names)} · {day_short(row.on_date)}", house.public_id, house, Decimal(row.number)
    )


OF_HEADCOUNTS = Base(
    subject_type="headcount",
    rows=teaching_staff,
    visible=headcounts_for,
    line=headcount_line,
    ordering=("institution__sort_key", "pk"),
    page="institution-detail",
)


def living(span: Span) -> QuerySet[Any, Any]:
    """COV.03: agreements 90 days and longer in force, at each party; one where joint work was confirmed lately."""
    lately = Activity.objects.counted().filter(
        agreement=OuterRef("agreement"), starts_on__gt=span.day - RECENT, starts_on__lte=span.day
    )
    parties = in_force_on(span.day).filter(agreement__in_force_from__lte=span.day - SEASONED)
    return parties.values(
        subject=F("agreement_id"), house=F("institution_id"), day=Value(span.day), numerator=one_where(Q(Exists(lately))),
        denominator=ONE,
    )  # fmt: skip


def activities_for(user: Any) -> QuerySet[Activity]:
    """Activities a person may see, with what a line needs."""
    return Activity.objects.visible_to(user).select_related("type", "organiser__territory")


def activity_line(activity: Activity) -> Line:
    """An activity by its type and day."""
    title = f"{name_now(activity.type.names)} · {day_short(activity.starts_on)}"
    return Line(activity.public_id, title, activity.public_id, activity.organiser)


def first_activity() -> datetime.date | None:
    """The first day on which something confirmed was done."""
    return Activity.objects.counted().aggregate(day=Min("starts_on"))["day"]


def first_seasoned() -> datetime.date | None:
    """The first day on which an agreement was long enough in force to be asked."""
    first = first_signed()
    return first + SEASONED if first else None


def seasoned(keys: list[str]) -> datetime.date | None:
    """The first day on which any of these agreements is long enough in force to be asked."""
    first = first_in_force(keys)
    return first + SEASONED if first else None


follows(Trail("activity", lambda keys: Activity.objects.filter(pk__in=keys).values_list("starts_on", flat=True)))
DONE_BY_INSTITUTIONS: dict[str, Any] = {**OF_INSTITUTIONS, "since": first_activity, "trail": "activity"}
counts(Entry(code="COV.02", contributions=active, heeds={}, **DONE_BY_INSTITUTIONS))
counts(Entry(code="COV.08", contributions=with_parents, heeds={}, **DONE_BY_INSTITUTIONS))
counts(Entry(code="COV.06", contributions=with_employers, heeds={"agreement": first_in_force}, **DONE_BY_INSTITUTIONS))
counts(
    Entry(
        code="COV.03",
        subject_type="agreement",
        contributions=living,
        visible=agreements_for,
        line=agreement_line,
        ordering=("number", "pk"),
        page="agreement-detail",
        heeds={"agreement": seasoned},
        since=first_seasoned,
        of_reference=False,
        shared=True,
        trail="activity",
        reach=RECENT.days,
    )
)
OF_ACTIVITIES: dict[str, Any] = {
    "subject_type": "activity",
    "visible": activities_for,
    "line": activity_line,
    "ordering": ("-starts_on", "-pk"),
    "page": "activity-detail",
    "since": first_activity,
    "of_reference": False,
    "shared": True,
    "trail": "activity",
}
counts(Entry(code="ACT.03", contributions=interdependent, before=interdependent_before, heeds={}, **OF_ACTIVITIES))
counts(
    Entry(
        code="ACT.01",
        contributions=joint,
        before=joint_before,
        heeds={"headcounts": first_counted},
        base=OF_HEADCOUNTS,
        **OF_ACTIVITIES,
    )
)
