"""Values, the rows behind them, and dashboards over the API: the same objects as the pages."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import today
from accounts.doors import StrictViewSet
from accounts.listing import LIST_PARAMETERS, Keyset, KeysetOfRows, ParameterError, listed, read_flag, refuse
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from exchange.jobs.bulk import InBulk
from institutions.registry.models import Institution
from quality.catalogue.models import Indicator
from quality.rollups.bases import Asked
from quality.rollups.models import Basis, Rollup
from quality.values import asking, rows
from quality.values.asking import UnknownChoice
from quality.values.cells import cells_asked, lines_asked, window_of
from quality.values.changes import change_json, changes_asked
from quality.values.saying_json import row_json, value_json, window_json
from quality.values.sheets import CHANGES, VALUES
from quality.values.shown import Reading
from quality.values.single import values_of_institution
from quality.values.windows import over, pooled

ORDERS = {"period": "period__starts_on", "territory": "territory__code", "value": "value"}


class PooledPart(StrictSerializer):
    """Up to three years together, where the base of one is below 30."""

    periods = serializers.ListField(child=serializers.CharField(), read_only=True)
    numerator = serializers.CharField(read_only=True, allow_null=True)
    denominator = serializers.CharField(read_only=True, allow_null=True)
    value = serializers.CharField(read_only=True, allow_null=True)
    low = serializers.CharField(read_only=True, allow_null=True)
    high = serializers.CharField(read_only=True, allow_null=True)


class ValueLine(StrictSerializer):
    """One value with all that belongs to it; decimal figures are text."""

    indicator = serializers.CharField(read_only=True)
    definition_version = serializers.IntegerField(read_only=True)
    territory = serializers.CharField(read_only=True, allow_null=True)
    institution = serializers.CharField(read_only=True, allow_null=True)
    institution_kind = serializers.CharField(read_only=True, allow_null=True)
    period = serializers.CharField(read_only=True)
    period_from = serializers.CharField(read_only=True, allow_null=True)
    basis = serializers.ChoiceField(choices=Basis.values, read_only=True)
    as_of = serializers.DateField(read_only=True, allow_null=True)
    numerator = serializers.CharField(read_only=True, allow_null=True)
    denominator = serializers.CharField(read_only=True, allow_null=True)
    value = serializers.CharField(read_only=True, allow_null=True)
    state = serializers.ChoiceField(choices=["value", "missing", "suppressed", "not_applicable"], read_only=True)
    low = serializers.CharField(read_only=True, allow_null=True)
    high = serializers.CharField(read_only=True, allow_null=True)
    participations = serializers.IntegerField(read_only=True, allow_null=True)
    reporting = serializers.IntegerField(read_only=True)
    expected = serializers.IntegerField(read_only=True)
    provisional = serializers.BooleanField(read_only=True)
    internal = serializers.BooleanField(read_only=True)
    comparable = serializers.BooleanField(read_only=True)
    inherited = serializers.ListField(child=serializers.CharField(), read_only=True)
    computed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    pooled = PooledPart(read_only=True, allow_null=True)


class RowLine(StrictSerializer):
    """A record behind a value; `value` is what it adds, where that is not one."""

    part = serializers.CharField(read_only=True)
    subject_type = serializers.CharField(read_only=True)
    subject_id = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    institution = serializers.CharField(read_only=True, allow_null=True)
    url = serializers.CharField(read_only=True)
    value = serializers.CharField(read_only=True, allow_null=True)


class OfIndicator:
    """A list under one indicator of the catalogue."""

    indicator: Indicator
    kwargs: dict[str, Any]

    def look_up(self, request: Request) -> None:
        user: Any = request.user
        found = Indicator.objects.visible_to(user).filter(code=self.kwargs["code"]).first()  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        self.indicator = found


def one(model: Any, name: str, text: str | None, user: Any = None, **lookup: Any) -> Any:
    """The object a parameter names, None without one, else 400."""
    if not text:
        return None
    found = (model.objects.visible_to(user) if user else model.objects).filter(**lookup).order_by("pk").first()
    if found is None:
        raise refuse(name, "invalid_choice", _("There is no such id."))
    return found


class ValueList(OfIndicator, Scoped, StrictViewSet):
    """Values of an indicator as pages of JSON."""

    scope = Rollup
    related = ("version__indicator", "territory", "period", "institution_kind")
    serializer_class = ValueLine
    orderings = tuple(ORDERS)
    default_ordering = "-period"
    parameters = (
        "territory",
        "level",
        "institution",
        "institution_kind",
        "period",
        "from",
        "to",
        "across",
        "basis",
        "as_of",
    )

    def known_parameters(self) -> set[str]:
        return {*self.parameters, *LIST_PARAMETERS, "format"} - {"modified_since", "search", "expand"}

    def asked(self, params: Any) -> Asked:
        """By which hierarchy, else 400."""
        try:
            return asking.basis(params, today())
        except UnknownChoice as unknown:
            raise _refused(unknown) from unknown

    def get_list_queryset(self) -> Any:
        """Stored cells, or lines by the hierarchy of a named day."""
        params = self.request.query_params
        try:
            asked = self.asked(params)
            if asked.day:
                return lines_asked(self.indicator, params, asked, Reading(self.request.user))
            return cells_asked(self.get_queryset(), self.indicator, params)
        except UnknownChoice as unknown:
            raise _refused(unknown) from unknown

    def order(self, text: str | None) -> list[str]:
        """Columns by the public words; ties by place."""
        names = (text or self.default_ordering).split(",")
        if len(names) > 3 or any(name.removeprefix("-") not in ORDERS for name in names):
            raise refuse("ordering", "invalid", _("Order by one of: %(names)s.") % {"names": ", ".join(ORDERS)})
        columns = [f"{'-' if name.startswith('-') else ''}{ORDERS[name.removeprefix('-')]}" for name in names]
        ties = [tie for tie in ("territory__code",) if tie not in {column.lstrip("-") for column in columns}]
        return [*columns, *ties, "pk"]

    def house(self) -> Institution | None:
        """The institution asked for, whose values are read from its own rows."""
        public_id = self.request.query_params.get("institution")
        found: Institution | None = one(Institution, "institution", public_id, self.request.user, public_id=public_id)
        return found

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        params = request.query_params
        wanted, _expand = self.read_choice(request)
        if house := self.house():
            found = values_of_institution(
                self.indicator, house, request.user, params.get("period") or "", self.asked(params)
            )
            return listed(
                [chosen(line, wanted) for line in found], {"next": None, "previous": None}, _count(params, found)
            )
        found, order = self.get_list_queryset(), self.order(params.get("ordering"))
        if read_flag(params, "across"):
            return self.window(found, wanted)
        if isinstance(found, list):
            values = {row.pk: value for row, value in found}
            keyset: Keyset = KeysetOfRows(request, order, bound=f"{params.get('basis')} {params.get('as_of')}")
            page = [] if request.method == "HEAD" else keyset.page([row for row, _value in found])
            shown = [value_json(row, values[row.pk]) for row in page]
        else:
            reading, keyset = Reading(request.user), Keyset(request, order)
            page = [] if request.method == "HEAD" else keyset.page(found)
            together = pooled(page, reading)
            shown = [value_json(row, reading.shown(row), together.get(row.pk)) for row in page]
        links = keyset.links() if page else {"next": None, "previous": None}
        return listed([chosen(line, wanted) for line in shown], links, _count(params, found))

    def window(self, queryset: Any, wanted: set[str]) -> Response:
        """One value for all the periods asked for, by the rule of the indicator."""
        params = self.request.query_params
        if not params.get("territory"):
            raise refuse("territory", "required", _("Name the territory of which one value is wanted."))
        if isinstance(queryset, list):
            raise refuse(
                "basis", "not_offered", _("Several periods give one value by the hierarchy of their own dates.")
            )
        found = []
        if cells := window_of(queryset, params):
            reading = Reading(self.request.user)
            found = [window_json(cells, over(cells, cells[-1].territory, cells[-1].institution_kind, reading))]
        told = [chosen(line, wanted) for line in found]
        return listed(told, {"next": None, "previous": None}, _count(params, told))


class ValueViewSet(InBulk, ValueList):
    """Stored values of an indicator, newest period first; without `institution_kind` those of all kinds together."""

    exporter = VALUES

    def listed_rows(self, request: Request) -> Any:
        """The same refusals for the file as for the pages."""
        self.house()
        return super().listed_rows(request)

    def bulk_params(self) -> dict[str, str]:
        return {"indicator": self.indicator.code}


def _count(params: Any, found: Any) -> int | None:
    if not read_flag(params, "count"):
        return None
    return len(found) if isinstance(found, list) else int(found.count())


def _refused(unknown: UnknownChoice) -> ParameterError:
    """400 that names the parameter and what it takes."""
    said = {
        "basis": _("Write as_was, as_is or as_of."),
        "as_of": _("Give a day as YYYY-MM-DD, together with basis=as_of only."),
    }
    return refuse(unknown.parameter, "invalid_choice", said.get(unknown.parameter, _("There is no such id.")))


def chosen(line: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if not wanted or name in wanted}


class PartLine(StrictSerializer):
    """What one place below, or one kind of institutions, moved; neither is named where it is what no part holds."""

    territory = serializers.CharField(read_only=True, allow_null=True)
    institution_kind = serializers.CharField(read_only=True, allow_null=True)
    rate = serializers.CharField(read_only=True)
    mix = serializers.CharField(read_only=True)
    coverage = serializers.CharField(read_only=True)


class ChangeLine(StrictSerializer):
    """`change` from one period to another is `real` and what only the boundaries made (`boundary`); they add up.

    Of a quotient `real` is `rate` (its parts got better or worse), `mix` (their weights changed) and `coverage` (parts
    that have figures in one of the two periods only); these add up too.
    """

    indicator = serializers.CharField(read_only=True)
    territory = serializers.CharField(read_only=True)
    institution_kind = serializers.CharField(read_only=True, allow_null=True)
    period = serializers.CharField(read_only=True)
    since = serializers.CharField(read_only=True)
    value = serializers.CharField(read_only=True, allow_null=True)
    before = serializers.CharField(read_only=True, allow_null=True)
    rebased = serializers.CharField(read_only=True, allow_null=True)
    change = serializers.CharField(read_only=True, allow_null=True)
    real = serializers.CharField(read_only=True, allow_null=True)
    boundary = serializers.CharField(read_only=True, allow_null=True)
    rate = serializers.CharField(read_only=True, allow_null=True)
    mix = serializers.CharField(read_only=True, allow_null=True)
    coverage = serializers.CharField(read_only=True, allow_null=True)
    parts = serializers.ListField(child=PartLine(), read_only=True)
    comparable = serializers.BooleanField(read_only=True)


class ChangeList(OfIndicator, Scoped, StrictViewSet):
    """What changed since an earlier period (the one before, unless `since` names another), place by place."""

    scope = Rollup
    related = ("version__indicator", "territory", "period", "institution_kind")
    serializer_class = ChangeLine
    parameters = ("territory", "level", "institution_kind", "period", "since")

    def known_parameters(self) -> set[str]:
        return {*self.parameters, "limit", "cursor", "fields", "count", "format"}

    def listed_rows(self, request: Request) -> Any:
        """Changes in no order."""
        try:
            return changes_asked(self.indicator, request.query_params, self.get_queryset(), Reading(request.user))
        except UnknownChoice as unknown:
            raise _refused(unknown) from unknown

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted, _expand = self.read_choice(request)
        found = self.listed_rows(request)
        keyset = KeysetOfRows(request, ["territory__code", "pk"])
        page = keyset.page(found)
        links = keyset.links() if page else {"next": None, "previous": None}
        return listed([chosen(change_json(row), wanted) for row in page], links, _count(request.query_params, found))


class ChangeViewSet(InBulk, ChangeList):
    """What changed since an earlier period (the one before, unless `since` names another), place by place."""

    exporter = CHANGES

    def bulk_params(self) -> dict[str, str]:
        return {"indicator": self.indicator.code}


class RowViewSet(OfIndicator, Scoped, StrictViewSet):
    """The rows behind one value; those the caller may not see are only counted in `hidden`."""

    scope = Indicator
    lookup_field = "public_id"
    serializer_class = RowLine
    parameters = ("territory", "institution", "institution_kind", "period", "part", "basis", "as_of")

    def known_parameters(self) -> set[str]:
        return {*self.parameters, "limit", "cursor", "fields", "count", "format"}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted, _expand = self.read_choice(request)
        behind = self.behind(request)
        if behind is None:
            return Response(
                {"results": [], "next": None, "previous": None, "hidden": 0, "total": 0, "state": "missing"}
            )
        state = asking.state_of(behind, request.user)
        found = rows.visible(behind, request.user)
        keyset = Keyset(request, rows.ordering(behind), bound=f"{behind.version.pk}:{behind.period.pk}:{behind.part}")
        if state == "suppressed":
            return Response({"results": [], "next": None, "previous": None, "hidden": 0, "total": None, "state": state})
        page = keyset.page(found)
        whole = rows.total(behind)
        lines = [chosen(row_json(row, behind.part), wanted) for row in rows.present(behind, page)]
        answer = listed(lines, keyset.links(), whole if read_flag(request.query_params, "count") else None)
        answer.data |= {"hidden": whole - found.count(), "total": whole, "state": state, "period": behind.period.code}
        return answer

    def behind(self, request: Request) -> rows.Behind | None:
        try:
            return asking.cell(request.query_params, self.indicator, request.user, today())
        except UnknownChoice as unknown:
            raise _refused(unknown) from unknown
