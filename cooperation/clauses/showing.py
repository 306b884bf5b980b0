"""Templates and clauses for pages: every text in its languages, side by side."""

from typing import Any

from accounts.names import name_now
from cooperation.agreements.models import Revision
from cooperation.agreements.presenting import LANGUAGE_WORDS
from cooperation.clauses.library import LANGUAGES, by_code, clauses, said_in, template_text, templates
from institutions.territory.models import Term


def side_by_side(words: dict[str, str]) -> list[dict[str, str]]:
    """Texts by language as the page shows them beside each other."""
    return [
        {"lang": language, "language": str(LANGUAGE_WORDS[language]), "text": words[language]}
        for language in LANGUAGES
        if words.get(language)
    ]


def shown_template(template: Term, known: dict[str, Term]) -> dict[str, Any]:
    """A template for pages: code, name, kind, and its text in every language."""
    texts = {language: template_text(template, language, known) for language in LANGUAGES}
    return {
        "code": template.code, "name": name_now(template.names), "kind": template.data["kind"],
        "texts": side_by_side(texts),
    }  # fmt: skip


def shown_clause(clause: Term) -> dict[str, Any]:
    """A clause for pages: code, name, kinds it belongs to, and its words in every language."""
    texts = {language: said_in(clause, language) for language in LANGUAGES}
    return {
        "code": clause.code, "name": name_now(clause.names), "kinds": clause.data["kinds"],
        "texts": side_by_side(texts),
    }  # fmt: skip


def library_for(revision: Revision) -> dict[str, Any]:
    """What the step of the text offers: templates and clauses of the kind that was chosen, and the languages."""
    kind = revision.kind.code if revision.kind else ""
    known = by_code(clauses())
    return {
        "templates": [shown_template(each, known) for each in templates(kind)] if kind else [],
        "clauses": [shown_clause(each) for each in clauses(kind)],
        "languages": [{"code": each, "name": LANGUAGE_WORDS[each], "chosen": each == "uz"} for each in LANGUAGES],
    }  # fmt: skip
