"""Who moves a pilot project, and the one table of its moves from a named problem to a practice that spreads (product 3.9).

What stands above this room (examinations, trials, verdicts) is reached by the relations of the row. What the law of the
chain is must hold in the database too: see the triggers of the migrations.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from institutions.registry.scope import Role
from labs.laboratories.models import LaboratoryStatus
from labs.laboratories.rules import coordinated_houses, coordinates, coordinates_or_oversees, works_in
from labs.pilots.models import PARTS, MemberAnswer, Part, Raci
from labs.pilots.models import PilotStatus as S
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

PEOPLE, HOUSES, FIELDS = 3, 2, 2  # at least, in a group
EXPERTS = 2
EXTENSIONS = 2
OPEN_GROUP = (S.PROBLEM_IDENTIFIED, S.OBJECT_DEFINED, S.DIRECTION_SET)  # while people may be named
JUDGED = (  # where there may be a verdict: what is tried again keeps the one it had
    S.ASSESSED, S.PROGRAMME_APPROVED, S.PREREGISTERED, S.PILOTING, S.IN_ASSESSMENT, S.DISSEMINATING, S.DISSEMINATED,
    S.STOPPED,
)  # fmt: skip
BEFORE_ASSESSED = tuple(
    each for each in S if each not in (S.ASSESSED, S.DISSEMINATING, S.DISSEMINATED, S.STOPPED, S.REJECTED)
)


def can_open(user: Any, laboratory: Any) -> bool:
    """Its coordinator, while it works (COORD)."""
    return user is not None and laboratory.status == LaboratoryStatus.ACTIVE and coordinates(user, laboratory)


def coordinates_it(user: Any, project: Any) -> bool:
    """The coordinator of its laboratory (COORD)."""
    return user is not None and coordinates(user, project.laboratory)


def coordinates_or_oversees_it(user: Any, project: Any) -> bool:
    return user is not None and coordinates_or_oversees(user, project.laboratory)


def member_of(user: Any, project: Any) -> Any:
    """The person's place in the group; None where they have none."""
    if user is None:
        return None
    return next((each for each in project.members.all() if each.user_id == user.pk), None)


def in_group(user: Any, project: Any) -> bool:
    """Somebody of the group who has agreed to their tasks."""
    found = member_of(user, project)
    return found is not None and found.answer == MemberAnswer.AGREED


def leads(user: Any, project: Any) -> bool:
    """The one who is accountable in the group."""
    return in_group(user, project) and member_of(user, project).raci == Raci.ACCOUNTABLE


def leads_or_coordinates(user: Any, project: Any) -> bool:
    return leads(user, project) or coordinates_it(user, project)


def in_group_or_coordinates(user: Any, project: Any) -> bool:
    return in_group(user, project) or coordinates_it(user, project)


def is_asked(user: Any, project: Any) -> bool:
    """Somebody who has yet to agree to their tasks."""
    found = member_of(user, project)
    return found is not None and found.answer == MemberAnswer.INVITED


def may_decline(user: Any, project: Any) -> bool:
    """Somebody of the group who has not declined: also one who agreed may think better of it while it is open."""
    found = member_of(user, project)
    return found is not None and found.answer != MemberAnswer.DECLINED


def can_approve_group(user: Any, project: Any) -> bool:
    """The coordinator, or the administrator of an institution of the laboratory; each house and each person once."""
    given = list(project.approvals.all())
    if user is None or any(each.approved_by_id == user.pk for each in given):
        return False
    open_houses = approving_houses(user, project) - {each.institution_id for each in given}
    return bool(open_houses)


def near_houses(project: Any) -> set[int]:
    """The coordinator's side: host, site, and whoever coordinates the cluster."""
    laboratory = project.laboratory
    return {laboratory.host_id, laboratory.site_id, laboratory.cluster.coordinator_id}


def approving_houses(user: Any, project: Any) -> set[int]:
    """Institutions in whose name the person approves the group."""
    own = works_in(user, project.laboratory, Role.INSTITUTION_ADMIN, Role.COORDINATOR)
    return own | (coordinated_houses(user) & near_houses(project))


def approves_for(user: Any, project: Any) -> Any:
    """The institution in whose name the person approves now: of several first the coordinator's side, if it has not."""
    given = {each.institution_id for each in project.approvals.all()}
    near = near_houses(project)
    open_houses = approving_houses(user, project) - given
    first = sorted(open_houses, key=lambda house: ((house in near) == bool(given & near), house))
    return Institution.objects.get(pk=first[0])


def before_object(project: Any) -> Iterator[Condition]:
    """A research object and its evidence."""
    if not project.object.strip():
        yield Condition("object", _("Say what is researched."), "/object")
    if not project.object_evidence.strip():
        yield Condition(
            "object_evidence", _("Say how you know that this is where the problem lies."), "/object_evidence"
        )


def before_direction(project: Any) -> Iterator[Condition]:
    """A programme direction, goals, and an answer on how they fit the other programmes."""
    if project.direction_id is None:
        yield Condition("direction", _("Choose the programme direction."), "/direction")
    if not project.goals.exists():
        yield Condition("goals", _("Give at least one goal."), "/goals")
    if not project.compatibility.strip():
        yield Condition(
            "compatibility",
            _("Say how the goals fit those of the other projects under the umbrella."),
            "/compatibility",
        )


def before_group(project: Any) -> Iterator[Condition]:
    """Who has to be in the group, that each has tasks and agreed to them, and that one is accountable (LAB-4)."""
    people = [each for each in project.members.all() if each.answer != MemberAnswer.DECLINED]
    if len(people) < PEOPLE:
        yield Condition("people", _("A group has at least three people."), "/members")
    if len({each.institution_id for each in people}) < HOUSES:
        yield Condition("institutions", _("The people of a group come from at least two organisations."), "/members")
    if {each.part for each in people} < {Part.RESEARCHER.value, Part.PRACTITIONER.value}:
        yield Condition("parts", _("A group has a researcher and a practitioner."), "/members")
    if len({each.field_id for each in people}) < FIELDS:
        yield Condition("fields", _("The people of a group bring at least two fields."), "/members")
    if any(not each.tasks.strip() for each in people):
        yield Condition("tasks", _("Everybody in the group has tasks."), "/members")
    if sum(each.raci == Raci.ACCOUNTABLE for each in people) != 1:
        yield Condition("accountable", _("Exactly one person is accountable."), "/members")


def before_complete_group(project: Any) -> Iterator[Condition]:
    """Everybody agreed, the coordinator and another institution approved, and not members of the group alone."""
    yield from before_group(project)
    if any(each.answer == MemberAnswer.INVITED for each in project.members.all()):
        yield Condition("agreed", _("Somebody in the group has not agreed to their tasks yet."), "/members")
    approvals = list(project.approvals.all())
    if not any(each.institution_id in near_houses(project) for each in approvals):
        yield Condition("coordinator", _("The coordinator has not approved the group yet."))
    lab = project.laboratory
    if len({lab.host_id if each.institution_id == lab.site_id else each.institution_id for each in approvals}) < HOUSES:
        yield Condition("second", _("A second member organisation has not approved the group yet."))
    group = {each.user_id for each in project.members.all()}
    if approvals and all(each.approved_by_id in group for each in approvals):
        yield Condition("outside", _("Members of the group alone cannot approve it."))


def before_development(project: Any) -> Iterator[Condition]:
    """A deadline is set."""
    if project.deadline is None:
        yield Condition("deadline", _("Give the deadline of the development."), "/deadline")


def before_extending(project: Any) -> Iterator[Condition]:
    """Not more than twice."""
    if project.extensions.count() >= EXTENSIONS:
        yield Condition("extensions", _("A deadline is put off twice at most."), "/deadline")


def before_submitting(project: Any) -> Iterator[Condition]:
    """The latest version says everything."""
    version = project.versions.order_by("-number").first()
    if version is None or any(not getattr(version, part).strip() for part in PARTS):
        yield Condition(
            "version", _("The version lacks a part: aim, method, resources and expected result."), "/version"
        )
    elif hasattr(version, "blind"):
        yield Condition("same", _("This version was submitted already. Save a new one first."), "/version")


def before_examining(project: Any) -> Iterator[Condition]:
    """Two experts without a hard conflict of interest have accepted."""
    round_open = project.examinations.filter(status="open").first()
    sound = round_open.reviews.exclude(status__in=("declined", "void", "invited")) if round_open else ()
    found = sum(not any(each.hard for each in review.conflicts.all()) for review in sound)
    if found < EXPERTS:
        yield Condition("experts", _("Two experts without a conflict of interest have to accept first."))


def before_programme(project: Any) -> Iterator[Condition]:
    """Steps with owner, resources and days; every site joined of its own free will."""
    steps = list(project.steps.all())
    if not steps:
        yield Condition("steps", _("Give at least one step."), "/steps")
    if any(not each.resources.strip() for each in steps):
        yield Condition("resources", _("Say for each step what it needs."), "/steps")
    sites = [each for each in project.sites.all() if each.declined_at is None]
    if not any(each.arm == "treated" for each in sites):
        yield Condition("sites", _("Name at least one site that tries the new practice."), "/sites")
    if any(each.joined_at is None for each in sites):
        yield Condition("joined", _("A site has not joined yet."), "/sites")


def before_preregistered(project: Any) -> Iterator[Condition]:
    """A locked pre-registration that no trial has used."""
    if not project.preregistrations.filter(locked_at__isnull=False, trial__isnull=True).exists():
        yield Condition("preregistration", _("The pre-registration is not locked."))


def before_piloting(project: Any) -> Iterator[Condition]:
    """Its trial is open, under a locked pre-registration."""
    if not project.trials.filter(status="baseline", preregistration__locked_at__isnull=False).exists():
        yield Condition("trial", _("No trial is open under a locked pre-registration."))


def before_ending(project: Any) -> Iterator[Condition]:
    """The trial is closed or abandoned."""
    trial = project.trials.order_by("-pk").first()
    if trial is None or trial.status not in ("closed", "abandoned"):
        yield Condition("trial", _("The trial is still under way."))


def decided_verdict(project: Any) -> Any:
    """The verdict on the latest trial, as far as it is decided."""
    trial = project.trials.order_by("-pk").first()
    verdict = getattr(trial, "verdict", None)
    return verdict if verdict is not None and verdict.decided_at is not None else None


def before_assessed(project: Any) -> Iterator[Condition]:
    """There is a verdict."""
    if decided_verdict(project) is None:
        yield Condition("verdict", _("There is no verdict yet."))


def before_again(project: Any) -> Iterator[Condition]:
    """Only what was promising or inconclusive is tried again."""
    verdict = decided_verdict(project)
    if verdict is None or verdict.value not in ("promising", "inconclusive"):
        yield Condition("verdict", _("Only what was promising or inconclusive is tried again."))


def before_spreading(project: Any) -> Iterator[Condition]:
    """Only what succeeded is spread (M7)."""
    verdict = decided_verdict(project)
    if verdict is None or verdict.value != "successful":
        yield Condition("verdict", _("Only what succeeded is spread."))


def before_finishing(project: Any) -> Iterator[Condition]:
    """The agreed time for reach is over."""
    found = getattr(project, "eligible_set", None)
    if found is None:
        yield Condition("eligible_set", _("Nobody is named yet for whom it is meant."))


PILOT = Lifecycle(
    "pilot",
    Transition("define_object", (S.PROBLEM_IDENTIFIED,), S.OBJECT_DEFINED, coordinates_it, _("Define the object"),
               must_hold=before_object),
    Transition("set_direction", (S.OBJECT_DEFINED,), S.DIRECTION_SET, coordinates_it, _("Set the direction"),
               must_hold=before_direction),
    Transition("agree", OPEN_GROUP, None, is_asked, _("Agree to my tasks")),
    Transition("decline_part", OPEN_GROUP, None, may_decline, _("Decline"), needs_reason=True),
    Transition("approve_group", (S.DIRECTION_SET,), None, can_approve_group, _("Approve the group"),
               must_hold=before_group),
    Transition("complete_group", (S.DIRECTION_SET,), S.GROUP_APPROVED, by_system, _("The group is approved"),
               must_hold=before_complete_group),
    Transition("start_development", (S.GROUP_APPROVED,), S.IN_DEVELOPMENT, leads, _("Start the development"),
               must_hold=before_development),
    Transition("save_version", (S.IN_DEVELOPMENT, S.REVISION_REQUIRED), None, in_group, _("Save a version")),
    Transition("extend", (S.IN_DEVELOPMENT,), None, coordinates_it, _("Put off the deadline"), needs_reason=True,
               must_hold=before_extending),
    Transition("submit", (S.IN_DEVELOPMENT, S.REVISION_REQUIRED), S.SUBMITTED, leads, _("Submit for examination"),
               must_hold=before_submitting),
    Transition("examine", (S.SUBMITTED,), S.IN_EXAMINATION, coordinates_it, _("Start the examination"),
               must_hold=before_examining),
    Transition("accept", (S.IN_EXAMINATION,), S.ACCEPTED, by_system, _("Accepted")),
    Transition("require_changes", (S.IN_EXAMINATION,), S.REVISION_REQUIRED, by_system, _("Changes required")),
    Transition("reject", (S.IN_EXAMINATION,), S.REJECTED, by_system, _("Rejected")),
    Transition("reopen_examination", (S.IN_EXAMINATION, S.ACCEPTED, S.REVISION_REQUIRED, S.REJECTED), S.SUBMITTED,
               by_system, _("Back to a new examination")),
    Transition("approve_programme", (S.ACCEPTED,), S.PROGRAMME_APPROVED, coordinates_it, _("Approve the programme"),
               must_hold=before_programme),
    Transition("preregister", (S.PROGRAMME_APPROVED,), S.PREREGISTERED, leads_or_coordinates, _("Lock the pre-registration"),
               must_hold=before_preregistered),
    Transition("start_pilot", (S.PREREGISTERED,), S.PILOTING, by_system, _("The trial is open"),
               must_hold=before_piloting),
    Transition("end_pilot", (S.PILOTING,), S.IN_ASSESSMENT, leads, _("End the pilot"), must_hold=before_ending),
    Transition("assess", (S.IN_ASSESSMENT,), S.ASSESSED, by_system, _("Assessed"), must_hold=before_assessed),
    Transition("publish", JUDGED, None, by_system, _("The result is published")),
    Transition("try_again", (S.ASSESSED,), S.PROGRAMME_APPROVED, coordinates_it, _("Try again"), must_hold=before_again),
    Transition("disseminate", (S.ASSESSED,), S.DISSEMINATING, coordinates_or_oversees_it, _("Spread it"),
               must_hold=before_spreading),
    Transition("finish", (S.DISSEMINATING,), S.DISSEMINATED, coordinates_it, _("Finish the spreading"),
               must_hold=before_finishing),
    Transition("stop", BEFORE_ASSESSED, S.STOPPED, in_group_or_coordinates, _("Stop the project"), needs_reason=True,
               dangerous=True),
    initial=(S.PROBLEM_IDENTIFIED,),
)  # fmt: skip
