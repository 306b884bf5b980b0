"""What the pages of the ministry say of a release."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.wording import day_short, moment, number, period_name
from institutions.registry.listpage import ListPage
from lifecycle.models import Event
from quality.releases.models import Release
from quality.releases.models import ReleaseStatus as R
from quality.releases.rules import RELEASE

TONES = {
    R.DRAFT: ("neutral", "pencil"), R.IN_APPROVAL: ("waiting", "clock"), R.SCHEDULED: ("waiting", "clock"),
    R.PUBLISHED: ("ok", "tick"), R.WITHDRAWN: ("bad", "stop"),
}  # fmt: skip
EVENTS = {
    "draft": (_l("Drafted"), "pencil"), "submit": (_l("Sent for approval; the figures are frozen"), "lock"),
    "approve": (_l("Approved by a second person"), "tick"), "return": (_l("Returned"), "undo"),
    "publish": (_l("Published"), "indicator"), "withdraw": (_l("Withdrawn"), "stop"),
}  # fmt: skip
MOVES = {"submit": ("main", "right"), "approve": ("main", "tick"), "return": ("quiet", "undo"),
         "withdraw": ("bad-quiet", "stop")}  # fmt: skip
SHORT = 16  # characters of a checksum that people compare
ASKED = ("approve", "return", "withdraw")


def page(release: Release, name: str = "detail") -> str:
    """The address of one of its pages."""
    return reverse(f"release-{name}", args=[release.public_id])


def named(release: Release) -> str:
    """The period and the version."""
    told = {"period": period_name(release.period), "version": release.version}
    return str(_("%(period)s, version %(version)s") % told)


def is_superseded(release: Release) -> bool:
    """Whether a correction has replaced what was published."""
    link = getattr(release, "permalink", None)
    return bool(link and link.replaced_by_id)


def standing(release: Release) -> dict[str, Any]:
    """The badge of its status."""
    if is_superseded(release) and release.status == R.PUBLISHED:
        return {"text": _("Superseded"), "tone": "ended", "icon": "clock"}
    tone, icon = TONES[R(release.status)]
    return {"text": release.get_status_display(), "tone": tone, "icon": icon}


def columns_of(listed: ListPage) -> list[dict[str, Any]]:
    """Heads of the list."""
    return [
        listed.head(_("Period"), "period__ends_on"),
        listed.head(_("Version")),
        listed.head(_("Status")),
        listed.head(_("Publish on")),
        listed.head(_("Changed"), "modified_at"),
    ]


def rows_of(releases: Iterable[Release]) -> list[dict[str, Any]]:
    """Rows of the list."""
    return [
        {"cells": [
            {"text": period_name(each.period), "url": page(each)},
            {"text": number(each.version), "label": _("Version")},
            {**standing(each), "label": _("Status")},
            {"text": day_short(each.publish_on) if each.publish_on else "", "label": _("Publish on")},
            {"text": day_short(each.modified_at), "label": _("Changed")},
        ]}
        for each in releases
    ]  # fmt: skip


def facts_of(release: Release, summary: dict[str, int]) -> list[dict[str, Any]]:
    """What is sent, and what was said about it."""
    link = getattr(release, "permalink", None)
    found = [
        {"label": _("Period"), "text": period_name(release.period)},
        {"label": _("Version"), "text": number(release.version)},
        {"label": _("Publish on"), "text": day_short(release.publish_on) if release.publish_on else ""},
        {"label": _("Published"), "text": moment(release.published_at) if release.published_at else ""},
        {"label": _("Dated copy"), "text": f"№ {link.pk}" if link else "",
         "url": reverse("public-snapshot", args=[link.pk]) if link else ""},
        {"label": _("Reason for the correction"), "text": release.reason},
        {"label": _("What changed"), "text": release.changes},
        {"label": _("Checksum of the figures"), "text": release.frozen.sha256[:SHORT] if release.frozen else ""},
        {"label": _("Figures"), "text": number(summary["values"]) if summary else ""},
        {"label": _("Hidden"), "text": number(summary["suppressed"]) if summary else ""},
        {"label": _("Provisional"), "text": number(summary["provisional"]) if summary else ""},
    ]  # fmt: skip
    return [each for each in found if each["text"]]


def moves_of(release: Release, user: Any) -> list[dict[str, Any]]:
    """Buttons of the moves that are open now; those that ask something are pages of their own."""
    open_now = RELEASE.available(release, user)
    return [
        {"name": name, "text": RELEASE.by_name[name][0].label, "url": page(release, name), "kind": kind, "icon": icon,
         "ask": name in ASKED}
        for name, (kind, icon) in MOVES.items() if name in open_now
    ]  # fmt: skip


def timeline_of(release: Release) -> list[dict[str, Any]]:
    """What happened and who did it, newest first."""
    events = Event.objects.about("release", release.public_id).select_related("actor").order_by("-id")
    return [
        {
            "icon": EVENTS[event.name][1], "when": moment(event.happened_at),
            "text": ": ".join(filter(None, [str(EVENTS[event.name][0]), event.reason])),
            "who": str(event.actor) if event.actor else "",
        }
        for event in events
    ]  # fmt: skip
