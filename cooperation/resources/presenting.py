"""A shared resource in words for pages: what it is, what is open to the reader, and how it is used."""

import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import counted, day_short, month, number
from cooperation.pages.showing import house_page
from cooperation.resources.models import Resource, ResourceKind, ResourceRights, ResourceUse
from cooperation.resources.use import by_institution_and_month, is_open_to, totals_of
from cooperation.reviewing import presenting
from cooperation.reviewing.models import ReviewStatus

MEGABYTE, KILOBYTE = 1024 * 1024, 1024


def row_of(resource: Resource) -> dict[str, Any]:
    """A row of the list."""
    words = {"kind": ResourceKind(resource.kind).label, "rights": ResourceRights(resource.rights).label}
    return {**presenting.row_of(resource), **words}


def facts_of(resource: Resource) -> list[dict[str, Any]]:
    """What everybody may know before it is opened."""
    found: list[dict[str, Any]] = [
        {"label": _("What it is"), "text": resource.description},
        {"label": _("Kind"), "text": ResourceKind(resource.kind).label},
        {"label": _("Shared by"), "text": name_now(resource.institution.names),
         "url": house_page(resource.institution.public_id)},
        {"label": _("Who may use it"), "text": ResourceRights(resource.rights).label},
    ]  # fmt: skip
    if resource.published_at:
        found.append({"label": _("Published"), "text": day_short(resource.published_at), "number": True})
    return found


def size_words(size: int) -> str:
    """2,4 MB."""
    unit, of = (_("MB"), MEGABYTE) if size >= MEGABYTE else (_("KB"), KILOBYTE)
    return f"{number(max(size / of, 0.1), 1)} {unit}"


def inside_of(resource: Resource, user: Any, on: datetime.date) -> dict[str, Any] | None:
    """What those who may use it get, if it is open to the reader now."""
    if not is_open_to(user, resource, on):
        return None
    return {
        "how": resource.how, "link": resource.link, "host": urlsplit(resource.link).hostname or "",
        "file": presenting.page(resource, "file") if resource.file else "",
        "file_words": f"{resource.file_name} · {size_words(resource.file_size)}" if resource.file else "",
    }  # fmt: skip


def why_closed(resource: Resource) -> str:
    """What a reader without the right can do."""
    if resource.status != ReviewStatus.PUBLISHED:
        return _("It is not offered now.")
    if resource.rights == ResourceRights.PARTNERS:
        return _("It opens for organisations that have an agreement in force with the one that shares it.")
    return _("It opens for members of verified organisations.")


def use_of(resource: Resource, user: Any) -> dict[str, Any]:
    """How often it was used in all, and what the reader may open: by institution and month."""
    uses, houses = totals_of(resource)
    words = _("%(uses)s by %(houses)s") % {"uses": counted(uses, "use"), "houses": counted(houses, "institution")}
    return {
        "words": words if uses else _("Nobody from another organisation has opened it yet."),
        "rows": [
            {
                "month": month(row["month"]), "house": name_now(row["institution__names"]), "uses": number(row["uses"]),
                "url": rows_url(resource, row["institution__public_id"], row["month"]),
            }
            for row in by_institution_and_month(resource, user)
        ],
    }  # fmt: skip


def rows_url(resource: Resource, institution: str, first: datetime.date) -> str:
    """The list of exactly the uses behind one number."""
    last = (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    asked = {"view": "all", "resource": resource.public_id, "institution": institution, "from": first, "to": last}
    return f"{reverse('resource-uses')}?{urlencode(asked)}"


def opened_words() -> str:
    """What is said when it was opened."""
    return _("It is open to you until the end of the day.")


def use_row(use: ResourceUse) -> dict[str, Any]:
    """A row of the list of uses."""
    return {
        "url": presenting.page(use.resource), "title": use.resource.title, "day": day_short(use.used_on),
        "shared_by": name_now(use.resource.institution.names), "used_by": name_now(use.institution.names),
        "house_url": house_page(use.institution.public_id),
    }  # fmt: skip
