"""Problems: raised by who works in a laboratory, voted for once an institution, settled in the open, taken up and solved."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from labs.laboratories.models import Laboratory
from labs.problems import actions
from labs.problems.models import Problem, Vote
from lifecycle.models import Event
from lifecycle.transitions import WrongStatus
from tests.conftest import NOW
from tests.factories import a_member
from tests.labs.making import a_laboratory, a_problem, a_project, put

pytestmark = pytest.mark.django_db
WORDS = {"title": "Few children read", "statement": "Reading falls behind.", "evidence": "Three tests in a row."}


@pytest.fixture
def lab(world) -> Laboratory:
    return a_laboratory(world.b, world.a, world.c)


@pytest.fixture
def coordinator(world):
    return a_member("coordinator", world.b)


def raised(lab, **fields) -> Problem:
    return a_problem(lab, status="raised", **fields)


def test_any_member_of_a_site_raises_a_problem_in_the_name_of_their_institution(world, lab, teacher):
    problem = actions.raise_problem(by=teacher, at=NOW, laboratory=lab, **WORDS)
    assert (problem.status, problem.institution, problem.raised_by) == ("raised", world.a, teacher)
    assert Event.objects.get(subject_type="problem", name="raise").actor == teacher


def test_nobody_else_raises_one_and_none_is_raised_in_a_laboratory_that_rests(
    world, lab, teacher, employer, regional_officer
):
    outside = a_member("teacher", world.hidden)
    for by in (outside, regional_officer, None):
        with pytest.raises(PermissionDenied):
            actions.raise_problem(by=by, at=NOW, laboratory=lab, **WORDS)
    put(lab, "paused")
    with pytest.raises(ValidationError):
        actions.raise_problem(by=teacher, at=NOW, laboratory=lab, **WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_a_problem_says_what_is_wrong_and_how_one_knows(lab, teacher, name):
    with pytest.raises(ValidationError) as refused:
        actions.raise_problem(by=teacher, at=NOW, laboratory=lab, **{**WORDS, name: " "})
    assert set(refused.value.message_dict) == {name}


def test_an_institution_votes_once_whoever_speaks_for_it(world, lab, institution_admin, foreign_admin, teacher):
    problem = raised(lab)
    actions.vote_for(problem, by=institution_admin, at=NOW)
    actions.vote_for(problem, by=foreign_admin, at=NOW)
    for by in (institution_admin, a_member("coordinator", world.a), teacher, None):
        with pytest.raises(PermissionDenied):
            actions.vote_for(problem, by=by, at=NOW)
    assert set(problem.votes.values_list("institution_id", flat=True)) == {world.a.pk, world.c.pk}


def test_the_site_has_no_vote_beside_its_host(world, lab, coordinator):
    site_admin = a_member("institution_admin", lab.site)
    with pytest.raises(PermissionDenied):
        actions.vote_for(raised(lab), by=site_admin, at=NOW)


def test_only_the_coordinator_accepts_and_declines_and_a_decline_says_why(lab, coordinator, institution_admin):
    problem = raised(lab)
    with pytest.raises(PermissionDenied):
        actions.accept_problem(problem, by=institution_admin, at=NOW)
    actions.accept_problem(problem, by=coordinator, at=NOW)
    with pytest.raises(ValidationError):
        actions.decline_problem(problem, by=coordinator, at=NOW, reason="")
    actions.decline_problem(problem, by=coordinator, at=NOW, reason="Solved by itself.")
    assert problem.status == "declined"
    with pytest.raises(WrongStatus):
        actions.accept_problem(problem, by=coordinator, at=NOW)


def test_the_votes_of_a_merged_problem_go_to_the_other_without_doubling(
    world, lab, coordinator, institution_admin, foreign_admin, partner_admin
):
    one, other = raised(lab), raised(lab)
    for by in (institution_admin, foreign_admin):
        actions.vote_for(one, by=by, at=NOW)
    for by in (institution_admin, partner_admin):
        actions.vote_for(other, by=by, at=NOW)
    actions.merge_problem(one, by=coordinator, at=NOW, into=other, reason="The same.")
    assert (one.status, one.merged_into) == ("merged", other)
    assert set(other.votes.values_list("institution_id", flat=True)) == {world.a.pk, world.b.pk, world.c.pk}
    assert Vote.objects.count() == 4 and list(one.votes.values_list("institution_id", flat=True)) == [world.a.pk]


def test_a_problem_is_merged_only_into_another_open_one_of_its_laboratory(world, lab, coordinator):
    problem = raised(lab)
    elsewhere = raised(a_laboratory(world.b))
    for into in (problem, elsewhere, a_problem(lab, status="declined"), a_problem(lab, status="solved")):
        with pytest.raises(ValidationError):
            actions.merge_problem(problem, by=coordinator, at=NOW, into=into, reason="The same.")
    assert Problem.objects.get(pk=problem.pk).status == "raised"


def test_projects_take_problems_up_give_them_back_and_solve_them_and_nobody_by_hand(lab, coordinator):
    problem = a_problem(lab)
    with pytest.raises(PermissionDenied):
        actions.take_up(problem, at=NOW, by=coordinator)
    first, second = a_project(lab), a_project(lab)
    for project in (first, second):
        actions.take_up(problem, at=NOW)
        project.problems.add(problem)
    put(first, "stopped")
    actions.give_back(problem, at=NOW, project=first)
    assert problem.status == "in_work"  # the other one still works on it
    put(second, "stopped")
    actions.give_back(problem, at=NOW, project=second)
    assert problem.status == "accepted"
    actions.take_up(problem, at=NOW)
    actions.solve_by_project(problem, at=NOW)
    actions.solve_by_project(problem, at=NOW)
    assert problem.status == "solved"
    assert Event.objects.filter(subject_id=problem.public_id, name="solve_by_project").count() == 1


def test_a_problem_solved_another_way_says_how(lab, coordinator):
    problem = a_problem(lab, status="in_work")
    with pytest.raises(ValidationError) as refused:
        actions.solve_problem(problem, by=coordinator, at=NOW, solution=" ")
    assert set(refused.value.message_dict) == {"solution"}
    actions.solve_problem(problem, by=coordinator, at=NOW, solution="New books came.")
    assert (problem.status, problem.solution) == ("solved", "New books came.")


def test_problems_of_an_open_laboratory_are_read_by_everybody_but_by_no_expert(world, lab, teacher, expert):
    raised(lab)
    seen = [user for user in (a_member("teacher", world.hidden), teacher, expert)
            if Problem.objects.all().visible_to(user).exists()]  # fmt: skip
    assert expert not in seen and teacher in seen and len(seen) == 2
