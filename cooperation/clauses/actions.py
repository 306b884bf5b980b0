"""Putting a template or a clause into a draft; what somebody has written there stays."""

import datetime
from collections.abc import Collection
from typing import Any

from cooperation.agreements.actions import save_draft
from cooperation.agreements.conditions import fits
from cooperation.agreements.models import Agreement, Revision
from cooperation.clauses import library
from institutions.registry.models import Institution
from institutions.territory.models import Term


def use_template(
    agreement: Agreement, template: Term, *, languages: Collection[str], by: Any, at: datetime.datetime
) -> Agreement:  # fmt: skip
    """Fills what is still empty of a draft: subject, texts, notice, roles and obligations of the template."""
    revision = agreement.latest
    content = {} if revision is None else _content(revision, template, languages)
    return save_draft(agreement, by=by, at=at, **content)


def add_clause(
    agreement: Agreement, clause: Term, *, languages: Collection[str], by: Any, at: datetime.datetime
) -> Agreement:  # fmt: skip
    """Puts a clause at the end of the texts in these languages, and of those that are written already."""
    revision = agreement.latest
    if revision is None:
        return save_draft(agreement, by=by, at=at)
    said = {"uz": revision.text, **revision.texts}
    wanted = set(languages) | {language for language, text in said.items() if text}
    texts = {
        language: library.with_clause(said.get(language, ""), clause, language) if language in wanted else ""
        for language in library.LANGUAGES
    }
    return save_draft(agreement, by=by, at=at, text=texts.pop("uz"), texts=texts)


def _content(revision: Revision, template: Term, languages: Collection[str]) -> dict[str, Any]:
    parties = _with_roles(revision, template)
    content: dict[str, Any] = {"parties": parties}
    if revision.kind_id is None:
        content["kind"] = Term.objects.of("agreement_kind").get(code=template.data["kind"])
    if not revision.title:
        content["title"] = template.names.get(next(iter(languages), "uz")) or template.names["uz"]
    if not revision.text and not revision.texts:
        known = library.by_code(library.clauses())
        texts = {language: library.template_text(template, language, known) for language in languages}
        content |= {"text": texts.pop("uz", ""), "texts": texts}
    if not revision.terms.exists():
        content |= {"terms": _terms(template, parties), "notice_days": template.data["notice_days"]}
    return content


def _with_roles(revision: Revision, template: Term) -> list[dict[str, Any]]:
    """The parties; who has no role yet gets the first one left that fits."""
    rows = revision.parties.select_related("institution__kind", "unit", "role").order_by("position", "pk")
    parties = [{name: getattr(row, name) for name in ("institution", "unit", "role", "responsibility")} for row in rows]
    left, words = library.roles_of(template), library.by_code(Term.objects.of("party_role"))
    for party in parties:
        taken = next((each for each in left if party["role"] is not None and each[0] == party["role"].code), None)
        if taken is not None:
            left.remove(taken)
    for role, fitting in left:
        for party in parties:
            if party["role"] is None and (not fitting or fits(fitting, party["institution"])) and role in words:
                party["role"] = words[role]
                break
    return parties


def _terms(template: Term, parties: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Obligations between the parties that have the roles; how much of it the parties say, so it is not yet defined."""
    holders: dict[str, Institution] = {}
    for party in parties:
        if party["role"] is not None:
            holders.setdefault(party["role"].code, party["institution"])
    kinds = library.by_code(Term.objects.of("obligation_kind"))
    forms = library.by_code(Term.objects.of("cooperation_form"))
    return [
        {
            "kind": kinds[said.kind], "form": forms.get(said.form), "from_": holders.get(said.giver),
            "to": holders.get(said.taker), "unit": (kinds[said.kind].data.get("units") or [""])[0],
            "not_yet_defined": True,
        }
        for said in library.promises_of(template) if said.kind in kinds
    ]  # fmt: skip
