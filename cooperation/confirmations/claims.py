"""What a page without account says: what is claimed, by which institution, and why a link answers no more. No person."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day, moment, number
from cooperation.activities.links import (
    ANSWERED,
    CONFIRM,
    DISPUTE,
    OUTCOMES,
    REFUSE,
    TAKEN_BACK,
    Addressee,
)
from cooperation.activities.models import Activity
from cooperation.obligations import links as acceptance
from lifecycle.links import CHANGED, EXPIRED, USED, WITHDRAWN
from lifecycle.models import SignedLink


@dataclass(frozen=True)
class Closed:
    """One kind of link that answers no more: what happened, and what to do now."""

    title: Any
    text: Any
    icon: str = "clock"


CLOSED = {
    USED: Closed(
        gettext_lazy("This link was already used"), gettext_lazy("Each link takes one answer. Nothing more is to do."),
        "tick",
    ),
    EXPIRED: Closed(
        gettext_lazy("This link has expired"),
        gettext_lazy("Nothing was confirmed with it. The organisation that sent it can send a new one."),
    ),
    CHANGED: Closed(
        gettext_lazy("The entry has changed since"),
        gettext_lazy("This link was made for other figures, so nothing was confirmed. A new one is needed for the new entry."),
        "warning",
    ),
    WITHDRAWN: Closed(
        gettext_lazy("This link was taken back"),
        gettext_lazy("The organisation that sent it no longer asks for an answer by this link. Nothing was confirmed with it."),
        "stop",
    ),
    TAKEN_BACK: Closed(
        gettext_lazy("The entry was taken back"),
        gettext_lazy("The organisation that logged it says that it is void. Nothing is to be confirmed."), "stop",
    ),
    acceptance.DECIDED: Closed(
        gettext_lazy("Nothing waits for an answer here"),
        gettext_lazy("It was accepted or returned meanwhile, or is no longer owed. Nothing more is to do."), "tick",
    ),
    ANSWERED: Closed(
        gettext_lazy("Your side has answered already"),
        gettext_lazy("Somebody else of your organisation was quicker. Nothing more is to do."), "tick",
    ),
}  # fmt: skip
NOT_ACCEPTED = {
    EXPIRED: Closed(
        gettext_lazy("This link has expired"),
        gettext_lazy("Nothing was accepted with it. The organisation that sent it can send a new one."),
    ),
    CHANGED: Closed(
        gettext_lazy("Something else was handed in since"),
        gettext_lazy("This link was made for what was handed in before, so nothing was accepted. A new one is needed."),
        "warning",
    ),
    WITHDRAWN: Closed(
        gettext_lazy("This link was taken back"),
        gettext_lazy("The organisation that sent it no longer asks for an answer by this link. Nothing was accepted with it."),
        "stop",
    ),
}  # fmt: skip
GIVEN = {
    OUTCOMES[CONFIRM]: gettext_lazy("Your answer: confirmed"),
    OUTCOMES[DISPUTE]: gettext_lazy("Your answer: it was not so"),
    OUTCOMES[REFUSE]: gettext_lazy("Your answer: not ours"),
    acceptance.OUTCOMES[acceptance.ACCEPT]: gettext_lazy("Your answer: accepted"),
    acceptance.OUTCOMES[acceptance.RETURN]: gettext_lazy("Your answer: something is missing"),
}
GIVEN_THERE = {
    OUTCOMES[CONFIRM]: gettext_lazy("Answered: confirmed"),
    OUTCOMES[DISPUTE]: gettext_lazy("Answered: it was not so"),
    OUTCOMES[REFUSE]: gettext_lazy("Answered: not theirs"),
    acceptance.OUTCOMES[acceptance.ACCEPT]: gettext_lazy("Answered: accepted"),
    acceptance.OUTCOMES[acceptance.RETURN]: gettext_lazy("Answered: something is missing"),
}
THANKS = {
    CONFIRM: gettext_lazy("Thank you. The work is confirmed and counts from now on."),
    DISPUTE: gettext_lazy("Thank you. The work counts nowhere until this is cleared up. The other side reads your reason."),
    REFUSE: gettext_lazy("Thank you. It is in none of the figures of your organisation."),
    acceptance.ACCEPT: gettext_lazy("Thank you. The obligation is fulfilled and counts from now on."),
    acceptance.RETURN: gettext_lazy("Thank you. The other side reads what is missing and can hand it in again."),
}  # fmt: skip


def claim_of(link: SignedLink, activity: Activity) -> list[dict[str, str]]:
    """The rows of the page: everything that the hash covers, in words."""
    houses = [
        row.institution
        for row in activity.participations.select_related("institution").order_by("pk")
        if row.institution_id != activity.organiser_id
    ]
    others = [name_now(house.names) for house in houses if house.public_id != link.institution]
    rows = [
        (_("Logged by"), name_now(activity.organiser.names)),
        (_("What"), name_now(activity.type.names)),
        (_("Form"), name_now(activity.form.names)),
        (_("Date"), day(activity.starts_on)),
        (_("Hours"), number(activity.hours) if activity.hours is not None else ""),
        (_("How many took part"), counts_of(activity)),
        (_("You answer for"), side_of(link, activity)),
        (_("Others who took part"), "; ".join(others)),
        (_("Agreement"), activity.agreement.number if activity.agreement else ""),
    ]
    return [{"label": label, "text": text} for label, text in rows if text]


def about_activity(link: SignedLink, activity: Activity) -> list[dict[str, str]]:
    """Who asked about what; where it has changed since, only who."""
    rows = [{"label": _("Logged by"), "text": name_now(activity.organiser.names)}]
    if activity.content_hash == link.content_hash:
        rows.append({"label": _("What"), "text": f"{name_now(activity.type.names)}, {day(activity.starts_on)}"})
    return rows


def counts_of(activity: Activity) -> str:
    """Numbers of people by category, never names."""
    rows = activity.counts.select_related("category").order_by("category__position", "category__code")
    return "; ".join(f"{name_now(row.category.names)}: {number(row.number)}" for row in rows)


def side_of(link: SignedLink, activity: Activity) -> str:
    """The institution the bearer answers for; inside one institution as whom."""
    if link.institution == activity.organiser.public_id:
        return str(Addressee(link.addressee_role).label)
    row = activity.participations.select_related("institution").filter(institution__public_id=link.institution).first()
    return name_now(row.institution.names) if row else ""


def closed_words(state: str, link: SignedLink, instead: dict[str, Closed] | None = None) -> dict[str, str]:
    """The page of a link that answers no more; of a used one also what was answered, and when."""
    kind = (instead or {}).get(state) or CLOSED[state]
    said = f"{GIVEN[link.outcome]}, {moment(link.used_at)}" if state == USED and link.outcome in GIVEN else ""
    return {"title": str(kind.title), "text": str(kind.text), "icon": kind.icon, "said": said}
