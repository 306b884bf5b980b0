"""An activity in words for pages: facts, timeline, rows of the list, buttons; never who logged it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import counted, day, day_short, moment, number
from cooperation.activities.models import Activity, ActivityPhoto, ActivityStatus, Participation, ParticipationState
from cooperation.activities.rules import ACTIVITY
from cooperation.pages.showing import buttons, house_page, timeline, with_reason
from lifecycle.models import Event

SHORT = 6  # characters of the id that people read out to each other
RELATED = ("type", "form", "organiser", "agreement")
PREFETCH = ("participations__institution", "counts__category")
SIDES: dict[str, tuple[Any, str]] = {
    ParticipationState.NAMED: (gettext_lazy("Not answered yet"), "waiting"),
    ParticipationState.STANDS: (gettext_lazy("Confirmed"), "confirmed"),
    ParticipationState.DISPUTED: (gettext_lazy("Disputed"), "disputed"),
    ParticipationState.REFUSED: (gettext_lazy("Not theirs"), "refused"),
}
EVENT_WORDS: dict[str, Callable[[], str]] = {
    "log": lambda: _("Logged"),
    "confirm": lambda: _("Confirmed"),
    "dispute": lambda: _("Disputed"),
    "refuse": lambda: _("Said not to be theirs"),
    "lift": lambda: _("Dispute lifted"),
    "correct": lambda: _("Corrected"),
    "lapse": lambda: _("Not confirmed within 14 days"),
    "withdraw": lambda: _("Withdrawn"),
    "attach": lambda: _("Photo added"),
    "issue_certificates": lambda: _("Certificates issued"),
}
ICONS = {
    "log": "plus", "confirm": "tick", "dispute": "warning", "refuse": "cross", "lift": "undo", "correct": "pencil",
    "lapse": "clock", "withdraw": "undo", "attach": "activity", "issue_certificates": "tick",
}  # fmt: skip
BESIDE: dict[str, tuple[str, Any]] = {  # pages on which the office adds the rest, by type
    "training": ("people", gettext_lazy("People and certificates")),
    "guest_teaching": ("people", gettext_lazy("Guests and hosts")),
    "contest": ("protocol", gettext_lazy("Protocol")),
    "seminar": ("protocol", gettext_lazy("Protocol")),
    "discussion": ("protocol", gettext_lazy("Protocol")),
}
MOVES: dict[str, dict[str, Any]] = {
    "confirm": {"icon": "tick", "kind": "main", "ask": False},
    "refuse": {"icon": "cross", "kind": "quiet", "ask": True},
    "dispute": {"icon": "warning", "kind": "bad-quiet", "ask": True},
    "lift": {"icon": "undo", "kind": "second", "ask": True},
    "correct": {"icon": "pencil", "kind": "second", "ask": True},
    "withdraw": {"icon": "undo", "kind": "bad-quiet", "ask": True},
}


def short_number(public_id: str) -> str:
    """The number by which people speak of an entry."""
    return public_id[-SHORT:]


def page(activity: Activity, name: str = "detail") -> str:
    """The address of one of the activity's pages."""
    return reverse(f"activity-{name}", args=[activity.public_id])


def title(activity: Activity) -> str:
    """What it was and when."""
    return f"{name_now(activity.type.names)} · {day_short(activity.starts_on)}"


def counts_of(activity: Activity) -> str:
    """How many took part, by category; empty when nobody counted."""
    rows = sorted(activity.counts.all(), key=lambda row: -row.number)
    return ", ".join(f"{name_now(row.category.names)}: {number(row.number)}" for row in rows)


def partners_of(activity: Activity) -> list[Participation]:
    """The institutions named beside the one that logged it."""
    rows = [row for row in activity.participations.all() if row.institution_id != activity.organiser_id]
    return sorted(rows, key=lambda row: row.pk)


def sides_of(activity: Activity) -> list[dict[str, str]]:
    """Every institution of the activity with what it says about it."""
    found = [{
        "name": name_now(activity.organiser.names), "url": house_page(activity.organiser.public_id),
        "words": _("Logged it"), "state": "organiser",
    }]  # fmt: skip
    for row in partners_of(activity):
        words, state = SIDES[row.state]
        found.append({
            "name": name_now(row.institution.names), "url": house_page(row.institution.public_id),
            "words": str(words), "state": state,
        })  # fmt: skip
    return found


def facts_of(activity: Activity) -> list[dict[str, str]]:
    """What is counted, and what was told beside it."""
    seconds = activity.entry_seconds
    rows = [
        (_("What"), name_now(activity.type.names), ""),
        (_("Form of cooperation"), name_now(activity.form.names), ""),
        (_("Date"), day(activity.starts_on), ""),
        (_("How many took part"), counts_of(activity) or _("Not counted"), ""),
        (_("Hours"), number(activity.hours) if activity.hours is not None else "", ""),
        (_("Note"), activity.note, ""),
        (_("Logged on"), moment(activity.logged_at), ""),
        (_("Entry took"), seconds_words(seconds) if seconds is not None else "", ""),
    ]  # fmt: skip
    return [{"label": label, "text": text, "url": url} for label, text, url in rows if text]


def photos_of(activity: Activity, user: Any) -> list[dict[str, Any]]:
    """The photos this reader may see, with their size, so that nothing jumps."""
    rows = ActivityPhoto.objects.visible_to(user).filter(activity=activity).order_by("pk")
    return [
        {"url": reverse("activity-photo", args=[each.public_id]), "width": each.width, "height": each.height}
        for each in rows
    ]


def seconds_words(seconds: float) -> str:
    """A length of time as a person says it: 24 seconds, 3 minutes."""
    if seconds < 120:
        return _("%(number)s s") % {"number": number(round(seconds))}
    return counted(round(seconds / 60), "minute")


def timeline_of(activity: Activity, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person; reasons for the named sides only."""
    events = Event.objects.about("activity", activity.public_id).filter(name__in=EVENT_WORDS).order_by("-id")
    names = {row.institution.public_id: name_now(row.institution.names) for row in activity.participations.all()}

    def said(event: Event) -> tuple[str, str]:
        return ICONS.get(event.name, "circle"), with_reason(EVENT_WORDS[event.name](), event, with_reasons)

    def who(event: Event) -> str:
        return names.get(event.detail.get("institution") or event.institution, "") if event.name != "lapse" else ""

    return timeline(events, said, who)


def buttons_of(activity: Activity, user: Any) -> list[dict[str, Any]]:
    """The moves this person may make now."""
    return buttons(ACTIVITY, MOVES, ACTIVITY.available(activity, user), lambda name: page(activity, name))


def beside(activity: Activity) -> dict[str, Any]:
    """The page that a type of activity has beside its own."""
    name, words = BESIDE.get(activity.type.code, ("", ""))
    return {"url": page(activity, name), "text": str(words)} if name else {}


def status_words(activity: Activity) -> str:
    """The badge."""
    return str(ActivityStatus(activity.status).label)


def rows_of(activities: Iterable[Activity], waiting: bool) -> list[dict[str, Any]]:
    """Rows of the list; those that wait for the reader carry their confirming button."""
    return [
        {
            "activity": activity,
            "url": page(activity),
            "title": name_now(activity.type.names),
            "day": day_short(activity.starts_on),
            "organiser": name_now(activity.organiser.names),
            "partners": [name_now(row.institution.names) for row in partners_of(activity)],
            "counts": counts_of(activity),
            "status": status_words(activity),
            "number": short_number(activity.public_id),
            "confirm": page(activity, "confirm") if waiting else "",
        }
        for activity in activities
    ]
