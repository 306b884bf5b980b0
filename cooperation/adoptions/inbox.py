"""What waits for a person among adoptions: to confirm that what their institution made is used."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.names import name_now
from cooperation.adoptions.models import Adoption, AdoptionStatus, with_titles
from cooperation.adoptions.rules import ADOPTION, speaks_for
from lifecycle.waiting import Line, Queue, waits


def to_confirm(user: Any) -> QuerySet[Adoption]:
    """Adoptions that wait for a word of the person's institution, longest waiting first."""
    found: QuerySet[Adoption] = Adoption.objects.visible_to(user).waiting_for(speaks_for(user), today())
    return found.select_related("institution").order_by("modified_at", "pk")


def adoption_line(adoption: Adoption, user: Any) -> Line:
    """An adoption by what is used and where."""
    move = "confirm" if adoption.status == AdoptionStatus.REPORTED else "sustain"
    return Line(
        title=adoption.subject.title if adoption.subject else "", action=str(ADOPTION.by_name[move][0].label),
        url=reverse("adoption-detail", args=[adoption.public_id]), since=adoption.modified_at,
        note=name_now(adoption.institution.names),
    )  # fmt: skip


waits(
    Queue("adoptions.confirm", _("Who uses your work"), to_confirm, adoption_line, "/adoptions/?view=mine", with_titles)
)
