"""One submission in words: its facts, what happened to it, and what may be done now."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import counted, day_short, moment, period_name
from institutions.registry.models import Institution
from institutions.registry.showing import address_of
from institutions.territory.models import Territory
from lifecycle.models import Event
from quality.catalogue.models import Period
from quality.reports.cells import offices_of
from quality.submissions.models import Submission
from quality.submissions.rules import seat_over

SAID: dict[str, tuple[Any, str]] = {
    "submit": (gettext_lazy("Submitted"), "sign"),
    "return": (gettext_lazy("Returned"), "undo"),
    "approve": (gettext_lazy("Approved"), "tick"),
    "lock": (gettext_lazy("Made final"), "lock"),
    "reopen": (gettext_lazy("Reopened"), "undo"),
}
ABOVE = ("approve", "lock")  # who did it is known to that level and all above


def name_of(submission: Submission) -> str:
    """Whose figures, of which period."""
    return f"{name_now(submission.place.names)}, {period_name(submission.period)}"


def approver_of(submission: Submission, user: Any) -> str:
    """The office and the person that approved, for that level and all above; else nothing."""
    office = submission.approved_for
    if office is None or seat_over(user, submission) not in office.lineage:
        return ""
    who = {"place": name_now(office.names), "person": submission.approved_by}
    return _("Office of %(place)s (%(person)s)") % who


def facts_of(submission: Submission, user: Any) -> list[dict[str, Any]]:
    """Whose, when, in time, approved by whom, final since when."""
    house, period = submission.institution, submission.period
    rows: list[dict[str, Any]] = [{"label": _("Period"), "text": period_name(period)}]
    if house:
        rows.insert(0, {"label": _("Organisation"), "text": name_now(house.names), "url": address_of(house)})
        rows.append({"label": _("Due by"), "text": day_short(period.due_on)})
        first = submission.first_submitted_at
        said = "" if first is None else _("in time") if submission.on_time else _("late")
        text = f"{moment(first)}, {said}" if first else _("not yet")
        rows.append({"label": _("First submitted"), "text": text})
    if submission.approved_at:
        who = approver_of(submission, user)
        rows.append({"label": _("Approved"), "text": ", ".join(filter(None, (moment(submission.approved_at), who)))})
    if submission.locked_at:
        rows.append({"label": _("Final since"), "text": moment(submission.locked_at)})
    else:
        rows.append({"label": _("Figures are"), "text": _("provisional until they are made final")})
    return rows


def timeline_of(submission: Submission, user: Any) -> list[dict[str, Any]]:
    """What happened, newest first; offices, never persons."""
    events = list(Event.objects.about("submission", submission.public_id).filter(name__in=SAID))
    house = submission.institution
    actors = {event.actor_id for event in events if event.actor_id}
    names = offices_of(actors, house) if house else {}
    seats = {
        place.code: place for place in Territory.objects.filter(code__in=[e.detail.get("for", "") for e in events])
    }
    mine = seat_over(user, submission)
    return [
        {
            "icon": SAID[event.name][1], "when": moment(event.happened_at),
            "text": str(SAID[event.name][0]) + (f": {event.reason}" if event.reason else ""),
            "who": _who(event, names, seats, mine),
        }
        for event in reversed(events)
    ]  # fmt: skip


def _who(event: Event, names: dict[int, str], seats: dict[str, Territory], mine: int | None) -> str:
    """The office or the organisation that acted, where the reader may know it."""
    if event.actor_id is None:
        return str(_("the calendar"))
    seat = seats.get(event.detail.get("for", ""))
    if seat is not None:
        return _("Office of %(place)s") % {"place": name_now(seat.names)} if mine in seat.lineage else ""
    return "" if event.name in ABOVE and mine is None else names.get(event.actor_id, "")


def known_gaps(submission: Submission) -> list[Institution]:
    """The institutions that were named as missing when the place was approved."""
    return list(
        Institution.objects.filter(public_id__in=submission.gaps).select_related("territory").order_by("sort_key", "pk")
    )


def approval_of(place: Territory, period: Period) -> Submission | None:
    """The submission of a place, where it was begun."""
    rows = Submission.objects.filter(territory=place, period=period)
    return rows.select_related("territory", "period").first()


def gap_rows(houses: list[Institution], period_code: str, shown: int = 200) -> dict[str, Any]:
    """The institutions without approved figures, the first of them by name, and how many there are."""
    rows = [
        {
            "name": name_now(house.names),
            "place": name_now(house.territory.names),
            "url": reverse("observation-sheet", args=[house.public_id, period_code]),
        }
        for house in houses[:shown]
    ]
    more = len(houses) - len(rows)
    return {
        "rows": rows,
        "count": counted(len(houses), "institution"),
        "more": counted(more, "institution") if more else "",
    }
