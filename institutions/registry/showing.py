"""How the page of an institution says what it knows: path, facts, moves, history."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short, moment
from institutions.registry.models import Institution, Ownership, SuccessionKind
from institutions.registry.rules import INSTITUTION, can_number, can_oversee
from institutions.territory.models import Term, path_of
from lifecycle.events import timeline

MOVES: dict[str, tuple[Any, str]] = {
    "verify": (gettext_lazy("Verify"), "tick"),
    "return": (gettext_lazy("Return for correction"), "undo"),
    "reject": (gettext_lazy("Reject"), "cross"),
    "resubmit": (gettext_lazy("Send again"), "right"),
    "suspend": (gettext_lazy("Suspend"), "stop"),
    "reinstate": (gettext_lazy("Reinstate"), "tick"),
    "close": (gettext_lazy("Close"), "lock"),
    "reopen": (gettext_lazy("Open again"), "undo"),
    "rename": (gettext_lazy("Rename"), "pencil"),
    "move": (gettext_lazy("Move to another territory"), "map"),
    "change_kind": (gettext_lazy("Change the kind"), "pencil"),
    "number": (gettext_lazy("Add a number"), "plus"),
}
ACTS: dict[str, Any] = {
    "register": gettext_lazy("Application received"),
    "import": gettext_lazy("Entered from a file"),
    "verify": gettext_lazy("Verified"),
    "return": gettext_lazy("Returned for correction"),
    "reject": gettext_lazy("Rejected"),
    "resubmit": gettext_lazy("Sent again"),
    "suspend": gettext_lazy("Suspended"),
    "reinstate": gettext_lazy("Reinstated"),
    "close": gettext_lazy("Closed"),
    "reopen": gettext_lazy("Opened again"),
    "rename": gettext_lazy("Renamed"),
    "move": gettext_lazy("Moved to another territory"),
    "change_kind": gettext_lazy("Kind changed"),
    "change": gettext_lazy("Changed from a file"),
    "number": gettext_lazy("Number of another register added"),
}
DATED = ("rename", "move", "change_kind")


def crumbs_of(house: Institution, on: datetime.date) -> list[dict[str, Any]]:
    """The path of places down to the institution; each part lists what lies there."""
    register = reverse("institution-list")
    path = [
        {"text": name_now(place.names), "url": f"{register}?territory={place.code}"}
        for place in path_of(house.territory, on)
    ]
    return [{"text": _("Organisations"), "url": register}, *path, {"text": name_now(house.names)}]


def facts_of(house: Institution) -> list[dict[str, Any]]:
    """What stands in the register, dated things with their days."""
    schemes = {term.code: name_now(term.names) for term in Term.objects.filter(vocabulary="id_scheme")}
    numbers = [f"{schemes.get(each.scheme, each.scheme)}: {each.value}" for each in house.external_ids.order_by("pk")]
    spells = [span_words(valid) for valid in house.spells.order_by("valid").values_list("valid", flat=True)]
    rows: list[dict[str, Any]] = [
        {"label": _("Kind"), "text": name_now(house.kind.names)},
        {"label": _("Territory"), "text": name_now(house.territory.names)},
        {"label": _("Ownership"), "text": Ownership(house.ownership).label},
        {"label": _("Opened on"), "text": "\n".join(spells)},
        {"label": _("Numbers in registers"), "text": "\n".join(numbers), "number": True},
    ]
    if house.territory.depth == 0:  # a national body, or a partner abroad
        rows.insert(2, {"label": _("Country"), "text": house.country})
    if house.short_name:
        rows.insert(0, {"label": _("Short name"), "text": house.short_name})
    for label, history in (
        (_("Former names"), former_names(house)),
        (_("Former kinds"), former_kinds(house)),
        (_("Former places"), former_places(house)),
    ):
        if history:
            rows.append({"label": label, "text": "\n".join(history)})
    return rows + lineage_of(house)


def lineage_of(house: Institution) -> list[dict[str, Any]]:
    """Who took over from it and from whom it took over."""
    heirs = house.successions.select_related("successor").order_by("happened_on", "pk")
    before = house.inherited.select_related("predecessor").order_by("happened_on", "pk")
    return [
        *(linked(SuccessionKind(row.kind).label, row.successor) for row in heirs),
        *(linked(_("Took over from"), row.predecessor) for row in before),
    ]


def linked(label: Any, house: Institution) -> dict[str, Any]:
    """A fact that is another institution."""
    return {"label": label, "text": name_now(house.names), "url": address_of(house)}


def address_of(house: Institution) -> str:
    """The page of an institution."""
    return reverse("institution-detail", kwargs={"public_id": house.public_id})


def span_words(valid: Any) -> str:
    """From a day to a day in words; an open end says so."""
    start = day_short(valid.lower) if valid.lower else _("opening day not stated")
    return f"{start} – {day_short(valid.upper)}" if valid.upper else start


def former_names(house: Institution) -> list[str]:
    """Names it bore, with their days."""
    rows = house.dated_names.order_by("valid").values_list("names", "valid")
    return [f"{name_now(names)} ({span_words(valid)})" for names, valid in rows if valid.upper]


def former_kinds(house: Institution) -> list[str]:
    """Kinds it was of, with their days."""
    rows = house.kinds.select_related("kind").order_by("valid")
    return [f"{name_now(row.kind.names)} ({span_words(row.valid)})" for row in rows if row.valid.upper]


def former_places(house: Institution) -> list[str]:
    """Places it lay in, with their days."""
    rows = house.places.select_related("territory").order_by("valid")
    return [f"{name_now(row.territory.names)} ({span_words(row.valid)})" for row in rows if row.valid.upper]


def moves_of(house: Institution, user: Any) -> list[dict[str, Any]]:
    """Buttons: what this person may do now; each asks first on a page of its own."""
    names = list(dict.fromkeys(INSTITUTION.available(house, user)))
    if can_oversee(user, house) and house.status in ("verified", "suspended"):
        names += DATED
    if can_number(user, house) and house.status in ("verified", "suspended"):
        names.append("number")
    found = []
    for place, name in enumerate(names):
        text, icon = MOVES[name]
        dangerous = name in INSTITUTION.by_name and INSTITUTION.by_name[name][0].dangerous
        kind = (
            "bad-quiet"
            if dangerous
            else ("main" if place == 0 and name not in ("suspend", "close", *DATED, "number") else "second")
        )
        url = reverse("institution-move", kwargs={"public_id": house.public_id, "move": name})
        found.append({"name": name, "text": text, "url": url, "kind": kind, "icon": icon, "ask": True})
    return found


def timeline_of(house: Institution, user: Any) -> list[dict[str, Any]]:
    """What happened to it; reasons and names for those who oversee it or belong to it."""
    inside = Institution.objects.all().overseen_by(user).filter(pk=house.pk).exists()
    return [
        {
            "icon": MOVES.get(event.name, ("", "clock"))[1],
            "text": str(ACTS.get(event.name, event.name)) + (f": {event.reason}" if event.reason and inside else ""),
            "when": moment(event.happened_at),
            "who": event.actor.name if event.actor and inside else "",
        }
        for event in reversed(timeline("institution", [house.public_id]))
        if event.name in ACTS
    ]
