"""Joint programmes: written by a lead with a working group, in versions; the approved one stays in force while the next is made."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text, search_key
from cooperation.agreements.models import Agreement
from cooperation.projects.models import JointProject
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, Role, holds, houses, standings
from institutions.territory.models import Term, Territory

if TYPE_CHECKING:
    from accounts.models import User


class ProgrammeStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_WORK = "in_work", _("In work")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


class VersionState(models.TextChoices):
    OPEN = "open", _("In work")
    APPROVED = "approved", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    DROPPED = "dropped", _("Given up")


class MemberState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Takes part")
    CONFIRMED = "confirmed", _("Confirmed the content")
    DECLINED = "declined", _("Declined")


SETTLED = (VersionState.APPROVED, VersionState.SUPERSEDED)
WITH_IT = (MemberState.ACCEPTED, MemberState.CONFIRMED)


class JointProgrammeQuerySet(models.QuerySet["JointProgramme"]):
    def visible_to(self, user: "User") -> "JointProgrammeQuerySet":
        """What was approved once: whoever holds a role; else those `inside`, who also see the version in work."""
        inside = self._inside(user)
        seen = inside | Q(Exists(_versions(state__in=SETTLED))) if standings(user) else inside
        is_inside = Case(When(inside, then=Value(True)), default=Value(False), output_field=BooleanField())
        return self.filter(seen).annotate(inside=is_inside)

    def _inside(self, user: "User") -> Q:
        """A draft: members of the lead; later every member of the group and the officers of their places."""
        own, told = Q(lead__in=houses(user, *HOUSE_ROLES)), ~Q(status=ProgrammeStatus.DRAFT)
        if holds(user, Role.MINISTRY_OFFICER):
            return own | told
        overseen = Institution.objects.all().overseen_by(user)
        return own | (told & (Q(lead__in=overseen) | _with(institution__in=overseen)))

    def of_institution(self, institution: Institution) -> "JointProgrammeQuerySet":
        """Programmes that it leads or helps to write."""
        return self.filter(Q(lead=institution) | _with(institution=institution, state__in=WITH_IT))

    def within(self, territory: Territory) -> "JointProgrammeQuerySet":
        """Programmes of an institution in the territory or anywhere below it."""
        places = Territory.objects.filter(lineage__contains=[territory.pk])
        return self.filter(Q(lead__territory__in=places) | _with(institution__territory__in=places, state__in=WITH_IT))

    def in_field(self, term: Term) -> "JointProgrammeQuerySet":
        """Programmes of a field or of one below it: codes of fields grow to the right."""
        return self.filter(pk__in=self.model.objects.filter(fields_of_study__code__startswith=term.code).values("pk"))

    def waiting_for(self, institutions: Collection[int]) -> "JointProgrammeQuerySet":
        """In work, and one of these institutions has to answer, to confirm, or, all being confirmed, to approve."""
        asked = (MemberState.INVITED, MemberState.ACCEPTED)
        mine = _open_with(institution__in=institutions, state__in=asked)
        ready = _open_with(state=MemberState.CONFIRMED) & ~_open_with(state__in=asked)
        return self.filter(mine | (Q(lead__in=institutions) & ready), status=ProgrammeStatus.IN_WORK)

    def search(self, text: str) -> "JointProgrammeQuerySet":
        """By title, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


def _versions(**version: Any) -> Any:
    return ProgrammeVersion.objects.filter(programme=OuterRef("pk"), **version)


def _with(**member: Any) -> Q:
    return Q(Exists(GroupMember.objects.filter(version__programme=OuterRef("pk"), **member)))


def _open_with(**member: Any) -> Q:
    return _with(version__state=VersionState.OPEN, **member)


class JointProgramme(Identified):
    """A programme of study that its lead writes with others; what it is stays, how it is taught comes in versions."""

    title = Line(_("Title"), max_length=300)
    lead = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="led_programmes")
    fields_of_study = models.ManyToManyField(Term, related_name="+", verbose_name=_("Fields of study"))
    level = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="programmes")
    project = models.ForeignKey(JointProject, null=True, on_delete=models.PROTECT, related_name="programmes")
    status = models.CharField(max_length=16, choices=ProgrammeStatus, default=ProgrammeStatus.DRAFT)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")

    inside = False  # whether the reader may see the version in work; `visible_to` says it
    objects: ClassVar[models.Manager["JointProgramme"]] = JointProgrammeQuerySet.as_manager()
    disclosure = Disclosure(
        public=("title", "lead", "fields_of_study", "level"),
        institution=("id", "public_id", "agreement", "project", "status", "created_at", "modified_at", "version",
                     "search_key"),
    )  # fmt: skip

    class Meta:
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="programme_modified"),
            # by title, on the search page and in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="programme_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def version_in(self, *states: str) -> "ProgrammeVersion | None":
        """The latest version in one of these states."""
        found = [each for each in self.versions.all() if each.state in states]
        return max(found, key=lambda each: each.number, default=None)

    @property
    def open(self) -> "ProgrammeVersion | None":
        """The version in work."""
        return self.version_in(VersionState.OPEN)

    @property
    def in_force(self) -> "ProgrammeVersion | None":
        """The approved version that no later one has replaced."""
        return self.version_in(VersionState.APPROVED)

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: a draft the lead alone, later every member of a group."""
        members = Institution.objects.filter(programme_groups__version__programme=self)
        draft = self.status == ProgrammeStatus.DRAFT
        others = () if draft else members.values_list("public_id", flat=True)
        return {
            "title": self.title[:300],
            "institution": self.lead.public_id,
            "concerned": sorted({self.lead.public_id, *others}),
            "members_only": draft,
        }


class ProgrammeVersionQuerySet(models.QuerySet["ProgrammeVersion"]):
    def visible_to(self, user: "User") -> "ProgrammeVersionQuerySet":
        """Settled ones with their programme; the one in work for those inside."""
        programmes: Any = JointProgramme.objects.visible_to(user)
        settled = Q(state__in=SETTLED, programme__in=programmes)
        return self.filter(settled | Q(programme__in=programmes.filter(inside=True)))


class ProgrammeVersion(Identified):
    """One state of a programme: what changed, where it can be read, and the hash that its working group confirms."""

    programme = models.ForeignKey(JointProgramme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    contents = Text(_("Contents"), blank=True)
    changes = Text(_("What changed"), blank=True)
    link = models.URLField(_("Document"), max_length=500, blank=True)
    content_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.OPEN)
    opened_at = models.DateTimeField()
    approved_on = models.DateField(null=True)

    objects: ClassVar[models.Manager["ProgrammeVersion"]] = ProgrammeVersionQuerySet.as_manager()
    disclosure = Disclosure(
        public=("number", "contents", "changes", "link", "approved_on"),
        institution=("id", "public_id", "programme", "content_hash", "state", "opened_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_version_once"),
            models.UniqueConstraint(fields=["programme"], condition=Q(state="open"), name="programme_one_in_work"),
            models.UniqueConstraint(fields=["programme"], condition=Q(state="approved"), name="programme_one_in_force"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "superseded"], approved_on__isnull=False)
                | Q(state__in=["open", "dropped"], approved_on__isnull=True),
                name="programme_version_approved_has_day",
            ),
        ]
        indexes = [
            # versions approved in a period
            models.Index(fields=["approved_on", "programme"], name="programme_version_day"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.number}"


class GroupMember(models.Model):
    """An institution in the working group of a version, beside the lead: its role, and whether it stands by the content."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="members")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="programme_groups")
    role = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=MemberState, default=MemberState.INVITED)
    answered_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_hash = models.CharField(max_length=64, blank=True)

    disclosure = Disclosure(
        public=("institution", "role"),
        institution=("id", "version", "state", "answered_at", "confirmed_at", "confirmed_hash"),
        personal=("confirmed_by",),
        subject="confirmed_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "institution"], name="programme_member_once"),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_at__isnull=False) & ~Q(confirmed_hash="")
                | ~Q(state="confirmed") & Q(confirmed_at__isnull=True, confirmed_hash=""),
                name="programme_member_confirmed_a_hash",
            ),
        ]
        indexes = [
            # programmes of an institution, and what waits for it
            models.Index(fields=["institution", "state", "version"], name="programme_member_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.institution_id}"
