"""What happens in the assessment: the figures are judged once, the panel agrees to words, the verdict stands for good."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.pilots.actions import give_back_problems, move
from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.rules import PILOT
from labs.problems.actions import solve_by_project
from labs.trials.models import Trial
from labs.verdicts.judging import judged
from labs.verdicts.models import PanelSeat, Value, Verdict
from labs.verdicts.rules import before_seating, can_seat, experts_for, longest_embargo, seat_of, stands
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.transitions import Unmet, WrongStatus, held


def latest_trial(project: PilotProject) -> Trial:
    """The trial that is assessed."""
    return Trial.objects.filter(project=project).select_related("preregistration").order_by("-pk")[:1].get()


def seat_panel(project: PilotProject, *, by: Any, at: datetime.datetime, people: Sequence[Any]) -> Verdict:
    """The figures are judged, once, and the panel is named; named anew, nobody has agreed yet.

    Raises PermissionDenied, WrongStatus, Unmet.
    """
    with held(project):
        return _seat(project, by, at, people)


def _seat(project: PilotProject, by: Any, at: datetime.datetime, people: Sequence[Any]) -> Verdict:
    if not can_seat(by, project):
        raise PermissionDenied
    if project.status != PilotStatus.IN_ASSESSMENT:
        raise WrongStatus(project.status, PILOT.available(project, by))
    on = timezone.localdate(at)
    if unmet := list(before_seating(project, people, on)):
        raise Unmet(unmet)
    trial = latest_trial(project)
    found = judged(trial)
    verdict, new = Verdict.objects.get_or_create(
        trial=trial, defaults={"findings": found.told(), "computed": found.value, "computed_at": at, "modified_at": at}
    )
    if not new:
        verdict.seats.all().delete()
        Verdict.objects.filter(pk=verdict.pk).update(
            value="", reason="", words_hash="", embargo_until=None, modified_at=at
        )
    experts = set(experts_for(project, on).filter(pk__in=[each.pk for each in people]).values_list("pk", flat=True))
    PanelSeat.objects.bulk_create(PanelSeat(verdict=verdict, user=each, expert=each.pk in experts) for each in people)
    PILOT.tell("seat_panel", project, by=by, at=at, detail={
        "assessment": verdict.public_id, "people": len(people), "computed": verdict.computed,
    })  # fmt: skip
    verdict.refresh_from_db()
    return verdict


@transaction.atomic
def propose_words(
    verdict: Verdict, *, by: Any, at: datetime.datetime, value: str, reason: str = "",
    embargo_until: datetime.date | None = None,
) -> Verdict:  # fmt: skip
    """Somebody of the panel says what the verdict shall be; all agree to exactly these words, or to others.

    Raises PermissionDenied, WrongStatus, ValidationError.
    """
    _held(verdict, by)
    _check(verdict, value, reason, embargo_until, timezone.localtime(at).date())
    words = {
        "trial": verdict.trial.public_id, "computed": verdict.computed, "value": value, "reason": reason.strip(),
        "embargo_until": embargo_until, "findings": content_hash(canonical_json(verdict.findings)),
    }  # fmt: skip
    Verdict.objects.filter(pk=verdict.pk).update(
        value=value, reason=reason.strip(), embargo_until=embargo_until, words_hash=content_hash(canonical_json(words)),
        modified_at=at,
    )  # fmt: skip
    verdict.seats.update(agreed_hash="", agreed_at=None)
    verdict.refresh_from_db()
    said = {"assessment": verdict.public_id, "value": value}
    PILOT.tell("propose_verdict", verdict.trial.project, by=by, at=at, detail=said)
    return agree_to_words(verdict, by=by, at=at, words_hash=verdict.words_hash)


@transaction.atomic
def agree_to_words(verdict: Verdict, *, by: Any, at: datetime.datetime, words_hash: str) -> Verdict:
    """Somebody of the panel agrees to the words as they read them; with enough of them the verdict stands.

    Raises PermissionDenied, WrongStatus, ValidationError (the words changed since).
    """
    seat = _held(verdict, by)
    if not verdict.words_hash:
        raise ValidationError({"value": _("Nobody has proposed a verdict yet.")})
    if words_hash != verdict.words_hash:
        raise ValidationError({"words_hash": _("The words changed since you read them: read them again.")})
    PanelSeat.objects.filter(pk=seat.pk).update(agreed_hash=words_hash, agreed_at=at)
    verdict = Verdict.objects.prefetch_related("seats").select_related("trial__project").get(pk=verdict.pk)
    project = verdict.trial.project
    PILOT.tell("agree_verdict", project, by=None, at=at)  # by whom is between the panel
    if stands(verdict):
        _decide(verdict, project, at)
    return verdict


def _decide(verdict: Verdict, project: PilotProject, at: datetime.datetime) -> None:
    Verdict.objects.filter(pk=verdict.pk).update(decided_at=at, modified_at=at)
    verdict.refresh_from_db()
    open_now = {"published_at": at} if verdict.embargo_until is None else {}
    move(
        "assess", project, None, at, change=open_now, detail={"verdict": verdict.value, "assessment": verdict.public_id}
    )
    if verdict.value == Value.SUCCESSFUL:
        for problem in project.problems.order_by("pk"):
            solve_by_project(problem, at=at)
    elif verdict.value == Value.NOT_SUCCESSFUL:  # what was promising or inconclusive may be tried again
        give_back_problems(project, at)


def publish_result(project: PilotProject, *, at: datetime.datetime) -> PilotProject:
    """The embargo is over: everybody may read the result."""
    with held(project):
        if project.published_at is None:
            move("publish", project, None, at, change={"published_at": at})
    return project


def publish_due(on: datetime.date, at: datetime.datetime) -> int:
    """Publishes every result whose embargo ended, also where it is tried again meanwhile; how many."""
    due = PilotProject.objects.filter(
        published_at=None, trials__verdict__decided_at__isnull=False, trials__verdict__embargo_until__lte=on
    )
    found = list(due.distinct().order_by("pk"))
    for project in found:
        publish_result(project, at=at)
    return len(found)


def _held(verdict: Verdict, by: Any) -> PanelSeat:
    """The person's seat; the verdict is ours until commit. Raises PermissionDenied, WrongStatus."""
    verdict.refresh_from_db(from_queryset=Verdict.objects.select_for_update())
    seat: PanelSeat | None = seat_of(by, verdict)
    if seat is None:
        raise PermissionDenied
    if verdict.decided_at is not None:
        raise WrongStatus("decided", (), _("The verdict stands already."))
    return seat


def _check(verdict: Verdict, value: str, reason: str, embargo: datetime.date | None, on: datetime.date) -> None:
    if value not in Value.values:
        raise ValidationError({"value": _("Choose one of the four verdicts.")})
    if value != verdict.computed and not reason.strip():
        raise ValidationError({"reason": _("Say why the verdict differs from what the figures give.")})
    if embargo is not None and not on < embargo <= longest_embargo(on):
        raise ValidationError({"embargo_until": _("A result is held back for twelve months at most.")})
