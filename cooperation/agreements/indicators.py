"""What agreements let be counted: coverage by agreements in force, and how long an approval takes."""

import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from cooperation.agreements.models import Agreement, AgreementParty, Revision, RevisionParty
from institutions.registry.models import Institution
from quality.catalogue.declared import Entry, Line, Span, counts
from quality.catalogue.houses import OF_INSTITUTIONS

ONE = Value(1, output_field=IntegerField())


def in_force_on(day: datetime.date) -> QuerySet[AgreementParty]:
    """Signing parties of agreements in force on a day, observers left out."""
    open_end = Q(agreement__in_force_until__isnull=True) | Q(agreement__in_force_until__gt=day)
    parties = AgreementParty.objects.filter(
        open_end, agreement__in_force_from__lte=day, valid__contains=day, signs=True
    )
    return parties.exclude(role__code="observer")


def one_where(condition: Q) -> Case:
    """One where it holds, else nought."""
    return Case(When(condition, then=ONE), default=Value(0), output_field=IntegerField())


def covered(span: Span) -> QuerySet[Any, Any]:
    """Every institution once; the numerator is one where it is party to an agreement in force on the day."""
    has_agreement = one_where(Q(pk__in=in_force_on(span.day).values("institution")))
    return Institution.objects.values(subject=F("pk"), house=F("pk"), numerator=has_agreement, denominator=ONE)


def first_signed() -> datetime.date | None:
    """The first day on which any agreement was in force."""
    return Agreement.objects.aggregate(day=Min("in_force_from"))["day"]


def first_in_force(keys: list[str]) -> datetime.date | None:
    """The first day on which any of these agreements counts."""
    return Agreement.objects.filter(public_id__in=keys).aggregate(day=Min("in_force_from"))["day"]


counts(
    Entry(
        code="COV.01",
        contributions=covered,
        heeds={"agreement": first_in_force},
        since=first_signed,
        **OF_INSTITUTIONS,
    )
)


def partners_of(span: Span, **other: Any) -> QuerySet[AgreementParty]:
    """The other parties of the agreements in force on the day, for the institution of the outer query."""
    own = in_force_on(span.day).filter(agreement=OuterRef("agreement"), institution=OuterRef(OuterRef("pk")))
    return in_force_on(span.day).filter(Exists(own), **other).exclude(institution=OuterRef("pk"))


def kinds_of_partners(span: Span) -> QuerySet[Any, Any]:
    """COV.04: every institution with the number of different kinds that its partners are of on the day."""
    kinds = (
        partners_of(span, institution__kinds__valid__contains=span.day)
        .order_by()
        .annotate(one=Value(1, output_field=IntegerField()))
        .values("one")
        .annotate(number=Count("institution__kinds__kind", distinct=True))
    )
    number = Coalesce(Subquery(kinds.values("number")), 0, output_field=IntegerField())
    return Institution.objects.values(subject=F("pk"), house=F("pk"), numerator=number, denominator=ONE)


def across_the_border(span: Span) -> QuerySet[Any, Any]:
    """COV.09: institutions that share an agreement in force on the day with a party of another country."""
    abroad = Exists(partners_of(span).exclude(institution__country=OuterRef("country")))
    return Institution.objects.values(subject=F("pk"), house=F("pk"), numerator=one_where(Q(abroad)), denominator=ONE)


for code, contributions in (("COV.04", kinds_of_partners), ("COV.09", across_the_border)):
    counts(
        Entry(
            code=code,
            contributions=contributions,
            heeds={"agreement": first_in_force},
            since=first_signed,
            **OF_INSTITUTIONS,
        )
    )


def _morning(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def lead_times(span: Span) -> QuerySet[Any, Any]:
    """Each revision concluded in the period, at each signing party; the measured value is days since the first proposal
    of its negotiation, which began after the conclusion before it.
    """
    same = Revision.objects.filter(agreement=OuterRef("revision__agreement"), number__lt=OuterRef("revision__number"))
    before = same.filter(concluded_at__isnull=False).order_by("-number").values("number")[:1]
    negotiation = (
        Revision.objects.filter(
            agreement=OuterRef("revision__agreement"),
            number__lte=OuterRef("revision__number"),
            number__gt=OuterRef("before"),
            proposed_at__isnull=False,
        )
        .order_by("proposed_at", "pk")
        .values("proposed_at")[:1]
    )
    parties = RevisionParty.objects.filter(
        revision__concluded_at__gte=_morning(span.starts_on),
        revision__concluded_at__lt=_morning(span.ends_on + datetime.timedelta(days=1)),
        signs=True,
    ).annotate(before=Coalesce(Subquery(before), 0))
    days = Func(
        F("revision__concluded_at"),
        Subquery(negotiation),
        function="round",
        template="round(extract(epoch FROM (%(expressions)s)) / 86400, 4)",
        arg_joiner=" - ",
        output_field=DecimalField(max_digits=22, decimal_places=4),
    )
    return parties.values(
        subject=F("revision_id"),
        house=F("institution_id"),
        numerator=days,
        denominator=Value(None, output_field=IntegerField()),
    )


def decided_in_time(span: Span) -> QuerySet[Any, Any]:
    """AGR.02: what was to end in the period by its last wording with that end, at each signing party; one where the first
    decision was recorded at least the notice period before. What renews itself, or ended earlier, is left out.
    """
    newer = Revision.objects.filter(
        agreement=OuterRef("revision__agreement"), ends_on=OuterRef("revision__ends_on"),
        number__gt=OuterRef("revision__number"), concluded_at__isnull=False,
    )  # fmt: skip
    parties = (
        RevisionParty.objects.filter(
            ~Exists(newer), revision__concluded_at__isnull=False, revision__ends_on__gte=span.starts_on,
            revision__ends_on__lte=span.day, signs=True, left_on=None,
        )
        .filter(revision__concluded_at__date__lte=F("revision__ends_on"))
        .exclude(revision__renewal="automatic")
        .exclude(revision__agreement__in_force_until__lte=F("revision__ends_on"))
    )  # fmt: skip
    notice = ExpressionWrapper(F("revision__ends_on") - F("revision__notice_days"), output_field=DateField())
    return parties.values(
        subject=F("revision__agreement_id"), house=F("institution_id"),
        numerator=one_where(Q(revision__decided_on__lte=notice)), denominator=ONE,
    )  # fmt: skip


def agreements_for(user: Any) -> QuerySet[Agreement]:
    """Agreements a person may see, with what a line needs."""
    return Agreement.objects.visible_to(user).select_related("initiator__territory")


def agreement_line(agreement: Agreement) -> Line:
    """An agreement by its number and subject."""
    title = f"{agreement.number} · {agreement.title}".removesuffix(" · ")
    return Line(agreement.public_id, title, agreement.public_id, agreement.initiator)


def first_end(keys: list[str]) -> datetime.date | None:
    """The first day on which any of these agreements was to end."""
    ends = Revision.objects.filter(agreement__public_id__in=keys, concluded_at__isnull=False)
    return ends.aggregate(day=Min("ends_on"))["day"]


counts(
    Entry(
        code="AGR.02",
        subject_type="agreement",
        contributions=decided_in_time,
        visible=agreements_for,
        line=agreement_line,
        ordering=("number", "pk"),
        page="agreement-detail",
        heeds={"agreement": first_end},
        since=lambda: Revision.objects.filter(concluded_at__isnull=False).aggregate(day=Min("ends_on"))["day"],
        of_reference=False,
    )
)


def revisions_for(user: Any) -> QuerySet[Revision]:
    """Revisions of the agreements a person may see."""
    visible = Agreement.objects.visible_to(user)
    return Revision.objects.filter(agreement__in=visible).select_related("agreement", "drafted_for__territory")


def revision_line(revision: Revision) -> Line:
    """A revision by the number and subject of its agreement."""
    title = f"{revision.agreement.number} · {revision.number} · {revision.title}".removesuffix(" · ")
    return Line(revision.agreement.public_id, title, revision.agreement.public_id, revision.drafted_for)


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return timezone.localdate(moment) if moment else None


def last_conclusions(keys: list[str]) -> datetime.date | None:
    """The earliest day among the last conclusions of these agreements."""
    found = Revision.objects.filter(agreement__public_id__in=keys, concluded_at__isnull=False).values("agreement")
    return _day(min((row["at"] for row in found.annotate(at=Max("concluded_at")).order_by()), default=None))


counts(
    Entry(
        code="AGR.03",
        subject_type="agreement",
        contributions=lead_times,
        visible=revisions_for,
        line=revision_line,
        ordering=("-concluded_at", "-pk"),
        page="agreement-detail",
        heeds={"agreement": last_conclusions},
        since=lambda: _day(Revision.objects.aggregate(at=Min("concluded_at"))["at"]),
        of_reference=False,
    )
)
