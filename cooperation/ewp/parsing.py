"""EWP's XML into shapes: every element is known, held against the schema's rules, or named with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.spelling import UnsafeText, hygiene
from cooperation.ewp.hashing import hash_of
from cooperation.ewp.shapes import (
    CONTACTS,
    KINDS,
    NEEDS_LANGUAGE,
    OF_STUDENTS,
    SPACE,
    Area,
    Iia,
    Language,
    Mobility,
    Partner,
)
from cooperation.ewp.trees import Node, UnsafeXml, read_tree

IDENTIFIER = re.compile(r"[!-~]{1,64}\Z")
YEAR = re.compile(r"([0-9]{4})/([0-9]{4})\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
ISCED, OLD_ISCED = re.compile(r"[0-9]{4}\Z"), re.compile(r"[0-9]{1,3}\Z")
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\Z")
LEVEL = re.compile(r"[ABC][12]\Z")
WHOLE, TOTAL, EQF = re.compile(r"[1-9][0-9]{0,8}\Z"), re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?\Z"), re.compile(r"[1-8]\Z")
HASH = re.compile(r"[0-9a-f]{64}\Z")
ANY = re.compile(r".*", re.DOTALL)
TRUTH = {"true": True, "1": True, "false": False, "0": False}
PEOPLE = {"signing-contact", "sending-contact", "receiving-contact", "contact"}
PARTNER = ("hei-id", "ounit-id", "iia-id", "iia-code", "signing-contact", "signing-date", "contact")
MOBILITY = (
    "sending-hei-id", "sending-ounit-id", "sending-contact", "receiving-hei-id", "receiving-ounit-id",
    "receiving-contact", "receiving-first-academic-year-id", "receiving-last-academic-year-id", "mobilities-per-year",
    "recommended-language-skill", "subject-area", "other-info-terms",
)  # fmt: skip
IIA = ("partner", "in-effect", "cooperation-conditions", "iia-hash", "pdf-file")


class NotEwp(ValueError):
    """What is wrong with a file, each with its line; nothing of it is taken."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass
class Parser:
    """One file; faults are gathered so that all are told at once."""

    faults: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def fault(self, node: Node, said: str) -> None:
        """Something wrong at an element."""
        where = _("line %(line)s, %(element)s") % {"line": node.line, "element": node.name}
        self.faults.append(f"{where}: {said}")

    def value(self, node: Node, name: str, shape: re.Pattern[str] = ANY, *, needed: bool = False) -> str | None:
        """The text of an only child; None where it is missing."""
        found = node.all(name)
        if len(found) > 1:
            self.fault(found[1], _("it stands twice"))
        if not found:
            if needed:
                self.fault(node, _("%(name)s is missing") % {"name": name})
            return None
        return self.text(found[0], shape)

    def text(self, node: Node, shape: re.Pattern[str]) -> str:
        """What an element says, clean."""
        try:
            said = hygiene(node.text)
        except UnsafeText:
            self.fault(node, _("it holds characters that cannot be shown"))
            return ""
        if not shape.match(said):
            self.fault(node, _("“%(said)s” is not allowed here") % {"said": said[:60]})
        return said

    def known(self, node: Node, names: tuple[str, ...], *attributes: str) -> None:
        """Names every child and attribute that the format does not know, and children out of their order."""
        last = 0
        for child in node.children:
            if child.name not in names or child.space not in (SPACE, CONTACTS):
                self.fault(child, _("this element is not known"))
            elif names.index(child.name) < last:
                self.fault(child, _("it stands in the wrong place"))
            else:
                last = names.index(child.name)
            if child.name in PEOPLE:
                self.left_out[child.name] = self.left_out.get(child.name, 0) + 1
        for name in set(node.attributes) - set(attributes):
            self.fault(node, _("the attribute %(name)s is not known") % {"name": name})

    def iia(self, node: Node) -> Iia:
        """One agreement."""
        self.known(node, IIA)
        partners = [self.partner(each) for each in node.all("partner")]
        if len(partners) != 2:
            self.fault(
                node, _("EWP knows agreements of exactly two partners; here are %(count)s") % {"count": len(partners)}
            )
            partners = (partners + [Partner("")] * 2)[:2]
        conditions = node.all("cooperation-conditions")
        if len(conditions) != 1:
            self.fault(node, _("%(name)s is missing") % {"name": "cooperation-conditions"})
        given = self.value(node, "iia-hash", HASH, needed=True)
        mobilities: list[Mobility] = []
        terminated = False
        for each in conditions[:1]:
            self.known(each, tuple(f"{kind}-mobility-spec" for kind in KINDS), "terminated-as-a-whole")
            terminated = self.truth(each, each.attributes.get("terminated-as-a-whole", "false"))
            mobilities = [
                self.mobility(one) for one in each.children if one.name.removesuffix("-mobility-spec") in KINDS
            ]
        in_effect = self.value(node, "in-effect", needed=True)
        return Iia(
            (partners[0], partners[1]), self.truth(node, in_effect or "false"), tuple(mobilities), terminated,
            self.value(node, "pdf-file") or "", self.left_out, given == hash_of(node),
        )  # fmt: skip

    def truth(self, node: Node, said: str) -> bool:
        """A boolean as XML writes it."""
        if said not in TRUTH:
            self.fault(node, _("“%(said)s” is not allowed here") % {"said": said[:60]})
        return TRUTH.get(said, False)

    def partner(self, node: Node) -> Partner:
        """One of the two; the people it names are left out."""
        self.known(node, PARTNER)
        return Partner(
            (self.value(node, "hei-id", needed=True) or "").lower(),
            self.value(node, "ounit-id", IDENTIFIER) or "", self.value(node, "iia-id", IDENTIFIER) or "",
            self.value(node, "iia-code") or "", self.value(node, "signing-date", DATE) or "",
        )  # fmt: skip

    def mobility(self, node: Node) -> Mobility:
        """One mobility specification."""
        kind = node.name.removesuffix("-mobility-spec")
        students = kind in OF_STUDENTS
        total = "total-months-per-year" if students else "total-days-per-year"
        self.known(node, (*MOBILITY, total, *(("blended", "eqf-level") if students else ())))
        amount = self.value(node, "mobilities-per-year", WHOLE, needed=True) or "1"
        languages = tuple(self.language(each) for each in node.all("recommended-language-skill"))
        if kind in NEEDS_LANGUAGE and not languages:
            self.fault(node, _("%(name)s is missing") % {"name": "recommended-language-skill"})
        return Mobility(
            kind, (self.value(node, "sending-hei-id", needed=True) or "").lower(),
            (self.value(node, "receiving-hei-id", needed=True) or "").lower(),
            *self.years(node), int(amount) if WHOLE.match(amount) else 1,
            self.value(node, "sending-ounit-id", IDENTIFIER) or "", self.value(node, "receiving-ounit-id", IDENTIFIER) or "",
            languages, tuple(self.area(each) for each in node.all("subject-area")),
            self.value(node, "other-info-terms"), self.total(node, total),
            self.truth(node, self.value(node, "blended", needed=True) or "false") if students else False,
            tuple(int(said) for each in node.all("eqf-level") if EQF.match(said := self.text(each, EQF))),
            self.undefined(next(iter(node.all("mobilities-per-year")), None)),
        )  # fmt: skip

    def years(self, node: Node) -> tuple[str, str]:
        """The first and the last academic year."""
        names = ("receiving-first-academic-year-id", "receiving-last-academic-year-id")
        first, last = (self.value(node, name, YEAR, needed=True) or "" for name in names)
        if YEAR.match(first) and YEAR.match(last) and last < first:
            self.fault(node, _("the last academic year lies before the first"))
        return first, last

    def total(self, node: Node, name: str) -> str:
        """Months or days a year, more than none."""
        said = self.value(node, name, TOTAL) or ""
        if said and not said.strip("0."):
            self.fault(node, _("“%(said)s” is not allowed here") % {"said": said})
        return said

    def undefined(self, node: Node | None) -> bool:
        """Whether an element says of itself that it is not yet defined."""
        if node is None:
            return False
        self.known(node, tuple(child.name for child in node.children), "not-yet-defined")
        return self.truth(node, node.attributes.get("not-yet-defined", "false"))

    def language(self, node: Node) -> Language:
        """A recommended language."""
        self.known(node, ("language", "cefr-level", "subject-area"), "not-yet-defined")
        areas = [self.area(each) for each in node.all("subject-area")]
        said = self.value(node, "language", LANGUAGE, needed=True) or ""
        return Language(
            said, self.value(node, "cefr-level", LEVEL) or "", areas[0] if areas else None, self.undefined(node)
        )

    def area(self, node: Node) -> Area:
        """A subject area."""
        self.known(node, ("isced-f-code", "isced-clarification"))
        codes = node.all("isced-f-code")
        old = codes[0].attributes.get("v6-value", "") if codes else ""
        if old and not OLD_ISCED.match(old):
            self.fault(codes[0], _("“%(said)s” is not allowed here") % {"said": old[:60]})
        return Area(
            self.value(node, "isced-f-code", ISCED, needed=True) or "", self.value(node, "isced-clarification"), old
        )  # fmt: skip


def read_iias(content: bytes) -> list[Iia]:
    """The agreements of a file. Raises NotEwp with everything that is wrong."""
    try:
        root = read_tree(content)
    except UnsafeXml as unsafe:
        raise NotEwp([str(unsafe)]) from None
    if (root.space, root.name) != (SPACE, "iias-get-response"):
        raise NotEwp([_("This is no answer of EWP's agreements interface, version 7.")])
    faults: list[str] = []
    found = list(_each(root, faults))
    if not found and not faults:
        faults.append(_("The file holds no agreement."))
    if faults:
        raise NotEwp(faults[:50])
    return found


def _each(root: Node, faults: list[str]) -> Iterator[Iia]:
    for node in root.children:
        parser = Parser()
        if node.name == "iia":
            yield parser.iia(node)
        else:
            parser.fault(node, _("this element is not known"))
        faults.extend(parser.faults)
