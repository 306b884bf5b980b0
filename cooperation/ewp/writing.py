"""Shapes into EWP's XML."""

from collections.abc import Iterable, Iterator

from cooperation.ewp.hashing import hash_of
from cooperation.ewp.shapes import KINDS, OF_STUDENTS, SPACE, Area, Iia, Language, Mobility, Partner
from cooperation.ewp.trees import Node, write_tree

UNDEFINED = {"not-yet-defined": "true"}


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
    node = _node(
        "iia",
        children=[*(_partner(each) for each in iia.partners), _node("in-effect", _truth(iia.in_effect)), conditions],
    )
    node.children += [_node("iia-hash", hash_of(node)), *_given(pdf_file=iia.pdf_file)]
    return node


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
