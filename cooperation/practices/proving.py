"""A published good practice as evidence of an obligation."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.obligations.proofs import Provable
from cooperation.practices.models import Practice

PROOF = Provable(
    code="practice", label=_("Good practices"), rows=Practice.objects.select_related("institution"),
    seen=lambda user: Practice.objects.all().visible_to(user), title=lambda row: str(row.title),
    page=lambda row: reverse("practice-detail", args=[row.public_id]), ready=Q(status="published"),
    of_house="institution",
)  # fmt: skip
