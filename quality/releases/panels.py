"""Openness on the page of an institution: which required field everybody can read, and where a missing one is entered."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.wording import day_short, number
from institutions.headcounts.models import Category, Headcount
from institutions.registry.blocks import Block, block
from institutions.registry.entering import Entering
from institutions.registry.models import Institution
from institutions.registry.rules import can_oversee
from quality.releases.openness import HEADS, NAMES, REQUIRED, year_before

LANGUAGES = {"uz": _l("Name in Uzbek"), "ru": _l("Name in Russian")}


def of_institution(user: Any, house: Institution, on: datetime.date) -> dict[str, Any] | None:
    """Every required field of an educational organisation: published, missing or too old; and the way to mend it."""
    if "E" not in (house.kind.data.get("flags") or ()) or house.status != "verified":
        return None
    rename = reverse("institution-move", args=[house.public_id, "rename"]) if can_oversee(user, house) else ""
    enter = reverse("headcount-enter", args=[house.public_id]) if Entering(user).may(house) else ""
    lines = [_line(LANGUAGES[tag], "" if house.names.get(tag) else _("missing"), rename) for tag in NAMES]
    lines += [_line(Category(each).label, _lacking(house, each, on), enter) for each in HEADS]
    there = sum(not line["lacking"] for line in lines)
    told = {"n": number(there), "all": number(REQUIRED)}
    return {"lines": lines, "text": _("%(n)s of %(all)s required public fields are published and up to date") % told}


def _lacking(house: Institution, category: str, on: datetime.date) -> str:
    rows = Headcount.objects.filter(institution=house, category=category, on_date__lte=on)
    last = rows.order_by("-on_date").values_list("on_date", flat=True).first()
    if last is None:
        return _("missing")
    return "" if last > year_before(on) else _("older than 12 months: %(day)s") % {"day": day_short(last)}


def _line(label: Any, lacking: str, url: str) -> dict[str, Any]:
    return {"label": label, "lacking": lacking, "url": url if lacking else ""}


block(Block("openness", _l("Openness"), "quality/_openness.html", of_institution))
