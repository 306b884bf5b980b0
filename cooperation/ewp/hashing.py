"""The hash by which partners approve an agreement: SHA-256 over what version 7 says counts, in the file's own spelling."""

from collections.abc import Iterator
from hashlib import sha256

from cooperation.ewp.trees import Node

YEARS = ("receiving-first-academic-year-id", "receiving-last-academic-year-id")
PEOPLE = ("sending-contact", "receiving-contact")
YES = ("true", "1")


def hash_of(iia: Node) -> str:
    """Of an `iia` element: ids of both partners (also one that is not known yet), then each mobility leaf by leaf, its
    years last. What is not yet defined does not count, of a replaced ISCED code the old one does, contacts do not.
    """
    return sha256("".join(_counted(iia)).encode("utf-8")).hexdigest()


def _counted(iia: Node) -> Iterator[str]:
    conditions = iia.all("cooperation-conditions")[:1]
    if conditions and conditions[0].attributes.get("terminated-as-a-whole") in YES:
        yield "_@terminated-as-a-whole@_"
    for place, partner in enumerate(iia.all("partner"), start=1):
        yield f"_iia-id_{place}={_text(partner, 'iia-id')}_"
    for mobility in conditions[0].children if conditions else ():
        for child in mobility.children:
            yield from _leaves(child, ("cooperation-conditions", mobility.name))
        for name in YEARS:
            yield f"_{name}={_text(mobility, name)}_"


def _text(node: Node, name: str) -> str:
    return "".join(each.text for each in node.all(name)[:1])


def _leaves(node: Node, above: tuple[str, str]) -> Iterator[str]:
    """Each element without children, with the names of the two above it."""
    if node.name in (*YEARS, *PEOPLE) or node.attributes.get("not-yet-defined") in YES:
        return
    if node.children:
        for child in node.children:
            yield from _leaves(child, (above[1], node.name))
    else:
        value = node.attributes.get("v6-value") or node.text
        yield f"_{above[0]}.{above[1]}.{node.name}={value}_"
