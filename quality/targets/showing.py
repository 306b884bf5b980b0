"""What pages say of a target."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.names import name_now
from accounts.wording import day_short, moment, number, period_name
from institutions.registry.listpage import ListPage
from lifecycle.events import timeline
from quality.targets.models import Target
from quality.targets.models import TargetStatus as T
from quality.targets.rules import TARGET

TONES = {
    T.PROPOSED: ("waiting", "clock"), T.APPROVED: ("ok", "tick"), T.DECLINED: ("bad", "cross"),
    T.REPLACED: ("ended", "clock"),
}  # fmt: skip
EVENTS = {
    "set_target": (_l("Set"), "pencil"), "approve": (_l("Approved by a second person"), "tick"),
    "decline": (_l("Declined"), "cross"), "replace": (_l("Replaced by a newer one"), "clock"),
}  # fmt: skip
RELATED = ("indicator", "territory", "institution", "institution__territory", "period")


def page(target: Target, name: str = "detail") -> str:
    """The address of one of its pages."""
    return reverse(f"target-{name}", args=[target.public_id])


def named(target: Target) -> str:
    """What is to be reached where and when."""
    told = {"name": name_now(target.indicator.names), "place": name_now(target.place.names)}
    return str(_("%(name)s, %(place)s, %(period)s") % {**told, "period": period_name(target.period)})


def standing(target: Target) -> dict[str, Any]:
    """The badge of its status."""
    tone, icon = TONES[T(target.status)]
    return {"text": target.get_status_display(), "tone": tone, "icon": icon}


def columns_of(listed: ListPage) -> list[dict[str, Any]]:
    """Heads of the list."""
    return [
        listed.head(_("Indicator"), "indicator__position"),
        listed.head(_("Territory")),
        listed.head(_("Period"), "period__starts_on"),
        listed.head(_("Baseline"), figure=True),
        listed.head(_("Target"), figure=True),
        listed.head(_("Status")),
        listed.head(_("Changed"), "set_at"),
    ]


def rows_of(targets: Iterable[Target]) -> list[dict[str, Any]]:
    """Rows of the list."""
    return [
        {"cells": [
            {"text": name_now(each.indicator.names), "url": page(each)},
            {"text": name_now(each.place.names), "label": _("Territory")},
            {"text": period_name(each.period), "label": _("Period")},
            {"text": number(each.baseline), "figure": True, "label": _("Baseline")},
            {"text": number(each.value), "figure": True, "label": _("Target")},
            {**standing(each), "label": _("Status")},
            {"text": day_short(each.approved_at or each.set_at), "label": _("Changed")},
        ]}
        for each in targets
    ]  # fmt: skip


def facts_of(target: Target, people: bool) -> list[dict[str, Any]]:
    """What was set, and for offices by whom, and who stands by it."""
    code = target.indicator.code
    found = [
        {"label": _("Indicator"), "text": f"{code} · {name_now(target.indicator.names)}",
         "url": reverse("indicator-detail", args=[code])},
        {"label": _("Territory") if target.territory_id else _("Organisation"), "text": name_now(target.place.names)},
        {"label": _("Period"), "text": period_name(target.period)},
        {"label": _("Baseline"), "text": number(target.baseline)},
        {"label": _("Target"), "text": number(target.value)},
        {"label": _("Set by"), "text": str(target.set_by or "") if people else ""},
        {"label": _("Set on"), "text": moment(target.set_at)},
        {"label": _("Approved by"), "text": str(target.approved_by or "") if people else ""},
        {"label": _("Approved on"), "text": moment(target.approved_at)},
    ]  # fmt: skip
    return [each for each in found if each["text"]]


def moves_of(target: Target, user: Any) -> set[str]:
    """Moves that are open to this person now."""
    return set(TARGET.available(target, user))


def timeline_of(target: Target, people: bool) -> list[dict[str, Any]]:
    """What happened, and for offices who did it, newest first."""
    return [
        {
            "icon": EVENTS[event.name][1], "when": moment(event.happened_at),
            "text": ": ".join(filter(None, [str(EVENTS[event.name][0]), event.reason])),
            "who": str(event.actor) if event.actor and people else "",
        }
        for event in reversed(timeline("target", [target.public_id]))
    ]  # fmt: skip
