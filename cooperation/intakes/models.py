"""Agreements that came in with a list: where each came from, and what was answered about the list's wordings."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.spelling import Line
from institutions.registry.models import Institution
from institutions.registry.scope import houses

if TYPE_CHECKING:
    from accounts.models import User


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, user: "User") -> "IntakeQuerySet":
        """Rows of one's own institutions' lists."""
        return self.filter(house__in=houses(user))


class Intake(models.Model):
    """The line of a list from which a draft was made; `number` is the one it has on paper.

    It says where the draft comes from and nothing of what holds: the draft counts when the parties have signed it here.
    """

    agreement_key = models.CharField(max_length=26)  # a public id: a draft that nobody saw may be erased under it
    house = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)  # accounts.spelling.search_key of the number
    number = Line(_("Number on paper"), max_length=100)
    source = Line(_("Source"), max_length=500, blank=True)
    came_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField()  # the moment the file was sent, which with who sent it names the job

    objects: ClassVar[models.Manager["Intake"]] = IntakeQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "agreement_key", "house", "key", "number", "source", "came_at"),
        personal=("came_by",), subject="came_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "key"], name="intake_once",
                violation_error_message=_("An agreement with this number stands here already."),
            ),
        ]  # fmt: skip
        indexes = [
            # what one file brought in
            models.Index(fields=["came_at", "came_by"], name="intake_came"),
            # the page of an agreement: the number it has on paper
            models.Index(fields=["agreement_key"], name="intake_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.house_id}: {self.number}"


class IntakeAnswerQuerySet(models.QuerySet["IntakeAnswer"]):
    def visible_to(self, user: "User") -> "IntakeAnswerQuerySet":
        """Answers given in one's own institutions."""
        return self.filter(house__in=houses(user))


class IntakeAnswer(models.Model):
    """What a wording or a shape of a day means in the lists of `house`; `value` as intakes.days and .terms read it."""

    house = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    value = models.CharField(max_length=32)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    objects: ClassVar[models.Manager["IntakeAnswer"]] = IntakeAnswerQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "house", "key", "value", "answered_at"),
        personal=("answered_by",), subject="answered_by",
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "key"], name="intake_answer_once")]

    def __str__(self) -> str:
        return f"{self.house_id}: {self.key}"
