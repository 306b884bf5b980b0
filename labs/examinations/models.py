"""Examinations of a submitted version: rounds, reviews by experts who stay unknown, and their conflicts of interest."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from institutions.territory.models import Term, Territory
from labs.laboratories.models import Laboratory
from labs.laboratories.rules import coordinated_houses
from labs.pilots.models import BlindCopy, PilotMember, PilotProject, PilotStatus, PilotVersion

if TYPE_CHECKING:
    from accounts.models import User


EXPERTS = 2  # at least, for a decision


class ExaminationStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    VOID = "void", _("Void")


class Decision(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    CHANGES_REQUIRED = "changes_required", _("Changes required")
    REJECTED = "rejected", _("Rejected")


class ReviewStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Being read")
    DECLINED = "declined", _("Declined")
    SUBMITTED = "submitted", _("Submitted")
    VOID = "void", _("Void")


class ExaminationQuerySet(models.QuerySet["Examination"]):
    def visible_to(self, user: "User") -> "ExaminationQuerySet":
        """Who coordinates the laboratory, as long as they are not of the group: nobody else sees who examines."""
        mine = PilotMember.objects.filter(project=OuterRef("project"), user=user.pk)
        return self.filter(~Exists(mine), project__laboratory__in=coordinated_by(user))

    def within(self, territory: Territory) -> "ExaminationQuerySet":
        """Those of projects in the territory or anywhere below it."""
        return self.filter(project__in=PilotProject.objects.all().within(territory))

    def waiting(self) -> "ExaminationQuerySet":
        """Open ones in which no expert has to answer or write: to invite, or to decide; and those to be started."""
        asked = Review.objects.filter(examination=OuterRef("pk"))
        busy = asked.filter(status__in=(ReviewStatus.INVITED, ReviewStatus.ACCEPTED))
        taken = Review.objects.filter(status__in=(ReviewStatus.ACCEPTED, ReviewStatus.SUBMITTED))
        ready = taken.values("examination").annotate(taken=Count("pk")).filter(taken__gte=EXPERTS).values("examination")
        return self.filter(
            ~Exists(busy) | Q(project__status=PilotStatus.SUBMITTED, pk__in=ready), status=ExaminationStatus.OPEN
        )

    def search(self, text: str) -> "ExaminationQuerySet":
        """By the code of the blind copy, or the title of the project in any writing."""
        named = PilotProject.objects.all().search(text)
        return self.filter(Q(project__in=named) | Q(blind__code__istartswith=text.strip()))


def coordinated_by(user: "User") -> Any:
    """Laboratories the person coordinates."""
    own = coordinated_houses(user)
    return Laboratory.objects.filter(Q(host__in=own) | Q(site__in=own) | Q(cluster__coordinator__in=own))


class Examination(Identified):
    """One round over one submitted version; experts read its blind copy."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="examinations")
    source = models.ForeignKey(PilotVersion, on_delete=models.PROTECT, related_name="examinations")
    blind = models.ForeignKey(BlindCopy, on_delete=models.PROTECT, related_name="examinations")
    round = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=ExaminationStatus, default=ExaminationStatus.OPEN)
    decision = models.CharField(max_length=24, choices=Decision, blank=True)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Examination"]] = ExaminationQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "project", "source", "blind", "round", "status", "decision", "opened_at",
                     "decided_at", "modified_at")
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "round"], name="examination_round_once"),
            models.UniqueConstraint(fields=["project"], condition=Q(status="open"), name="examination_one_open"),
            models.CheckConstraint(
                condition=Q(status="open", decision="", decided_at__isnull=True)
                | (Q(status="decided", decided_at__isnull=False) & ~Q(decision=""))
                | Q(status="void"),
                name="examination_decided_whole",
            ),
        ]
        indexes = [
            # the list, newest change first
            models.Index(fields=["modified_at", "id"], name="examination_modified"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: the coordinating house alone; the code stands for the project."""
        house = self.project.laboratory.host.public_id
        return {"title": self.blind.code, "institution": house, "concerned": [house], "members_only": True}


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: "User") -> "ReviewQuerySet":
        """The expert's own, and nobody else's: other reviews are read with the examination."""
        return self.filter(expert=user.pk).exclude(status=ReviewStatus.VOID)

    def waiting_for(self, user: "User") -> "ReviewQuerySet":
        return self.unwritten().filter(expert=user.pk)

    def unwritten(self) -> "ReviewQuerySet":
        """Those an expert has yet to answer or to write, while their round is open."""
        return self.filter(status__in=(ReviewStatus.INVITED, ReviewStatus.ACCEPTED), examination__status="open")

    def submitted(self) -> "ReviewQuerySet":
        return self.filter(status=ReviewStatus.SUBMITTED)


class Review(Identified):
    """What one expert says; the rank of `number`, which is drawn by lot, is all that authors and other experts know them
    by: expert 1, expert 2.

    `interests` is what the expert declares of themselves when accepting; `note` what the coordinator wrote where a soft
    conflict was shown.
    """

    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="reviews")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=ReviewStatus, default=ReviewStatus.INVITED)
    note = Text(_("Note on a soft conflict"), blank=True)
    interests = Text(_("Own interests"), blank=True)
    comment = Text(_("For the authors"), blank=True)
    invited_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Review"]] = ReviewQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "examination", "number", "status", "comment", "invited_at", "due_on",
                     "answered_at", "submitted_at", "modified_at"),
        personal=("expert", "interests", "note"),
        subject="expert",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["examination", "expert"], name="review_once"),
            models.UniqueConstraint(fields=["examination", "number"], name="review_number_once"),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(submitted_at__isnull=False), name="review_submitted_has_moment"
            ),
        ]
        indexes = [
            # what waits for an expert
            models.Index(fields=["expert", "status"], name="review_turn"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self) -> dict[str, Any]:
        """Nobody but who did it reads an Event of a review: people of the group work at the coordinating house too."""
        return {"title": self.examination.blind.code, "institution": "", "concerned": [], "members_only": True}


class ReviewScore(models.Model):
    """One line of the rubric: a level from 1 to 4 (none yet in a draft) and the reason for it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    reason = Text(_("Reason"), blank=True)

    disclosure = Disclosure(institution=("id", "review", "criterion", "level", "reason"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="review_score_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="review_score_level"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.level}"


class ConflictKind(models.TextChoices):
    INSTITUTION = "institution", _("Works, or worked in the last 36 months, at an institution of the group")
    GROUP = "group", _("Is a member of the group")
    LABORATORY = "laboratory", _("Works in the same laboratory")
    JOINT_WORK = "joint_work", _("Confirmed joint work with a member of the group in the last 36 months")
    AGREEMENT = "agreement", _("Their institutions have an agreement in force")
    DECLARED = "declared", _("Found later")


class ConflictFinding(models.Model):
    """A conflict of interest of an expert, as it was found when they were invited; a row never changes.

    `ground` names what shows it: {"type": …, "id": public id, "on": ISO date}.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=16, choices=ConflictKind)
    hard = models.BooleanField()
    ground = models.JSONField()
    found_at = models.DateTimeField()

    disclosure = Disclosure(institution=("id", "review", "kind", "hard", "found_at"), personal=("ground",),
                            subject="review__expert")  # fmt: skip

    def __str__(self) -> str:
        return f"{self.review_id}: {self.kind}"
