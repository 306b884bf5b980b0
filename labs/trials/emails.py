"""What is told of trials: a wave to enter, a change to approve, the end. To administrators and coordinators alone."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import administrators
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from labs.pilots.emails import coordinators
from labs.trials.models import Trial, TrialAmendment, TrialStatus
from labs.trials.rules import AMENDMENT, affected, own_sites
from lifecycle.models import Event


def trial_of(public_id: str) -> Any:
    """The trial, with what its rules ask for."""
    return Trial.objects.filter(public_id=public_id).select_related("project__laboratory__cluster").first()


def sites(event: Event) -> Iterable[Told]:
    """Administrators of all its sites."""
    trial = trial_of(event.subject_id)
    if trial is None:
        return []
    houses = set(trial.sites.values_list("institution_id", flat=True))
    found = administrators(houses, event)
    return [Told(user, {"title": trial.project.title}) for user in sorted(found)]


def of_change(who: Callable[[TrialAmendment, Event], set[int]]) -> Callable[[Event], Iterable[Told]]:
    """These people of a change, who read of it on the page of its trial."""

    def told(event: Event) -> list[Told]:
        rows = TrialAmendment.objects.filter(public_id=event.subject_id)
        change = rows.select_related("trial__project__laboratory__cluster").first()
        if change is None:
            return []
        values, subject = {"title": change.trial.project.title}, ("trial", change.trial.public_id)
        return [Told(user, values, subject) for user in sorted(who(change, event) - {event.actor_id})]

    return told


def voices(change: TrialAmendment, event: Event) -> set[int]:
    """Whoever has to approve it."""
    return administrators(affected(change), event) | coordinators(change.trial.project, event)


def everybody(change: TrialAmendment, event: Event) -> set[int]:
    """All its sites, and the coordinator."""
    houses = set(change.trial.sites.values_list("institution_id", flat=True))
    return administrators(houses, event) | coordinators(change.trial.project, event)


def still_in(*statuses: str) -> Callable[[Notice], bool]:
    """Whether the trial still waits for figures of this person's institution."""

    def stands(notice: Notice) -> bool:
        trial = trial_of(notice.subject_id)
        return trial is not None and trial.status in statuses and bool(own_sites(notice.recipient, trial))

    return stands


def still_open(notice: Notice) -> bool:
    """Whether a change waits for a word of this person's institution."""
    trial = trial_of(notice.subject_id)
    rows = trial.amendments.filter(status="requested") if trial is not None else ()
    return any("approve" in AMENDMENT.available(change, notice.recipient) for change in rows)


PAGE, OPEN = "trial-detail", _("Open the trial")
BASELINE = Telling(
    "trial.baseline", NoticeKind.YOUR_TURN, _("A trial waits for the baseline of your organisation: %(title)s"),
    _("Enter figures"), PAGE, sites, stands=still_in(TrialStatus.BASELINE),
)  # fmt: skip
RUNNING = Telling(
    "trial.running", NoticeKind.PARTNER_ACTED, _("The practice is tried now; the baseline is locked: %(title)s"), OPEN,
    PAGE, sites,
)  # fmt: skip
ENDLINE = Telling(
    "trial.endline", NoticeKind.YOUR_TURN, _("A trial waits for the endline of your organisation: %(title)s"),
    _("Enter figures"), PAGE, sites, stands=still_in(TrialStatus.ENDLINE),
)  # fmt: skip
CLOSED = Telling("trial.closed", NoticeKind.PARTNER_ACTED, _("A trial is closed: %(title)s"), OPEN, PAGE, sites)
ABANDONED = Telling(
    "trial.abandoned", NoticeKind.PARTNER_ACTED, _("A trial was abandoned: %(title)s"), _("See why"), PAGE, sites
)
TO_APPROVE = Telling(
    "trial.change", NoticeKind.YOUR_TURN, _("A change of a trial waits for your approval: %(title)s"),
    _("Read and answer"), PAGE, of_change(voices), stands=still_open,
)  # fmt: skip
CHANGED = Telling(
    "trial.changed", NoticeKind.PARTNER_ACTED, _("A change of a trial is approved: %(title)s"), OPEN, PAGE,
    of_change(everybody),
)  # fmt: skip
NOT_CHANGED = Telling(
    "trial.not_changed", NoticeKind.PARTNER_ACTED, _("A change of a trial was refused: %(title)s"), _("See why"), PAGE,
    of_change(everybody),
)  # fmt: skip
