"""A protocol in words: for its page, for its form, for the paper."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.names import name_now, tag_of
from accounts.wording import day, day_short, moment
from cooperation.activities.models import Activity
from cooperation.protocols.content import CONTEST, DISCUSSION, OFFICES
from cooperation.protocols.models import Protocol, ProtocolStatus
from institutions.people.models import Membership

TEMPLATE = Path(__file__).with_name("protocol.typ")


def heading(protocol: Protocol) -> str:
    """The protocol by its number, where it has one."""
    number = protocol.content["number"]
    return _("Protocol № %(number)s") % {"number": number} if number else _("Protocol")


def document(protocol: Protocol) -> dict[str, Any]:
    """Everything it says."""
    content, activity = protocol.content, protocol.activity
    facts = [
        (_("What"), name_now(activity.type.names)),
        (_("Date"), day(content["held_on"]) if content["held_on"] else ""),
        (_("Place"), content["place"]),
        (_("Chair"), _office(content["chair"])),
        (_("Secretary"), _office(content["secretary"])),
    ]
    return {
        "title": heading(protocol), "facts": [{"label": label, "text": text} for label, text in facts if text],
        "present": content["present"], "items": content["items"], "result": content["result"],
        "places": sorted(content["places"], key=lambda each: each["place"]) if activity.type.code == CONTEST else [],
        "items_head": _("Works discussed") if activity.type.code == DISCUSSION else _("Agenda"),
        "hash": protocol.content_hash,
    }  # fmt: skip


def _office(told: dict[str, str] | None) -> str:
    return ", ".join(filter(None, [told["name"], told["position"]])) if told else ""


def signatures(protocol: Protocol) -> list[dict[str, Any]]:
    """Who signs in which office, and when they did."""
    words = {"chair": _("Chair"), "secretary": _("Secretary")}
    found = []
    for name, *_words in OFFICES:
        signed = getattr(protocol, f"{name}_signed_at")
        said = protocol.content[name] or {"name": "–", "position": ""}
        found.append({
            "party": said["name"], "office": ", ".join(filter(None, [words[name], said["position"]])),
            "signed": signed is not None, "when": moment(signed) if signed else "", "code": "",
        })  # fmt: skip
    return found


def status_words(protocol: Protocol) -> str:
    """The badge."""
    return str(ProtocolStatus(protocol.status).label)


def head_of(protocol: Protocol, signers: dict[str, Membership | None]) -> dict[str, Any]:
    """What stands in the head of the form."""
    content = protocol.content
    found = {name: content[name] for name in ("number", "place", "result")}
    found["held_on"] = day_short(content["held_on"]) if content["held_on"] else ""
    for name, member in signers.items():
        told = content[name] or {"name": "", "position": ""}
        found |= {name: member.public_id if member else "", f"{name}_text": told["name"]}
        found[f"{name}_position"] = told["position"]
    return found


def sheet_of(protocol: Protocol, activity: Activity) -> dict[str, Any]:
    """The paper, in the reader's language around what was written."""
    told = document(protocol)
    signed = [f"{each['office']}: {each['party']}, {each['when'] or '–'}" for each in signatures(protocol)]
    houses = [
        name_now(row.institution.names) for row in activity.participations.select_related("institution").order_by("pk")
    ]
    return {
        **told, "facts": [(each["label"], each["text"]) for each in told["facts"]], "houses": ", ".join(houses),
        "present_head": _("Present"), "result_head": _("Result"), "places_head": _("Places taken"),
        "author": _("Author or speaker"), "remarks": _("Questions and remarks"), "decision": _("Decision"),
        "signed": signed, "state": status_words(protocol), "lang": tag_of(get_language())[:2],
        "edition": _("Edition %(number)s") % {"number": protocol.edition},
    }  # fmt: skip
