"""What is done about a list: its questions are answered, its drafts sent to the partners, or taken back."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from cooperation.agreements.actions import erase_draft, propose_agreement
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import admin_houses
from cooperation.intakes.models import Intake, IntakeAnswer
from exchange.jobs.models import Job
from institutions.matching.actions import pick_names
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.transitions import Unmet, WrongStatus

TAKEN_BACK_WITHIN = datetime.timedelta(hours=24)


def answer(
    house: Institution,
    *,
    answers: Mapping[str, str],
    picks: Mapping[str, Institution | None],
    by: Any,
    at: datetime.datetime,
) -> None:
    """Keeps what wordings mean (key → value as intakes.days and .terms read it) and who is meant by names."""
    if house.pk not in admin_houses(by):
        raise PermissionDenied("answer")
    with transaction.atomic():
        IntakeAnswer.objects.bulk_create(
            [
                IntakeAnswer(house=house, key=key, value=value, answered_by=by, answered_at=at)
                for key, value in answers.items()
            ],
            update_conflicts=True, unique_fields=["house", "key"],
            update_fields=["value", "answered_by", "answered_at"],
        )  # fmt: skip
        pick_names(picks, house=house, by=by, at=at)
        if answers:
            record(
                "answer", subject_type="intake", subject_id=house.public_id, by=by, at=at,
                institution=house.public_id, concerned=[house.public_id], members_only=True, detail=dict(answers),
            )  # fmt: skip


def brought_in(job: Job) -> QuerySet[Intake]:
    """The lines this job made drafts of."""
    return Intake.objects.filter(came_at=job.created_at, came_by=job.owner_id)


def drafts_of(job: Job) -> QuerySet[Agreement]:
    """The agreements this job brought in, whatever has become of them."""
    return Agreement.objects.filter(public_id__in=brought_in(job).values("agreement_key"))


@dataclass
class Outcome:
    """What became of each draft: `done` of them, and why the others stayed as they are (agreement, reasons)."""

    done: int = 0
    left: list[tuple[Agreement, list[str]]] = field(default_factory=list)


def send_drafts(drafts: Sequence[Agreement], *, by: Any, at: datetime.datetime) -> Outcome:
    """Each draft to its partners, on its own: what one still lacks keeps no other back."""
    outcome = Outcome()
    for draft in drafts:
        try:
            propose_agreement(draft, by=by, at=at)
            outcome.done += 1
        except Unmet as unmet:
            outcome.left.append((draft, [str(each.message) for each in unmet.conditions]))
        except WrongStatus:
            continue  # sent by somebody else meanwhile
    return outcome


def take_back(job: Job, *, by: Any, at: datetime.datetime) -> Outcome:
    """Erases the drafts of a file that nobody else has seen, within 24 hours; those that were sent stay and are named."""
    outcome = Outcome()
    if at - job.created_at > TAKEN_BACK_WITHIN:
        raise WrongStatus(job.status)
    with transaction.atomic():
        for draft in drafts_of(job).select_related("latest").order_by("pk"):
            try:
                erase_draft(draft, by=by, at=at)
                outcome.done += 1
            except WrongStatus:
                outcome.left.append((draft, []))
    return outcome
