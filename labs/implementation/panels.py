"""The programme, its sites and the pre-registration on the page of a pilot project; a locked one on the public check."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import today
from accounts.wording import day_short
from cooperation.verification.findings import MOST, also
from labs.implementation import presenting
from labs.implementation.locking import verify
from labs.implementation.models import Preregistration
from labs.implementation.rules import can_write_plan, can_write_programme, site_to_answer
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT, before_programme
from labs.pilots.showing import pilot_block, step_on


def _page(project: PilotProject, name: str) -> str:
    return reverse(f"pilot-{name}", args=[project.public_id])


@pilot_block(40)
def programme(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """Steps and sites, and what the reader can do about them."""
    steps, sites = presenting.steps_of(project, today()), presenting.sites_of(project)
    edit = can_write_programme(user, project)
    if not steps and not sites and not edit:
        return None
    join = _page(project, "join") if site_to_answer(user, project) else ""
    ready = "approve_programme" in PILOT.available(project, user) and not list(before_programme(project))
    step = None
    if join:
        step = step_on(_("Take part in the trial"), join, "tick", ask=False)
    elif ready:
        step = step_on(_("Approve the programme"), _page(project, "programme-approve"), "tick", ask=False)
    elif edit and not steps:
        step = step_on(_("Prepare the implementation programme"), _page(project, "programme"), "pencil")
    return {
        "title": _("Implementation programme"), "template": "labs/_programme.html", "steps": steps, "sites": sites,
        "edit": _page(project, "programme") if edit and steps else "", "next": step,
        "decline": _page(project, "site-decline") if join else "",
        "lacking": [str(each.message) for each in before_programme(project)] if edit and steps else [],
    }  # fmt: skip


@pilot_block(50)
def preregistrations(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """What was locked, when and under which code; or the one that is being written."""
    rows = list(project.preregistrations.order_by("-number"))
    edit = can_write_plan(user, project)
    if not rows and not edit:
        return None
    locked = [presenting.lock_facts(each) for each in rows if each.locked_at]
    return {
        "title": _("Pre-registration"), "template": "labs/_preregistration.html", "locked": locked,
        "next": step_on(_("Write the pre-registration"), _page(project, "preregistration"), "pencil") if edit else None,
        "read": _page(project, "preregistration") if rows and not edit else "",
    }  # fmt: skip


def locked_under(prefix: str) -> list[dict[str, Any]]:
    """Pre-registrations locked under a code that begins so: whole or changed, and the project once it is public."""
    rows = Preregistration.objects.filter(content_hash__startswith=prefix, locked_at__isnull=False)
    found = rows.select_related("frozen", "project").order_by("content_hash", "pk")[:MOST]
    public = PilotProject.objects.filter(PilotProject.objects.all().told(), pk__in=[each.project_id for each in found])
    told = set(public.values_list("pk", flat=True))
    return [
        {
            "whole": verify(each), "title": each.project.title if each.project_id in told else "",
            "number": each.number, "locked": day_short(each.locked_at), "hash": each.content_hash,
        }
        for each in found
    ]  # fmt: skip


also("labs/_verified_preregistration.html", locked_under)
