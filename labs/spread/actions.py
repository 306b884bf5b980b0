"""What happens when a proven practice spreads: whom it is meant for is frozen once, others say that they use it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution, InstitutionStatus
from institutions.territory.models import Term, Territory
from labs.pilots.actions import move
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT
from labs.spread.models import EligibleInstitution, EligibleSet
from lifecycle.transitions import Condition, Unmet, held


def eligible_houses(project: PilotProject, territory: Territory, kinds: Sequence[Term]) -> Any:
    """Verified institutions of these kinds in the territory or below it; those that made it or tried it are not asked."""
    made = set(project.members.values_list("institution_id", flat=True)) | {
        project.laboratory.host_id, project.laboratory.site_id,
    }  # fmt: skip
    tried = project.trials.filter(sites__arm="treated").values("sites__institution")
    inside = Territory.objects.filter(lineage__contains=[territory.pk])
    found = Institution.objects.filter(status=InstitutionStatus.VERIFIED, territory__in=inside, kind__in=kinds)
    return found.exclude(pk__in=made).exclude(pk__in=tried)


def start_spreading(
    project: PilotProject, *, by: Any, at: datetime.datetime, territory: Territory, kinds: Sequence[Term],
    window_ends_on: datetime.date,
) -> PilotProject:  # fmt: skip
    """Only after success: the set of institutions is written down as it is today.

    Raises PermissionDenied, WrongStatus, Unmet, ValidationError.
    """
    on = timezone.localtime(at).date()
    if window_ends_on <= on:
        raise ValidationError({"window_ends_on": _("The last day of reach has to lie ahead.")})
    with held(project):
        line = PILOT.permit("disseminate", project, by)
        houses = list(eligible_houses(project, territory, kinds).order_by("pk").values_list("pk", flat=True))
        if not houses:
            raise ValidationError({"kinds": _("There is no organisation of these kinds in this territory.")})
        found = EligibleSet.objects.create(
            project=project, territory=territory, kinds=sorted(each.code for each in kinds), frozen_on=on,
            window_ends_on=window_ends_on, frozen_by=by,
        )  # fmt: skip
        EligibleInstitution.objects.bulk_create(
            (EligibleInstitution(eligible_set=found, institution_id=pk) for pk in houses), batch_size=2000
        )
        open_now = {"published_at": at} if project.published_at is None else {}  # what spreads is held back no longer
        move("disseminate", project, by, at, permitted=line, change=open_now)
    return project


def finish_spreading(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """Reach was reported for the agreed time. Raises PermissionDenied, WrongStatus, Unmet."""
    with held(project):
        PILOT.permit("finish", project, by)
        if project.eligible_set.window_ends_on > timezone.localtime(at).date():
            raise Unmet([Condition("window", _("Reach is reported until the agreed day first."), "/window_ends_on")])
        move("finish", project, by, at)
    return project
