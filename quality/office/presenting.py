"""The rows and the summary of the list of an office, in words."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import moment, number, percent
from institutions.registry.scope import offices
from institutions.territory.models import Territory
from quality.catalogue.models import Period
from quality.office.completeness import Standing, due_moment, standing_below, standing_by_place
from quality.office.listing import STATES
from quality.submissions.models import DONE, Submission, SubmissionStatus

WORDS = dict(STATES)


def rows_of(houses: Iterable[Any], period: Period, on: datetime.date) -> list[dict[str, Any]]:
    """Rows of the list: who, where, how far, in time or not."""
    due = due_moment(period)
    return [
        {
            "name": name_now(house.names), "place": name_now(house.territory.names),
            "url": reverse("submission-detail", args=[house.submission_id]) if house.submission_id
            else reverse("observation-sheet", args=[house.public_id, period.code]),
            "status": house.status_now, "words": WORDS[house.status_now],
            "first": moment(house.first_submitted_at) if house.first_submitted_at else "",
            "late": house.first_submitted_at is not None and house.first_submitted_at >= due,
            "missing": house.first_submitted_at is None and on > period.due_on,
        }
        for house in houses
    ]  # fmt: skip


def base_of(user: Any, chosen: str, pack: str) -> Territory | None:
    """The place that the summary speaks of: the one chosen, else that of the reader's own office."""
    if chosen:
        return Territory.objects.filter(code=chosen).first()
    return Territory.objects.filter(pk__in=offices(user), pack=pack).order_by("depth", "pk").first()


def summary_of(rows: Any, period: Period, base: Territory | None) -> dict[str, Any]:
    """Completeness and timeliness of all rows, and of the places right below the base."""
    by_place = standing_by_place(rows, period)
    total = Standing()
    for standing in by_place.values():
        total.add(standing)
    if base is None:
        return {"total": said(total), "places": []}
    places = list(
        Territory.objects.filter(lineage__contains=[base.pk], depth__lte=base.depth + 1).order_by(
            "depth", "sort_key", "pk"
        )
    )
    lineages = dict(Territory.objects.filter(pk__in=list(by_place)).values_list("pk", "lineage"))
    below = standing_below(places, by_place, lineages)
    known = Submission.objects.filter(period=period, territory__in=places)
    approvals = {each.territory_id: each for each in known}
    return {
        "total": said(total),
        "places": [_place(place, below[place.pk], approvals.get(place.pk), period) for place in places
                   if below[place.pk].expected],
    }  # fmt: skip


def _place(place: Territory, standing: Standing, approval: Submission | None, period: Period) -> dict[str, Any]:
    """A place with how far it is, and where it is approved."""
    done = approval is not None and approval.status in DONE
    return {
        "name": name_now(place.names), **said(standing), "status": approval.status if approval and done else "none",
        "words": SubmissionStatus(approval.status).label if approval and done else _("Not approved"),
        "url": reverse("submission-detail", args=[approval.public_id]) if approval and done
        else reverse("submission-place", args=[place.code, period.code]),
    }  # fmt: skip


def said(standing: Standing) -> dict[str, Any]:
    """Each part as so many of so many."""
    share = 100 * standing.present / standing.required if standing.required else None
    return {
        "reporting": of(standing.submitted, standing.expected), "on_time": of(standing.on_time, standing.expected),
        "approved": of(standing.approved, standing.expected), "values": of(standing.present, standing.required),
        "share": "" if share is None else percent(share), "value": standing.present, "max": standing.required,
        "is_partial": share is not None and share < 80,
    }  # fmt: skip


def of(part: int, whole: int) -> str:
    """So many of so many."""
    return _("%(done)s of %(planned)s") % {"done": number(part), "planned": number(whole)}


def chips_of(page: Any, params: dict[str, str], places: Sequence[Territory]) -> list[dict[str, Any]]:
    """The filters in use, each with the address that takes it away."""
    words: dict[str, tuple[Any, Any]] = {}
    if params["search"]:
        words["search"] = (_("Search"), params["search"])
    place = next((each for each in places if each.code == params["territory"]), None)
    if place:
        words["territory"] = (_("Territory"), name_now(place.names))
    if params["state"] in WORDS:
        words["state"] = (_("Status"), WORDS[params["state"]])
    if params["late"]:
        words["late"] = (_("In time"), _("Late or missing"))
    return list(page.chips(words))
