"""Pages of figures: dashboards, indicators, and the rows behind a number."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.clock import today
from accounts.scoped import Scoped
from exchange.jobs.handing import file_of
from exchange.jobs.handlers import Exporter
from quality.catalogue.models import Indicator
from quality.values.asking import UnknownChoice, cell
from quality.values.detail import citation, indicator_page
from quality.values.forms import BasisForm
from quality.values.pages import catalogue_page, rows_page
from quality.values.writing import table_of_values

FORMS = ("csv", "xlsx")


class OfIndicator(Scoped, TemplateView):
    """A page about one indicator of the catalogue."""

    scope: Any = Indicator
    lookup_field = "code"
    request: Any

    def asked(self) -> Any:
        return self.asked_by(self.request.GET)

    def asked_by(self, params: Any) -> Any:
        try:
            return cell(params, self.get_object(), self.request.user, today())
        except UnknownChoice as unknown:
            raise BadRequest(str(unknown)) from unknown


class IndicatorRows(OfIndicator):
    """The records behind a number."""

    template_name = "quality/values_rows.html"
    page_size = 50

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        behind = self.asked()
        if behind is None:
            raise Http404
        number = self.request.GET.get("page") or "1"
        page = int(number) if number.isascii() and number.isdigit() else 1
        return super().get_context_data(**kwargs, **rows_page(behind, self.request.user, max(page, 1), self.page_size))


class IndicatorList(OfIndicator):
    """The catalogue: what is counted, what is entered, and what nobody collects yet."""

    template_name = "quality/values_catalogue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, **catalogue_page(self.get_queryset()))


class IndicatorDetail(OfIndicator):
    """What does this number mean, and can I use it?"""

    template_name = "quality/values_indicator.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = BasisForm(self.request.GET.dict())
        behind = self.asked_by(form.chosen)
        page = indicator_page(self.get_object(), behind, self.request.user)
        if behind:
            page["citation"] = citation(behind, self.request.build_absolute_uri(), today())
        return super().get_context_data(**kwargs, **page, filters=form)


class IndicatorFile(OfIndicator):
    """The values of an indicator below a place over its periods, as CSV or XLSX."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        behind = self.asked()
        if behind is None:
            raise Http404
        exporter = Exporter(
            code="indicator", label=_("Indicators"), table=lambda user, params, on: table_of_values(behind, user)
        )
        return file_of(request, exporter, request.GET.dict(), kwargs["form"])
