"""Joint projects: a lead and partners with roles, stages with deadlines, outputs, and the activities done for them."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text, search_key
from cooperation.activities.models import Activity
from cooperation.agreements.models import Agreement
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, Role, holds, houses
from institutions.territory.models import Term, Territory

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.models import User


class ProjectStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    STOPPED = "stopped", _("Stopped")


class PartnerState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class OutputState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DELIVERED = "delivered", _("Delivered")
    DROPPED = "dropped", _("Dropped")


class JointProjectQuerySet(models.QuerySet["JointProject"]):
    def visible_to(self, user: "User") -> "JointProjectQuerySet":
        """A draft: members of the lead; later every partner and the officers of their places."""
        own = Q(lead__in=houses(user, *HOUSE_ROLES))
        told = ~Q(status=ProjectStatus.DRAFT)
        if holds(user, Role.MINISTRY_OFFICER):
            return self.filter(own | told)
        overseen = Institution.objects.all().overseen_by(user)
        return self.filter(own | (told & (Q(lead__in=overseen) | self._with(institution__in=overseen))))

    def of_institution(self, institution: Institution) -> "JointProjectQuerySet":
        """Projects that it leads or takes part in."""
        return self.filter(Q(lead=institution) | self._with(institution=institution))

    def within(self, territory: Territory) -> "JointProjectQuerySet":
        """Projects of an institution in the territory or anywhere below it."""
        places = Territory.objects.filter(lineage__contains=[territory.pk])
        return self.filter(Q(lead__territory__in=places) | self._with(institution__territory__in=places))

    def waiting_for(self, institutions: "Collection[int]") -> "JointProjectQuerySet":
        """Those in which one of these institutions has yet to answer, or to confirm the end."""
        invited = self._with(institution__in=institutions, state=PartnerState.INVITED)
        ended = self._with(institution__in=institutions, state=PartnerState.ACCEPTED)
        return self.filter(
            Q(invited, status=ProjectStatus.PROPOSED)
            | Q(ended, status=ProjectStatus.RUNNING, finished_at__isnull=False)
        )

    def search(self, text: str) -> "JointProjectQuerySet":
        """By title, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found

    @staticmethod
    def _with(**partner: Any) -> Q:
        return Q(Exists(ProjectPartner.objects.filter(project=OuterRef("pk"), **partner)))


class JointProject(Identified):
    """What several institutions set out to do together until a day; `finished_at`: the lead says that it is done."""

    title = Line(_("Title"), max_length=300)
    goal = Text(_("Goal"), blank=True)
    lead = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="led_projects")
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="projects")
    starts_on = models.DateField(_("Starts"), null=True)
    ends_on = models.DateField(_("Ends"), null=True)
    budget = models.DecimalField(_("Budget"), max_digits=18, decimal_places=2, null=True)
    status = models.CharField(max_length=16, choices=ProjectStatus, default=ProjectStatus.DRAFT)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")

    objects: ClassVar[models.Manager["JointProject"]] = JointProjectQuerySet.as_manager()
    disclosure = Disclosure(
        public=("title", "goal", "lead", "starts_on", "ends_on"),
        institution=("id", "public_id", "agreement", "budget", "status", "created_at", "modified_at", "proposed_at",
                     "finished_at", "version", "search_key"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="project_ends_after_start",
                violation_error_message=_("The end date must be later than the start date."),
            ),
            models.CheckConstraint(condition=Q(budget__isnull=True) | Q(budget__gte=0), name="project_budget_sensible"),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="project_modified"),
            # by title, on the search page and in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="project_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: a draft the lead alone, later every partner."""
        partners = self.partners.values_list("institution__public_id", flat=True)
        draft = self.status == ProjectStatus.DRAFT
        return {
            "title": self.title[:300],
            "institution": self.lead.public_id,
            "concerned": sorted({self.lead.public_id, *(() if draft else partners)}),
            "members_only": draft,
        }


class ProjectPart(models.Model):
    """A row of one project; seen with it."""

    class Meta:
        abstract = True


class ProjectPartner(ProjectPart):
    """An institution in a project beside the lead: its role, whether it takes part, whether it wants an early end."""

    project = models.ForeignKey(JointProject, on_delete=models.PROTECT, related_name="partners")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="project_roles")
    role = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=PartnerState, default=PartnerState.INVITED)
    answered_at = models.DateTimeField(null=True)
    wants_stop_at = models.DateTimeField(null=True)

    disclosure = Disclosure(
        public=("institution", "role"), institution=("id", "project", "state", "answered_at", "wants_stop_at")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "institution"], name="project_partner_once"),
            models.CheckConstraint(
                condition=Q(state="invited", answered_at__isnull=True)
                | (~Q(state="invited") & Q(answered_at__isnull=False)),
                name="project_partner_answer_has_moment",
            ),
        ]
        indexes = [
            # projects of an institution, and what waits for it
            models.Index(fields=["institution", "state", "project"], name="project_partner_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.institution_id}"


class ProjectStage(ProjectPart):
    """A step with its deadline, and the day it was done."""

    project = models.ForeignKey(JointProject, on_delete=models.PROTECT, related_name="stages")
    title = Line(_("Stage"), max_length=300)
    due_on = models.DateField(_("Deadline"), null=True)
    done_on = models.DateField(_("Done on"), null=True)
    position = models.PositiveSmallIntegerField()

    disclosure = Disclosure(public=("title", "due_on", "done_on"), institution=("id", "project", "position"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="project_stage_once")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.title}"


class ProjectOutput(ProjectPart):
    """Something that the project leaves behind: planned, delivered with a link, or dropped with a reason."""

    project = models.ForeignKey(JointProject, on_delete=models.PROTECT, related_name="outputs")
    kind = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    title = Line(_("Output"), max_length=300)
    state = models.CharField(max_length=16, choices=OutputState, default=OutputState.PLANNED)
    link = models.URLField(max_length=500, blank=True)
    reason = Text(_("Reason"), blank=True)
    settled_on = models.DateField(null=True)
    position = models.PositiveSmallIntegerField()

    disclosure = Disclosure(
        public=("kind", "title", "state", "link"), institution=("id", "project", "reason", "settled_on", "position")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="project_output_once"),
            models.CheckConstraint(
                condition=Q(state="planned", settled_on__isnull=True)
                | Q(state="delivered", settled_on__isnull=False)
                | (Q(state="dropped", settled_on__isnull=False) & ~Q(reason="")),
                name="project_output_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.title}"


class ProjectActivity(models.Model):
    """An activity done for a project; for one only."""

    project = models.ForeignKey(JointProject, on_delete=models.PROTECT, related_name="deeds")
    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="deed")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    disclosure = Disclosure(institution=("id", "project", "activity"), personal=("added_by",), subject="added_by")

    def __str__(self) -> str:
        return f"{self.project_id}: {self.activity_id}"
