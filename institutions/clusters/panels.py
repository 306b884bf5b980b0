"""Clusters on the page of an institution."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from institutions.clusters.models import ClusterMember
from institutions.clusters.showing import places_in
from institutions.registry.blocks import Block, block
from institutions.registry.models import Institution

FEW = 10


def of_institution(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
    """Where it belongs and belonged, with its role and days, the newest first."""
    rows = ClusterMember.objects.visible_to(user).filter(institution=institution).select_related("cluster", "role")
    found = places_in(institution, rows.order_by("-valid", "-pk")[:FEW])
    return {"rows": found} if found else None


block(Block("clusters", gettext_lazy("Clusters"), "institutions/_clusters.html", of_institution))
