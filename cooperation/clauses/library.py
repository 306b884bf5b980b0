"""Templates and clauses of the country pack: words of two vocabularies, with their texts in every language of record.

A template (`agreement_template`) names its kind, the roles of the parties with who fits them, its clauses, and promises
as `kind:form:giver>taker`; a clause (`clause`) names the kinds it belongs to, none meaning all.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.names import name_in
from institutions.territory.models import Term

TEMPLATE, CLAUSE, OPENING = "agreement_template", "clause", "opening"
LANGUAGES = ("uz", "ru", "en")  # of record, that of the state first
NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)


class Promise(NamedTuple):
    """An obligation of a template: what, in which form, and which roles give and take; an empty role is anybody."""

    kind: str
    form: str
    giver: str
    taker: str


def templates(kind: str = "") -> QuerySet[Term]:
    """Templates in use, of one kind of agreement or of all."""
    rows = Term.objects.of(TEMPLATE).filter(valid__endswith__isnull=True).order_by("position", "pk")
    return rows.filter(data__kind=kind) if kind else rows


def clauses(kind: str = "") -> list[Term]:
    """Clauses in use that belong to the kind of agreement; without one all."""
    rows = Term.objects.of(CLAUSE).filter(valid__endswith__isnull=True).order_by("position", "pk")
    return [row for row in rows if not kind or not row.data["kinds"] or kind in row.data["kinds"]]


def promises_of(template: Term) -> list[Promise]:
    """What a template promises, in its order."""
    found = []
    for said in template.data["promises"]:
        kind, form, sides = said.split(":")
        giver, _arrow, taker = sides.partition(">")
        found.append(Promise(kind, form, giver, taker))
    return found


def roles_of(template: Term) -> list[tuple[str, list[str]]]:
    """The roles of a template in their order, each with the kinds (or flags of kinds) that fit it; none fits all."""
    pairs = [said.partition("=") for said in template.data["parties"]]
    return [(role, fitting.split(",") if fitting else []) for role, _sign, fitting in pairs]


def said_in(term: Term, language: str) -> str:
    """The words in this language; a pack that has none of it has none."""
    return str(term.data.get(f"text_{language}") or "")


def clause_text(clause: Term, language: str, place: int) -> str:
    """A clause as it stands in a text: its number and name, then its words."""
    return f"{place}. {name_in(clause.names, language)}\n{said_in(clause, language)}"


def template_text(template: Term, language: str, known: dict[str, Term]) -> str:
    """The whole text of a template in one language; blanks are left for the product to fill in."""
    said = f"1. {name_in(template.names, language)}\n{said_in(template, language)}"
    parts = [known[code] for code in template.data["clauses"] if code in known]
    numbered = [clause_text(clause, language, place) for place, clause in enumerate(parts, 2)]
    opening = [said_in(known[OPENING], language)] if OPENING in known else []
    return "\n\n".join([*opening, said, *numbered])


def with_clause(text: str, clause: Term, language: str) -> str:
    """A text with one clause more at its end, under the next number."""
    last = max((int(number) for number in NUMBERED.findall(text)), default=0)
    return "\n\n".join(filter(None, [text.rstrip(), clause_text(clause, language, last + 1)]))


def by_code(rows: Iterable[Term]) -> dict[str, Term]:
    return {row.code: row for row in rows}
