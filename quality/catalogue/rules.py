"""Who may say what is to be reached."""

from typing import Any

from institutions.registry.models import Institution
from institutions.registry.scope import Role, offices
from institutions.territory.models import Territory


def can_set_targets(user: Any, place: Territory | Institution) -> bool:
    """The ministry everywhere, an office of a region inside it; never who only holds a house."""
    where = place.territory if isinstance(place, Institution) else place
    return bool(set(offices(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)) & set(where.lineage))
