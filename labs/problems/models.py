"""Problems that members of a laboratory name, with their evidence; others vote for them (product 3.8, LAB-3)."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text, search_key
from institutions.registry.models import Institution
from institutions.registry.scope import Role, standings
from institutions.territory.models import Territory
from labs.laboratories.models import OPENED, Laboratory
from quality.catalogue.models import Indicator, Period

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.models import User


class ProblemStatus(models.TextChoices):
    RAISED = "raised", _("Raised")
    ACCEPTED = "accepted", _("Accepted")
    IN_WORK = "in_work", _("In work")
    SOLVED = "solved", _("Solved")
    DECLINED = "declined", _("Declined")
    MERGED = "merged", _("Merged")


OPEN = (ProblemStatus.RAISED, ProblemStatus.ACCEPTED, ProblemStatus.IN_WORK)


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, user: "User") -> "ProblemQuerySet":
        """Whoever holds a role beside that of an expert reads the register of an opened laboratory."""
        if not any(role != Role.EXPERT for role, _house, _place in standings(user)):
            return self.none()
        return self.filter(
            Q(laboratory__status__in=OPENED) | Q(laboratory__in=Laboratory.objects.all().worked_in_by(user))
        )

    def within(self, territory: Territory) -> "ProblemQuerySet":
        """Those of laboratories in the territory or anywhere below it."""
        return self.filter(laboratory__in=Laboratory.objects.all().within(territory))

    def waiting_for(self, houses: "Collection[int]") -> "ProblemQuerySet":
        """Those raised in laboratories which these institutions coordinate."""
        lab = ("host", "site", "cluster__coordinator")
        near = Q(*((f"laboratory__{each}__in", houses) for each in lab), _connector=Q.OR)
        return self.filter(near, status=ProblemStatus.RAISED) if houses else self.none()

    def with_votes(self) -> "ProblemQuerySet":
        """Each with the number of institutions that voted for it, as `voices`."""
        votes = Vote.objects.filter(problem=OuterRef("pk")).order_by().values("problem").annotate(n=Count("pk"))
        return self.annotate(voices=Coalesce(Subquery(votes.values("n")), 0))

    def search(self, text: str) -> "ProblemQuerySet":
        """By title, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class Problem(Identified):
    """What is wrong, where, and how one knows. `indicator` and `period` where a figure showed it; `ground` is that
    figure as it stood: value, target, place.
    """

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="problems")
    title = Line(_("Problem"), max_length=300)
    statement = Text(_("Statement"))
    evidence = Text(_("Evidence"))
    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, null=True, on_delete=models.PROTECT, related_name="+")
    ground = models.JSONField(default=dict)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="raised_problems")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=ProblemStatus, default=ProblemStatus.RAISED)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    solution = Text(_("How it was solved"), blank=True)
    raised_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")

    objects: ClassVar[models.Manager["Problem"]] = ProblemQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "laboratory", "title", "statement", "evidence", "indicator", "period",
                     "ground", "institution", "status", "merged_into", "solution", "raised_at", "modified_at",
                     "version", "search_key"),
        personal=("raised_by",),
        subject="raised_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="problem_merged_into_one",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("pk")), name="problem_not_into_itself"
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="problem_modified"),
            # the register of a laboratory by status
            models.Index(fields=["laboratory", "status"], name="problem_register"),
            # by title, on the search page and in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="problem_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: everybody in the laboratory."""
        return {**self.laboratory.audience(), "title": self.title[:300], "institution": self.institution.public_id}


class Vote(models.Model):
    """One vote of one member institution for a problem."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="votes")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    voted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    voted_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "problem", "institution", "voted_at"), personal=("voted_by",), subject="voted_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem", "institution"], name="vote_once",
                violation_error_message=_("Your organisation has voted already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.problem_id}: {self.institution_id}"
