"""The prescribed parts of a protocol: what belongs into it, in one spelling for the hash, and what is missing.

Every protocol says its number, day and place, who chaired and who kept it, who was present in which position, what was
dealt with and what was decided. A discussion says of each work whose it is, what was asked and remarked and what was
decided about it; a contest says who took which place.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from lifecycle.canonical import canonical_json, content_hash
from lifecycle.transitions import Condition

CONTEST, SEMINAR, DISCUSSION = "contest", "seminar", "discussion"
TYPES = (CONTEST, SEMINAR, DISCUSSION)
LEAST_PRESENT = 2
EMPTY: dict[str, Any] = {
    "number": "", "held_on": None, "place": "", "chair": None, "secretary": None, "present": [], "items": [],
    "result": "", "places": [],
}  # fmt: skip
HEADS = (
    ("number", _("Number: the protocol has none yet.")),
    ("held_on", _("Date: say when it was held.")),
    ("place", _("Place: say where it was held.")),
)
OFFICES = (
    ("chair", _("Chair: say who chaired it."), _("Chair: say in which position.")),
    ("secretary", _("Secretary: say who kept the protocol."), _("Secretary: say in which position.")),
)
OF_A_WORK = (
    ("author", _("“%(title)s”: say whose work it is.")),
    ("remarks", _("“%(title)s”: write down the questions and remarks, or that there were none.")),
    ("decision", _("“%(title)s”: say what was decided about it.")),
)


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical content, 64 hex characters."""
    return content_hash(canonical_json(dict(content)))


def missing(content: Mapping[str, Any], kind: str) -> Iterator[Condition]:
    """Every prescribed part that is not there, with its place."""
    for name, message in HEADS:
        if not content[name]:
            yield Condition(name, message, f"/{name}")
    for name, nobody, no_position in OFFICES:
        if not content[name]:
            yield Condition(name, nobody, f"/{name}")
        elif not content[name]["position"]:
            yield Condition(f"{name}_position", no_position, f"/{name}/position")
    yield from _of_the_present(content["present"])
    yield from _of_the_agenda(content["items"], kind)
    if kind != DISCUSSION and not content["result"]:
        yield Condition("result", _("Result: say what came of it."), "/result")
    if kind == CONTEST and not content["places"]:
        yield Condition("places", _("Places: say who took which place."), "/places")


def _of_the_present(present: list[dict[str, Any]]) -> Iterator[Condition]:
    if len(present) < LEAST_PRESENT:
        yield Condition("present", _("Present: name at least two people."), "/present")
    for place, person in enumerate(present):
        if not person["position"]:
            message = _("Present: %(name)s has no position.") % {"name": person["name"]}
            yield Condition("present_position", message, f"/present/{place}/position")


def _of_the_agenda(items: list[dict[str, Any]], kind: str) -> Iterator[Condition]:
    if not items:
        words = _("Works: name at least one.") if kind == DISCUSSION else _("Agenda: name at least one item.")
        yield Condition("items", words, "/items")
    for place, item in enumerate(items):
        for name, message in OF_A_WORK if kind == DISCUSSION else ():
            if not item[name]:
                yield Condition(f"item_{name}", message % {"title": item["title"]}, f"/items/{place}/{name}")
