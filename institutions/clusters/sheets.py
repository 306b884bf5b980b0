"""The list of clusters as a file: one row for each member with its days."""

import datetime
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from institutions.clusters.filters import chosen
from institutions.clusters.models import Cluster, ClusterMember


def clusters_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The clusters of the list page, member by member."""
    found = chosen(Cluster.objects.visible_to(user), params, SimpleNamespace(user=user)).qs
    rows = ClusterMember.objects.filter(cluster__in=found.values("pk"))
    heads = [Head(gettext("Cluster")), Head(gettext("Organisation")), Head(gettext("Role")),
             Head(gettext("From"), "date"), Head(gettext("Until"), "date")]  # fmt: skip
    return Table(
        gettext("Clusters"), "clusters", heads, _cells(rows), rows.count(), [(gettext("Date"), on.isoformat())]
    )


def _cells(rows: Any) -> Iterator[list[Any]]:
    found = rows.select_related("cluster", "institution", "role").order_by("cluster", "role__position", "pk")
    for each in found.iterator(chunk_size=500):
        yield [name_now(each.cluster.names), name_now(each.institution.names), name_now(each.role.names),
               each.valid.lower, each.valid.upper]  # fmt: skip


FILE = Exporter(code="clusters", label=_("Clusters"), table=clusters_table)
