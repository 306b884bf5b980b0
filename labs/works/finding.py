"""Works of laboratories on the search page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.search import Hit, Source
from labs.works.models import Work
from labs.works.presenting import PREFETCH, names_of, page


def find(user: Any, text: str, limit: int) -> list[Hit]:
    """The newest first; every word must stand in the title. The authors are told beside it."""
    rows = Work.objects.all().visible_to(user).search(text).select_related("resource").prefetch_related(*PREFETCH)
    found = rows.order_by("-modified_at", "-pk")[:limit]
    return [Hit(each.resource.title, page(each), names_of(each)) for each in found]


SOURCE = Source("works", _("Research works and manuals"), find)
