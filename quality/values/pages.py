"""What the pages of indicators say: the catalogue, and the rows behind a number."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from quality.catalogue.models import DefinitionVersion, Method, Source
from quality.rollups.models import Basis, Tally
from quality.values.rows import DENOMINATOR, NUMERATOR, REST, Behind, Row, present, total, visible
from quality.values.series import Shown
from quality.values.shown import MISSING, Reading, Value


def part_words(part: str, version: DefinitionVersion) -> str:
    """What a list of rows holds."""
    if part == REST:
        return _("Counted in the denominator only")
    names = version.numerator if part == NUMERATOR else version.denominator
    return name_now(names)


def rows_page(behind: Behind, user: Any, page: int, size: int) -> dict[str, Any]:
    """One page of the rows behind a number; what is hidden from everybody opens nothing."""
    place = behind.territory or behind.institution
    value = cell_value(behind, user)
    shown = value.state != "suppressed"
    found = visible(behind, user)
    seen = found.count() if shown else 0
    whole = total(behind) if shown else 0
    rows = present(behind, list(found[(page - 1) * size : page * size])) if shown else []
    name = name_now(behind.version.indicator.names)
    return {
        "title": name,
        "lede": part_words(behind.part, behind.version),
        "behind": behind,
        "seen": seen,
        "hidden": whole - seen,
        "whole": whole,
        "crumbs": _rows_crumbs(behind, name),
        "parts": _parts(behind),
        "period": wording.period_name(behind.period),
        "place": name_now(place.names) if place else "",
        "suppressed": not shown,
        "kind": name_now(behind.kind.names) if behind.kind else "",
        "table": _rows_table(rows, part_words(behind.part, behind.version)),
        "previous": rows_query(behind, page=page - 1) if page > 1 else "",
        "next": rows_query(behind, page=page + 1) if page * size < seen else "",
        "range": _("%(first)s–%(last)s of %(all)s")
        % {
            "first": wording.number((page - 1) * size + 1),
            "last": wording.number((page - 1) * size + len(rows)),
            "all": wording.number(seen),
        },
    }


def cell_value(behind: Behind, user: Any) -> Value:
    """The value of a cell as this reader may see it."""
    return Shown(behind, Reading(user)).of_period if behind.territory else MISSING


def rows_query(behind: Behind, **changes: Any) -> str:
    asked = {
        "territory": behind.territory.code if behind.territory else "",
        "institution": behind.institution.public_id if behind.institution else "",
        "institution_kind": behind.kind.code if behind.kind else "",
        "period": behind.period.code,
        "part": behind.part,
        "basis": str(behind.asked.basis) if behind.asked.day else "",
        "as_of": behind.asked.day.isoformat() if behind.asked.basis == Basis.AS_OF and behind.asked.day else "",
        **changes,
    }
    return f"?{urlencode({name: value for name, value in asked.items() if value})}"


def _rows_crumbs(behind: Behind, name: str) -> list[dict[str, str]]:
    crumbs = [{"text": _("Indicators"), "url": reverse("indicator-list")}]
    if behind.territory:
        text = name_now(behind.territory.names)
        crumbs.append({"text": text, "url": reverse("territory-dashboard", args=[behind.territory.code])})
    own = f"?institution={behind.institution.public_id}" if behind.institution else ""
    crumbs.append({"text": name, "url": reverse("indicator-detail", args=[behind.version.indicator.code]) + own})
    return [*crumbs, {"text": _("Rows")}]


def _parts(behind: Behind) -> list[dict[str, Any]]:
    """The two lists of a ratio, and of a share what is left over."""
    method = behind.version.method
    offered = [NUMERATOR, DENOMINATOR] if method in (Method.SHARE, Method.RATIO) else []
    if method == Method.SHARE:
        offered.append(REST)
    words = {NUMERATOR: _("Numerator"), DENOMINATOR: _("Denominator"), REST: _("The rest")}
    return [
        {"text": words[part], "url": rows_query(behind, part=part), "current": part == behind.part} for part in offered
    ]


def _rows_table(rows: Sequence[Row], words: str) -> dict[str, Any]:
    figures = any(row.figure is not None for row in rows)
    columns = [
        {"label": _("Record")},
        {"label": _("Territory")},
        *([{"label": _("Figure"), "figure": True}] if figures else []),
    ]
    shown = [
        {
            "cells": [
                {"text": row.title, "url": row.url},
                {"text": row.place, "label": _("Territory")},
                *([{"text": wording.number(row.figure), "figure": True, "label": _("Figure")}] if figures else []),
            ]
        }
        for row in rows
    ]
    return {"caption": words, "columns": columns, "rows": shown}


def catalogue_page(indicators: Any) -> dict[str, Any]:
    """All indicators by what they say, each with where its values come from."""
    counted = set(Tally.objects.values_list("version__indicator_id", flat=True).distinct())
    groups: dict[str, list[dict[str, Any]]] = {}
    for indicator in indicators.order_by("position", "pk"):
        known = indicator.pk in counted
        groups.setdefault(str(indicator.get_aspect_display()), []).append(
            {
                "code": indicator.code,
                "name": name_now(indicator.names),
                "core": indicator.is_core,
                "url": reverse("indicator-detail", args=[indicator.code]),
                "known": known,
                "source": _("No figures yet")
                if not known and indicator.source != Source.PENDING
                else indicator.get_source_display(),
            }
        )
    return {"groups": [{"name": name, "rows": rows} for name, rows in groups.items()], "title": _("Indicators")}
