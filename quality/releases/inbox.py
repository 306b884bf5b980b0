"""What waits for a person among releases: those that another officer has sent for approval."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lifecycle.waiting import Line, Queue, waits
from quality.releases.models import Release, ReleaseStatus
from quality.releases.showing import named, page


def to_approve(user: Any) -> QuerySet[Release]:
    """Releases in approval that the person has neither drafted nor sent, longest waiting first."""
    found: QuerySet[Release] = Release.objects.visible_to(user).filter(status=ReleaseStatus.IN_APPROVAL)
    return (
        found.exclude(drafted_by=user).exclude(submitted_by=user).select_related("period").order_by("modified_at", "pk")
    )


def release_line(release: Release, user: Any) -> Line:
    """A release by its period and version."""
    return Line(title=named(release), action=gettext("Approve"), url=page(release), since=release.modified_at)


waits(Queue("releases.approve", _("Releases"), to_approve, release_line, "/releases/?status=in_approval"))
