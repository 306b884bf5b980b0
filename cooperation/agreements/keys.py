"""Signing with a key (E-IMZO): a PKCS#7 envelope around the hash, checked by a server of the operator's choice.

Off until `HK_EIMZO_URL` names the server; nothing else depends on it. The signatory is the one who is signed in, with
signing power on that day; the certificate must be theirs and that of their organisation.
"""

import base64
import binascii
import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from cooperation.agreements.methods import Signer, WithAccount
from cooperation.agreements.models import Agreement, Revision, RevisionParty
from cooperation.agreements.signing import approve_agreement
from cooperation.agreements.statuses import SignatureMethod
from exchange.egress import Refused, Unreachable, post_text
from institutions.people.models import Position
from institutions.registry.models import ExternalId
from lifecycle.transitions import Condition, Unmet

VERIFY = "/backend/pkcs7/verify/attached"
STIR = "1.2.860.3.16.1.1"  # where a certificate names the taxpayer number of an organisation
SCHEME = "inn"
MOST = 64 * 1024  # characters of an envelope


def refused(code: str, message: Any) -> Unmet:
    """One condition, told at the field of the envelope."""
    return Unmet([Condition(code, message, "/pkcs7")])


@dataclass(frozen=True)
class Sealed:
    """What the server has found in an envelope: the text that was signed, and by whose certificate."""

    text: str
    serial: str
    holder: str
    organisation: str
    valid_from: datetime.datetime
    valid_until: datetime.datetime


def is_on() -> bool:
    """Whether this site has a server that checks envelopes."""
    return bool(settings.EIMZO_URL)


def opened(envelope: str) -> Sealed:
    """Asks the server. Raises ValidationError (no envelope, no server set), Unmet (not genuine, or nobody answers)."""
    if not is_on():
        message = _("Signing with a key is not set up here. Sign with the account.")
        raise ValidationError({"pkcs7": ValidationError(message, code="off")})
    try:
        base64.b64decode(envelope, validate=True)
    except (binascii.Error, ValueError):
        message = _("Signature: send the PKCS#7 envelope in base64.")
        raise ValidationError({"pkcs7": ValidationError(message, code="invalid")}) from None
    try:
        answer = post_text(settings.EIMZO_URL.rstrip("/") + VERIFY, envelope)
    except (Refused, Unreachable):
        raise _away() from None
    said = answer.json()
    if answer.status != 200 or not isinstance(said, dict):
        raise _away()
    return _read(said)


def _away() -> Unmet:
    return refused(
        "verifier_away",
        _("The server that checks keys does not answer. Nothing was signed. Try again, or sign with the account."),
    )


def _read(said: dict[str, Any]) -> Sealed:
    """The server's answer as what it means. Raises Unmet for an envelope that is not genuine, or cannot be read."""
    try:
        info = said["pkcs7Info"]
        (signer,) = info["signers"]
        certificate = signer["certificate"][0]
        genuine = said["status"] == 1 and signer["verified"] is True and signer["certificateVerified"] is True
        sealed = Sealed(
            base64.b64decode(info["documentBase64"], validate=True).decode("ascii"), str(certificate["serialNumber"]),
            str(certificate["subjectInfo"]["CN"]), str(certificate["subjectInfo"].get(STIR, "")),
            _moment(certificate["validFrom"]), _moment(certificate["validTo"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError):
        raise refused("not_genuine", _("The signature could not be confirmed. Nothing was signed.")) from None
    if not genuine:
        raise refused("not_genuine", _("The signature could not be confirmed. Nothing was signed."))
    return sealed


def _moment(text: str) -> datetime.datetime:
    """A moment as the server writes it, in the country's zone."""
    return timezone.make_aware(datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S"))  # noqa: DTZ007


class WithKey(WithAccount):
    """The signatory who is signed in, with their own certificate of their own organisation, over this very hash."""

    method: str = SignatureMethod.EIMZO

    def __init__(self, envelope: str, sealed: Sealed) -> None:
        self.envelope, self.sealed = envelope, sealed

    def signer(self, revision: Revision, by: Any, at: datetime.datetime) -> Signer:
        on = timezone.localtime(at).date()
        party, post = self.office(revision, by, on)
        self._must_fit(revision, party, post, at)
        proof = {"shown": self.sealed.serial[:200], "envelope": self.envelope}
        return Signer(party, post.title, by, (by.email,), proof, {"certificate": self.sealed.serial[:200]})

    def _must_fit(self, revision: Revision, party: RevisionParty, post: Position, at: datetime.datetime) -> None:
        sealed, on = self.sealed, timezone.localtime(at).date()
        if sealed.text != revision.content_hash:
            raise refused("other_hash", _("This signature is on another text. Nothing was signed."))
        if not sealed.valid_from <= at < sealed.valid_until:
            raise refused(
                "certificate_expired",
                _("The certificate of this key does not hold today. Renew it, or sign with the account."),
            )
        numbers = ExternalId.objects.filter(
            institution=party.institution, scheme=SCHEME, valid__overlap=DateRange(on, on, "[]")
        ).values_list("value", flat=True)
        if sealed.organisation not in set(numbers):
            raise refused(
                "other_organisation", _("This key is not of your organisation: its taxpayer number is another one.")
            )
        if not is_named(sealed.holder, post.person.name):
            raise refused("other_person", _("This key is another person's. Sign with your own key."))


def is_named(holder: str, name: str) -> bool:
    """Whether the holder of a certificate, who has all names there, is the person of this shorter name, in any writing."""
    words = search_key(name).split()
    return bool(words) and set(words) <= set(search_key(holder).split())


def approve(agreement: Agreement, *, by: Any, at: datetime.datetime, content_hash: str, pkcs7: str = "") -> Agreement:
    """Signs with the account, or, where an envelope comes along, with the key; the server is asked before any lock.

    Raises as `approve_agreement`, and ValidationError.
    """
    if not pkcs7:
        return approve_agreement(agreement, content_hash=content_hash, by=by, at=at)
    way = WithKey(pkcs7, opened(pkcs7))
    return approve_agreement(agreement, content_hash=content_hash, by=by, at=at, way=way)
