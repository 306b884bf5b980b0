"""Who may enter numbers of institutions and places, and for which of them."""

from typing import Any

from institutions.registry.models import Institution
from institutions.registry.scope import Role, holds, houses, offices
from institutions.territory.models import Territory

ENTERING = (Role.INSTITUTION_ADMIN, Role.INTEGRATOR)
OFFICES = (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER, Role.AUTHORITY_OFFICER)


def may_enter_any(user: Any) -> bool:
    """Whether entering figures is open to the person's role at all."""
    return holds(user, *ENTERING, *OFFICES)


class Entering:
    """For which places one person may enter figures, asked once for many rows."""

    def __init__(self, user: Any) -> None:
        self.houses = houses(user, *ENTERING)
        self.seats = set(offices(user, *OFFICES))

    def may(self, place: Institution | Territory) -> bool:
        """Their own institution, an institution or a published total of the territory of their office."""
        if isinstance(place, Institution):
            return place.pk in self.houses or bool(self.seats & set(place.territory.lineage))
        return bool(self.seats & set(place.lineage))
