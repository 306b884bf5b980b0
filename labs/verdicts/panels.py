"""The verdict on the page of its project."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.showing import pilot_block, step_on
from labs.verdicts import presenting
from labs.verdicts.models import Verdict
from labs.verdicts.rules import can_seat, has_to_say


@pilot_block(70)
def verdict_block(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """What came of each trial; and, while it is assessed, where the panel is named."""
    seen: Any = Verdict.objects.visible_to(user).filter(trial__project=project).prefetch_related("seats")
    rows = list(seen.order_by("-pk"))
    seats = project.status == PilotStatus.IN_ASSESSMENT and can_seat(user, project)
    if not rows and not seats:
        return None
    unseated = seats and not any(row.decided_at is None for row in rows)
    judged = next((row for row in rows if row.decided_at is None and has_to_say(user, row)), None)
    step = None
    if unseated:
        step = step_on(_("Name the panel"), reverse("verdict-panel", args=[project.public_id]), "people")
    elif judged:
        words = _("Agree to the verdict") if judged.words_hash else _("Propose the verdict")
        step = step_on(words, presenting.page(judged), "tick")
    return {
        "title": _("Assessment"), "template": "labs/_verdict_block.html",
        "verdicts": [
            {"url": presenting.page(row), "badge": presenting.badge_of(row.value or row.computed),
             "computed_only": row.decided_at is None}
            for row in rows
        ],
        "next": step, "unseated": unseated,
    }  # fmt: skip
