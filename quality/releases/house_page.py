"""The public page of an organisation: its own part in figures beside its district, and what it does with whom."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from quality.catalogue.models import DefinitionVersion
from quality.releases.models import PublishedHouse
from quality.releases.public import beside_cell, citation, crumbs_of, indicator_page, message, place_page, source_of
from quality.releases.reading import Place, Shelf, definitions_of
from quality.releases.telling import STORIES, Names
from quality.values import saying


def house_context(house: PublishedHouse, shelf: Shelf, address: str) -> dict[str, Any]:
    """The page of an organisation: what it is, where it lies, what it does beside the figures of its district."""
    about = shelf.abouts[house.permalink_id]
    kinds = {told["code"]: told["names"] for told in about["institution_kinds"]}
    place = shelf.places.get(house.territory)
    name = name_now(house.names)
    facts = [
        {"label": _("Kind"), "text": name_now(kinds.get(house.kind, {}))},
        {"label": _("Territory"), "text": name_now(place.names) if place else "",
         "url": place_page(place) if place else ""},
    ]  # fmt: skip
    way = [*crumbs_of(shelf, place)[:-1], {"text": name_now(place.names), "url": place_page(place)}] if place else []
    return {
        "title": name, "crumbs": [*way, {"text": name}], "facts": facts, "source": source_of(shelf.links[0]),
        "citation": citation(name, shelf.links[0], address),
        "figures": house_table(house, shelf, place) if house.figures and place else None,
        "stories": stories_of(house, shelf.named_in(house), about["words"]),
        "message": house_message(house, shelf, address),
    }  # fmt: skip


def stories_of(
    house: PublishedHouse, published: Mapping[str, Names], words: Mapping[str, Names]
) -> list[dict[str, Any]]:
    """What it does with whom, heading by heading; who has a page of its own in the release is a link."""

    def one(line: Mapping[str, Any]) -> dict[str, str]:
        if "code" in line:
            return {"text": name_now(words[line["code"]]), "url": ""}
        names = published.get(line["house"])
        url = reverse("public-institution", args=[line["house"]]) if names else ""
        return {"text": name_now(names or line["names"]), "url": url}

    return [
        {"title": STORIES[code].title, "code": code, "lines": [
            {**one(line), "day": wording.day_short(datetime.date.fromisoformat(line["day"])) if "day" in line else "",
             "number": wording.number(line["number"]) if "number" in line else "",
             "with": [one(other) for other in line.get("with", ())]}
            for line in lines
        ]}
        for code, lines in ((code, house.stories.get(code)) for code in STORIES) if lines
    ]  # fmt: skip


def house_message(house: PublishedHouse, shelf: Shelf, address: str) -> str:
    """Its own part in each indicator, for a chat."""
    known = definitions_of(shelf.abouts[house.permalink_id])
    rows = [
        (name_now(known[code, number].indicator.names), own_words(known[code, number], Decimal(top), Decimal(base)))
        for code, number, top, base in house.figures
    ]
    return message(name_now(house.names), rows, shelf.links[0], address)


def house_table(house: PublishedHouse, shelf: Shelf, place: Place) -> dict[str, Any]:
    """Whether it counts in an indicator, or how much, beside the value of its territory."""
    link = shelf.links[0]
    around = {each.cell.indicator: each for each in shelf.of_link(link, place)}
    known, rows = definitions_of(shelf.abouts[link.pk]), []
    for code, number, top, base in house.figures:
        version = known[code, number]
        rows.append({"cells": [
            {"text": name_now(version.indicator.names), "url": indicator_page(code, place)},
            {"text": own_words(version, Decimal(top), Decimal(base)), "figure": True, "label": _("This organisation")},
            beside_cell(around.get(code), place),
        ]})  # fmt: skip
    columns = [
        {"label": _("Indicator")}, {"label": _("This organisation"), "figure": True},
        {"label": name_now(place.names), "figure": True},
    ]  # fmt: skip
    return {"caption": wording.period_name(link.period), "columns": columns, "rows": rows}


def own_words(version: DefinitionVersion, top: Decimal, base: Decimal) -> str:
    """Yes or no where one is asked of each, else the share; a dash where nothing could be counted."""
    if base == 1:
        return str(_("yes") if top else _("no"))
    return str(saying.said(version, version.factor * top / base)) if base else "–"
