"""A laboratory as everybody may read it: one account for the public page and for the widget on partners' own pages."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.clock import today
from accounts.names import name_now
from accounts.wording import day_short
from labs.laboratories.figures import Group, figures_of
from labs.laboratories.models import OPENED, Laboratory
from labs.laboratories.presenting import directions_of, title_of

__all__ = [
    "Told",
    "facts_of",
    "figures_of",
    "open_to_all",
    "packed",
    "public_address",
    "snippet_of",
    "told_of",
    "works_told",
]
# what would end the script or a line of it, should anybody put it inside a page
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Told:
    """Name, host, figures and the day they are of; `url` is the public page."""

    name: str
    host: str
    status: str
    url: str
    more: str
    as_of: str
    lang: str
    groups: tuple[Group, ...]


def open_to_all() -> QuerySet[Laboratory]:
    """Laboratories that have a public page."""
    return Laboratory.objects.filter(status__in=OPENED, opened_at__isnull=False)


def told_of(laboratory: Laboratory, request: HttpRequest) -> Told:
    """What page and widget say."""
    return Told(
        name=title_of(laboratory), host=name_now(laboratory.host.names), status=str(laboratory.get_status_display()),
        url=request.build_absolute_uri(public_address(laboratory)), more=_("More about this laboratory"),
        as_of=_("As of %(day)s") % {"day": day_short(today())}, lang=get_language() or "",
        groups=figures_of(laboratory),
    )  # fmt: skip


def packed(told: Told) -> str:
    """The account as JSON that may stand in a script."""
    return json.dumps(dataclasses.asdict(told), ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def public_address(laboratory: Laboratory) -> str:
    """Its public page, empty before it is opened."""
    return reverse("public-laboratory", args=[laboratory.public_id]) if laboratory.opened_at else ""


def snippet_of(laboratory: Laboratory, request: HttpRequest) -> str:
    """The line that a partner puts into its own page, empty before the laboratory is opened."""
    if not laboratory.opened_at:
        return ""
    address = request.build_absolute_uri(reverse("laboratory-widget", args=[laboratory.public_id]))
    return f'<script src="{address}" async></script>'


def works_told(owner: Any) -> list[dict[str, str]]:
    """Works of a laboratory or of a project that everybody may read, each as it is cited; they lie above."""
    rows = owner.works.all().told().select_related("resource").prefetch_related("authors").order_by("-year", "-pk")
    return [
        {
            "title": each.resource.title, "kind": each.get_kind_display(), "year": str(each.year or ""),
            "authors": ", ".join(author.name for author in sorted(each.authors.all(), key=lambda author: author.position)),
            "published_in": each.published_in, "url": f"https://doi.org/{each.doi}" if each.doi else "",
        }
        for each in rows
    ]  # fmt: skip


def facts_of(laboratory: Laboratory) -> list[dict[str, Any]]:
    """Where it is, who hosts it, which directions it works in, since when."""
    return [
        {"label": _("Host"), "text": name_now(laboratory.host.names)},
        {"label": _("Cluster"), "text": name_now(laboratory.cluster.names)},
        {"label": _("Territory"), "text": name_now(laboratory.site.territory.names)},
        {"label": _("Directions of activity"),
         "text": ", ".join(name_now(each.names) for each in directions_of(laboratory))},
        {"label": _("Opened"), "text": day_short(laboratory.opened_at), "number": True},
        {"label": _("What it does"), "text": laboratory.about},
    ]  # fmt: skip
