"""What happens to a cluster: founded around its coordinator, joined and left by institutions on a day."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import search_text
from institutions.clusters.models import Cluster, ClusterMember
from institutions.clusters.rules import before_leaving, may_found, may_leave
from institutions.registry.models import Institution
from institutions.registry.registering import named
from institutions.territory.models import Term
from lifecycle.events import record
from lifecycle.transitions import Unmet


@transaction.atomic
def found_cluster(
    *,
    names: Mapping[str, str],
    coordinator: Institution,
    members: Iterable[Institution],
    by: Any,
    at: datetime.datetime,
    agreement_key: str = "",
) -> Cluster:
    """A cluster around its coordinator. That the members consent, the founding act says, which lies above this floor.

    Raises PermissionDenied, ValidationError.
    """
    if not may_found(by, coordinator):
        raise PermissionDenied
    clean = named(names)
    cluster = Cluster.objects.create(
        names=clean, coordinator=coordinator, agreement_key=agreement_key, created_at=at, modified_at=at,
        search_key=search_text(clean),
    )  # fmt: skip
    others = {house.pk: house for house in members if house.pk != coordinator.pk}
    for house, role in ((coordinator, "coordinator"), *((each, "member") for each in others.values())):
        _admit(cluster, house, role, at)
    _tell("found", cluster, by, at)
    return cluster


@transaction.atomic
def take_in(
    cluster: Cluster, institution: Institution, *, by: Any, at: datetime.datetime, role: str = "member"
) -> ClusterMember:
    """An institution that consents, as the door above knows, belongs to it from today. Raises ValidationError."""
    Cluster.objects.select_for_update().get(pk=cluster.pk)
    if cluster.members.filter(institution=institution, valid__contains=timezone.localtime(at).date()).exists():
        raise ValidationError({"institution": _("This organisation is a member already.")})
    place = _admit(cluster, institution, role, at)
    _touch(cluster, at)
    _tell("take_in", cluster, by, at, detail={"institution": institution.public_id, "role": role})
    return place


@transaction.atomic
def leave_cluster(cluster: Cluster, institution: Institution, *, by: Any, at: datetime.datetime, reason: str) -> None:
    """A member goes, today; it stays in the record with its days. Raises PermissionDenied, ValidationError, Unmet."""
    place = _place(cluster, institution, at)
    if place is None or not may_leave(by, place):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the other side will read it.")}, code="required")
    if unmet := list(before_leaving(place)):
        raise Unmet(unmet)
    end_place(place, by=by, at=at, reason=reason)


def end_place(place: ClusterMember, *, by: Any, at: datetime.datetime, reason: str = "") -> None:
    """Its days in the cluster end today; whoever came today was there for a day."""
    end_days(place, at)
    _touch(place.cluster, at)
    detail = {"institution": place.institution.public_id}
    _tell("leave", place.cluster, by, at, detail=detail, reason=reason)


def end_days(row: Any, at: datetime.datetime) -> None:
    """A dated row of membership ends on the day of `at`, at the earliest on the day after its first."""
    first = row.valid.lower
    last = max(timezone.localtime(at).date(), first + datetime.timedelta(days=1))
    row.valid = DateRange(first, last, "[)")
    row.save(update_fields=["valid"])


def _place(cluster: Cluster, institution: Institution, at: datetime.datetime) -> ClusterMember | None:
    rows = cluster.members.select_for_update(of=("self",)).select_related("role", "institution", "cluster")
    return rows.filter(institution=institution, valid__contains=timezone.localtime(at).date()).first()


def _admit(cluster: Cluster, house: Institution, role: str, at: datetime.datetime) -> ClusterMember:
    return ClusterMember.objects.create(
        cluster=cluster,
        institution=house,
        role=Term.objects.get(vocabulary="party_role", code=role),
        valid=DateRange(timezone.localtime(at).date(), None, "[)"),
    )


def _touch(cluster: Cluster, at: datetime.datetime) -> None:
    Cluster.objects.filter(pk=cluster.pk).update(modified_at=at)


def _tell(name: str, cluster: Cluster, by: Any, at: datetime.datetime, **more: Any) -> None:
    record(name, subject_type="cluster", subject_id=cluster.public_id, by=by, at=at, **cluster.audience(), **more)
