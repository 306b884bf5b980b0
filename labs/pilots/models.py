"""Pilot projects: what is researched, by whom, in which versions, until when (product 3.9, stages 1 to 5)."""

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text, search_key
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, Role, houses, standings
from institutions.territory.models import Term, Territory
from labs.laboratories.models import Laboratory
from labs.problems.models import Problem
from quality.catalogue.models import Indicator

if TYPE_CHECKING:
    from accounts.models import User


class PilotStatus(models.TextChoices):
    PROBLEM_IDENTIFIED = "problem_identified", _("Problem identified")
    OBJECT_DEFINED = "object_defined", _("Research object defined")
    DIRECTION_SET = "direction_set", _("Direction set")
    GROUP_APPROVED = "group_approved", _("Group approved")
    IN_DEVELOPMENT = "in_development", _("In development")
    SUBMITTED = "submitted", _("Submitted for examination")
    IN_EXAMINATION = "in_examination", _("In examination")
    REVISION_REQUIRED = "revision_required", _("Revision required")
    REJECTED = "rejected", _("Rejected")
    ACCEPTED = "accepted", _("Accepted")
    PROGRAMME_APPROVED = "programme_approved", _("Implementation programme approved")
    PREREGISTERED = "preregistered", _("Pre-registered")
    PILOTING = "piloting", _("In pilot testing")
    IN_ASSESSMENT = "in_assessment", _("Being assessed")
    ASSESSED = "assessed", _("Assessed")
    DISSEMINATING = "disseminating", _("Being spread")
    DISSEMINATED = "disseminated", _("Spread in the system")
    STOPPED = "stopped", _("Stopped")


class Part(models.TextChoices):
    RESEARCHER = "researcher", _("Researcher")
    PRACTITIONER = "practitioner", _("Practitioner")


class Raci(models.TextChoices):
    RESPONSIBLE = "responsible", _("Responsible")
    ACCOUNTABLE = "accountable", _("Accountable")
    CONSULTED = "consulted", _("Consulted")
    INFORMED = "informed", _("Informed")


class MemberAnswer(models.TextChoices):
    INVITED = "invited", _("Invited")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")


class Sense(models.TextChoices):
    UP = "up", _("Up")
    DOWN = "down", _("Down")


PUBLISHED = (PilotStatus.DISSEMINATING, PilotStatus.DISSEMINATED, PilotStatus.STOPPED)
ENDED = (PilotStatus.REJECTED, PilotStatus.DISSEMINATED, PilotStatus.STOPPED)


class PilotQuerySet(models.QuerySet["PilotProject"]):
    def visible_to(self, user: "User") -> "PilotQuerySet":
        """Those inside its laboratory and its group, and its sites; once spread, stopped or past its embargo: whoever holds a role.

        An expert reads the blind copy of what they examine (`Review`), never the project itself.
        """
        if not any(role != Role.EXPERT for role, _house, _place in standings(user)):
            return self.filter(Q(Exists(PilotMember.objects.filter(project=OuterRef("pk"), user=user.pk))))
        member = Exists(PilotMember.objects.filter(project=OuterRef("pk"), user=user.pk))
        inside = Q(laboratory__in=Laboratory.objects.all().worked_in_by(user))
        asked = Q(pk__in=PilotProject.objects.filter(sites__institution__in=houses(user, *HOUSE_ROLES)).values("pk"))
        return self.filter(inside | Q(member) | asked | self.told())

    @staticmethod
    def told() -> Q:
        """What the public may read."""
        return Q(status__in=PUBLISHED) | Q(published_at__isnull=False)

    def within(self, territory: Territory) -> "PilotQuerySet":
        """Those of laboratories in the territory or anywhere below it."""
        return self.filter(laboratory__in=Laboratory.objects.all().within(territory))

    def late(self, on: datetime.date) -> "PilotQuerySet":
        """In development past their deadline; what was submitted once is not late while it is revised."""
        return self.filter(status=PilotStatus.IN_DEVELOPMENT, deadline__lt=on)

    def search(self, text: str) -> "PilotQuerySet":
        """By title and laboratory, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(Q(search_key__contains=word) | Q(laboratory__search_key__contains=word))
        return found


class PilotProject(Identified):
    """One project from a named problem to a proven practice.

    `first_deadline` stays, whatever extensions say: it is what LAB.01 counts by; `submitted_at` is the first submission.
    `published_at`: when its verdict may be read by everybody.
    """

    title = Line(_("Title"), max_length=300)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="projects")
    problems = models.ManyToManyField(Problem, related_name="projects")
    object = Text(_("Research object"), blank=True)
    object_evidence = Text(_("Evidence of the object"), blank=True)
    direction = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    compatibility = Text(_("How its goals fit the other programmes"), blank=True)
    status = models.CharField(max_length=24, choices=PilotStatus, default=PilotStatus.PROBLEM_IDENTIFIED)
    first_deadline = models.DateField(null=True)
    deadline = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")

    objects: ClassVar[models.Manager["PilotProject"]] = PilotQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "title", "laboratory", "problems", "object", "object_evidence", "direction",
                     "compatibility", "status", "first_deadline", "deadline", "submitted_at", "published_at",
                     "created_at", "modified_at", "version", "search_key"),
        personal=("opened_by",),
        subject="opened_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_deadline__isnull=True, deadline__isnull=True)
                | Q(first_deadline__isnull=False, deadline__gte=F("first_deadline")),
                name="pilot_first_deadline_stays",
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="pilot_modified"),
            # the board of a laboratory
            models.Index(fields=["laboratory", "status"], name="pilot_board"),
            # LAB.01: first deadlines of a period
            models.Index(fields=["first_deadline"], name="pilot_first_deadline"),
            # by title, on the search page and in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="pilot_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: the laboratory and the institutions of the group. Never an expert."""
        told = self.laboratory.audience()
        group = self.members.values_list("institution__public_id", flat=True)
        return {**told, "title": self.title[:300], "concerned": sorted({*told["concerned"], *group})}


class PilotGoal(models.Model):
    """A goal of a project: an indicator that is to move up or down; goals of one cluster are compared by it."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="goals")
    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.PROTECT, related_name="+")
    text = Line(_("Goal"), max_length=300)
    sense = models.CharField(max_length=8, choices=Sense, default=Sense.UP)
    position = models.PositiveSmallIntegerField()

    disclosure = Disclosure(institution=("id", "project", "indicator", "text", "sense", "position"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="pilot_goal_once")]

    def __str__(self) -> str:
        return self.text


class PilotMemberQuerySet(models.QuerySet["PilotMember"]):
    def visible_to(self, user: "User") -> "PilotMemberQuerySet":
        """Those of visible projects."""
        return self.filter(project__in=PilotProject.objects.all().visible_to(user))

    def agreed(self) -> "PilotMemberQuerySet":
        return self.filter(answer=MemberAnswer.AGREED)


class PilotMember(Identified):
    """A person in the group of a project, who agrees personally to their tasks; the accountable one leads the group."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pilot_roles")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    field = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("Part"), max_length=16, choices=Part)
    raci = models.CharField(_("Responsibility"), max_length=16, choices=Raci, default=Raci.RESPONSIBLE)
    tasks = Text(_("Tasks"), blank=True)
    answer = models.CharField(max_length=16, choices=MemberAnswer, default=MemberAnswer.INVITED)
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["PilotMember"]] = PilotMemberQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "project", "institution", "field", "part", "raci", "tasks", "answer",
                     "answered_at"),
        personal=("user",),
        subject="user",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], name="pilot_member_once",
                violation_error_message=_("This person is in the group already."),
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(raci="accountable"), name="pilot_one_accountable",
                violation_error_message=_("Only one person is accountable."),
            ),
            models.CheckConstraint(
                condition=Q(answer="invited", answered_at__isnull=True)
                | (~Q(answer="invited") & Q(answered_at__isnull=False)),
                name="pilot_member_answer_has_moment",
            ),
        ]  # fmt: skip
        indexes = [
            # what a person is asked to agree to; conflicts of interest by group
            models.Index(fields=["user", "answer"], name="pilot_member_turn"),
        ]

    def __str__(self) -> str:
        return self.public_id


class GroupApproval(models.Model):
    """The approval of the group by the coordinator's side or by another member institution, each once."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="approvals")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "project", "institution", "approved_at"), personal=("approved_by",), subject="approved_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "institution"], name="group_approval_once_a_house"),
            models.UniqueConstraint(fields=["project", "approved_by"], name="group_approval_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.institution_id}"


PARTS = ("aim", "method", "resources", "expected")


class PilotVersion(Identified):
    """The development as it stood when it was saved; a row never changes. `sha256` is over its canonical JSON."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    aim = Text(_("Aim and hypothesis"), blank=True)
    method = Text(_("Method"), blank=True)
    resources = Text(_("Resources"), blank=True)
    expected = Text(_("Expected result"), blank=True)
    sha256 = models.CharField(max_length=64)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "public_id", "project", "number", *PARTS, "sha256", "written_at"),
        personal=("written_by",),
        subject="written_by",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="pilot_version_once")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.number}"


class BlindCopy(Identified):
    """A submitted version as experts read it: without names of people and institutions; `code` is all they know it by.

    `masked` counts what was taken out. A row never changes.
    """

    source = models.OneToOneField(PilotVersion, on_delete=models.PROTECT, related_name="blind")
    code = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=300)
    content = models.JSONField()
    masked = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    disclosure = Disclosure(institution=("id", "public_id", "source", "code", "title", "content", "masked", "made_at"))

    def __str__(self) -> str:
        return self.code


class Extension(models.Model):
    """A deadline put off, with its reason; two at most."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="extensions")
    number = models.PositiveSmallIntegerField()
    old = models.DateField()
    new = models.DateField()
    reason = Text(_("Reason"))
    extended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    extended_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "project", "number", "old", "new", "reason", "extended_at"),
        personal=("extended_by",),
        subject="extended_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="extension_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=2), name="extension_twice_at_most"),
            models.CheckConstraint(condition=Q(new__gt=F("old")), name="extension_is_later"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.new.isoformat()}"
