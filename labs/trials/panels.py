"""The trials of a project on its page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.wording import day_short
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT
from labs.pilots.showing import pilot_block
from labs.trials.models import Trial
from labs.trials.presenting import page, standing_of


@pilot_block(60)
def trials(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """Each trial with its state; the lead ends the pilot here."""
    rows = Trial.objects.all().visible_to(user).filter(project=project).order_by("-pk")
    found = [
        {
            "url": page(each), "standing": standing_of(each),
            "opened": day_short(each.opened_at) if each.opened_at else "",
            "closed": day_short(each.closed_at) if each.closed_at else "",
        }
        for each in rows
    ]  # fmt: skip
    if not found:
        return None
    ends = "end_pilot" in PILOT.available(project, user)
    return {
        "title": _("Trial"), "template": "labs/_trials.html", "trials": found,
        "end": reverse("pilot-end", args=[project.public_id]) if ends else "",
    }  # fmt: skip
