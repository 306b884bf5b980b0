"""What waits for a person among trials: figures to enter, changes to approve, trials to open."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.names import name_now
from institutions.registry.scope import Role, active_houses
from labs.implementation.models import Arm
from labs.laboratories.rules import coordinated_houses
from labs.pilots.models import MemberAnswer, PilotMember, Raci
from labs.trials.models import (
    OVER,
    AmendmentApproval,
    AmendmentStatus,
    Measurement,
    Trial,
    TrialAmendment,
    TrialSite,
    TrialStatus,
    Wave,
)
from lifecycle.waiting import Line, Queue, waits

ONWARD = {
    TrialStatus.BASELINE: _("Start trying"),
    TrialStatus.RUNNING: _("Start the endline"),
    TrialStatus.ENDLINE: _("Close the trial"),
    TrialStatus.CLOSED: _("End the pilot"),
    TrialStatus.ABANDONED: _("End the pilot"),
}


def to_enter(user: Any) -> QuerySet[TrialSite]:
    """Sites of the person's institutions that have said nothing yet in the wave that is open."""
    own = active_houses(user, Role.INSTITUTION_ADMIN, Role.COORDINATOR)
    rows = TrialSite.objects.filter(institution__in=own, trial__status__in=Wave.values)
    said = Count("measurements", filter=Q(measurements__wave=F("trial__status")))
    silent = rows.annotate(said=Coalesce(said, 0)).filter(said=0)
    return silent.select_related("trial__project", "institution").order_by("trial__modified_at", "pk")


def enter_line(site: TrialSite, user: Any) -> Line:
    """A site and the wave it has to enter."""
    wave = site.trial.status == TrialStatus.BASELINE
    return Line(
        title=site.trial.project.title,
        action=gettext("Enter the baseline") if wave else gettext("Enter the endline"),
        url=reverse("trial-enter", kwargs={"public_id": site.trial.public_id, "site": site.public_id}),
        note=name_now(site.institution.names),
    )  # fmt: skip


def to_approve(user: Any) -> QuerySet[TrialAmendment]:
    """Changes that wait for the word of the person's institution."""
    heads, coordinates = active_houses(user, Role.INSTITUTION_ADMIN), coordinated_houses(user)
    treated = TrialSite.objects.filter(
        trial=OuterRef("trial"), institution__in=heads, arm=Arm.TREATED, valid__endswith__isnull=True
    )
    given = AmendmentApproval.objects.filter(amendment=OuterRef("pk"))
    lab = "trial__project__laboratory"
    near = Q(**{f"{lab}__host__in": coordinates}) | Q(**{f"{lab}__site__in": coordinates})
    near |= Q(**{f"{lab}__cluster__coordinator__in": coordinates})
    by_host = near & ~Q(Exists(given.filter(institution=OuterRef(f"{lab}__host"))))
    of_site = Q(institution__in=heads) | Q(Exists(treated), institution__isnull=True)
    rows = TrialAmendment.objects.filter(status=AmendmentStatus.REQUESTED, trial__status=TrialStatus.RUNNING)
    found = rows.filter(by_host | (of_site & ~Q(Exists(given.filter(institution__in=heads)))))
    return found.select_related("trial__project", "institution").order_by("requested_at", "pk")


def change_line(change: TrialAmendment, user: Any) -> Line:
    """A change of a trial."""
    return Line(
        title=change.trial.project.title, action=gettext("Approve or refuse the change"),
        url=f"{reverse('trial-detail', args=[change.trial.public_id])}#changes", since=change.requested_at,
    )  # fmt: skip


def to_open(user: Any) -> QuerySet[Trial]:
    """Trials that the person leads and that are set up."""
    led = PilotMember.objects.filter(user=user.pk, raci=Raci.ACCOUNTABLE, answer=MemberAnswer.AGREED)
    rows = Trial.objects.filter(status=TrialStatus.PLANNED, project__in=led.values("project"))
    return rows.filter(project__status="preregistered").select_related("project").order_by("modified_at", "pk")


def open_line(trial: Trial, user: Any) -> Line:
    return Line(
        title=trial.project.title, action=gettext("Open the trial"),
        url=reverse("trial-detail", args=[trial.public_id]), since=trial.modified_at,
    )  # fmt: skip


def to_go_on(user: Any) -> QuerySet[Trial]:
    """Trials that the person leads and that nothing holds up: a wave whose figures are in, or a trial that is over."""
    led = PilotMember.objects.filter(user=user.pk, raci=Raci.ACCOUNTABLE, answer=MemberAnswer.AGREED)
    said = Measurement.objects.filter(site=OuterRef("pk"), wave=OuterRef("trial__status"))
    silent = TrialSite.objects.filter(~Exists(said), trial=OuterRef("pk"), valid__endswith__isnull=True)
    whole = Q(~Exists(silent.filter(arm=Arm.TREATED)), status=TrialStatus.BASELINE)
    whole |= Q(~Exists(silent), status=TrialStatus.ENDLINE)
    due = Q(status=TrialStatus.RUNNING, preregistration__plan__endline__from__lte=today().isoformat())
    over = Q(status__in=OVER)
    rows = Trial.objects.filter(whole | due | over, project__status="piloting", project__in=led.values("project"))
    return rows.select_related("project").order_by("modified_at", "pk")


def go_on_line(trial: Trial, user: Any) -> Line:
    over = trial.status in OVER
    return Line(
        title=trial.project.title, action=str(ONWARD[TrialStatus(trial.status)]), since=trial.modified_at,
        url=reverse("pilot-detail", args=[trial.project.public_id]) if over
        else reverse("trial-detail", args=[trial.public_id]),
    )  # fmt: skip


waits(Queue("trials.go_on", _("Trials to lead on"), to_go_on, go_on_line, "/labs/pilots/"))
waits(Queue("trials.open", _("Trials to open"), to_open, open_line, "/labs/pilots/"))
waits(Queue("trials.enter", _("Figures of trials"), to_enter, enter_line, "/labs/pilots/"))
waits(Queue("trials.approve", _("Changes of trials"), to_approve, change_line, "/labs/pilots/"))
