"""What happens to a laboratory: proposed, opened, kept, paused, closed; who joins and leaves; how it rates itself."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import search_text
from cooperation.agreements.models import Agreement
from institutions.clusters.actions import end_days, end_place, found_cluster, take_in
from institutions.clusters.models import Cluster
from institutions.registry.models import Institution
from institutions.registry.registering import register_institution, verify_institution
from institutions.territory.models import Term
from labs.laboratories.models import SCORES, HealthCheck, LabMember, Laboratory, LabService
from labs.laboratories.rules import (
    LABORATORY,
    OPEN,
    coordinated_houses,
    coordinates,
    leaving_houses,
    signing_houses,
)
from lifecycle.events import record
from lifecycle.transitions import WrongStatus, held

COLUMNS = ("about", "recommendations")


@transaction.atomic
def propose_laboratory(
    *,
    by: Any,
    at: datetime.datetime,
    names: Mapping[str, str],
    agreement: Agreement,
    host: Institution | None = None,
    cluster: Cluster | None = None,
    **content: Any,
) -> Laboratory:
    """A laboratory that waits for the office above: its members are those who signed the founding agreement.

    Without a cluster one is founded from the same agreement. Raises PermissionDenied, ValidationError.
    """
    signed = signing_houses(agreement)
    host = host or next((house for house in signed if house.pk in coordinated_houses(by)), None)
    if host is None or host.pk not in coordinated_houses(by):
        raise PermissionDenied
    if host not in signed:
        raise ValidationError({"agreement": _("Choose an agreement which the host has signed and which is not over.")})
    if cluster is None:
        key = agreement.public_id
        cluster = found_cluster(names=names, coordinator=host, members=signed, agreement_key=key, by=by, at=at)
    else:
        _join(cluster, host, signed, by, at)
    site = _register_site(host, names, by, at)
    laboratory = Laboratory(
        site=site, host=host, cluster=cluster, agreement=agreement, proposed_by=by, created_at=at, modified_at=at,
        search_key=search_text(site.names),
    )  # fmt: skip
    _write(laboratory, {"directions": (), **content})
    for house in signed:
        _admit(laboratory, house, at)
    said = {"subject_type": "laboratory", "subject_id": laboratory.public_id, "status_after": laboratory.status}
    record("propose", by=by, at=at, **said, **laboratory.audience())
    return laboratory


def _join(cluster: Cluster, host: Institution, signed: Sequence[Institution], by: Any, at: datetime.datetime) -> None:
    """Those who signed and do not belong to the chosen cluster yet belong to it from today."""
    inside = set(cluster.members.on(timezone.localtime(at).date()).values_list("institution_id", flat=True))
    if host.pk not in inside:
        raise ValidationError({"cluster": _("Choose a cluster to which the host belongs.")})
    for house in signed:
        if house.pk not in inside:
            take_in(cluster, house, by=by, at=at)


def _register_site(host: Institution, names: Mapping[str, str], by: Any, at: datetime.datetime) -> Institution:
    return register_institution(
        names=names,
        kind=Term.objects.get(vocabulary="participant_kind", code="lab_site"),
        territory=host.territory,
        ownership=host.ownership,
        by=by,
        at=at,
        today=timezone.localtime(at).date(),
        no_number_because=gettext("A site of a laboratory stands in no register of organisations."),
    )


def _admit(laboratory: Laboratory, house: Institution, at: datetime.datetime) -> None:
    since = DateRange(timezone.localtime(at).date(), None, "[)")
    LabMember.objects.create(laboratory=laboratory, institution=house, valid=since)


def _write(laboratory: Laboratory, content: Mapping[str, Any]) -> None:
    if "directions" in content and not content["directions"]:
        raise ValidationError({"directions": _("Choose at least one direction of activity.")})
    for name in COLUMNS:
        if name in content:
            setattr(laboratory, name, content[name])
    laboratory.save()
    if "directions" in content:
        laboratory.directions.set(content["directions"])
    if "services" in content:
        laboratory.services.all().delete()
        LabService.objects.bulk_create(
            LabService(laboratory=laboratory, position=place, **service)
            for place, service in enumerate(content["services"])
        )


def _move(name: str, laboratory: Laboratory, by: Any, at: datetime.datetime, **more: Any) -> None:
    """One line of the table, with the columns that every act writes."""
    change = {"version": F("version") + 1, "modified_at": at, **more.pop("change", {})}
    LABORATORY.apply(name, laboratory, by=by, at=at, change=change, **more)
    laboratory.refresh_from_db()


def open_laboratory(laboratory: Laboratory, *, by: Any, at: datetime.datetime) -> Laboratory:
    """The office above opens it: its site is a verified participant and belongs to the cluster from today."""
    day = timezone.localtime(at).date()
    with held(laboratory):
        _move("open", laboratory, by, at, change={"opened_at": at})
        if laboratory.site.status == "applied":
            # a site may be called like another house: the office has just said which one it opens
            verify_institution(laboratory.site, by=by, at=at, today=day, duplicates_decided=True)
        if not laboratory.cluster.members.on(day).filter(institution=laboratory.site).exists():
            take_in(laboratory.cluster, laboratory.site, role="lab_site", by=by, at=at)
    return laboratory


def permit_saving(laboratory: Laboratory, by: Any) -> None:
    """Its coordinator keeps it until it is closed. Raises PermissionDenied, WrongStatus."""
    if not coordinates(by, laboratory):
        raise PermissionDenied
    if laboratory.status not in OPEN:
        raise WrongStatus(laboratory.status, LABORATORY.available(laboratory, by))


def save_laboratory(laboratory: Laboratory, *, by: Any, at: datetime.datetime, **content: Any) -> Laboratory:
    """Directions, services, recommendations; what is not given stays. Raises as permit_saving, ValidationError."""
    with held(laboratory):
        permit_saving(laboratory, by)
        laboratory.modified_at, laboratory.version = at, laboratory.version + 1
        _write(laboratory, content)
        said = {"subject_type": "laboratory", "subject_id": laboratory.public_id, "status_after": laboratory.status}
        record("save", by=by, at=at, detail={"parts": sorted(content)}, **said, **laboratory.audience())
    return laboratory


def pause_laboratory(
    laboratory: Laboratory, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Laboratory:
    """Work rests."""
    with held(laboratory):
        _move("pause", laboratory, by, at, reason=reason, reason_code=reason_code)
    return laboratory


def resume_laboratory(laboratory: Laboratory, *, by: Any, at: datetime.datetime) -> Laboratory:
    """Work goes on."""
    with held(laboratory):
        _move("resume", laboratory, by, at)
    return laboratory


def close_laboratory(
    laboratory: Laboratory, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Laboratory:
    """It ends; its members and its site have their last day, and everything stays readable."""
    day = timezone.localtime(at).date()
    with held(laboratory):
        _move("close", laboratory, by, at, reason=reason, reason_code=reason_code)
        for member in laboratory.members.on(day):
            end_days(member, at)
        site = laboratory.cluster.members.on(day).filter(institution=laboratory.site)
        for place in site.select_related("institution", "cluster"):
            end_place(place, by=by, at=at)
    return laboratory


def take_in_member(laboratory: Laboratory, *, by: Any, at: datetime.datetime, institution: Institution) -> Laboratory:
    """Another institution works in it from today: one that has signed an agreement in force with the host or the site."""
    day = timezone.localtime(at).date()
    with held(laboratory):
        line = LABORATORY.permit("take_in", laboratory, by)
        if laboratory.members.on(day).filter(institution=institution).exists():
            raise ValidationError({"institution": _("This organisation is a member already.")})
        if not bound(laboratory, day).filter(pk=institution.pk).exists():
            message = _("This organisation has signed no agreement in force with the host or the site.")
            raise ValidationError({"institution": message})
        _admit(laboratory, institution, at)
        if not laboratory.cluster.members.on(day).filter(institution=institution).exists():
            take_in(laboratory.cluster, institution, by=by, at=at)
        _move("take_in", laboratory, by, at, permitted=line, detail={"institution": institution.public_id})
    return laboratory


def bound(laboratory: Laboratory, day: datetime.date) -> Any:
    """Institutions that have signed an agreement in force with the host or the site of a laboratory."""
    near = {"parties__institution__in": (laboratory.host_id, laboratory.site_id), "parties__signs": True}
    agreements = Agreement.objects.filter(status="in_force", parties__valid__contains=day, **near)
    signed = {"agreement_parties__agreement__in": agreements.values("pk"), "agreement_parties__signs": True}
    found = Institution.objects.filter(status="verified", agreement_parties__valid__contains=day, **signed)
    return found.exclude(pk__in=(laboratory.host_id, laboratory.site_id)).distinct()


def leave_laboratory(
    laboratory: Laboratory, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Laboratory:
    """A member institution goes, today; its days stay in the record."""
    day = timezone.localtime(at).date()
    with held(laboratory):
        line = LABORATORY.permit("leave", laboratory, by, reason)
        members = laboratory.members.on(day).filter(institution__in=leaving_houses(by, laboratory))
        member = members.select_related("institution").order_by("pk")[0]
        end_days(member, at)
        detail = {"institution": member.institution.public_id}
        _move("leave", laboratory, by, at, permitted=line, reason=reason, reason_code=reason_code, detail=detail)
    return laboratory


def rate_laboratory(
    laboratory: Laboratory, *, by: Any, at: datetime.datetime, note: str = "", **scores: int
) -> Laboratory:
    """How it rates itself this quarter, once. Raises ValidationError for a second time or a missing score."""
    day = timezone.localtime(at).date()
    quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    with held(laboratory):
        line = LABORATORY.permit("rate", laboratory, by)
        if laboratory.health_checks.filter(quarter=quarter).exists():
            raise ValidationError({"trust": _("This quarter is rated already.")})
        given = {score: scores[score] for score in SCORES}
        HealthCheck.objects.create(
            laboratory=laboratory, checked_on=day, quarter=quarter, note=note, entered_by=by, **given
        )
        _move("rate", laboratory, by, at, permitted=line)
    return laboratory
