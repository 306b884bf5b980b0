"""The page of disagreements: which published figures do not fit together, and by how much."""

from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts import wording
from accounts.names import name_now
from accounts.scoped import Scoped
from exchange.jobs.handing import file_of
from institutions.registry.listpage import ListPage, Query
from institutions.registry.scope import OFFICE_ROLES
from quality.discrepancies.filters import DiscrepancyFilters, PageForm, chosen, offered
from quality.discrepancies.models import Discrepancy, Kind, Part
from quality.discrepancies.saying import said_of
from quality.discrepancies.sheets import FILE, RELATED

PARAMETERS = tuple(DiscrepancyFilters.base_filters)
ORDERINGS = ("size", "version__indicator__code", "period__starts_on")


class DiscrepancyList(Scoped, View):
    """Filtered, sorted, page by page; or as CSV and XLSX."""

    scope = Discrepancy
    allowed_roles = OFFICE_ROLES

    def get(self, request: Any) -> Any:
        query = Query(request, PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return file_of(request, FILE, {name: value for name, value in params.items() if value}, form)
        choices = offered(self.get_queryset())
        rows = chosen(self.get_queryset().select_related(*RELATED), params)
        page = ListPage(query, rows, ORDERINGS, "-size")
        return render(request, "quality/discrepancies_list.html", context_of(page, params, choices))


def context_of(page: ListPage, params: dict[str, str], choices: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Everything around the rows."""
    words = {**choices, "kind": {code: str(label) for code, label in Kind.choices}}
    labels = {name: item.label for name, item in DiscrepancyFilters.base_filters.items()}
    used = {name: (labels[name], words[name].get(value, value)) for name, value in params.items() if value}
    return {
        "filter_form": PageForm(initial={name: value for name, value in params.items() if value}, choices=choices),
        "chips": page.chips(used),
        "clear": page.query.path,
        "columns": columns_of(page),
        "rows": [{"cells": cells_of(row)} for row in page.rows],
        "total": said_of(page.total),
        "count": page.total,
        "pagination": page.pagination(""),
        "csv": page.query.address(format="csv"),
        "xlsx": page.query.address(format="xlsx"),
        "crumbs": [{"text": _("Indicators"), "url": reverse("indicator-list")}, {"text": _("Figures that disagree")}],
    }


def columns_of(page: ListPage) -> list[dict[str, Any]]:
    """Heads of the table."""
    return [
        page.head(_("Indicator"), "version__indicator__code"),
        page.head(_("Place")),
        page.head(_("Period"), "period__starts_on"),
        page.head(_("Held against")),
        page.head(_("Published"), figure=True),
        page.head(_("From its parts"), figure=True),
        page.head(_("Difference"), "size", figure=True),
    ]


def cells_of(row: Discrepancy) -> list[dict[str, Any]]:
    """One disagreement: both figures and by how much."""
    places = 0 if row.part != Part.VALUE else 4
    indicator = reverse("indicator-detail", args=[row.version.indicator.code])
    held = _("%(kind)s: %(part)s") % {"kind": Kind(row.kind).label, "part": Part(row.part).label}
    sign = "+" if row.difference > 0 else ""
    if row.territory:
        url = f"{indicator}?territory={row.territory.code}&period={row.period.code}"
    else:
        assert row.institution is not None  # noqa: S101
        url = reverse("institution-detail", args=[row.institution.public_id])
    place = row.territory or row.institution
    return [
        {"text": f"{row.version.indicator.code} {name_now(row.version.indicator.names)}", "url": indicator},
        {"text": name_now(place.names) if place else "", "url": url, "label": _("Place")},
        {"text": wording.period_name(row.period), "label": _("Period")},
        {"text": held, "label": _("Held against")},
        {"text": shown(row.said, places), "figure": True, "label": _("Published")},
        {"text": shown(row.found, places), "figure": True, "label": _("From its parts")},
        {"text": sign + shown(row.difference, places), "figure": True, "label": _("Difference")},
    ]


def shown(number: Any, places: int) -> str:
    """A figure with the decimals it has, at most four."""
    kept = -number.normalize().as_tuple().exponent
    return wording.number(number, min(max(kept, 0), places or 4))
