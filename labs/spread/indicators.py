"""LAB.01, LAB.02 and LAB.03 at the site of the laboratory, LAB.04 at the institutions a proven practice is meant for.

LAB.01: submitted by the first deadline, whatever extensions say; counted from the day the deadline is there.
LAB.02: examined by two experts without a hard conflict. LAB.03: successful of all that have a verdict.
LAB.04: institutions of the frozen sets, each once, that use what spreads, themselves or through who succeeded them.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from cooperation.adoptions.models import Adoption, AdoptionStatus
from institutions.registry.models import Institution
from labs.examinations.models import Examination, ExaminationStatus, Review, ReviewStatus
from labs.pilots.models import PilotProject
from labs.spread.adopting import CODE
from labs.spread.models import EligibleHolder, EligibleSet
from labs.verdicts.models import Value as Verdicts
from labs.verdicts.models import Verdict
from quality.catalogue.declared import Entry, Line, Span, counts

ONE = Value(1, output_field=IntegerField())
IN_USE = (AdoptionStatus.CONFIRMED, AdoptionStatus.SUSTAINED)


def _one_if(held: Q) -> Case:
    return Case(When(held, then=ONE), default=Value(0), output_field=IntegerField())


def submitted_in_time(span: Span) -> QuerySet[Any, Any]:
    """Projects whose first deadline lies in the period and is there."""
    rows = PilotProject.objects.filter(first_deadline__gte=span.starts_on, first_deadline__lte=span.day)
    in_time = _one_if(Q(submitted_at__date__lte=F("first_deadline")))
    return rows.values(subject=F("pk"), house=F("laboratory__site_id"), numerator=in_time, denominator=ONE)


def examined(span: Span) -> QuerySet[Any, Any]:
    """Projects with an examination decided in the period."""
    decided = Examination.objects.filter(
        project=OuterRef("pk"), status=ExaminationStatus.DECIDED, decided_at__date__gte=span.starts_on,
        decided_at__date__lte=span.ends_on,
    )  # fmt: skip
    sound = (
        Review.objects.filter(examination=OuterRef("pk"), status=ReviewStatus.SUBMITTED)
        .exclude(conflicts__hard=True).order_by().values("examination").annotate(n=Count("pk")).filter(n__gte=2)
    )  # fmt: skip
    rows = PilotProject.objects.filter(Exists(decided))
    well = _one_if(Q(Exists(decided.filter(Exists(sound)))))
    return rows.values(subject=F("pk"), house=F("laboratory__site_id"), numerator=well, denominator=ONE)


def succeeded(span: Span) -> QuerySet[Any, Any]:
    """Projects with a verdict of the period, the latest of which says how they ended."""
    of_period = Verdict.objects.filter(
        trial__project=OuterRef("pk"), decided_at__date__gte=span.starts_on, decided_at__date__lte=span.ends_on
    )
    latest = of_period.order_by("-decided_at", "-pk").values("value")[:1]
    rows = PilotProject.objects.annotate(verdict=latest).filter(verdict__isnull=False)
    well = _one_if(Q(verdict=Verdicts.SUCCESSFUL))
    return rows.values(subject=F("pk"), house=F("laboratory__site_id"), numerator=well, denominator=ONE)


def reached(span: Span) -> QuerySet[Any, Any]:
    """Institutions of the sets frozen by the day, where they are today or who succeeded them is."""
    used = Adoption.objects.filter(
        subject_type=CODE, subject_id=OuterRef("project_key"), institution=OuterRef("holder"), status__in=IN_USE,
        since__lte=span.day,
    )  # fmt: skip
    rows = EligibleHolder.objects.filter(project__eligible_set__frozen_on__lte=span.day)
    return rows.values(subject=F("institution_id")).annotate(
        house=Min("holder_id", filter=Q(is_last=True)),
        numerator=Max(_one_if(Q(Exists(used)))),
        denominator=ONE,
    )


def projects_for(user: Any) -> QuerySet[PilotProject]:
    """Projects a person may see, with what a line needs."""
    found: QuerySet[PilotProject] = PilotProject.objects.visible_to(user)
    return found.select_related("laboratory__site__territory")


def project_line(project: PilotProject) -> Line:
    """A project by its title."""
    return Line(project.public_id, project.title, project.public_id, project.laboratory.site)


def houses_for(user: Any) -> QuerySet[Institution]:
    """Institutions a person may know of."""
    found: QuerySet[Institution] = Institution.objects.visible_to(user)
    return found.select_related("territory")


def house_line(house: Institution) -> Line:
    """An institution by its name."""
    return Line(house.public_id, str(house), house.public_id, house)


def deadlines(keys: list[str]) -> datetime.date | None:
    """The earliest first deadline of these projects."""
    return PilotProject.objects.filter(public_id__in=keys).aggregate(day=Min("first_deadline"))["day"]


def decisions(keys: list[str]) -> datetime.date | None:
    """The earliest decision about one of these examinations."""
    found = Examination.objects.filter(public_id__in=keys)
    return found.aggregate(day=Min(TruncDate("decided_at")))["day"]


def verdicts(keys: list[str]) -> datetime.date | None:
    """The earliest verdict on one of these projects."""
    found = Verdict.objects.filter(trial__project__public_id__in=keys)
    return found.aggregate(day=Min(TruncDate("decided_at")))["day"]


def frozen(keys: list[str]) -> datetime.date | None:
    """The earliest set of one of these projects."""
    return EligibleSet.objects.filter(project__public_id__in=keys).aggregate(day=Min("frozen_on"))["day"]


def uses(keys: list[str]) -> datetime.date | None:
    """The earliest use of a proven practice that one of these adoptions tells of."""
    return Adoption.objects.filter(subject_type=CODE, public_id__in=keys).aggregate(day=Min("since"))["day"]


def successions(keys: list[str]) -> datetime.date | None:
    """From when on a change of these institutions moves a frozen set."""
    rows = EligibleHolder.objects.filter(holder__public_id__in=keys)
    return rows.aggregate(day=Min("project__eligible_set__frozen_on"))["day"]


def of_projects(
    code: str, contributions: Callable[[Span], QuerySet[Any, Any]], kind: str, days: Any, since: Any
) -> Entry:
    """An indicator whose rows are pilot projects, at the sites of their laboratories."""
    return Entry(
        code=code, subject_type="pilot", contributions=contributions, visible=projects_for, line=project_line,
        ordering=("title", "pk"), page="pilot-detail", heeds={kind: days}, since=since, of_reference=False,
    )  # fmt: skip


def first_of(model: Any, field: str) -> Callable[[], datetime.date | None]:
    """The first day on which such a row has this date."""

    def day() -> datetime.date | None:
        found: datetime.date | None = model.objects.aggregate(day=Min(field))["day"]
        return found

    return day


def first_moment(model: Any, field: str) -> Callable[[], datetime.date | None]:
    """The first day on which such a row has this moment."""

    def day() -> datetime.date | None:
        found: datetime.date | None = model.objects.aggregate(day=Min(TruncDate(field)))["day"]
        return found

    return day


counts(of_projects("LAB.01", submitted_in_time, "pilot", deadlines, first_of(PilotProject, "first_deadline")))
counts(of_projects("LAB.02", examined, "examination", decisions, first_moment(Examination, "decided_at")))
counts(of_projects("LAB.03", succeeded, "pilot", verdicts, first_moment(Verdict, "decided_at")))
counts(
    Entry(
        code="LAB.04", subject_type="institution", contributions=reached, visible=houses_for, line=house_line,
        ordering=("sort_key", "pk"), page="institution-detail",
        heeds={"pilot": frozen, "adoption": uses, "institution": successions},
        since=first_of(EligibleSet, "frozen_on"), of_reference=False,
    )
)  # fmt: skip
