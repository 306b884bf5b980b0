"""A published work of a laboratory as evidence of an obligation."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.obligations.proofs import Provable
from labs.works.models import Work

PROOF = Provable(
    code="work", label=_("Research works and manuals"), rows=Work.objects.select_related("resource"),
    seen=lambda user: Work.objects.all().visible_to(user), title=lambda row: str(row.resource.title),
    page=lambda row: reverse("work-detail", args=[row.public_id]), ready=Q(resource__status="published"),
    of_house="resource__institution",
)  # fmt: skip
