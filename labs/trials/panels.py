"""The trials of a project on its page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.wording import day_short
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT, before_ending
from labs.pilots.showing import pilot_block, step_on
from labs.trials.models import Trial
from labs.trials.presenting import page, standing_of
from labs.trials.rules import TRIAL, own_sites


@pilot_block(60)
def trials(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """Each trial with its state; the lead ends the pilot here."""
    seen = Trial.objects.all().visible_to(user).filter(project=project).select_related("project__laboratory__cluster")
    rows = list(seen.prefetch_related("sites", "project__members").order_by("-pk"))
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
    return {
        "title": _("Trial"),
        "template": "labs/_trials.html",
        "trials": found,
        "next": next_step(project, rows[0], user),
    }


def next_step(project: PilotProject, trial: Trial, user: Any) -> dict[str, Any] | None:
    """To hand the pilot over when its trial is over; before, to act in the trial."""
    if "end_pilot" in PILOT.available(project, user) and not list(before_ending(project)):
        return step_on(_("End the pilot"), reverse("pilot-end", args=[project.public_id]), "right", ask=False)
    open_now = TRIAL.available(trial, user)
    mine = [each for each in trial.sites.all() if each.institution_id in own_sites(user, trial)]
    if "enter" in open_now and mine:
        return step_on(_("Enter figures"), page(trial, "enter", site=mine[0].public_id), "pencil")
    if set(open_now) & {"open", "run", "log", "measure", "close"}:
        return step_on(_("Go to the trial"), page(trial), "activity")
    return None
