"""Who was meant by a name in a file: what a person of an institution picked, so that nobody is asked twice."""

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


class NamePickQuerySet(models.QuerySet["NamePick"]):
    def visible_to(self, user: "User") -> "NamePickQuerySet":
        """What was picked in one's own institutions; how others write names is theirs."""
        return self.filter(house__in=houses(user))


class NamePick(models.Model):
    """In the files of `house`, a name with this key means `institution`; none where it is not in the register."""

    house = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=400)  # accounts.spelling.search_key of what was written
    said = Line(max_length=400)
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    picked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    picked_at = models.DateTimeField()

    objects: ClassVar[models.Manager["NamePick"]] = NamePickQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "house", "key", "said", "institution", "picked_at"),
        personal=("picked_by",), subject="picked_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "key"], name="name_pick_once",
                violation_error_message=_("Your organisation has said already who is meant by this name."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.house_id}: {self.key}"
