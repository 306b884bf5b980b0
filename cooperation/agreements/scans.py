"""Signing on paper: the printed page bears the hash, somebody with signing power signs it, the scan is filed here.

An administrator of the same party records it: the scan, the first characters of the hash as they stand on the paper,
who signed, and on which day. The signature is the signatory's, in the position they held on that day.
"""

import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.wording import day_short
from cooperation.agreements import content as wording
from cooperation.agreements.methods import Signer, waiting_party
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.proofs import SignatureProof
from cooperation.agreements.rules import AGREEMENT, SIGNS, admin_houses, is_signatory, paper_houses, party_houses
from cooperation.agreements.signing import OtherContent, approve_agreement
from cooperation.agreements.statuses import SignatureMethod
from institutions.people.models import Position
from institutions.registry.models import Institution
from lifecycle.transitions import WrongStatus

MOST_BYTES = 10 * 1024 * 1024
STARTS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
KINDS = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True)
class Paper:
    """A signed page before the table of moves: for which party of which agreement it answers."""

    subject_id: str
    institution: str
    purpose: str = SIGNS


class OnPaper:
    """The holder of a position with signing power on the day that stands on the paper."""

    method: str = SignatureMethod.PAPER

    def __init__(self, bearer: Paper, post: Position, signed_on: datetime.date, scan: ContentFile, digest: str) -> None:
        self.bearer, self.post, self.signed_on, self.scan, self.digest = bearer, post, signed_on, scan, digest

    def signer(self, revision: Revision, by: Any, at: datetime.datetime) -> Signer:
        party = waiting_party(revision, self.bearer.institution)
        user = self.post.person.user
        proof = {"signed_on": self.signed_on, "recorded_by": by, "file": self.scan, "file_sha256": self.digest}
        told = {"signed_on": str(self.signed_on), "file_sha256": self.digest}
        return Signer(party, self.post.title, user, (user.email,) if user else (), proof, told)


def paper_party(agreement: Agreement, by: Any) -> Institution:
    """The institution for which this person may file a signed page now. Raises PermissionDenied, WrongStatus."""
    waiting = paper_houses(by, agreement)
    if not waiting:
        if admin_houses(by) & party_houses(agreement) or is_signatory(by, agreement):
            raise WrongStatus(agreement.status, AGREEMENT.available(agreement, by))
        raise PermissionDenied("file_paper")
    return Institution.objects.filter(pk__in=waiting).order_by("pk")[0]


def signatories_on(institution: Institution, day: datetime.date) -> Any:
    """Positions of an institution with signing power on that day."""
    rows = Position.objects.may_sign_on(day).filter(institution=institution)
    return rows.select_related("person__user").order_by("title", "pk")


def signatories_of(institution: Institution) -> Any:
    """Positions of an institution that have or had signing power."""
    rows = Position.objects.filter(institution=institution, may_sign=True)
    return rows.select_related("person__user").order_by("title", "pk")


def file_paper(
    agreement: Agreement, *, by: Any, at: datetime.datetime, code: str, position: Position, signed_on: datetime.date,
    data: bytes,
) -> Agreement:  # fmt: skip
    """Records a signature on paper. Raises PermissionDenied, WrongStatus, OtherContent, ValidationError, Unmet."""
    house = paper_party(agreement, by)
    shown = agreement.shown
    if shown is None:
        raise PermissionDenied("file_paper")
    _must_fit(shown, house, position, signed_on, at)
    _must_be_its_code(agreement, shown, code, by)
    ending, digest = _ending_of(data), hashlib.sha256(data).hexdigest()
    scan = ContentFile(data, name=f"{agreement.public_id}-{digest[:16]}.{ending}")
    way = OnPaper(Paper(agreement.public_id, house.public_id), position, signed_on, scan, digest)
    return approve_agreement(agreement, content_hash=shown.content_hash, by=by, at=at, way=way)


def _must_be_its_code(agreement: Agreement, shown: Revision, code: str, by: Any) -> None:
    """The characters on the paper are those of the revision shown; of an earlier one they say what has changed since."""
    typed = "".join(code.split()).casefold()
    if typed == shown.content_hash[: wording.SHORT]:
        return
    earlier = Revision.objects.filter(agreement=agreement, frozen__isnull=False, content_hash__startswith=typed)
    found = earlier.first() if len(typed) == wording.SHORT else None
    if found is not None:
        raise OtherContent(agreement, found.content_hash, by)
    message = _("Code of the text: it is not the code of this revision. Compare it with the printed page.")
    raise ValidationError({"code": ValidationError(message, code="other_code")})


def _must_fit(
    shown: Revision, house: Institution, post: Position, signed_on: datetime.date, at: datetime.datetime
) -> None:
    """Signed after it was proposed and not in the future, by a position of the party that could sign on that day."""
    proposed = timezone.localtime(shown.proposed_at).date() if shown.proposed_at else signed_on
    if not proposed <= signed_on <= timezone.localtime(at).date():
        message = _("Signed on: a day from %(first)s, when it was proposed, until today.")
        said = {"first": day_short(proposed)}
        raise ValidationError({"signed_on": ValidationError(message, code="out_of_range", params=said)})
    if not signatories_on(house, signed_on).filter(pk=post.pk).exists():
        message = _("Signed by: this position had no right to sign for your organisation on that day.")
        raise ValidationError({"position": ValidationError(message, code="no_power")})


def _ending_of(data: bytes) -> str:
    """The kind of the scan, by its content."""
    if len(data) > MOST_BYTES:
        raise ValidationError({"file": ValidationError(_("Scan: choose a file of at most 10 MB."), code="too_large")})
    ending = next((ending for start, ending in STARTS.items() if data.startswith(start)), None)
    if ending is None:
        raise ValidationError({"file": ValidationError(_("Scan: choose a PDF, JPEG or PNG file."), code="kind")})
    return ending


def scan_of(revision: Revision, institution: str) -> SignatureProof | None:
    """The scan behind a party's signature on paper, if it signed so."""
    found = SignatureProof.objects.filter(
        signature__revision=revision, signature__party__institution__public_id=institution
    )
    return found.exclude(file="").first()
