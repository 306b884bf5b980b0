"""What the two sides do with an obligation: evidence is added and handed in, accepted, returned, or the rest waived."""

import datetime
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.statuses import AgreementStatus
from cooperation.obligations.covering import COUNTED_KINDS, delivered_on
from cooperation.obligations.making import cancel, outlived, touched
from cooperation.obligations.models import TO_DO, Evidence, EvidenceState, Obligation
from cooperation.obligations.proofs import provables
from cooperation.obligations.rules import OBLIGATION, is_covered, owes
from lifecycle.models import SignedLink
from lifecycle.transitions import Condition, Unmet, WrongStatus, held

OVER = (AgreementStatus.ENDED, AgreementStatus.TERMINATED)
MOST_BYTES, MOST_PIECES = 20 * 1024 * 1024, 50
STARTS = {
    b"%PDF-": ("pdf",),
    b"PK\x03\x04": ("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip"),
    b"\xff\xd8\xff": ("jpg", "jpeg"),
    b"\x89PNG\r\n\x1a\n": ("png",),
}
ENDINGS = tuple(ending for endings in STARTS.values() for ending in endings)


def add_evidence(
    obligation: Obligation,
    *,
    by: Any,
    at: datetime.datetime,
    subject_type: str = "",
    subject: str = "",
    link: str = "",
    file: tuple[str, bytes] | None = None,
    quantity: Decimal | None = None,
    note: str = "",
) -> Evidence:
    """The responsible party shows something: a thing of the platform, a link, or a file (its name and content).

    Raises PermissionDenied, WrongStatus, ValidationError.
    """
    with held(obligation):
        _permit_writing(obligation, by)
        if sum(map(bool, (subject, link, file))) != 1:
            raise ValidationError({"link": _("Give one thing: something of this site, a link, or a file.")})
        if obligation.evidence.count() >= MOST_PIECES:
            raise ValidationError({"link": _("There is enough evidence here already.")})
        if subject:
            _check_subject(obligation, by, subject_type, subject)
        proof = Evidence(
            obligation=obligation, subject_type=subject_type if subject else "", subject_id=subject, link=link,
            quantity=quantity, note=note, submitted_on=timezone.localtime(at).date(), submitted_by=by, added_at=at,
        )  # fmt: skip
        if file is not None:
            _keep_file(proof, *file)
        try:
            with transaction.atomic():
                proof.save(force_insert=True)
        except IntegrityError as error:
            raise ValidationError({"subject": _("This is evidence of this obligation already.")}) from error
        _written(obligation, "add_evidence", proof, by, at)
    return proof


def _permit_writing(obligation: Obligation, by: Any) -> None:
    """The responsible party, while it is its turn."""
    if not owes(by, obligation):
        raise PermissionDenied
    if obligation.status not in TO_DO:
        raise WrongStatus(obligation.status, OBLIGATION.available(obligation, by))


def _check_subject(obligation: Obligation, by: Any, subject_type: str, subject: str) -> None:
    """Something that is there, that the person may see, and that has got so far that it shows something."""
    kind = provables().get(subject_type)
    if kind is None or not kind.offered(by, obligation.responsible_id).filter(public_id=subject).exists():
        raise ValidationError({"subject": _("Choose something of your organisation that is confirmed or published.")})
    if subject_type == "activity" and obligation.kind.code in COUNTED_KINDS:
        raise ValidationError({"subject": _("Joint work is counted here by itself as soon as it is confirmed.")})


def _keep_file(proof: Evidence, name: str, data: bytes) -> None:
    """Under a random name, known by its content. Raises ValidationError."""
    if len(data) > MOST_BYTES:
        raise ValidationError({"file": _("File: choose one of at most 20 MB.")}, code="too_large")
    plain = name.replace("\\", "/").rpartition("/")[2][-200:]
    ending = plain.rpartition(".")[2].lower()
    start = next((start for start, endings in STARTS.items() if ending in endings), None)
    if start is None or not data.startswith(start):
        raise ValidationError({"file": _("File: choose a PDF, Office, picture or ZIP file.")}, code="kind")
    proof.file.save(f"{proof.public_id}.{ending}", ContentFile(data), save=False)
    proof.file_name, proof.file_sha256 = plain, hashlib.sha256(data).hexdigest()


def _written(obligation: Obligation, name: str, proof: Evidence, by: Any, at: datetime.datetime) -> None:
    """The columns that every act writes, and what happened."""
    Obligation.objects.filter(pk=obligation.pk).update(**touched(at))
    obligation.refresh_from_db(fields=["version", "modified_at"])
    OBLIGATION.tell(name, obligation, by=by, at=at, detail={"evidence": proof.public_id})


def drop_evidence(proof: Evidence, *, by: Any, at: datetime.datetime) -> Obligation:
    """Taken back by who added it, before it is handed in; what the system counted stays."""
    obligation = proof.obligation
    with held(obligation):
        _permit_writing(obligation, by)
        if proof.submitted_by_id is None or proof.state == EvidenceState.ACCEPTED:
            raise Unmet([Condition("evidence_counts", _("This evidence counts already and stays."), "/evidence")])
        Evidence.objects.filter(pk=proof.pk).delete()
        _written(obligation, "drop_evidence", proof, by, at)
    return obligation


def submit_obligation(
    obligation: Obligation, *, by: Any, at: datetime.datetime, evidence: Sequence[dict[str, Any]] = ()
) -> Obligation:
    """Handed in with what shows it; the other side accepts or returns it. Raises Unmet without any evidence."""
    with held(obligation):
        line = OBLIGATION.permit("submit", obligation, by)
        for piece in evidence:
            add_evidence(obligation, by=by, at=at, **piece)
        OBLIGATION.apply("submit", obligation, by=by, at=at, permitted=line, change=touched(at))
        obligation.refresh_from_db()
    return obligation


def accept_obligation(
    obligation: Obligation, *, by: Any, at: datetime.datetime, link: SignedLink | None = None
) -> Obligation:
    """The other side, or the bearer of its link, accepts what there is. Raises Unmet below what was promised."""
    with held(obligation):
        line = OBLIGATION.permit("accept", obligation, by, link=link)
        obligation.evidence.filter(state=EvidenceState.OFFERED).update(state=EvidenceState.ACCEPTED)
        day = delivered_on(list(obligation.evidence.filter(state=EvidenceState.ACCEPTED)), obligation.quantity)
        if day is None:
            raise Unmet(list(is_covered(obligation)))
        change = {"delivered_on": day, **touched(at)}
        told = {"delivered_on": str(day), **_through(link)}
        OBLIGATION.apply("accept", obligation, by=by, at=at, permitted=line, change=change, detail=told)
        obligation.refresh_from_db()
    return obligation


def return_obligation(
    obligation: Obligation, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "",
    link: SignedLink | None = None,
) -> Obligation:  # fmt: skip
    """Not enough, and why. What the agreement outlived meanwhile is not asked for again."""
    with held(obligation):
        line = OBLIGATION.permit("return", obligation, by, reason, link=link)
        told: dict[str, Any] = {"reason": reason, "reason_code": reason_code, "detail": _through(link)}
        OBLIGATION.apply("return", obligation, by=by, at=at, permitted=line, change=touched(at), **told)
        if outlived(obligation, obligation.agreement.in_force_until) and obligation.agreement.status in OVER:
            cancel([obligation], at, reason_code="ended")
        obligation.refresh_from_db()
    return obligation


def _through(link: SignedLink | None) -> dict[str, str]:
    """What the Event says of a link: its id and for whom it spoke, never its token."""
    return {"link": link.public_id, "asked": link.institution} if link else {}


def waive_obligation(
    obligation: Obligation, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Obligation:
    """The other side does without it; it stays among what was promised."""
    with held(obligation):
        told: dict[str, Any] = {"reason": reason, "reason_code": reason_code}
        OBLIGATION.apply("waive", obligation, by=by, at=at, change=touched(at), **told)
        obligation.refresh_from_db()
    return obligation
