"""Head counts on the page of an institution: the latest of each category, with source and day."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import day_short, number
from institutions.headcounts.models import Category, Headcount, oldest
from institutions.registry.blocks import Block, block
from institutions.registry.entering import Entering
from institutions.registry.models import Institution

TYPED = gettext_lazy("entered by people")
OLD = gettext_lazy("older than 18 months: no longer counted")


def latest(institution: Institution) -> list[Headcount]:
    """The newest count of each category."""
    found = Headcount.objects.filter(institution=institution).order_by("category", "-on_date")
    return list(found.distinct("category"))


def known_by_register(institution: Institution, on: datetime.date) -> set[str]:
    """Categories of which a register has told lately: nobody is asked for them."""
    return {row.category for row in latest(institution) if row.source and row.on_date >= oldest(on)}


def of_institution(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
    """Facts for whoever sees the institution; who may enter what is still unknown gets a way in."""
    facts = [
        {"label": Category(row.category).label, "text": f"{number(row.number)}\n{_note(row, on)}"}
        for row in latest(institution)
    ]
    url = ""
    if Entering(user).may(institution) and len(known_by_register(institution, on)) < len(Category):
        url = reverse("headcount-enter", args=[institution.public_id])
    return {"facts": facts, "url": url} if facts or url else None


def _note(row: Headcount, on: datetime.date) -> str:
    said = _("%(day)s, source: %(source)s") % {"day": day_short(row.on_date), "source": row.source or TYPED}
    return said if row.on_date >= oldest(on) else f"{said} · {OLD}"


block(Block("headcounts", gettext_lazy("Head counts"), "institutions/_headcounts.html", of_institution))
