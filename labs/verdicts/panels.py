"""The verdict on the page of its project."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.showing import pilot_block
from labs.verdicts import presenting
from labs.verdicts.models import Verdict
from labs.verdicts.rules import can_seat


@pilot_block(70)
def verdict_block(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """What came of each trial; and, while it is assessed, where the panel is named."""
    seen: Any = Verdict.objects.visible_to(user).filter(trial__project=project)
    rows = list(seen.order_by("-pk"))
    seats = project.status == PilotStatus.IN_ASSESSMENT and can_seat(user, project)
    if not rows and not seats:
        return None
    return {
        "title": _("Assessment"), "template": "labs/_verdict_block.html",
        "verdicts": [
            {"url": presenting.page(row), "badge": presenting.badge_of(row.value or row.computed),
             "computed_only": row.decided_at is None}
            for row in rows
        ],
        "panel": reverse("verdict-panel", args=[project.public_id]) if seats else "",
    }  # fmt: skip
