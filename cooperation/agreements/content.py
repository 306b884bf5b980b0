"""What the parties sign: the content of a revision as canonical JSON, its hash, and how two contents differ."""

import json
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.names import name_in
from cooperation.agreements.models import AgreementTerm, Revision, RevisionParty
from cooperation.agreements.statuses import TERMS
from lifecycle.canonical import canonical_json, content_hash, plain
from lifecycle.models import FrozenContent

SHORT = 8  # characters of the hash that people compare
CLAUSES = {
    "title": _("Subject"),
    "kind": _("Kind of agreement"),
    "starts_on": _("Starts"),
    "ends_on": _("Ends"),
    "review_on": _("Review"),
    "notice_days": _("Notice in days"),
    "renewal": _("Renewal"),
    "renewal_months": _("Renewed by months"),
    "survives_exit": _("Goes on when one party leaves"),
    "purpose": _("What this revision does"),
    "reason": _("Reason"),
    "document": _("Document"),
    "effective_on": _("Takes effect"),
    "text": _("Text"),
}

TEXTS = {"ru": _("Text in Russian"), "en": _("Text in English")}


class Change(NamedTuple):
    """One clause on both sides; `clause` is its path in the content."""

    clause: str
    label: Any
    before: Any
    after: Any


def content_of(revision: Revision) -> dict[str, Any]:
    """The content as product 3.2 lists it, from the rows of a revision."""
    agreement = revision.agreement
    terms = revision.terms.select_related("kind", "form", "from_institution", "to_institution").order_by(
        "position", "pk"
    )
    parties = revision.parties.select_related("institution", "unit", "role").order_by("position", "pk")
    return {
        "number": agreement.number,
        "revision": revision.number,
        "title": revision.title,
        "kind": revision.kind.code if revision.kind else None,
        "starts_on": revision.starts_on,
        "ends_on": revision.ends_on,
        "review_on": revision.review_on,
        "notice_days": revision.notice_days,
        "renewal": revision.renewal,
        **_said_only_where_it_is(revision),
        "text": revision.text,
        "parties": [_party(party) for party in parties],
        "terms": [_term(term) for term in terms],
        "attachments": [],
    }


def _said_only_where_it_is(revision: Revision) -> dict[str, Any]:
    """Parts that most revisions do not have: what is not said has no key, so that it changes no hash."""
    parts = ("renewal_months", "survives_exit", "reason", "document", "effective_on", "texts")
    found = {name: getattr(revision, name) for name in parts if getattr(revision, name)}
    return found if revision.purpose in TERMS else {"purpose": revision.purpose, **found}


def _party(party: RevisionParty) -> dict[str, Any]:
    return {
        "institution": party.institution.public_id,
        "official_name": party.official_name or name_in(party.institution.names, settings.LANGUAGE_CODE),
        "unit": party.unit.public_id if party.unit else None,
        "role": party.role.code if party.role else None,
        "responsibility": party.responsibility,
        "signs": party.signs,
    }


def _term(term: AgreementTerm) -> dict[str, Any]:
    return {
        "key": term.key,
        "kind": term.kind.code,
        "form": term.form.code if term.form else None,
        "from": term.from_institution.public_id if term.from_institution else None,
        "to": term.to_institution.public_id if term.to_institution else None,
        "quantity": plain(term.quantity) if term.quantity is not None else None,
        "unit": term.unit,
        "due_on": term.due_on,
        "field_of_study": term.field_of_study,
        "text": term.text,
        "not_yet_defined": term.not_yet_defined,
    }


def freeze(revision: Revision) -> FrozenContent:
    """Stores the content for good; whatever is signed later is signed on this."""
    canonical = canonical_json(content_of(revision))
    return FrozenContent.objects.create(
        subject_type="agreement",
        subject_id=revision.agreement.public_id,
        version=revision.number,
        content=canonical,
        sha256=content_hash(canonical),
    )


def read(revision: Revision) -> dict[str, Any]:
    """The content to show: what was frozen, or what the draft holds now; always plain JSON values."""
    text = revision.frozen.content if revision.frozen else canonical_json(content_of(revision))
    found: dict[str, Any] = json.loads(text)
    return found


def is_genuine(revision: Revision) -> bool:
    """Whether the frozen content still has the hash that the revision names."""
    return revision.frozen is not None and content_hash(revision.frozen.content) == revision.content_hash


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Clause by clause what differs, in the order of the content."""
    found = [
        Change(name, label, before.get(name), after.get(name))
        for name, label in CLAUSES.items()
        if before.get(name) != after.get(name)
    ]
    found += [
        Change(f"texts/{tag}", label, old, new)
        for tag, label in TEXTS.items()
        if (old := before.get("texts", {}).get(tag)) != (new := after.get("texts", {}).get(tag))
    ]
    return [*found, *_listed("parties", _("Party"), before, after), *_listed("terms", _("Obligation"), before, after)]


KEYS = {"parties": ("institution", "unit"), "terms": ("key",)}


def _listed(name: str, label: Any, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    old, new = ({_key(name, item): item for item in side.get(name, [])} for side in (before, after))
    return [
        Change(f"{name}/{key}", label, old.get(key), new.get(key))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _key(name: str, item: dict[str, Any]) -> str:
    return "/".join(str(item[part]) for part in KEYS[name] if item.get(part))
