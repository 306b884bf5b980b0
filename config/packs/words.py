"""Vocabularies of a pack as dated terms. A code means the same in every pack: the first pack's row stays, and a later
pack only adds languages it lacks."""

from typing import Any

from config.packs.reading import Pack, TermRow
from config.packs.tally import Tally
from institutions.territory.models import Term

Key = tuple[str, str]


def install_terms(pack: Pack, tally: Tally) -> None:
    """Create missing terms, bring those of this pack to the file's form, complete those of another."""
    known = {(term.vocabulary, term.code): term for term in Term.objects.all()}
    fresh: dict[Key, Term] = {}
    changed: list[Term] = []
    rows = {(row.vocabulary, row.code): row for row in pack.terms()}
    for key, row in rows.items():
        if key not in known:
            fresh[key] = _term(pack, row)
        elif _settle(known[key], row, pack):
            changed.append(known[key])
    Term.objects.bulk_create(fresh.values(), batch_size=2000)
    Term.objects.bulk_update(changed, ["names", "valid", "data", "position"], batch_size=500)
    tally.add("terms", len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
    _link_successors(rows, {**known, **fresh})


def _term(pack: Pack, row: TermRow) -> Term:
    return Term(
        vocabulary=row.vocabulary, code=row.code, names=row.names, valid=row.valid,
        data=row.data, pack=pack.code, position=row.position,
    )  # fmt: skip


def _settle(term: Term, row: TermRow, pack: Pack) -> bool:
    """Whether the stored term had to change to agree with the row."""
    if term.pack != pack.code:
        names = {**row.names, **term.names}
        wanted: dict[str, Any] = {"names": names}
    else:
        wanted = {"names": row.names, "valid": row.valid, "data": row.data, "position": row.position}
    different = {name: value for name, value in wanted.items() if getattr(term, name) != value}
    for name, value in different.items():
        setattr(term, name, value)
    return bool(different)


def _link_successors(rows: dict[Key, TermRow], terms: dict[Key, Term]) -> None:
    """A closed term names the one that replaced it, which may stand later in the file."""
    linked = []
    for (vocabulary, code), row in rows.items():
        term, heir = terms[vocabulary, code], terms.get((vocabulary, row.replaced_by))
        if heir and term.replaced_by_id != heir.pk:
            term.replaced_by = heir
            linked.append(term)
    Term.objects.bulk_update(linked, ["replaced_by"])
