"""Values, the rows behind them, and dashboards over the API: the same objects as the pages."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictViewSet
from accounts.listing import LIST_PARAMETERS, Keyset, listed, read_flag, refuse
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from exchange.jobs.bulk import InBulk
from institutions.registry.models import Institution
from quality.catalogue.models import Indicator
from quality.rollups.models import Rollup
from quality.values import asking, rows
from quality.values.asking import UnknownChoice
from quality.values.cells import cells_asked
from quality.values.saying_json import row_json, value_json
from quality.values.sheets import VALUES
from quality.values.shown import Reading
from quality.values.single import values_of_institution

ORDERS = {"period": "period__starts_on", "territory": "territory__code", "value": "value"}


class ValueLine(StrictSerializer):
    """One value with all that belongs to it; decimal figures are text."""

    indicator = serializers.CharField(read_only=True)
    definition_version = serializers.IntegerField(read_only=True)
    territory = serializers.CharField(read_only=True, allow_null=True)
    institution = serializers.CharField(read_only=True, allow_null=True)
    institution_kind = serializers.CharField(read_only=True, allow_null=True)
    period = serializers.CharField(read_only=True)
    basis = serializers.CharField(read_only=True)
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
    computed_at = serializers.DateTimeField(read_only=True, allow_null=True)


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
    parameters = ("territory", "level", "institution", "institution_kind", "period", "from", "to", "basis", "as_of")

    def known_parameters(self) -> set[str]:
        return {*self.parameters, *LIST_PARAMETERS, "format"} - {"modified_since", "search", "expand"}

    def get_list_queryset(self) -> Any:
        params = self.request.query_params
        if (params.get("basis") or "as_was") != "as_was" or params.get("as_of"):
            raise refuse("basis", "not_offered", _("Values are kept by the hierarchy of their own date: as_was."))
        try:
            return cells_asked(self.get_queryset(), self.indicator, params)
        except UnknownChoice as unknown:
            raise refuse(unknown.parameter, "invalid_choice", _("There is no such id.")) from unknown

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
            found = values_of_institution(self.indicator, house, request.user, params.get("period") or "")
            return listed(
                [chosen(line, wanted) for line in found], {"next": None, "previous": None}, _count(params, found)
            )
        queryset = self.get_list_queryset()
        keyset = Keyset(request, self.order(params.get("ordering")))
        count = queryset.count() if read_flag(params, "count") else None
        reading = Reading(request.user)
        page = [] if request.method == "HEAD" else keyset.page(queryset)
        links = keyset.links() if page else {"next": None, "previous": None}
        return listed([chosen(value_json(row, reading.shown(row)), wanted) for row in page], links, count)


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
    return len(found) if read_flag(params, "count") else None


def chosen(line: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if not wanted or name in wanted}


class RowViewSet(OfIndicator, Scoped, StrictViewSet):
    """The rows behind one value; those the caller may not see are only counted in `hidden`."""

    scope = Indicator
    lookup_field = "public_id"
    serializer_class = RowLine
    parameters = ("territory", "institution", "institution_kind", "period", "part")

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
            return asking.cell(request.query_params, self.indicator, request.user)
        except UnknownChoice as unknown:
            raise refuse(unknown.parameter, "invalid_choice", _("There is no such id.")) from unknown
