"""How far a practice has come, on the page of its project."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import today
from cooperation.adoptions.showing import panel_of
from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.rules import PILOT, before_spreading
from labs.pilots.showing import pilot_block, step_on
from labs.spread.adopting import CODE, SPREAD
from labs.spread.public import reach_said
from labs.spread.reach import reach_of


@pilot_block(80)
def spread_block(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """Reach and who uses it; before, where whom it is meant for is said."""
    open_now = PILOT.available(project, user)
    address = reverse("public-pilot", args=[project.public_id]) if project.published_at else ""
    if project.status in SPREAD and hasattr(project, "eligible_set"):
        return {
            "title": _("Spread in the system"), "template": "labs/_spread_block.html",
            "reach": reach_said(project, reach_of(project, today())), "panel": panel_of(user, CODE, project),
            "finish": reverse("pilot-spread-finish", args=[project.public_id]) if "finish" in open_now else "",
            "public": address, "id": project.public_id,
        }  # fmt: skip
    if project.status != PilotStatus.ASSESSED:
        return None
    unmet = [str(each.message) for each in before_spreading(project)]
    starts = "disseminate" in open_now and not unmet
    return {
        "title": _("After the verdict"), "template": "labs/_spread_block.html", "public": address, "unmet": unmet,
        "next": step_on(_("Spread it"), reverse("pilot-spread", args=[project.public_id]), "rise") if starts else None,
    }  # fmt: skip
