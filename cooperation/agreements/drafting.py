"""Writing the rows of a revision: its head, its parties, its terms; numbers; what makes it findable."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.identity import new_public_id
from accounts.names import search_text
from accounts.spelling import UNSAFE, UnsafeText, hygiene, search_key
from cooperation.agreements.models import Agreement, AgreementTerm, Revision, RevisionParty
from cooperation.agreements.statuses import FURTHER

HEAD = (
    "title", "kind", "starts_on", "ends_on", "review_on", "notice_days", "renewal", "renewal_months", "survives_exit",
    "text", "texts",
)  # fmt: skip
TERM = ("kind", "form", "quantity", "unit", "due_on", "field_of_study", "text", "not_yet_defined")
MIRRORED = ("title", "kind", "starts_on", "ends_on", "review_on")
NEXT = """
INSERT INTO cooperation_numberseries (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = cooperation_numberseries.last + 1 RETURNING last
"""


def next_number(year: int) -> str:
    """The next number of a year. The row of the year is held until commit; what is rolled back was never given."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [year])
        return f"{settings.AGREEMENT_PREFIX}-{year}-{cursor.fetchone()[0]:05d}"


def write_content(revision: Revision, content: Mapping[str, Any]) -> None:
    """Puts what was given into a draft revision; what was not given stays."""
    unknown = set(content) - {*HEAD, "parties", "terms"}
    if unknown:
        raise TypeError(f"no such part of an agreement: {', '.join(sorted(unknown))}")
    head = {name: content[name] for name in HEAD if name in content}
    if head:
        for name, value in head.items():
            setattr(revision, name, clean_texts(value) if name == "texts" else value)
        revision.save(update_fields=list(head))
    if "parties" in content:
        write_parties(revision, content["parties"])
    if "terms" in content:
        write_terms(revision, content["terms"])


def clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The text in further languages, each clean; a language without words is left out. Raises ValidationError."""
    strange = set(texts) - set(FURTHER)
    if strange:
        raise ValidationError({"texts": _("There is no such language of record.")}, code="unknown_language")
    found = {}
    for language in FURTHER:
        try:
            text = hygiene(texts.get(language) or "").replace("\r\n", "\n").replace("\r", "\n")
        except UnsafeText as unsafe:
            raise ValidationError({"texts": UNSAFE}, code="unsafe") from unsafe
        if text:
            found[language] = text
    return found


def write_parties(revision: Revision, parties: Sequence[Mapping[str, Any]]) -> None:
    """The parties in their order; who signs follows from the role."""
    places = [(party["institution"].pk, getattr(party.get("unit"), "pk", None)) for party in parties]
    if len(set(places)) < len(places):
        raise ValidationError({"parties": _("This organisation is already a party.")}, code="duplicate")
    revision.parties.all().delete()
    RevisionParty.objects.bulk_create(
        RevisionParty(
            revision=revision,
            institution=party["institution"],
            unit=party.get("unit"),
            role=party.get("role"),
            responsibility=party.get("responsibility") or "",
            signs=signs(party.get("role")),
            position=place,
        )
        for place, party in enumerate(parties)
    )


def signs(role: Any) -> bool:
    """An observer sees and does not sign; the vocabulary says which roles are so."""
    return role is None or role.data.get("signs") is not False


def write_terms(revision: Revision, terms: Sequence[Mapping[str, Any]]) -> None:
    """The terms in their order; a term that was there before keeps its key through every revision."""
    known = set(AgreementTerm.objects.filter(revision__agreement=revision.agreement).values_list("key", flat=True))
    keys = [term["key"] for term in terms if term.get("key")]
    if len(set(keys)) < len(keys) or set(keys) - known:
        raise ValidationError({"terms": _("There is no such obligation in this agreement.")}, code="unknown_key")
    revision.terms.all().delete()
    AgreementTerm.objects.bulk_create(
        AgreementTerm(
            revision=revision,
            key=term.get("key") or new_public_id(),
            from_institution=term.get("from_"),
            to_institution=term.get("to"),
            position=place,
            **{name: term[name] for name in TERM if term.get(name) is not None},
        )
        for place, term in enumerate(terms)
    )


def copy_content(source: Revision) -> dict[str, Any]:
    """The content of a revision, ready to be written into the next one; without who has left since."""
    parties = source.parties.filter(left_on=None).select_related("institution", "unit", "role")
    parties = parties.order_by("position", "pk")
    terms = source.terms.select_related("kind", "form", "from_institution", "to_institution").order_by("position", "pk")
    return {
        **{name: getattr(source, name) for name in HEAD},
        "parties": [
            {name: getattr(each, name) for name in ("institution", "unit", "role", "responsibility")}
            for each in parties
        ],
        "terms": [
            {
                "key": each.key, "from_": each.from_institution, "to": each.to_institution,
                **{name: getattr(each, name) for name in TERM},
            }
            for each in terms
        ],
    }  # fmt: skip


def open_revision(agreement: Agreement, *, drafted_for: Any, by: Any, at: datetime.datetime, **said: Any) -> Revision:
    """The next revision of an agreement, an empty draft; `said` is what it is for, why, and from when."""
    last = agreement.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        agreement=agreement, number=last + 1, drafted_for=drafted_for, drafted_by=by, created_at=at, **said
    )


def findable(agreement: Agreement, revision: Revision) -> str:
    """What the search box compares: number, subject and the names of the parties."""
    names = [
        search_text(party.institution.names) for party in revision.parties.select_related("institution").order_by("pk")
    ]
    return " ".join([search_key(agreement.number), search_key(revision.title), *names])


def mirrored(revision: Revision) -> dict[str, Any]:
    """Columns of the agreement that repeat its shown revision."""
    return {name: getattr(revision, name) for name in MIRRORED}
