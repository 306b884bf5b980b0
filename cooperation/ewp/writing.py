"""Shapes into EWP's XML, and the hash by which partners approve: SHA-256 over what version 7 says counts."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from cooperation.ewp.shapes import KINDS, OF_STUDENTS, SPACE, Area, Iia, Language, Mobility, Partner
from cooperation.ewp.trees import Node, write_tree

UNDEFINED = {"not-yet-defined": "true"}
NOT_HASHED = ("receiving-first-academic-year-id", "receiving-last-academic-year-id")


def write_iias(iias: Iterable[Iia]) -> bytes:
    """The answer of EWP's `get`, always the same bytes for the same agreements."""
    return write_tree(_node("iias-get-response", children=[iia_node(each) for each in iias]))


def _node(name: str, text: str = "", children: Iterable[Node] = ()) -> Node:
    return Node(SPACE, name, {}, text, list(children))


def _given(**values: str) -> Iterator[Node]:
    """An element for each value that is there, in the order given."""
    for name, value in values.items():
        if value:
            yield _node(name.replace("_", "-"), value)


def iia_node(iia: Iia) -> Node:
    """One agreement, with its hash."""
    ordered = sorted(iia.mobilities, key=lambda each: KINDS.index(each.kind))
    conditions = _node("cooperation-conditions", children=[_mobility(each) for each in ordered])
    if iia.terminated:
        conditions.attributes["terminated-as-a-whole"] = "true"
    parts = [*(_partner(each) for each in iia.partners), _node("in-effect", _truth(iia.in_effect)), conditions]
    parts.append(_node("iia-hash", hash_of(iia)))
    return _node("iia", children=[*parts, *_given(pdf_file=iia.pdf_file)])


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _partner(partner: Partner) -> Node:
    return _node("partner", children=_given(
        hei_id=partner.hei_id, ounit_id=partner.ounit_id, iia_id=partner.iia_id, iia_code=partner.iia_code,
        signing_date=partner.signing_date,
    ))  # fmt: skip


def _mobility(each: Mobility) -> Node:
    students = each.kind in OF_STUDENTS
    parts = [
        *_given(sending_hei_id=each.sending, sending_ounit_id=each.sending_unit, receiving_hei_id=each.receiving,
                receiving_ounit_id=each.receiving_unit, receiving_first_academic_year_id=each.first_year,
                receiving_last_academic_year_id=each.last_year),
        _marked(_node("mobilities-per-year", str(each.per_year)), undefined=each.not_yet_defined),
        *(_language(language) for language in each.languages),
        *(_area(area) for area in each.areas),
        *([_node("other-info-terms", each.other)] if each.other is not None else []),
        *_given(**{"total_months_per_year" if students else "total_days_per_year": each.total}),
    ]  # fmt: skip
    if students:
        parts += [_node("blended", _truth(each.blended)), *(_node("eqf-level", str(level)) for level in each.eqf)]
    return _node(f"{each.kind}-mobility-spec", children=parts)


def _marked(node: Node, *, undefined: bool) -> Node:
    node.attributes |= UNDEFINED if undefined else {}
    return node


def _language(each: Language) -> Node:
    parts = [*_given(language=each.language, cefr_level=each.level), *([_area(each.area)] if each.area else [])]
    return _marked(_node("recommended-language-skill", children=parts), undefined=each.not_yet_defined)


def _area(area: Area) -> Node:
    code = _node("isced-f-code", area.isced)
    code.attributes |= {"v6-value": area.v6} if area.v6 else {}
    clarified = [] if area.clarification is None else [_node("isced-clarification", area.clarification)]
    return _node("subject-area", children=[code, *clarified])


def hash_of(iia: Iia) -> str:
    """The hash of version 7: ids of both partners, then each mobility leaf by leaf, its years last.

    What is not yet defined does not count, of a replaced ISCED code the old one does, contacts and years in between not.
    """
    said = ["_@terminated-as-a-whole@_"] if iia.terminated else []
    said += [f"_iia-id_{place}={each.iia_id}_" for place, each in enumerate(iia.partners, start=1) if each.iia_id]
    for each in sorted(iia.mobilities, key=lambda mobility: KINDS.index(mobility.kind)):
        node = _mobility(each)
        said += [leaf for child in node.children for leaf in _leaves(child, ("cooperation-conditions", node.name))]
        said += [
            f"_receiving-first-academic-year-id={each.first_year}_",
            f"_receiving-last-academic-year-id={each.last_year}_",
        ]
    return sha256("".join(said).encode("utf-8")).hexdigest()


def _leaves(node: Node, above: tuple[str, str]) -> Iterator[str]:
    """Each element without children, with the names of the two above it."""
    if node.name in NOT_HASHED or "not-yet-defined" in node.attributes:
        return
    if node.children:
        for child in node.children:
            yield from _leaves(child, (above[1], node.name))
    else:
        value = node.attributes.get("v6-value") or node.text
        yield f"_{above[0]}.{above[1]}.{node.name}={value}_"
