"""Indicators whose rows are institutions: who sees them, how each is called, where its page is, what head counts touch."""

import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.names import name_now
from institutions.registry.models import Institution
from quality.catalogue.declared import Line


def houses_for(user: Any) -> QuerySet[Institution]:
    """Institutions a person may know of."""
    found: QuerySet[Institution] = Institution.objects.visible_to(user)
    return found.select_related("territory")


def house_line(house: Institution) -> Line:
    """An institution by its name."""
    return Line(house.public_id, name_now(house.names), house.public_id, house)


def first_counted(keys: list[str]) -> datetime.date:
    """From which day on newly entered head counts may change figures: an Event of them is named by their first day."""
    return min(datetime.date.fromisoformat(key) for key in keys)


OF_INSTITUTIONS: dict[str, Any] = {
    "subject_type": "institution",
    "visible": houses_for,
    "line": house_line,
    "ordering": ("sort_key", "pk"),
    "page": "institution-detail",
}
