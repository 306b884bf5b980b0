"""People of an activity and their certificates in words: for pages, for the paper, for whoever checks a number."""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.names import name_now, tag_of
from accounts.wording import day, number
from cooperation.activities.models import Activity
from cooperation.activities.presenting import page, title
from cooperation.activities.records import Record
from cooperation.trainings.models import TRAINED, ActivityPerson, Certificate
from cooperation.trainings.rules import CORRECTED, DISPUTED, REVOKED, VALID, WAITING, WITHDRAWN, standing_of

TEMPLATE = Path(__file__).with_name("certificate.typ")
SAID: dict[str, tuple[Any, Any]] = {
    VALID: (gettext_lazy("Genuine"), gettext_lazy("Issued under this number, and the other side has confirmed the training.")),
    REVOKED: (gettext_lazy("Revoked"), gettext_lazy("The organisation that issued it has revoked it. It does not hold.")),
    CORRECTED: (
        gettext_lazy("Superseded"),
        gettext_lazy("The training was corrected after this certificate was printed. It is not the one that holds."),
    ),
    DISPUTED: (gettext_lazy("Disputed"), gettext_lazy("A side of the training disputes it. Until this is cleared up it does not hold.")),
    WITHDRAWN: (gettext_lazy("Withdrawn"), gettext_lazy("The training was taken back. The certificate does not hold.")),
    WAITING: (
        gettext_lazy("Waiting for confirmation"),
        gettext_lazy("The other side has yet to confirm the training anew. Until then it does not hold."),
    ),
}  # fmt: skip
TONES = {VALID: "ok", REVOKED: "bad", CORRECTED: "warn", DISPUTED: "bad", WITHDRAWN: "bad", WAITING: "warn"}
ICONS = {
    VALID: "tick",
    REVOKED: "cross",
    CORRECTED: "warning",
    DISPUTED: "warning",
    WITHDRAWN: "cross",
    WAITING: "clock",
}


def initials(name: str) -> str:
    """A name as a stranger reads it: its first letters, enough to compare with the paper in hand."""
    return " ".join(f"{part[0].upper()}." for part in name.split())


def rows_of(places: Iterable[ActivityPerson], papers: set[int]) -> list[dict[str, Any]]:
    """The people of an activity, each with their latest certificate; `papers` are those that the reader may open."""
    found = []
    for place in places:
        last = max(place.certificates.all(), key=lambda each: each.pk, default=None)
        found.append({
            "id": place.public_id, "name": place.person.name, "home": name_now(place.home.names),
            "host": name_now(place.host.names) if place.host else "", "hours": number(place.hours),
            "certificate": told(last) if last else None, "paper": last is not None and last.pk in papers,
        })  # fmt: skip
    return found


def told(certificate: Certificate) -> dict[str, Any]:
    """A certificate in a row: its number, whether it holds, where its paper is."""
    state = standing_of(certificate)
    return {
        "id": certificate.public_id, "number": certificate.number, "state": state, "words": str(SAID[state][0]),
        "tone": TONES[state], "icon": ICONS[state], "holds": state == VALID, "issued": certificate.status == "issued",
        "type": name_now(certificate.content["type"]["names"]), "hours": number(certificate.content["hours"]),
        "organiser": name_now(certificate.content["organiser"]["names"]),
    }  # fmt: skip


def public_facts(certificate: Certificate) -> dict[str, Any]:
    """What anybody learns of a number: initials, institutions, hours and day, and whether it holds; no name."""
    content, state = certificate.content, standing_of(certificate)
    return {
        "state": state, "word": str(SAID[state][0]), "text": str(SAID[state][1]), "tone": TONES[state],
        "icon": ICONS[state], "number": certificate.number, "initials": initials(content["name"]),
        "home": name_now(content["home"]["names"]), "organiser": name_now(content["organiser"]["names"]),
        "type": name_now(content["type"]["names"]), "hours": number(content["hours"]), "day": day(_date(content)),
        "issued": day(certificate.issued_at), "hash": certificate.content_hash,
    }  # fmt: skip


def _date(content: dict[str, Any]) -> datetime.date:
    return datetime.date.fromisoformat(content["starts_on"])


def sheet_of(certificate: Certificate) -> dict[str, Any]:
    """The paper in the reader's language; what it says is what was issued, whatever has changed since."""
    content = certificate.content
    confirmed = ", ".join(name_now(house["names"]) for house in content["confirmed_by"])
    facts = [
        (_("What"), name_now(content["type"]["names"])),
        (_("Date"), day(_date(content))),
        (_("Hours"), number(content["hours"])),
        (_("Works at"), name_now(content["home"]["names"])),
        (_("Confirmed by"), confirmed),
    ]
    return {
        "title": _("Certificate"), "number": certificate.number, "name": content["name"],
        "organiser": name_now(content["organiser"]["names"]), "lang": tag_of(get_language())[:2],
        "facts": [fact for fact in facts if fact[1]], "issued": f"{_('Issued on')}: {day(certificate.issued_at)}",
        "check": _("Whether it holds can be checked by its number:"), "address": address_of(certificate),
        "hash": certificate.content_hash,
    }  # fmt: skip


def address_of(certificate: Certificate) -> str:
    """Where the number verifies."""
    return settings.SITE_URL + reverse("verify-number", args=[certificate.number])


def heading(activity: Activity) -> str:
    """What the page of the people is called."""
    return _("People and certificates") if activity.type.code == TRAINED else _("Guests and hosts")


def people_page(activity: Activity) -> str:
    """The address of the people of an activity."""
    return reverse("activity-people", args=[activity.public_id])


def crumbs_of(certificate: Certificate) -> list[dict[str, str]]:
    """The way from the list of activities."""
    activity = certificate.place.activity
    return Record.crumbs(
        {"text": title(activity), "url": page(activity)},
        {"text": heading(activity), "url": people_page(activity)},
        {"text": certificate.number},
    )
