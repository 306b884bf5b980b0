"""Ways of signing, behind one interface: with the account, by a personal link, on paper, with a key.

Each says for which party, by whom and in which position; all of them sign the same hash, in the one function
`signing.approve_agreement`. Another way is another class here, and nothing else.
"""

import datetime
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cooperation.agreements.models import Revision, RevisionParty, Signature
from cooperation.agreements.proofs import SignatureProof
from cooperation.agreements.rules import signing_houses
from cooperation.agreements.statuses import PartyState, SignatureMethod
from institutions.people.models import Position
from lifecycle.links import plain_address


@dataclass(frozen=True)
class Signer:
    """Who signs for which party: an account or none, the office, and what of the proof is kept."""

    party: RevisionParty
    position: str
    person: Any = None
    addresses: tuple[str, ...] = ()
    proof: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)


class Way(Protocol):
    """A way of signing. `bearer` is what stands in the place of an account before the table of moves, if anything."""

    method: str
    bearer: Any

    def signer(self, revision: Revision, by: Any, at: datetime.datetime) -> Signer:
        """Who signs this revision at this moment. Raises PermissionDenied, Unmet."""


class WithAccount:
    """Signed in, with the password or a token that may sign: a position with signing power on that day."""

    method: str = SignatureMethod.ACCOUNT
    bearer = None

    def signer(self, revision: Revision, by: Any, at: datetime.datetime) -> Signer:
        party, position = self.office(revision, by, timezone.localtime(at).date())
        return Signer(party, position.title, by, (by.email,))

    def office(self, revision: Revision, by: Any, on: datetime.date) -> tuple[RevisionParty, Position]:
        """The waiting party this person can sign for today, and the position that lets them. Raises PermissionDenied."""
        waiting = revision.parties.filter(signs=True, state=PartyState.WAITING, institution__in=signing_houses(by))
        powers = {
            position.institution_id: position
            for position in Position.objects.may_sign_on(on).filter(person__user=by).order_by("-pk")
        }
        for party in waiting.select_related("institution").order_by("position", "pk"):
            if party.institution_id in powers:
                return party, powers[party.institution_id]
        raise PermissionDenied


def waiting_party(revision: Revision, institution: str) -> RevisionParty:
    """The party of this institution (its public id) that has yet to sign. Raises PermissionDenied."""
    rows = revision.parties.filter(signs=True, state=PartyState.WAITING, institution__public_id=institution)
    party = rows.select_related("institution").order_by("position", "pk").first()
    if party is None:
        raise PermissionDenied("approve")
    return party


def mailbox_key(address: str) -> str:
    """A keyed hash of a mailbox: it tells whether two addresses are one, and nothing else."""
    said = f"signer:{plain_address(address)}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()


def has_another_party(revision: Revision, signer: Signer) -> bool:
    """Whether this person or mailbox has signed this revision for another party already, in whatever way."""
    signed = Signature.objects.filter(revision=revision)
    if signer.person is not None and signed.filter(person=signer.person).exists():
        return True
    mailboxes = {plain_address(address) for address in signer.addresses}
    accounts = signed.filter(person__isnull=False).values_list("person__email", flat=True)
    if mailboxes & {plain_address(email) for email in accounts}:
        return True
    keys = [mailbox_key(address) for address in signer.addresses]
    return SignatureProof.objects.filter(revision=revision, address_key__in=keys).exists()


def keep_proof(signature: Signature, signer: Signer) -> None:
    """What stands behind the signature, beside it; of an account nothing more is to be kept."""
    if signer.proof:
        SignatureProof.objects.create(signature=signature, revision_id=signature.revision_id, **signer.proof)
