"""Adoptions in words: rows of the list, the page of one, and who uses a thing, for the page of that thing."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _l

from accounts.names import name_now
from accounts.wording import counted, day_short, moment
from cooperation.activities.models import Activity
from cooperation.activities.presenting import title as activity_title
from cooperation.adoptions.models import Adoption, AdoptionStatus, ConfirmedBy, a_year_before
from cooperation.adoptions.rules import ADOPTION, shows_use, speaks_for
from cooperation.adoptions.subjects import adoptables, subjects_of
from cooperation.pages.showing import house_page
from lifecycle.models import Event

RELATED = ("institution__territory",)
SHOWN = 10
OFFERED = 50
TONES = {
    AdoptionStatus.REPORTED: ("waiting", "clock"),
    AdoptionStatus.CONFIRMED: ("ok", "tick"),
    AdoptionStatus.SUSTAINED: ("ok", "tick"),
    AdoptionStatus.DROPPED: ("ended", "stop"),
}
EVENTS: dict[str, tuple[Any, str]] = {
    "report": (_l("Reported as in use"), "plus"),
    "confirm": (_l("Use confirmed"), "tick"),
    "confirm_by_work": (_l("Use confirmed by joint work"), "tick"),
    "sustain": (_l("Still in use, confirmed again"), "tick"),
    "drop": (_l("No longer used"), "stop"),
}
BUTTONS: dict[str, dict[str, Any]] = {
    "confirm": {"icon": "tick", "kind": "main"},
    "show_work": {"icon": "activity", "kind": "second"},
    "sustain": {"icon": "tick", "kind": "main"},
    "report": {"icon": "plus", "kind": "second"},
    "drop": {"icon": "stop", "kind": "bad-quiet"},
}


def page(adoption: Adoption, name: str = "detail") -> str:
    """The address of one of its pages."""
    return reverse(f"adoption-{name}", args=[adoption.public_id])


def status_of(adoption: Adoption) -> dict[str, str]:
    """How far it is confirmed, as a badge says it."""
    tone, icon = TONES[AdoptionStatus(adoption.status)]
    return {"text": str(AdoptionStatus(adoption.status).label), "tone": tone, "icon": icon}


def rows_of(adoptions: Iterable[Adoption]) -> list[dict[str, Any]]:
    """Rows of the list: what is used, where, since when, and how far that is confirmed."""
    found = list(adoptions)
    subjects = subjects_of((each.subject_type, each.subject_id) for each in found)
    return [
        {**used_by(each), "url": page(each), "title": subject.title if subject else "",
         "kind": subject.kind.label if subject else ""}
        for each in found
        for subject in [subjects.get((each.subject_type, each.subject_id))]
    ]  # fmt: skip


def used_by(adoption: Adoption) -> dict[str, Any]:
    """Where and since when."""
    house = adoption.institution
    return {
        "institution": name_now(house.names), "institution_url": house_page(house.public_id),
        "place": name_now(house.territory.names), "since": day_short(adoption.since), "status": status_of(adoption),
        "note": adoption.note,
    }  # fmt: skip


def panel_of(user: Any, code: str, row: Any) -> dict[str, Any]:
    """Who uses this row of a registered kind, for `cooperation/_adoptions.html` on its page."""
    kind, own = adoptables()[code], speaks_for(user)
    users = Adoption.objects.of(code, row.public_id).in_use()
    makers = {house.pk for house in kind.sources(row)}
    outsiders = own - makers - set(users.filter(institution__in=own).values_list("institution", flat=True))
    count = users.count()
    latest = users.select_related(*RELATED).order_by("-since", "-pk")[:SHOWN]
    return {
        "id": row.public_id, "rows": [{**used_by(each), "url": page(each)} for each in latest], "count": count,
        "used": counted(count, "institution"),
        "report": reverse("adoption-report", args=[code, row.public_id]) if outsiders and kind.is_open(row) else "",
        "more": f"/{get_language()}/adoptions/?view=all&subject_type={code}&subject={row.public_id}",
        "hidden": max(count - SHOWN, 0),
    }  # fmt: skip


def offered_to(adoption: Adoption, user: Any) -> list[tuple[str, str]]:
    """Joint work that would show the use, the latest first, by id and name."""
    sources = [house.pk for house in adoption.subject.sources] if adoption.subject else []
    seen: Any = Activity.objects.all().visible_to(user)
    rows = seen.filter(pk__in=shows_use(adoption.institution, sources, adoption.since))
    found = rows.select_related("type", "organiser").order_by("-starts_on", "-pk")[:OFFERED]
    return [(each.public_id, f"{activity_title(each)} · {name_now(each.organiser.names)}") for each in found]


def confirmed_by(adoption: Adoption, user: Any) -> dict[str, Any]:
    """What confirmed it; the activity with its address for whoever may read it."""
    text = str(ConfirmedBy(adoption.method).label) if adoption.method else ""
    seen: Any = Activity.objects.all().visible_to(user)
    work = seen.filter(pk=adoption.activity_id).select_related("type").first() if adoption.activity_id else None
    if not adoption.method or work is None:
        return {"label": _l("Confirmed by"), "text": text}
    address = reverse("activity-detail", args=[work.public_id])
    return {"label": _l("Confirmed by"), "text": f"{text}: {activity_title(work)}", "url": address}


def facts_of(adoption: Adoption, user: Any) -> list[dict[str, Any]]:
    """What is used, by whom, since when and how."""
    subject, told = adoption.subject, used_by(adoption)
    return [
        {"label": subject.kind.label if subject else _l("What is used"), "text": subject.title if subject else "",
         "url": subject.page if subject else ""},
        {"label": _l("Who uses this"), "text": told["institution"], "url": told["institution_url"]},
        {"label": _l("In use since"), "text": told["since"], "number": True},
        {"label": _l("How it is used"), "text": adoption.note},
        confirmed_by(adoption, user),
    ]  # fmt: skip


def timeline_of(adoption: Adoption, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first; the reason is for both sides."""
    events = Event.objects.about("adoption", adoption.public_id).filter(name__in=EVENTS).order_by("-id")
    return [
        {"icon": EVENTS[event.name][1], "when": moment(event.happened_at),
         "text": ": ".join(filter(None, [str(EVENTS[event.name][0]), event.reason if with_reasons else ""]))}
        for event in events
    ]  # fmt: skip


def buttons_of(adoption: Adoption, user: Any, on: datetime.date) -> list[dict[str, Any]]:
    """What this person may do now; to confirm again after twelve months, to show joint work where there is any."""
    too_early = adoption.since > a_year_before(on)
    open_now = ADOPTION.available(adoption, user)
    idle = {"sustain"} if too_early else set()
    idle |= {"show_work"} if "show_work" in open_now and not offered_to(adoption, user) else set()
    addresses = {
        "report": reverse("adoption-report", args=[adoption.subject_type, adoption.subject_id]),
        "show_work": page(adoption, "work"),
    }
    return [
        {"name": name, "text": ADOPTION.by_name[name][0].label, "url": addresses.get(name) or page(adoption, name),
         "ask": name in ("drop", "report", "show_work"), **BUTTONS[name]}
        for name in BUTTONS
        if name in open_now and name not in idle
    ]  # fmt: skip
