"""What public pages say: every figure with its interval, its flags and its definition one click away; nobody is ranked."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from quality.catalogue.models import DefinitionVersion
from quality.charts import charts, maps
from quality.charts.outlines import canvas_of
from quality.releases.models import Permalink, ReleaseCell, ReleaseFile
from quality.releases.reading import Figure, Place, Shelf, value_of
from quality.values import saying
from quality.values.detail import completeness, facts_of
from quality.values.shown import Value

MOST = 1_000  # characters of a message that is copied into a chat
Parts = Sequence[tuple[Place, Figure]]


def place_page(place: Place) -> str:
    return reverse("public-territory", args=[place.code])


def indicator_page(code: str, place: Place | None = None) -> str:
    """The public page of an indicator, at a place."""
    query = f"?{urlencode({'territory': place.code})}" if place and place.parent else ""
    return reverse("public-indicator", args=[code]) + query


def said(version: DefinitionVersion, value: Value) -> str:
    """The number as the reader writes it, with its unit."""
    if value.value is None:
        return ""
    return " ".join(filter(None, [saying.said(version, value.value), saying.unit_of(version)]))


def between(version: DefinitionVersion, value: Value) -> str:
    """What chance alone could make of it."""
    if value.low is None or value.high is None or value.low == value.high:
        return ""
    return f"{saying.said(version, value.low)} – {saying.said(version, value.high)}"


def flags(value: Value) -> str:
    """What a reader must know before relying on it."""
    found = [_("provisional")] if value.provisional and value.state == "value" else []
    return ", ".join([*found, *([_("partial")] if value.is_partial else [])])


def row_of(version: DefinitionVersion, cell: ReleaseCell, first: dict[str, Any], period: str = "") -> dict[str, Any]:
    """A row of a public table: what, how much, how sure, of when."""
    value = value_of(cell)
    note = ", ".join(filter(None, [period, flags(value), completeness(version, value) if value.is_partial else ""]))
    return {"cells": [
        first,
        {"text": said(version, value), "state": value.state, "figure": True, "label": _("Value")},
        {"text": between(version, value), "figure": True, "label": _("By chance alone")},
        {"text": note, "label": _("Note")},
    ]}  # fmt: skip


def heads(first: Any) -> list[dict[str, Any]]:
    """Heads of such a table."""
    return [
        {"label": first},
        {"label": _("Value"), "figure": True},
        {"label": _("By chance alone"), "figure": True},
        {"label": _("Note")},
    ]


def figures_table(
    figures: Sequence[Figure], place: Place, caption: str, context: tuple[Place, Sequence[Figure]] | None = None
) -> dict[str, Any]:
    """All indicators of a place; the name of each opens what it means. `context`: a larger place beside it."""
    beside = {(each.link.pk, each.cell.indicator): each for each in context[1]} if context else {}
    columns, rows = heads(_("Indicator")), []
    if context:
        columns.insert(2, {"label": name_now(context[0].names), "figure": True})
    for each in figures:
        first = {"text": name_now(each.version.indicator.names), "url": indicator_page(each.cell.indicator, place)}
        row = row_of(each.version, each.cell, first, wording.period_name(each.link.period))
        if context:
            row["cells"].insert(2, beside_cell(beside.get((each.link.pk, each.cell.indicator)), context[0]))
        rows.append(row)
    return {"caption": caption, "columns": columns, "rows": rows}


def beside_cell(figure: Figure | None, place: Place) -> dict[str, Any]:
    """The value of a larger place, to read a figure by."""
    return {
        "text": said(figure.version, figure.value) if figure else "",
        "state": figure.value.state if figure else "missing", "figure": True, "label": name_now(place.names),
    }  # fmt: skip


def crumbs_of(shelf: Shelf, place: Place) -> list[dict[str, str]]:
    """The way down to the place."""
    path = shelf.path(place)
    return [
        {"text": _("Public figures"), "url": reverse("public-home")},
        *({"text": name_now(each.names), "url": place_page(each)} for each in path[:-1]),
        {"text": name_now(place.names)},
    ]


def source_of(link: Permalink) -> dict[str, Any]:
    """Where figures come from and when they were published."""
    return {
        "period": wording.period_name(link.period), "version": link.version, "number": link.pk,
        "day": wording.day_short(link.published_at), "url": reverse("public-snapshot", args=[link.pk]),
        "hash": link.content_hash[:12],
    }  # fmt: skip


def message(title: str, rows: Sequence[tuple[str, str]], link: Permalink, address: str) -> str:
    """A list for a chat: title, date, source and address stay, and as many lines as there is room for."""
    head = f"{title}\n{wording.period_name(link.period)}"
    told = {"day": wording.day_short(link.published_at)}
    source = _("Source: Hamkorlik, published on %(day)s") % told
    foot = f"{source}\n{address}"
    lines = [f"📍 {name}: {value}" for name, value in rows]
    while lines:
        left = len(rows) - len(lines)
        more = [_("… and %(n)s more") % {"n": left}] if left else []
        text = "\n".join([head, "", *lines, *more, "", foot])
        if len(text) <= MOST:
            return text
        lines.pop()
    return f"{head[: MOST - len(foot) - 2]}\n\n{foot}"


def words_for(figure: Figure) -> str:
    """The value in a message; what is no value says which kind of nothing it is."""
    nothing = {
        "missing": _("no data"), "not_applicable": _("not applicable"),
        "suppressed": _("not shown to protect people"),
    }  # fmt: skip
    return nothing.get(figure.value.state) or " ".join(
        filter(None, [said(figure.version, figure.value), _in_brackets(flags(figure.value))])
    )


def dated(figure: Figure, newest: Permalink) -> str:
    """The value in a message, with its period where that is not the one of the message."""
    period = "" if figure.link.period == newest.period else _in_brackets(wording.period_name(figure.link.period))
    return " ".join(filter(None, [words_for(figure), period]))


def _in_brackets(text: str) -> str:
    return f"({text})" if text else ""


def indicator_context(shelf: Shelf, code: str, place: Place, address: str) -> dict[str, Any] | None:
    """The page of an indicator at a place; None where nothing of it is published."""
    every = shelf.series(code, place)
    if not every:
        return None
    latest = every[-1]
    series = [each for each in every if each.link.period_kind == latest.link.period_kind]  # months beside months
    version, name = latest.version, name_now(latest.version.indicator.names)
    below = shelf.below(place)
    found = shelf.across(latest.link, code, below)
    parts = [(each, found[each.code]) for each in below if each.code in found]
    root = shelf.root if place.parent else None
    larger = shelf.across(latest.link, code, [root]).get(root.code) if root else None
    unit = saying.unit_of(version) or ("%" if saying.is_percentage(version) else "")
    rows = [(name_now(each.names), words_for(figure)) for each, figure in parts]
    where = name_now(place.names)
    return {
        "title": name, "place": where, "crumbs": [
            {"text": _("Public figures"), "url": reverse("public-home")},
            {"text": _("Indicators"), "url": reverse("public-indicators")}, {"text": name},
        ],
        "path": [{"text": name_now(each.names), "url": indicator_page(code, each)} for each in shelf.path(place)[:-1]],
        "value": said(version, latest.value), "state": latest.value.state, "between": between(version, latest.value), "flags": flags(latest.value),
        "completeness": completeness(version, latest.value), "how": saying.explained(version, latest.value),
        "larger": beside_cell(larger, root) if root and larger else None,
        "period": wording.period_name(latest.link.period), "facts": facts_of(version.indicator, version),
        "lines": charts.lines(", ".join(filter(None, [name, unit])), [(where, [_point(each) for each in series])]),
        "map": map_of(shelf, latest, parts, f"{name}, {wording.period_name(latest.link.period)}"),
        "places": {
            "caption": f"{name}, {wording.period_name(latest.link.period)}", "columns": heads(_("Territory")),
            "rows": [
                row_of(figure.version, figure.cell, {"text": name_now(each.names), "url": indicator_page(code, each)})
                for each, figure in parts
            ],
        } if parts else None,
        "source": source_of(latest.link), "api": f"/api/v1/indicators/{code}/values/",
        "message": message(f"{name} · {where}", rows or [(where, words_for(latest))], latest.link, address),
        "citation": citation(name, latest.link, address),
    }  # fmt: skip


def map_of(shelf: Shelf, latest: Figure, parts: Parts, title: str) -> maps.Map | None:
    """The places right below on a map; none where the pack has no outlines of them."""
    pack = shelf.abouts[latest.link.pk]["period"]["pack"]
    canvas = canvas_of(pack, frozenset(place.code for place, _figure in parts))
    shown = [
        maps.Territory(
            code=place.code, name=name_now(place.names), value=figure.value.value, state=figure.value.state,
            text=saying.said(figure.version, figure.value.value), name_url=indicator_page(latest.cell.indicator, place),
        )
        for place, figure in parts
    ]  # fmt: skip
    return maps.choropleth(title, shown, canvas) if canvas else None


def citation(title: str, link: Permalink, address: str) -> str:
    """How the figure is named by whoever uses it."""
    told = {
        "title": title, "period": wording.period_name(link.period), "day": wording.day_short(link.published_at),
        "version": link.version, "address": address,
    }  # fmt: skip
    return str(_("Hamkorlik: %(title)s, %(period)s, version %(version)s, published on %(day)s. %(address)s") % told)


def _point(figure: Figure) -> charts.Point:
    period = wording.period_name(figure.link.period)
    url = reverse("public-snapshot", args=[figure.link.pk])
    return charts.Point(period, figure.value.value, said(figure.version, figure.value), url, figure.value.provisional)


def place_context(shelf: Shelf, place: Place, address: str) -> dict[str, Any]:
    """The page of a territory: its figures, the places below and its organisations, all by name."""
    figures = shelf.figures(place)
    name = name_now(place.names)
    newest, root = shelf.links[0], shelf.root
    around = (root, shelf.figures(root)) if root and root != place else None
    rows = [(name_now(each.version.indicator.names), dated(each, newest)) for each in figures]
    return {
        "title": name, "crumbs": crumbs_of(shelf, place), "source": source_of(newest),
        "figures": figures_table(figures, place, _("Figures of %(place)s") % {"place": name}, around)
        if figures else None,
        "below": [{"text": name_now(each.names), "url": place_page(each)} for each in shelf.below(place)],
        "message": message(name, rows, newest, address), "citation": citation(name, newest, address),
    }  # fmt: skip


def indicators_context(shelf: Shelf) -> dict[str, Any]:
    """All published indicators with the value of the country, by what they say."""
    root = shelf.root
    figures = shelf.figures(root) if root else []
    groups: dict[str, list[Figure]] = {}
    for each in figures:
        groups.setdefault(str(each.version.indicator.get_aspect_display()), []).append(each)
    tables = [figures_table(found, root, name) for name, found in groups.items() if root]
    return {
        "title": _("Indicators"), "tables": tables,
        "crumbs": [{"text": _("Public figures"), "url": reverse("public-home")}, {"text": _("Indicators")}],
        "source": source_of(shelf.links[0]) if shelf.links else None,
    }  # fmt: skip


def snapshot_context(link: Permalink, place: Place, shelf: Shelf, later: Permalink | None) -> dict[str, Any]:
    """A release as it was published, whatever came after; what came after is said on top."""
    title = _("Figures for %(period)s") % {"period": wording.period_name(link.period)}
    figures = shelf.figures(place)
    where = name_now(place.names)
    here = reverse("public-snapshot", args=[link.pk])
    about = shelf.abouts[link.pk]
    path = shelf.path(place)[:-1]
    return {
        "title": title, "link": link, "place": where, "source": source_of(link),
        "replaced": source_of(link.replaced_by) if link.replaced_by else None,
        "later": source_of(later) if later and not link.replaced_by else None,
        "withdrawn": wording.day_short(link.withdrawn_at) if link.withdrawn_at else "",
        "reason": about["reason"], "changes": about["changes"],
        "crumbs": [
            {"text": _("Public figures"), "url": reverse("public-home")},
            {"text": _("Open data"), "url": reverse("public-data")}, {"text": title},
        ],
        "path": [{"text": name_now(each.names), "url": _within(here, each)} for each in path],
        "below": [{"text": name_now(each.names), "url": _within(here, each)} for each in shelf.below(place)],
        "figures": figures_table(figures, place, f"{where}, {wording.period_name(link.period)}"),
    }  # fmt: skip


def _within(address: str, place: Place) -> str:
    return f"{address}?{urlencode({'territory': place.code})}" if place.parent else address


FILES = Prefetch("files", ReleaseFile.objects.defer("content").order_by("form"))


def home() -> str:
    return reverse("public-home")


def house_rows(houses: Iterable[Any]) -> list[dict[str, str]]:
    """Organisations by name, each with its page."""
    return [{"text": name_now(each.names), "url": reverse("public-institution", args=[each.house])} for each in houses]


def data_rows(links: Sequence[Permalink]) -> list[dict[str, Any]]:
    """Every release with its files and their checksums, the newest first."""
    return [
        {
            **source_of(link), "withdrawn": bool(link.withdrawn_at), "replaced": bool(link.replaced_by_id),
            "files": [
                {
                    "form": each.form.upper(), "url": reverse("public-file", args=[link.pk, each.form]),
                    "size": wording.number(max(1, each.size // 1024)), "sha256": each.sha256,
                }
                for each in sorted(link.files.all(), key=lambda each: each.form)
            ] if not link.withdrawn_at else [],
        }
        for link in links
    ]  # fmt: skip
