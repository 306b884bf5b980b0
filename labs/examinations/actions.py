"""What happens in an examination: opened, experts invited, decided, void; and how the project moves with it.

Blind by construction: an Event of an invitation, of a review or of what is taken back concerns nobody but who did it, for
people of the group belong to the same institutions as the coordinator; only the opening and the decision are told there.
"""

import datetime
import secrets
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labs.examinations.conflicts import conflicts_of
from labs.examinations.models import (
    ConflictFinding,
    ConflictKind,
    Examination,
    ExaminationStatus,
    Review,
    ReviewStatus,
)
from labs.examinations.rules import EXAMINATION, REVIEW, experts_on, judges_of, may_examine
from labs.pilots import actions as pilots
from labs.pilots.models import BlindCopy, PilotProject, PilotStatus
from labs.pilots.rules import PILOT
from lifecycle.events import record
from lifecycle.transitions import Condition, Unmet, WrongStatus, held

NUMBERS = 30_000  # what an expert's number is drawn from; shown is only its rank
UNTOLD: dict[str, Any] = {"concerned": [], "institution": ""}


def open_examination(project: PilotProject, *, by: Any, at: datetime.datetime) -> Examination:
    """A submitted project is taken up: a round over its latest version. Raises PermissionDenied, WrongStatus, Unmet."""
    if not may_examine(by, project):
        raise PermissionDenied("open")
    with transaction.atomic():
        project.refresh_from_db(from_queryset=PilotProject.objects.select_for_update())
        if project.status != PilotStatus.SUBMITTED:
            raise WrongStatus(project.status, PILOT.available(project, by))
        if project.examinations.filter(status=ExaminationStatus.OPEN).exists():
            raise Unmet([Condition("open", _("This project is being examined already."))])
        return _open(project, by, at)


def _open(project: PilotProject, by: Any, at: datetime.datetime) -> Examination:
    blind = (
        BlindCopy.objects.filter(source__project=project).select_related("source").order_by("-source__number").first()
    )
    if blind is None:
        raise Unmet([Condition("blind", _("There is no blind copy of the submitted version."))])
    last = project.examinations.aggregate(last=Max("round"))["last"] or 0
    made = Examination.objects.create(
        project=project, source=blind.source, blind=blind, round=last + 1, opened_at=at, modified_at=at
    )
    record(
        "open", subject_type="examination", subject_id=made.public_id, status_after=made.status, by=by, at=at,
        **made.audience(),
    )  # fmt: skip
    return made


def invite_expert(
    examination: Examination, *, by: Any, at: datetime.datetime, expert: User, note: str = "",
    due_on: datetime.date | None = None,
) -> Review:  # fmt: skip
    """Asks an expert; their conflicts are computed and kept. Raises ValidationError for a hard one, or a soft one without
    a note.
    """
    day = timezone.localdate(at)
    with held(examination):
        line = EXAMINATION.permit("invite", examination, by)
        if not experts_on(day).filter(pk=expert.pk).exists():
            raise ValidationError({"expert": _("Choose an active expert.")})
        if examination.reviews.filter(expert=expert).exists():
            raise ValidationError({"expert": _("This expert was asked in this round already.")})
        if due_on is not None and due_on <= day:
            raise ValidationError({"due_on": _("The deadline must be later than today.")})
        findings = conflicts_of([expert], examination.project, day)[expert.pk]
        _refuse(expert, examination.project, findings, note)
        review = Review.objects.create(
            examination=examination, expert=expert, number=draw_number(examination), note=note, due_on=due_on,
            invited_at=at, modified_at=at,
        )  # fmt: skip
        ConflictFinding.objects.bulk_create(
            ConflictFinding(review=review, kind=each.kind, hard=each.hard, ground=each.ground, found_at=at)
            for each in findings
        )
        told = {**UNTOLD, "detail": {"review": review.public_id}}
        EXAMINATION.apply("invite", examination, by=by, at=at, permitted=line, change={"modified_at": at}, **told)
    return review


def _refuse(expert: User, project: PilotProject, findings: list[Any], note: str) -> None:
    hard = [each for each in findings if each.hard]
    if hard:
        kinds = "; ".join(dict.fromkeys(str(ConflictKind(each.kind).label) for each in hard))
        raise ValidationError({"expert": _("A conflict of interest: %(kinds)s") % {"kinds": kinds}}, code="conflict")
    if expert.pk in judges_of(project):
        raise ValidationError({"expert": _("This person sits on the panel that assesses the project.")}, code="judges")
    if PilotProject.objects.all().visible_to(expert).filter(pk=project.pk).exists():
        raise ValidationError({"expert": _("This person may read the project under its own name.")}, code="seen")
    if findings and not note.strip():
        raise ValidationError(
            {"note": _("Their institutions have an agreement in force: say why you ask all the same.")}
        )


def draw_number(examination: Examination) -> int:
    """A number nobody of this round has, unrelated to the order of invitations and to any other round."""
    taken = set(examination.reviews.values_list("number", flat=True))
    return secrets.choice([number for number in range(1, NUMBERS) if number not in taken])


def start_examination(examination: Examination, *, by: Any, at: datetime.datetime) -> Examination:
    """Two experts have accepted: the project is in examination."""
    with held(examination):
        pilots.start_examination(examination.project, by=by, at=at)
    return examination


def decide_examination(examination: Examination, *, by: Any, at: datetime.datetime, decision: str) -> Examination:
    """What comes of the project; who has not answered is asked no longer. Raises Unmet while reviews are missing."""
    with held(examination):
        line = EXAMINATION.permit("decide", examination, by)
        for review in examination.reviews.filter(status=ReviewStatus.INVITED):
            REVIEW.apply("void", review, by=None, at=at, reason_code="decided", change={"modified_at": at}, **UNTOLD)
        change = {"decision": decision, "decided_at": at, "modified_at": at}
        EXAMINATION.apply("decide", examination, by=by, at=at, permitted=line, change=change)
        pilots.decide_examination(examination.project, decision=decision, at=at)
    return examination


def take_back_review(
    examination: Examination, *, by: Any, at: datetime.datetime, review: Review, reason: str, reason_code: str = ""
) -> Examination:
    """A conflict was found later, or the expert is silent: the review does not count, and the expert sees it no more."""
    with held(examination):
        line = EXAMINATION.permit("take_back", examination, by, reason)
        if review.examination_id != examination.pk:
            raise ValidationError({"review": _("Choose a review of this round.")})
        _void_review(review, at, reason)
        EXAMINATION.apply(
            "take_back", examination, by=by, at=at, permitted=line, change={"modified_at": at}, reason=reason,
            reason_code=reason_code, detail={"review": review.public_id}, **UNTOLD,
        )  # fmt: skip
    return examination


def _void_review(review: Review, at: datetime.datetime, reason: str) -> None:
    if review.status == ReviewStatus.SUBMITTED:
        ground = {"type": "", "id": "", "on": timezone.localdate(at).isoformat()}
        ConflictFinding.objects.create(review=review, kind=ConflictKind.DECLARED, hard=True, ground=ground, found_at=at)
    REVIEW.apply("void", review, by=None, at=at, reason=reason, change={"modified_at": at}, **UNTOLD)


def void_examination(
    examination: Examination, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Examination:
    """A conflict was found later: nothing of this round counts, and a new one is opened over the same version."""
    project = examination.project
    with held(examination):
        line = EXAMINATION.permit("void", examination, by, reason)
        project.refresh_from_db(from_queryset=PilotProject.objects.select_for_update())
        reopens = any(project.status in each.sources for each in PILOT.by_name["reopen_examination"])
        if not reopens and project.status != PilotStatus.SUBMITTED:
            raise Unmet([Condition("project", _("The project has gone on: this round can no longer be void."))])
        if project.examinations.filter(round__gt=examination.round).exists():
            raise Unmet([Condition("round", _("A later round has been opened."))])
        for review in examination.reviews.exclude(status__in=(ReviewStatus.DECLINED, ReviewStatus.VOID)):
            REVIEW.apply("void", review, by=None, at=at, reason=reason, change={"modified_at": at}, **UNTOLD)
        EXAMINATION.apply(
            "void", examination, by=by, at=at, permitted=line, reason=reason, reason_code=reason_code,
            change={"modified_at": at}, **UNTOLD,
        )  # fmt: skip
        if reopens:
            pilots.reopen_examination(project, at=at)
        _open(project, by, at)
    return examination
