"""A cluster in words for pages: who is in it, in which role and since when, and what happened."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.names import name_now
from accounts.wording import moment, number
from institutions.clusters.models import Cluster, ClusterMember
from institutions.registry.listpage import ListPage
from institutions.registry.models import Institution
from institutions.registry.showing import address_of, span_words
from institutions.territory.models import Territory
from lifecycle.models import Event

RELATED = ("coordinator__territory",)
MEMBERS = Prefetch("members", ClusterMember.objects.select_related("institution", "role"))
EVENTS = {
    "found": (_l("Founded"), "plus"), "take_in": (_l("Joined the cluster"), "institution"),
    "leave": (_l("Left the cluster"), "right"),
}  # fmt: skip


def page(cluster: Cluster) -> str:
    """The address of a cluster."""
    return reverse("cluster-detail", args=[cluster.public_id])


def places_of(cluster: Cluster) -> list[ClusterMember]:
    """Its dated members: those of today first, the coordinator on top."""
    return sorted(
        cluster.members.all(), key=lambda each: (each.valid.upper is not None, each.role.position, each.valid.lower, each.pk)
    )  # fmt: skip


def now_in(cluster: Cluster, on: datetime.date) -> int:
    """How many belong to it on this day."""
    return sum(each.valid.lower <= on and (each.valid.upper or on + DAY) > on for each in cluster.members.all())


DAY = datetime.timedelta(days=1)


def facts_of(cluster: Cluster, on: datetime.date) -> list[dict[str, Any]]:
    """Who coordinates it, how many belong to it, since when there is such a cluster."""
    return [
        {"label": _("Coordinator"), "text": name_now(cluster.coordinator.names), "url": address_of(cluster.coordinator)},
        {"label": _("Members"), "text": number(now_in(cluster, on)), "number": True},
        {"label": _("Territory"), "text": name_now(cluster.coordinator.territory.names)},
    ]  # fmt: skip


def member_rows(cluster: Cluster) -> dict[str, Any]:
    """The members as a table."""
    labels = (_("Organisation"), _("Role"), _("From when to when"))
    rows = [
        {"cells": [
            {"text": name_now(each.institution.names), "url": address_of(each.institution)},
            {"text": name_now(each.role.names), "label": labels[1]},
            {"text": span_words(each.valid), "label": labels[2]},
        ]}
        for each in places_of(cluster)
    ]  # fmt: skip
    return {"columns": [{"label": label} for label in labels], "rows": rows}


def timeline_of(cluster: Cluster, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person; reasons for members only."""
    houses = {each.institution.public_id: name_now(each.institution.names) for each in cluster.members.all()}
    lines = []
    for event in Event.objects.about("cluster", cluster.public_id).filter(name__in=EVENTS).order_by("-id"):
        words, icon = EVENTS[event.name]
        text = f"{words}: {event.reason}" if event.reason and with_reasons else str(words)
        who = houses.get(event.detail.get("institution", ""), "")
        lines.append({"icon": icon, "text": text, "who": who, "when": moment(event.happened_at)})
    return lines


def columns_of(listed: ListPage) -> list[dict[str, Any]]:
    """Heads of the list."""
    return [
        listed.head(_("Cluster")), listed.head(_("Coordinator"), "coordinator__sort_key"),
        listed.head(_("Territory")), listed.head(_("Members"), figure=True),
    ]  # fmt: skip


def rows_of(clusters: Iterable[Cluster], on: datetime.date) -> list[dict[str, Any]]:
    """Rows of the list."""
    return [
        {"cells": [
            {"text": name_now(each.names), "url": page(each)},
            {"text": name_now(each.coordinator.names), "label": _("Coordinator")},
            {"text": name_now(each.coordinator.territory.names), "label": _("Territory")},
            {"text": number(now_in(each, on)), "label": _("Members"), "figure": True},
        ]}
        for each in clusters
    ]  # fmt: skip


def places_in(institution: Institution, rows: Iterable[ClusterMember]) -> list[dict[str, Any]]:
    """The clusters an institution belongs or belonged to, with its role and days."""
    return [
        {"name": name_now(each.cluster.names), "url": page(each.cluster), "role": name_now(each.role.names),
         "days": span_words(each.valid)}
        for each in rows
    ]  # fmt: skip


def place_words(code: str) -> str:
    """A place by its code; an unknown code is told as it is."""
    place = Territory.objects.filter(code=code).first()
    return name_now(place.names) if place else code
