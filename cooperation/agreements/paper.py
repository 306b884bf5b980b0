"""A concluded wording on paper: one language or two side by side, who signed, the whole code, where it is checked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.names import TAGS, code_of, tag_of
from accounts.wording import moment
from cooperation.agreements import content as wording
from cooperation.agreements import presenting
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.statuses import SignatureMethod
from exchange.certifying import signing

TEMPLATE = Path(__file__).with_name("agreement.typ")
CODE = 16  # characters of the code in the address: nobody types them


def choices(reader: str | None) -> dict[str, Any]:
    """The languages for the form that asks for the paper, the reader's first."""
    own = tag_of(reader)
    named = [{"tag": tag, "text": settings.LANGUAGE_NAMES[code_of(tag)]} for tag in TAGS]
    return {"own": own, "all": named, "others": [each for each in named if each["tag"] != own]}


def sheet_of(agreement: Agreement, revision: Revision, languages: Sequence[str]) -> dict[str, Any]:
    """All that stands on the paper of a concluded revision."""
    content = wording.read(revision)
    signatures = list(revision.signatures.select_related("party__institution").order_by("party__position", "pk"))
    said = []
    for tag in languages:
        with translation.override(code_of(tag)):
            said.append(
                {**_spoken(revision, content), **proof_words(tag), "signed": [_signed(each) for each in signatures]}
            )
    return {
        **frame(agreement.number, revision), "languages": said, "subject": content["title"], "text": content["text"],
        "parties": [party["official_name"] for party in content["parties"]],
        "signed": [{"name": each.party.official_name, "office": each.position} for each in signatures],
    }  # fmt: skip


def frame(number: str, revision: Revision) -> dict[str, Any]:
    """What every paper about a wording has: name, day, code and where it is checked."""
    address = settings.SITE_URL + reverse("verify-short", args=[revision.content_hash[:CODE]])
    assert revision.concluded_at  # noqa: S101
    on = timezone.localtime(revision.concluded_at).date()
    return {
        "name": f"{number}, {revision.number}", "number": number, "date": [on.year, on.month, on.day],
        "hash": revision.content_hash, "short": revision.content_hash[: wording.SHORT], "address": address,
        "qr": segno.make(address, error="m").svg_inline(border=0), "subject": "", "text": "", "parties": [], "signed": [],
    }  # fmt: skip


def proof_words(tag: str) -> dict[str, Any]:
    """The words of the last page in the language at hand; which signature the platform itself has put in the file."""
    by = signing()
    if by:
        values = {"name": by.name, "fingerprint": by.fingerprint}
        platform = _("The file is signed by the platform. Certificate: %(name)s, SHA-256 %(fingerprint)s") % values
    else:
        platform = _("The file carries no signature of the platform: check it by its code.")
    return {
        "lang": tag[:2], "proof_head": _("Certificate of approvals"),
        "proof": _("All parties have signed exactly this text."),
        "check": _("Whether it is genuine and still holds, anybody can check here:"),
        "hash_head": _("Code of this text (SHA-256)"), "platform": platform,
    }  # fmt: skip


def _spoken(revision: Revision, content: dict[str, Any]) -> dict[str, Any]:
    """The wording in the language at hand; subject and text stay as they were signed."""
    told, words = presenting.document(revision), presenting.Words(content)
    decision = told["decision"]
    facts = [
        (_("What this revision does"), str(decision.get("what", ""))),
        (_("Takes effect"), decision.get("from", "")),
        (_("Document"), decision.get("document", "")),
        (_("Reason"), decision.get("reason", "")),
        (_("Kind of agreement"), told["kind"]),
        (_("Period of validity"), told["period"]),
        (_("Notice period"), told["notice"]),
        (_("After the last day"), told["renewal"]),
        (_("When one party leaves"), told["exit"]),
        (_("Concluded"), moment(revision.concluded_at)),
    ]
    return {
        "title": _("Agreement № %(number)s") % {"number": told["number"]},
        "edition": _("Revision %(number)s") % {"number": told["revision"]},
        "facts": [fact for fact in facts if fact[1]],
        "parties_head": _("Parties"), "roles": [_role(party) for party in told["parties"]],
        "terms_head": _("Obligations"), "terms": [words.promise(term) for term in content["terms"]],
        "text_head": _("Text of the agreement"), "text_note": _("As it was signed, in the language it was written in."),
    }  # fmt: skip


def _role(party: dict[str, Any]) -> str:
    sees = "" if party["signs"] else _("sees, does not sign")
    return ", ".join(filter(None, [party["role"], sees]))


def _signed(signature: Any) -> str:
    """How, when and upon which code, in one line."""
    method = SignatureMethod(signature.method).label
    return f"{_('Signed')}: {moment(signature.signed_at)} · {method} · {signature.sha256[: wording.SHORT]}"
