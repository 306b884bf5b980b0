"""A published shared resource as evidence of an obligation."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.obligations.proofs import Provable
from cooperation.resources.models import Resource

PROOF = Provable(
    code="resource", label=_("Shared resources"), rows=Resource.objects.select_related("institution"),
    seen=lambda user: Resource.objects.all().visible_to(user), title=lambda row: str(row.title),
    page=lambda row: reverse("resource-detail", args=[row.public_id]), ready=Q(status="published"),
    of_house="institution",
)  # fmt: skip
