"""Who runs a trial and what must hold, and the tables of trials and amendments (product 3.11)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from institutions.registry.scope import Role, active_houses
from labs.implementation.locking import verify
from labs.implementation.models import Arm
from labs.implementation.plan import read_plan
from labs.pilots.rules import coordinates_it, leads
from labs.trials.models import AmendmentStatus as M
from labs.trials.models import Measurement, Wave
from labs.trials.models import TrialStatus as T
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

MOVING = (T.BASELINE, T.RUNNING, T.ENDLINE)


def leads_trial(user: Any, trial: Any) -> bool:
    """The lead of the group."""
    return leads(user, trial.project)


def coordinates_trial(user: Any, trial: Any) -> bool:
    """The coordinator of the laboratory."""
    return coordinates_it(user, trial.project)


def own_sites(user: Any, trial: Any) -> set[int]:
    """Sites of the trial for which the person speaks, by the ids of their institutions."""
    own = active_houses(user, Role.INSTITUTION_ADMIN, Role.COORDINATOR, Role.TEACHER) if user is not None else set()
    return own & {each.institution_id for each in trial.sites.all()}


def can_enter(user: Any, trial: Any) -> bool:
    """A member of one of its sites."""
    return bool(own_sites(user, trial))


def outcomes_of(trial: Any) -> list[str]:
    """Codes of the outcomes that the pre-registration names, the primary one first."""
    return [each.code for each in read_plan(trial.preregistration.plan).outcomes]


def unsaid(trial: Any, wave: str) -> Iterator[tuple[Any, str]]:
    """(site, outcome) of what is neither entered nor marked missing, of every site that was ever in the trial."""
    said = set(Measurement.objects.filter(site__trial=trial, wave=wave).values_list("site_id", "outcome"))
    for site in trial.sites.select_related("institution").order_by("pk"):
        for code in outcomes_of(trial):
            if (site.pk, code) not in said:
                yield site, code


def before_opening(trial: Any) -> Iterator[Condition]:
    """The pre-registration is locked, and to the byte what was locked."""
    if trial.preregistration.locked_at is None:
        yield Condition("preregistration", _("The pre-registration is not locked."))
    elif not verify(trial.preregistration):
        yield Condition("changed", _("The pre-registration is not what was locked: its code does not fit."))


def before_running(trial: Any) -> Iterator[Condition]:
    """The baseline of each treated site is entered or marked missing."""
    if any(site.arm == Arm.TREATED for site, _code in unsaid(trial, Wave.BASELINE)):
        yield Condition("baseline", _("A site has not entered its baseline, nor marked it as missing."), "/baseline")


def before_measuring(trial: Any) -> Iterator[Condition]:
    """The window of the endline is reached, and no change waits for an answer."""
    first = read_plan(trial.preregistration.plan).endline.first
    if first is None or today() < first:
        yield Condition("window", _("The days of the endline have not begun."))
    if trial.amendments.filter(status=M.REQUESTED).exists():
        yield Condition("amendment", _("A change that was asked for waits for an answer."))


def before_closing(trial: Any) -> Iterator[Condition]:
    """The endline of every site is entered or marked missing."""
    if any(True for _site in unsaid(trial, Wave.ENDLINE)):
        yield Condition("endline", _("A site has not entered its endline, nor marked it as missing."), "/endline")


TRIAL = Lifecycle(
    "trial",
    Transition("open", (T.PLANNED,), T.BASELINE, leads_trial, _("Open the trial"), must_hold=before_opening),
    Transition("enter", (T.BASELINE, T.ENDLINE), None, can_enter, _("Enter figures")),
    Transition("run", (T.BASELINE,), T.RUNNING, leads_trial, _("Start trying"), must_hold=before_running),
    Transition("log", (T.RUNNING,), None, can_enter, _("Log a step")),
    Transition("amend", (T.RUNNING,), None, leads_trial, _("Ask for a change"), needs_reason=True),
    Transition("measure", (T.RUNNING,), T.ENDLINE, leads_trial, _("Start the endline"),
               must_hold=before_measuring),
    Transition("close", (T.ENDLINE,), T.CLOSED, leads_trial, _("Close the trial"), must_hold=before_closing),
    Transition("abandon", MOVING, T.ABANDONED, coordinates_trial, _("Abandon the trial"), needs_reason=True,
               dangerous=True),
    initial=(T.PLANNED,),
)  # fmt: skip


def affected(amendment: Any) -> set[int]:
    """Institutions that have to approve: the named site of a join or leave, else every site that tries the practice."""
    if amendment.institution_id is not None:
        return {amendment.institution_id}
    return {each.institution_id for each in amendment.trial.sites.all() if each.arm == Arm.TREATED and stands(each)}


def stands(site: Any) -> bool:
    """Whether a site is still in the trial; one that left stays counted as it was assigned."""
    return site.valid.upper is None


def while_running(amendment: Any) -> Iterator[Condition]:
    """Nothing is changed once the endline has begun."""
    if amendment.trial.status != T.RUNNING:
        yield Condition("running", _("The trial is not running any more."))


def can_approve(user: Any, amendment: Any) -> bool:
    """The head of an affected site that has not answered, or the coordinator, who has not."""
    return bool(open_voices(user, amendment))


def open_voices(user: Any, amendment: Any) -> set[int]:
    """Institutions in whose name the person may approve now."""
    if user is None:
        return set()
    host = amendment.trial.project.laboratory.host_id
    own = active_houses(user, Role.INSTITUTION_ADMIN) & affected(amendment)
    if coordinates_trial(user, amendment.trial):
        own = own | {host}
    return own - {each.institution_id for each in amendment.approvals.all()}


AMENDMENT = Lifecycle(
    "amendment",
    Transition("approve", (M.REQUESTED,), None, can_approve, _("Approve the change"), must_hold=while_running),
    Transition("take_effect", (M.REQUESTED,), M.APPROVED, by_system, _("Approved")),
    Transition("refuse", (M.REQUESTED,), M.REFUSED, can_approve, _("Refuse the change"), needs_reason=True),
    initial=(M.REQUESTED,),
)
