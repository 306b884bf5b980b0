"""What a file of EWP said of an agreement beside its terms: the partners' own names for it and what they state."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from accounts.disclosure import Disclosure
from cooperation.agreements.models import Agreement

if TYPE_CHECKING:
    from accounts.models import User


class EwpOriginQuerySet(models.QuerySet["EwpOrigin"]):
    def visible_to(self, user: "User") -> "EwpOriginQuerySet":
        """Those of visible agreements."""
        return self.filter(agreement_key__in=Agreement.objects.all().visible_to(user).values("public_id"))


class EwpOrigin(models.Model):
    """Where a draft came from: written back as it was, so that the partner's system knows its own agreement again.

    `partners` are the two of the file in its order, as the fields of shapes.Partner. `in_effect` and `terminated` are
    what the partner states; here the agreement holds once its parties have signed it here.
    """

    agreement_key = models.CharField(
        max_length=26, unique=True
    )  # a public id: a draft nobody saw may be erased under it
    partners = models.JSONField(default=list)
    in_effect = models.BooleanField(default=False)
    terminated = models.BooleanField(default=False)
    pdf_file = models.TextField(blank=True)
    came_at = models.DateTimeField()

    objects: ClassVar[models.Manager["EwpOrigin"]] = EwpOriginQuerySet.as_manager()
    disclosure = Disclosure(
        institution=(
            "id",
            "agreement_key",
            "partners",
            "in_effect",
            "terminated",
            "pdf_file",
            "came_at",
        )
    )

    class Meta:
        indexes = [
            # a file that comes again is known by the partners' own ids
            GinIndex(OpClass("partners", name="jsonb_path_ops"), name="ewp_origin_partners"),
        ]

    def __str__(self) -> str:
        return self.agreement_key
