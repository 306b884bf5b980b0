"""A laboratory in words for pages: its standing, facts, members, figures, timeline, buttons."""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import counted, day_short
from cooperation.pages.showing import acting, buttons, house_page, timeline, with_reason
from institutions.registry.showing import span_words
from labs.laboratories.figures import Group
from labs.laboratories.models import LabMember, Laboratory, LaboratoryStatus, LabService
from labs.laboratories.rules import LABORATORY, works_in
from lifecycle.models import Event

ROW_RELATED = ("site__territory", "host", "cluster")
RELATED = ("site__territory", "host__territory", "cluster__coordinator", "agreement")
MEMBERS = Prefetch("members", LabMember.objects.select_related("institution"))
ROW_PREFETCH = (MEMBERS, "directions")
PREFETCH = (*ROW_PREFETCH, Prefetch("services", LabService.objects.select_related("form")))
FEW = 5
TONES = {
    LaboratoryStatus.PROPOSED: ("waiting", "clock"),
    LaboratoryStatus.ACTIVE: ("ok", "lab"),
    LaboratoryStatus.PAUSED: ("warn", "clock"),
    LaboratoryStatus.CLOSED: ("ended", "stop"),
}
EVENTS: dict[str, tuple[Any, str]] = {
    "propose": (gettext_lazy("Proposed"), "pencil"),
    "open": (gettext_lazy("Opened"), "lab"),
    "save": (gettext_lazy("Particulars changed"), "pencil"),
    "take_in": (gettext_lazy("Member taken in"), "institution"),
    "leave": (gettext_lazy("Member left"), "right"),
    "rate": (gettext_lazy("The laboratory rated itself"), "level"),
    "pause": (gettext_lazy("Paused"), "clock"),
    "resume": (gettext_lazy("Resumed"), "activity"),
    "close": (gettext_lazy("Closed"), "stop"),
}
INNER = ("rate", "save")  # what the timeline tells to those who work there alone
LEADS = ("propose", "save", "pause", "resume", "close")
MOVES: dict[str, dict[str, Any]] = {
    "open": {"icon": "lab", "kind": "main", "ask": False},
    "resume": {"icon": "activity", "kind": "main", "ask": False},
    "rate": {"icon": "level", "kind": "second", "ask": True},
    "take_in": {"icon": "institution", "kind": "second", "ask": True},
    "pause": {"icon": "clock", "kind": "second", "ask": True},
    "leave": {"icon": "right", "kind": "bad-quiet", "ask": True},
    "close": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}


def page(laboratory: Laboratory, name: str = "detail") -> str:
    """The address of one of the laboratory's pages."""
    return reverse(f"laboratory-{name}", args=[laboratory.public_id])


def title_of(laboratory: Laboratory) -> str:
    """Its name in the reader's language."""
    return name_now(laboratory.site.names)


def standing_of(laboratory: Laboratory) -> dict[str, str]:
    """The badge of its status."""
    tone, icon = TONES[LaboratoryStatus(laboratory.status)]
    return {"text": str(LaboratoryStatus(laboratory.status).label), "tone": tone, "icon": icon}


def members_on(laboratory: Laboratory, on: datetime.date) -> list[LabMember]:
    """Members of this day, in the order they came."""
    found = [each for each in laboratory.members.all() if each.valid.lower <= on]
    return sorted((each for each in found if each.valid.upper is None or each.valid.upper > on), key=lambda row: row.pk)


def facts_of(laboratory: Laboratory, inside: bool) -> list[dict[str, Any]]:
    """Where it is, who hosts and coordinates it, which directions it works in, since when."""
    cluster, agreement = laboratory.cluster, laboratory.agreement
    found: list[dict[str, Any]] = [
        {"label": _("Host"), "text": name_now(laboratory.host.names), "url": house_page(laboratory.host.public_id)},
        {"label": _("Cluster"), "text": name_now(cluster.names), "url": reverse("cluster-detail", args=[cluster.public_id])},
        {"label": _("Coordinator"), "text": name_now(cluster.coordinator.names),
         "url": house_page(cluster.coordinator.public_id)},
        {"label": _("Territory"), "text": name_now(laboratory.site.territory.names)},
        {"label": _("Site in the register"), "text": title_of(laboratory), "url": house_page(laboratory.site.public_id)},
        {"label": _("Directions of activity"), "text": ", ".join(name_now(each.names) for each in directions_of(laboratory))},
    ]  # fmt: skip
    if inside:
        found.append({
            "label": _("Founding agreement"), "text": f"{agreement.number} · {agreement.title}",
            "url": reverse("agreement-detail", args=[agreement.public_id]),
        })  # fmt: skip
    if laboratory.opened_at:
        found.append({"label": _("Opened"), "text": day_short(laboratory.opened_at), "number": True})
    return found


def directions_of(laboratory: Laboratory) -> list[Any]:
    """Its directions of activity in the order of the vocabulary."""
    return sorted(laboratory.directions.all(), key=lambda term: (term.position, term.pk))


def member_rows(laboratory: Laboratory) -> list[dict[str, str]]:
    """Members with their days, those of today first."""
    rows = sorted(laboratory.members.all(), key=lambda each: (each.valid.upper is not None, each.pk))
    return [
        {"name": name_now(each.institution.names), "url": house_page(each.institution.public_id),
         "days": span_words(each.valid)}
        for each in rows
    ]  # fmt: skip


def services_of(laboratory: Laboratory) -> list[dict[str, str]]:
    """Its services, each with the form of cooperation it is counted under."""
    rows = sorted(laboratory.services.all(), key=lambda each: each.position)
    return [{"title": each.title, "form": name_now(each.form.names) if each.form else ""} for each in rows]


def latest_problems(laboratory: Laboratory) -> list[dict[str, str]]:
    """The problems changed last; they lie above and are reached from the laboratory."""
    rows = laboratory.problems.exclude(status="merged").order_by("-modified_at", "-pk")[:FEW]
    return [
        {"title": each.title, "url": reverse("problem-detail", args=[each.public_id]), "status": each.get_status_display()}
        for each in rows
    ]  # fmt: skip


def latest_works(laboratory: Any, user: Any) -> list[dict[str, str]]:
    """The works entered last; they lie above and are reached from the laboratory."""
    rows = laboratory.works.all().visible_to(user).select_related("resource").order_by("-pk")[:FEW]
    return [
        {"title": each.resource.title, "url": reverse("work-detail", args=[each.public_id]), "kind": each.get_kind_display()}
        for each in rows
    ]  # fmt: skip


def raising(laboratory: Laboratory, user: Any) -> str:
    """Where whoever works in it names a problem; empty for others, and while it is not active."""
    if laboratory.status != LaboratoryStatus.ACTIVE or not works_in(user, laboratory):
        return ""
    return f"{reverse('problem-new')}?laboratory={laboratory.public_id}"


def board_of(laboratory: Laboratory) -> str:
    """The address of its board of projects, where the site has one."""
    try:
        return f"{reverse('pilot-list')}?laboratory={laboratory.public_id}"
    except NoReverseMatch:
        return ""


def timeline_of(laboratory: Laboratory, inside: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person; reasons for those that work there only."""
    events = Event.objects.about("laboratory", laboratory.public_id).filter(name__in=EVENTS).order_by("-id")
    if not inside:
        events = events.exclude(name__in=INNER)
    houses = [laboratory.host, *(each.institution for each in laboratory.members.all())]
    names = {house.public_id: name_now(house.names) for house in houses}

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, inside)

    return timeline(events, said, lambda event: names.get(acting(event, LEADS), ""))


def buttons_of(laboratory: Laboratory, open_now: Collection[str]) -> list[dict[str, Any]]:
    """The moves of the page that this person may make now."""
    return buttons(LABORATORY, MOVES, open_now, lambda name: page(laboratory, name.replace("_", "-")))


def rows_of(laboratories: Iterable[Laboratory], on: datetime.date) -> list[dict[str, Any]]:
    """Rows of the list."""
    return [
        {
            "url": page(each), "title": title_of(each), "host": name_now(each.host.names),
            "place": name_now(each.site.territory.names), "standing": standing_of(each),
            "directions": ", ".join(name_now(term.names) for term in directions_of(each)),
            "members": counted(len(members_on(each, on)), "institution"),
        }
        for each in laboratories
    ]  # fmt: skip


LISTS = {"problems": "problem-list", "projects": "pilot-list"}


def opened_figures(groups: Iterable[Group], laboratory: Laboratory, inside: bool) -> list[dict[str, Any]]:
    """The figures as its own page shows them: each opens the rows behind it, where the reader may see them all."""
    found = []
    for group in groups:
        listed = LISTS.get(group.code) if inside or group.code == "problems" else None
        start = f"{reverse(listed)}?view=all&laboratory={laboratory.public_id}&status=" if listed else ""
        rows = [{"code": row.code, "label": row.label, "text": row.text, "url": f"{start}{row.code}" if start else ""}
                for row in group.rows]  # fmt: skip
        found.append({"code": group.code, "title": group.title, "none": group.none, "rows": rows})
    return found
