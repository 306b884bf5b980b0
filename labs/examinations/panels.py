"""Examinations on the page of a pilot project: decisions for all its readers, reviews without names for its authors."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.wording import day_short, number
from labs.examinations.models import Examination, ExaminationStatus
from labs.examinations.presenting import badge_of, page, side_by_side
from labs.examinations.rules import coordinates_examination, to_examine
from labs.pilots.models import PilotProject
from labs.pilots.rules import in_group
from labs.pilots.showing import pilot_block, step_on


@pilot_block(30)
def examinations_of(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """Each round with its decision; the day, never the hour."""
    rows = project.examinations.select_related("blind", "project__laboratory__cluster")
    found = list(rows.prefetch_related("reviews__scores__criterion", "project__members").order_by("-round"))
    waits = user.is_authenticated and to_examine(user).filter(pk=project.pk).exists()
    if not found and not waits:
        return None
    return {
        "title": _("Examination"), "template": "labs/_project_examinations.html",
        "rounds": [round_of(each, user) for each in found],
        "next": next_step(project, found, user, waits),
    }  # fmt: skip


def next_step(project: PilotProject, rounds: list[Examination], user: Any, waits: bool) -> dict[str, Any] | None:
    """To open a round, or to go on with the open one."""
    if waits:
        return step_on(_("Open the examination"), f"{reverse('examination-new')}?project={project.public_id}", "lab")
    for each in rounds:
        if each.status == ExaminationStatus.OPEN and coordinates_examination(user, each):
            return step_on(_("Invite experts or decide"), page(each), "lab")
    return None


def round_of(examination: Examination, user: Any) -> dict[str, Any]:
    """A round as this reader may know it."""
    decided = examination.status == ExaminationStatus.DECIDED
    told = decided and in_group(user, examination.project)
    return {
        "number": number(examination.round), "badge": badge_of(examination),
        "decided": day_short(examination.decided_at) if decided else "",
        "url": page(examination) if coordinates_examination(user, examination) else "",
        "reviews": side_by_side(examination.reviews.all()) if told else None,
    }  # fmt: skip
