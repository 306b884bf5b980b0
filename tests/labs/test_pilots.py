"""Moves of a pilot project from a named problem to its submission: who, when, and what must hold."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from labs.models import BlindCopy, Extension, GroupApproval, PilotMember, PilotVersion
from labs.pilots.actions import (
    define_object,
    open_project,
    reopen_examination,
    save_project,
    set_direction,
    stop_project,
)
from labs.pilots.developing import extend, save_version, sha256_of, start_development, submit_project
from labs.pilots.group import agree, approve_group, complete_group, decline, save_group
from labs.problems.models import ProblemStatus
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.factories import a_member, a_term
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_problem, a_project, put

pytestmark = pytest.mark.django_db
PARTS = {"aim": "Read more.", "method": "In pairs.", "resources": "Books.", "expected": "One in five."}


def now():
    return timezone.now()


def day(days):
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def lab(world):
    return a_laboratory(world.b, world.a, world.c)


@pytest.fixture
def coordinator(lab):
    return a_coordinator(lab)


def statuses(project):
    return {each.status for each in project.problems.all()}


def place(user, house, **said):
    """A row of the group as it is sent."""
    member = user.memberships.get(institution=house)
    values = {"part": "researcher", "raci": "responsible", "tasks": "Reads", "field": a_term("isced_f", "0111")}
    return {"member": member, **values, **said}


@pytest.fixture
def people(world):
    """Three people of two houses, with two parts and two fields; the first is accountable."""
    one, two, three = (a_member("teacher", house) for house in (world.b, world.a, world.a))
    return [
        place(one, world.b, raci="accountable"),
        place(two, world.a, part="practitioner", field=a_term("isced_f", "0611")),
        place(three, world.a),
    ]


@pytest.fixture
def named(lab, coordinator, people):
    """A project with a direction and a group that nobody has answered yet."""
    project = put(a_project(lab), "direction_set")
    return save_group(project, by=coordinator, at=now(), members=people)


def test_a_project_is_opened_from_accepted_problems_which_are_taken_up(lab, coordinator):
    problems = [a_problem(lab), a_problem(lab, title="Few read aloud")]
    project = open_project(by=coordinator, at=now(), problems=problems)
    assert (project.status, project.title) == ("problem_identified", "Few children read")
    assert statuses(project) == {ProblemStatus.IN_WORK}
    assert Event.objects.about("pilot", project.public_id).get().name == "open"
    assert Event.objects.about("problem", problems[0].public_id).get().name == "take_up"


def test_only_the_coordinator_opens_and_only_while_the_laboratory_works(lab, coordinator, world):
    problem = a_problem(lab)
    for other in (
        a_member("institution_admin", lab.host),
        a_member("coordinator", world.a),
        a_member("teacher", lab.host),
    ):
        with pytest.raises(PermissionDenied):
            open_project(by=other, at=now(), problems=[problem])
    put(lab, "paused")
    with pytest.raises(PermissionDenied):
        open_project(by=coordinator, at=now(), problems=[problem])


def test_a_project_needs_a_problem_that_is_accepted_and_of_one_laboratory(lab, coordinator, world):
    with pytest.raises(ValidationError):
        open_project(by=coordinator, at=now(), problems=[])
    for status in ("raised", "in_work", "solved", "declined"):
        with pytest.raises(ValidationError):
            open_project(by=coordinator, at=now(), problems=[a_problem(lab, status=status)])
    other = a_laboratory(world.b, world.c, cluster=lab.cluster)
    with pytest.raises(ValidationError):
        open_project(by=coordinator, at=now(), problems=[a_problem(lab), a_problem(other)])


def test_an_object_needs_its_evidence(lab, coordinator):
    project = a_project(lab)
    with pytest.raises(Unmet) as unmet:
        define_object(project, by=coordinator, at=now(), object="Reading", object_evidence=" ")
    assert [each.code for each in unmet.value.conditions] == ["object_evidence"]
    project.refresh_from_db()
    assert (project.status, project.object) == ("problem_identified", "")
    define_object(project, by=coordinator, at=now(), object="Reading", object_evidence="Tests")
    assert project.status == "object_defined"


def test_a_direction_needs_goals_and_an_answer_on_the_others(lab, coordinator):
    project = a_project(lab, "object_defined")
    direction = a_term("programme_direction", "able_child")
    with pytest.raises(Unmet) as unmet:
        set_direction(project, by=coordinator, at=now(), direction=direction, goals=[], compatibility="")
    assert {each.code for each in unmet.value.conditions} == {"goals", "compatibility"}
    goals = [{"text": "Children read", "indicator": None, "sense": "up"}]
    set_direction(project, by=coordinator, at=now(), direction=direction, goals=goals, compatibility="They fit.")
    assert project.status == "direction_set"
    assert project.goals.get().text == "Children read"


@pytest.mark.parametrize("act", [
    lambda project, by: define_object(project, by=by, at=now(), object="x", object_evidence="y"),
    lambda project, by: save_project(project, by=by, at=now(), title="Other"),
    lambda project, by: save_group(project, by=by, at=now(), members=[]),
    lambda project, by: extend(project, by=by, at=now(), deadline=day(60), reason="Illness"),
])  # fmt: skip
def test_others_than_the_coordinator_write_nothing(lab, world, act):
    project = a_project(lab)
    for other in (
        a_member("institution_admin", world.a),
        a_member("coordinator", world.c),
        a_member("teacher", lab.host),
    ):
        with pytest.raises(PermissionDenied):
            act(project, other)


def test_from_development_on_the_open_part_is_closed(lab, coordinator, people):
    project = a_project(lab, "in_development")
    with pytest.raises(WrongStatus):
        save_project(project, by=coordinator, at=now(), title="Other")
    with pytest.raises(WrongStatus):
        save_group(project, by=coordinator, at=now(), members=people)


def unmet_of(project, by):
    with pytest.raises(Unmet) as unmet:
        approve_group(project, by=by, at=now())
    return {each.code for each in unmet.value.conditions}


@pytest.mark.parametrize(("change", "code"), [
    (lambda rows, world: rows.pop(), "people"),
    (lambda rows, world: rows[1].update(part="researcher"), "parts"),
    (lambda rows, world: rows[1].update(field=a_term("isced_f", "0111")), "fields"),
    (lambda rows, world: rows[2].update(tasks=" "), "tasks"),
    (lambda rows, world: rows[0].update(raci="consulted"), "accountable"),
    (lambda rows, world: [row.update(member=place(a_member("teacher", world.b), world.b)["member"]) for row in rows[1:]],
     "institutions"),
])  # fmt: skip
def test_a_group_that_lacks_something_is_refused(lab, coordinator, people, world, change, code):
    project = a_project(lab, "direction_set")
    change(people, world)
    save_group(project, by=coordinator, at=now(), members=people)
    assert code in unmet_of(project, coordinator)
    assert not project.approvals.exists()


def test_people_from_outside_the_laboratory_are_not_named(lab, coordinator, world, people):
    project = a_project(lab, "direction_set")
    stranger = a_laboratory(world.c).site
    with pytest.raises(ValidationError):
        save_group(project, by=coordinator, at=now(), members=[place(a_member("teacher", stranger), stranger)])
    with pytest.raises(ValidationError):
        save_group(project, by=coordinator, at=now(), members=[people[0], people[0]])
    with pytest.raises(ValidationError):
        save_group(project, by=coordinator, at=now(), members=[people[0], {**people[1], "raci": "accountable"}])


def test_the_group_is_approved_when_each_agreed_and_two_sides_approved(named, coordinator, world, people):
    for each in people:
        agree(named, by=each["member"].user, at=now())
    approve_group(named, by=coordinator, at=now())
    assert named.status == "direction_set"
    approve_group(named, by=a_member("institution_admin", world.c), at=now())
    assert named.status == "group_approved"
    assert Event.objects.about("pilot", named.public_id).filter(name="complete_group").get().actor is None


def test_nobody_agrees_for_another_and_no_teacher_is_obliged(named, coordinator, world, people):
    for other in (coordinator, a_member("institution_admin", world.b), a_member("teacher", world.b)):
        with pytest.raises(PermissionDenied):
            agree(named, by=other, at=now())
    approve_group(named, by=coordinator, at=now())
    approve_group(named, by=a_member("institution_admin", world.c), at=now())
    assert named.status == "direction_set"  # both sides want it, nobody has agreed
    who = people[1]["member"].user
    agree(named, by=who, at=now())
    with pytest.raises(ValidationError):
        decline(named, by=who, at=now(), reason=" ")
    decline(named, by=who, at=now(), reason="No time")
    assert named.members.get(user=who).answer == "declined"
    assert not named.approvals.exists()
    with pytest.raises(PermissionDenied):
        agree(named, by=who, at=now())


def test_host_and_its_site_are_one_side(named, coordinator, lab, people):
    for each in people:
        agree(named, by=each["member"].user, at=now())
    approve_group(named, by=coordinator, at=now())
    approve_group(named, by=a_member("institution_admin", lab.site), at=now())
    assert named.status == "direction_set"


def test_each_house_and_each_person_approves_once(named, coordinator, lab):
    approve_group(named, by=coordinator, at=now())
    for again in (coordinator, a_member("institution_admin", lab.host)):
        with pytest.raises(PermissionDenied):
            approve_group(named, by=again, at=now())


def test_members_of_the_group_alone_do_not_approve_it(lab, coordinator, world, people):
    inside = a_member("institution_admin", world.a)
    project = put(a_project(lab), "direction_set")
    members = [place(coordinator, world.b, raci="accountable"), place(inside, world.a, part="practitioner",
               field=a_term("isced_f", "0611")), people[2]]  # fmt: skip
    save_group(project, by=coordinator, at=now(), members=members)
    for each in members:
        agree(project, by=each["member"].user, at=now())
    approve_group(project, by=coordinator, at=now())
    approve_group(project, by=inside, at=now())
    assert project.status == "direction_set"
    approve_group(project, by=a_member("institution_admin", world.c), at=now())
    assert project.status == "group_approved"


def test_a_change_of_the_group_takes_back_approvals_and_asks_anew(named, coordinator, people):
    for each in people:
        agree(named, by=each["member"].user, at=now())
    approve_group(named, by=coordinator, at=now())
    save_group(named, by=coordinator, at=now(), members=people)
    assert named.approvals.count() == 1, "nothing changed, nothing falls"
    people[1]["tasks"] = "Reads and counts"
    save_group(named, by=coordinator, at=now(), members=people)
    assert not GroupApproval.objects.filter(project=named).exists()
    answers = dict(PilotMember.objects.filter(project=named).values_list("user", "answer"))
    assert answers[people[1]["member"].user_id] == "invited"
    assert answers[people[0]["member"].user_id] == "agreed"
    event = Event.objects.about("pilot", named.public_id).filter(name="save_group").last()
    assert event.detail["approvals_taken_back"] == 1
    assert complete_group(named, at=now()).status == "direction_set"


def test_the_accountable_place_goes_from_one_to_another(named, coordinator, people):
    people[0]["raci"], people[1]["raci"] = "responsible", "accountable"
    save_group(named, by=coordinator, at=now(), members=people)
    assert named.members.get(raci="accountable").user_id == people[1]["member"].user_id


@pytest.fixture
def approved(lab, world):
    project = a_project(lab)
    a_group(project, world.b, world.a)
    return put(project, "group_approved")


@pytest.fixture
def lead(approved):
    return approved.members.get(raci="accountable").user


def test_only_the_lead_starts_the_development_with_a_day_to_come(approved, lead, coordinator):
    other = approved.members.exclude(raci="accountable").first().user
    for wrong in (coordinator, other):
        with pytest.raises(PermissionDenied):
            start_development(approved, by=wrong, at=now(), deadline=day(30))
    with pytest.raises(ValidationError):
        start_development(approved, by=lead, at=now(), deadline=day(0))
    start_development(approved, by=lead, at=now(), deadline=day(30))
    assert (approved.status, approved.first_deadline) == ("in_development", day(30))


@pytest.fixture
def developed(approved, lead):
    return start_development(approved, by=lead, at=now(), deadline=day(30))


def test_the_first_deadline_stays_and_a_third_extension_is_refused(developed, coordinator):
    with pytest.raises(ValidationError):
        extend(developed, by=coordinator, at=now(), deadline=day(40), reason="")
    with pytest.raises(ValidationError):
        extend(developed, by=coordinator, at=now(), deadline=day(30), reason="Illness")
    extend(developed, by=coordinator, at=now(), deadline=day(40), reason="Illness")
    extend(developed, by=coordinator, at=now(), deadline=day(50), reason="Snow")
    with pytest.raises(Unmet):
        extend(developed, by=coordinator, at=now(), deadline=day(60), reason="Rain")
    developed.refresh_from_db()
    assert (developed.first_deadline, developed.deadline) == (day(30), day(50))
    assert list(Extension.objects.order_by("number").values_list("number", "old", "new")) == [
        (1, day(30), day(40)), (2, day(40), day(50)),
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        type(developed).objects.filter(pk=developed.pk).update(first_deadline=day(1))


def test_versions_stay_and_their_hash_can_be_counted_again(developed, lead, coordinator):
    first = save_version(developed, by=lead, at=now(), **PARTS)
    with pytest.raises(ValidationError):
        save_version(developed, by=lead, at=now(), **PARTS)
    second = save_version(developed, by=lead, at=now(), **{**PARTS, "aim": "Read a lot."})
    assert [first.number, second.number] == [1, 2]
    kept = PilotVersion.objects.get(number=2)
    assert kept.sha256 == sha256_of(developed, 2, {**PARTS, "aim": "Read a lot."}) != first.sha256
    with pytest.raises(PermissionDenied):
        save_version(developed, by=coordinator, at=now(), **PARTS)
    with pytest.raises(IntegrityError), transaction.atomic():
        PilotVersion.objects.filter(number=1).update(aim="Nothing")


def test_a_version_that_lacks_a_part_is_not_submitted(developed, lead):
    for parts in ({}, {**PARTS, "method": ""}):
        if parts:
            save_version(developed, by=lead, at=now(), **parts)
        with pytest.raises(Unmet):
            submit_project(developed, by=lead, at=now())
    assert not BlindCopy.objects.exists()


def test_a_submission_makes_the_blind_copy_of_the_latest_version(developed, lead, coordinator):
    save_version(developed, by=lead, at=now(), **PARTS)
    with pytest.raises(PermissionDenied):
        submit_project(developed, by=coordinator, at=now())
    submit_project(developed, by=lead, at=now())
    copy = BlindCopy.objects.get()
    assert (developed.status, copy.source.number, copy.title) == ("submitted", 1, developed.title)
    assert copy.content == PARTS


def test_what_was_read_is_not_submitted_again_unchanged(developed, lead):
    save_version(developed, by=lead, at=now(), **PARTS)
    first = submit_project(developed, by=lead, at=now()).submitted_at
    put(developed, "revision_required")
    with pytest.raises(Unmet):
        submit_project(developed, by=lead, at=now())
    save_version(developed, by=lead, at=now(), **{**PARTS, "aim": "Read better."})
    submit_project(developed, by=lead, at=now())
    assert (developed.submitted_at, BlindCopy.objects.count()) == (first, 2)


@pytest.mark.parametrize("status", ["problem_identified", "in_development", "piloting", "in_assessment"])
def test_a_stopped_project_stays_and_gives_its_problems_back(lab, coordinator, status):
    project = a_project(lab, status)
    with pytest.raises(ValidationError):
        stop_project(project, by=coordinator, at=now(), reason="")
    stop_project(project, by=coordinator, at=now(), reason="Nobody wants it")
    assert (project.status, statuses(project)) == ("stopped", {ProblemStatus.ACCEPTED})


def test_a_problem_that_another_project_works_at_is_kept(lab, coordinator):
    project, other = a_project(lab), a_project(lab)
    other.problems.set(project.problems.all())
    stop_project(project, by=coordinator, at=now(), reason="Twice the same")
    assert statuses(project) == {ProblemStatus.IN_WORK}


@pytest.mark.parametrize("status", ["assessed", "disseminating", "rejected", "stopped"])
def test_what_is_assessed_or_ended_is_not_stopped(lab, coordinator, status):
    with pytest.raises(WrongStatus):
        stop_project(a_project(lab, status), by=coordinator, at=now(), reason="Late")


def test_strangers_do_not_stop_it(lab, world):
    with pytest.raises(PermissionDenied):
        stop_project(a_project(lab), by=a_member("institution_admin", world.a), at=now(), reason="No")


def test_a_void_round_takes_the_problems_up_again(lab, coordinator):
    project = a_project(lab, "rejected")
    put(project.problems.get(), "accepted")
    reopen_examination(project, at=now())
    assert (project.status, statuses(project)) == ("submitted", {ProblemStatus.IN_WORK})
