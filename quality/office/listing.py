"""From whom figures are expected and how far they are: the list of an office, filtered, as a page and as a file."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import period_name
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from institutions.registry.filters import indented
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.models import Period
from quality.office.completeness import due_moment
from quality.submissions.expecting import kinds_entered, reporters
from quality.submissions.models import Submission, SubmissionStatus

NONE, YES = "none", "yes"
PARAMETERS = ("period", "territory", "state", "late", "search")
ORDERINGS = ("sort_key", "status_now", "first_submitted_at")
STATES = [(NONE, gettext_lazy("Not begun")), *SubmissionStatus.choices]
OFFERED = 24


def periods_offered(on: datetime.date, pack: str) -> list[Period]:
    """Periods for which any figures are entered, newest first; one that runs may be reported on already."""
    rows = Period.objects.filter(pack=pack, kind__in=kinds_entered(), starts_on__lte=on)
    return list(rows.order_by("-ends_on", "-starts_on", "pk")[:OFFERED])


def period_meant(periods: list[Period], code: str, on: datetime.date) -> Period | None:
    """The period asked for, else the latest that has ended; None where none is offered."""
    for period in periods:
        if period.code == code or (not code and period.ends_on < on):
            return period
    return periods[0] if periods and not code else None


def expected_rows(user: Any, period: Period, params: Mapping[str, str]) -> QuerySet[Any]:
    """The reporters this person may read the figures of, with how far each is."""
    own = Submission.objects.filter(institution=OuterRef("pk"), period=period)
    rows = reporters(period).overseen_by(user).annotate(  # type: ignore[attr-defined]
        status_now=Coalesce(Subquery(own.values("status")), Value(NONE)),
        first_submitted_at=Subquery(own.values("first_submitted_at")),
        submission_id=Subquery(own.values("public_id")),
    )  # fmt: skip
    return narrowed(rows, period, params)


def narrowed(rows: Any, period: Period, params: Mapping[str, str]) -> QuerySet[Any]:
    """Only those that fit the filters; a value that is none is left out of account."""
    place = Territory.objects.filter(code=params.get("territory") or "").first()
    if place:
        rows = rows.within(place)
    if params.get("state") in dict(STATES):
        rows = rows.filter(status_now=params["state"])
    if params.get("late") == YES:
        rows = rows.filter(late(period))
    text = (params.get("search") or "").strip()[:200]
    return rows.search(text) if len(text) > 1 else rows


def late(period: Period) -> Q:
    """Handed in after the due day, or not at all."""
    return Q(first_submitted_at__isnull=True) | Q(first_submitted_at__gte=due_moment(period))


class ReportFilters(forms.Form):
    """What the list offers."""

    search = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=200, widget=forms.SearchInput)
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    territory = forms.ChoiceField(label=gettext_lazy("Territory"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *STATES]
    )
    late = forms.ChoiceField(
        label=gettext_lazy("In time"), required=False,
        choices=[("", gettext_lazy("Any")), (YES, gettext_lazy("Late or missing"))],
    )  # fmt: skip

    def __init__(self, *args: Any, periods: list[Period], places: list[Territory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [(each.code, period_name(each)) for each in periods]  # type: ignore[attr-defined]
        self.fields["territory"].choices = [  # type: ignore[attr-defined]
            ("", _("All")), *((place.code, indented(place)) for place in places)
        ]  # fmt: skip


def reports_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, for a file."""
    period = Period.objects.get(pk=params["period_id"])
    rows = expected_rows(user, period, params)
    words = {code: str(label) for code, label in STATES}

    def lines() -> Iterator[list[Any]]:
        found: QuerySet[Any] = rows.select_related("territory", "kind").order_by("sort_key", "pk")
        for house in found.iterator(chunk_size=2_000):
            first = house.first_submitted_at
            yield [
                house.public_id, name_now(house.names), name_now(house.kind.names), house.territory.code,
                name_now(house.territory.names), period.code, house.status_now, words[house.status_now], first,
                _("No") if first is None or first >= due_moment(period) else _("Yes"),
            ]  # fmt: skip

    heads = [
        Head(_("Identifier")), Head(_("Organisation")), Head(_("Kind")), Head(_("Territory code")),
        Head(_("Territory")), Head(_("Period")), Head("status"), Head(_("Status")),
        Head(_("First submitted"), "moment"), Head(_("In time")),
    ]  # fmt: skip
    told = [(_("Period"), period.code), (_("Date"), on.isoformat())]
    return Table(_("Figures handed in"), "submissions", heads, lines(), rows.count(), told)


FILE = Exporter(code="submissions", label=gettext_lazy("Figures handed in"), table=reports_table)
Row = Institution
