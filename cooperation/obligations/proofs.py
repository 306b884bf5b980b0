"""What may be shown as evidence of an obligation beside a link and a file: things of the platform, named in `settings.PROOFS`.

PROOF = Provable(
    code="resource",                      # `subject_type` of the evidence
    label=_("Shared resources"),
    rows=Resource.objects.select_related("institution"),
    seen=Resource.objects.visible_to,     # those a person may see
    title=lambda row: row.title,
    page=lambda row: reverse("resource-detail", args=[row.public_id]),
    ready=Q(status="published"),          # what a row must be to be evidence
    of_house="institution",               # the path to whose it is
)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.activities.models import Activity
from cooperation.activities.presenting import title as activity_title
from cooperation.adoptions.models import Adoption

OFFERED = 20


@dataclass(frozen=True)
class Provable:
    """A kind of thing that can be evidence."""

    code: str
    label: Any
    rows: QuerySet[Any]
    seen: Callable[[Any], QuerySet[Any]]
    title: Callable[[Any], str]
    page: Callable[[Any], str]
    ready: Q
    of_house: str

    def offered(self, user: Any, house: int) -> QuerySet[Any]:
        """What of an institution's may be shown by this person, the newest first."""
        own = Q(**{self.of_house: house})
        seen = self.seen(user).filter(self.ready, own).order_by().values("pk")
        return self.rows.filter(pk__in=seen).order_by("-pk")


def provables() -> dict[str, Provable]:
    """By code, in the order of the settings."""
    found = [import_string(path) for path in settings.PROOFS]
    return {kind.code: kind for kind in found}


def choices_for(user: Any, house: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """What this person may show of an institution, by kind: `type:id` and a title."""
    found = []
    for kind in provables().values():
        rows = [(f"{kind.code}:{row.public_id}", kind.title(row)) for row in kind.offered(user, house)[:OFFERED]]
        if rows:
            found.append((str(kind.label), rows))
    return found


def titles_of(user: Any, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Title and address of what these types and ids name, where this person may see it; one query a type."""
    wanted: dict[str, set[str]] = {}
    for subject_type, subject_id in keys:
        wanted.setdefault(subject_type, set()).add(subject_id)
    known = provables()
    return {
        (code, row.public_id): (known[code].title(row), known[code].page(row))
        for code, ids in wanted.items()
        if code in known
        for row in known[code].rows.filter(
            pk__in=known[code].seen(user).filter(public_id__in=ids).order_by().values("pk")
        )
    }


def _named(activity: Activity) -> str:
    return f"{activity_title(activity)} · {day_short(activity.starts_on)}"


ACTIVITY = Provable(
    code="activity", label=_("Activities"), rows=Activity.objects.select_related("type", "organiser"),
    seen=lambda user: Activity.objects.all().visible_to(user), title=_named,
    page=lambda row: reverse("activity-detail", args=[row.public_id]), ready=Q(status="confirmed"),
    of_house="participations__institution",
)  # fmt: skip
ADOPTION = Provable(
    code="adoption", label=_("Who uses what"), rows=Adoption.objects.select_related("institution"),
    seen=lambda user: Adoption.objects.all().visible_to(user),
    title=lambda row: f"{row.subject.title if row.subject else ''} · {name_now(row.institution.names)}",
    page=lambda row: reverse("adoption-detail", args=[row.public_id]),
    ready=Q(status__in=("confirmed", "sustained")), of_house="institution",
)  # fmt: skip
