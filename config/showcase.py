"""What the components page shows: each component with invented figures, in every state."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from quality.charts import charts, maps

SQUARES = {
    "A1": [[(0.0, 2.0), (3.0, 2.0), (3.0, 4.0), (0.0, 4.0)]],
    "A2": [[(3.0, 2.0), (6.0, 2.0), (6.0, 4.0), (3.0, 4.0)]],
    "A3": [[(0.0, 0.0), (3.0, 0.0), (3.0, 2.0), (0.0, 2.0)]],
    "A4": [[(3.0, 0.0), (5.8, 0.0), (5.8, 2.0), (3.0, 2.0)]],
    "A5": [[(5.8, 0.0), (6.0, 0.0), (6.0, 0.2), (5.8, 0.2)]],
}
STATUSES = ("draft", "their_turn", "your_turn", "in_force", "expiring", "ended", "terminated")


class Sample(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("Title"), help_text=_("As it stands on the paper"))
    note = forms.CharField(label=_("Comment"), widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("1", "1"), ("2", "2")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label=_("Confirm"), required=False)


class SampleFilters(forms.Form):
    """Filters above a list."""

    search = forms.CharField(label=_("Search"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "–"), ("1", "1")], required=False)


def samples() -> dict[str, Any]:
    """The context of the components page."""
    wrong = Sample({"title": "", "kind": "1"})
    wrong.is_valid()
    return {
        "statuses": STATUSES,
        "crumbs": [{"text": _("Home"), "url": "#main"}, {"text": _("Components")}],
        "sample": Sample(auto_id="first_%s"),
        "filters": SampleFilters(auto_id="filter_%s"),
        "wrong": wrong,
        "cards": [
            card("green", "value"),
            card("yellow", "value"),
            card("red", "value"),
            card("", "missing"),
            card("", "suppressed"),
        ],
        "map": the_map(),
        "bars": the_bars(),
        "lines": the_lines(),
        "table_columns": columns(),
        "table_rows": rows(),
        **lists(),
    }


def card(category: str, state: str) -> dict[str, Any]:
    """A KPI card."""
    series = [Decimal(n) for n in (3, 4, 4, 6, 5, 7, 8)]
    words = {"green": _("Target reached"), "yellow": _("Close to the target"), "red": _("Below the target")}
    return {
        "code": f"sample-{category}-{state}",
        "name": _("Agreements in force"),
        "url": "#main",
        "state": state,
        "text": "1 248",
        "value": "1248",
        "value_url": "#main",
        "target": "1 400" if category else "",
        "reached": "89 %",
        "change": "+4,1 %" if state == "value" else "",
        "direction": "rise",
        "previous": "2026-10",
        "spark": charts.sparkline([None, *series]) if state == "value" else None,
        "trend_url": "#main",
        "trend_words": _("Values by period"),
        "category": category,
        "word": words.get(category, ""),
        "how": [{"label": _("Numerator"), "text": "1 248"}, {"label": _("Definition"), "text": "1"}],
        "updated": "21.11.2026 14:05",
        "stale": category == "red",
    }


def the_map() -> maps.Map | None:
    """A map of five squares, one small and one without a value."""
    values = {"A1": Decimal(12), "A2": Decimal(27), "A3": None, "A4": Decimal(41), "A5": Decimal(66)}
    territories = [
        maps.Territory(code, code, value, "" if value is None else f"{value} %", "#main", "#main")
        for code, value in values.items()
    ]
    return maps.choropleth(_("Map"), territories, maps.canvas(SQUARES), name="sample-map")


def the_bars() -> charts.Bars:
    """Bars with a target and one without a value."""
    values = [("A1", Decimal(66)), ("A2", Decimal(41)), ("A3", Decimal(0)), ("A4", None)]
    drawn = [
        (charts.Point(name, value, "" if value is None else f"{value} %", "#main"), "#main") for name, value in values
    ]
    return charts.bars(_("Bars"), drawn, target=Decimal(50), target_text="50 %")


def the_lines() -> charts.Lines:
    """Two series, one with a gap, the last values provisional."""
    first, second = (3, 5, 4, 7, 8, 9), (2, 2, None, 3, 5, 4)

    def series(values: tuple[int | None, ...]) -> list[charts.Point]:
        return [
            charts.Point(f"2026-0{n + 1}", None if value is None else Decimal(value), str(value), provisional=n == 5)
            for n, value in enumerate(values)
        ]

    return charts.lines(_("Lines"), [("A1", series(first)), ("A2", series(second))])


def columns() -> list[dict[str, Any]]:
    """Heads of the sample table."""
    return [
        {"label": _("Name"), "url": "#main", "sort": "ascending"},
        {"label": _("Status")},
        {"label": _("Value"), "figure": True, "url": "#main"},
    ]


def rows() -> list[dict[str, Any]]:
    """A row for each of the four kinds of value."""
    status = {"text": _("In force"), "tone": "ok", "icon": "tick", "label": _("Status")}
    states = ("value", "missing", "not_applicable", "suppressed")
    return [
        {
            "cells": [
                {"text": f"A{n}", "url": "#main"},
                status,
                {"state": state, "text": "0", "figure": True, "label": _("Value")},
            ]
        }
        for n, state in enumerate(states, start=1)
    ]


def lists() -> dict[str, Any]:
    """Facts, steps, signatures, events, changes."""
    return {
        "facts": [{"label": _("Number"), "text": "A-1", "change": "#main"}, {"label": _("Comment"), "text": ""}],
        "steps": [
            {"name": f"{_('Step')} {n}", "url": "#main", "state": state}
            for n, state in enumerate(("ready", "some", "none"))
        ],
        "signatures": [
            {"party": "A1", "office": _("Director"), "signed": True, "when": "21.11.2026 14:05", "code": "7f3a91c2"},
            {"party": "A2", "signed": False},
        ],
        "events": [{"icon": "sign", "text": _("Signed"), "who": "A1", "when": "21.11.2026 14:05", "code": "7f3a91c2"}],
        "changes": [{"label": _("Subject"), "before": "12", "after": "25"}],
        "moves": [
            {"name": "sign", "text": _("Sign"), "url": "#main", "ask": True, "icon": "sign"},
            {"name": "decline", "text": _("Reject"), "url": "#main", "ask": True, "kind": "bad-quiet"},
        ],
        "options": [{"value": "A1", "text": "A1", "current": True}, {"value": "A2", "text": "A2"}],
        "chips": [{"key": _("Status"), "text": _("In force"), "url": "#main"}],
    }
