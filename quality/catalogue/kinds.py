"""Of which kinds of institutions a definition speaks."""

from institutions.territory.models import Term
from quality.catalogue.models import DefinitionVersion

Vocabulary = tuple[dict[str, int], dict[str, int]]  # ids of kinds by code: education organisations, and all


def kinds_of(version: DefinitionVersion, education: dict[str, int], everything: dict[str, int]) -> list[int]:
    """Ids of the kinds of institutions a definition speaks of; none named means all education organisations."""
    return (
        [everything[code] for code in version.kinds if code in everything]
        if version.kinds
        else list(education.values())
    )


def vocabulary() -> Vocabulary:
    """Kinds of participants by code: those of education organisations, and all."""
    terms = list(Term.objects.filter(vocabulary="participant_kind").order_by("pk"))
    education = {term.code: term.pk for term in terms if "E" in (term.data.get("flags") or ())}
    return education, {term.code: term.pk for term in terms}
