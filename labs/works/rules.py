"""Who enters a work of a laboratory, and who corrects what is said of it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from cooperation.activities.rules import member_houses
from institutions.registry.scope import active_houses
from labs.laboratories.models import OPENED, LabMember, Laboratory
from labs.laboratories.rules import WORKERS, coordinates, works_in


def speaking_houses(user: Any, laboratory: Any) -> set[int]:
    """Institutions of an opened laboratory in whose name the person enters a work."""
    return works_in(user, laboratory) & member_houses(user) if laboratory.status in OPENED else set()


def laboratories_of(user: Any) -> list[Laboratory]:
    """Opened laboratories for which the person may enter a work (as `speaking_houses`), by the name of their site."""
    own = active_houses(user, *WORKERS) & member_houses(user) if user is not None else set()
    if not own:
        return []
    member = Exists(LabMember.objects.on().filter(laboratory=OuterRef("pk"), institution__in=own))
    rows = Laboratory.objects.filter(Q(host__in=own) | Q(site__in=own) | member, status__in=OPENED)
    return list(rows.select_related("site", "cluster").order_by("site__sort_key", "pk"))


def may_correct(user: Any, work: Any) -> bool:
    """Who entered it, as long as they work there; the coordinator of the laboratory."""
    entered = user is not None and user.pk == work.entered_by_id and bool(speaking_houses(user, work.laboratory))
    return entered or coordinates(user, work.laboratory)
