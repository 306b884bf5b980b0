"""Who founds a cluster, takes others in, and who leaves it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import Role, active_houses
from lifecycle.transitions import Condition


def may_found(user: Any, coordinator: Any) -> bool:
    """Whoever coordinates laboratories for the institution that will coordinate the cluster."""
    return coordinator.pk in active_houses(user, Role.COORDINATOR)


def may_leave(user: Any, place: Any) -> bool:
    """The administrator of a member; its coordinator and its sites do not leave by themselves."""
    return place.role.code == "member" and place.institution_id in active_houses(user, Role.INSTITUTION_ADMIN)


def before_leaving(place: Any) -> Iterator[Condition]:
    """Whoever still works in a laboratory of the cluster leaves that first (laboratories lie above this floor)."""
    working = place.institution.laboratory_roles.filter(valid__upper_inf=True, laboratory__cluster=place.cluster_id)
    if working.exclude(laboratory__status="closed").exists():
        yield Condition("laboratory", _("Your organisation works in a laboratory of this cluster: leave that first."))
