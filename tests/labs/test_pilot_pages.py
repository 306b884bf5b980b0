"""Pages of pilot projects: the board, opening, describing, the group, the development."""

import datetime
import itertools
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.folding import search_key
from labs.models import Laboratory, PilotProject
from labs.pilots.developing import save_version
from labs.pilots.stages import APART, OF_STATUS, STAGES
from tests.factories import a_member, a_term
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_problem, a_project, put
from tests.quality.figures import an_indicator

pytestmark = pytest.mark.django_db
BOARD = "/en/labs/pilots/"
KEYS = itertools.count()
PARTS = {"aim": "Read more.", "method": "In pairs.", "resources": "Books.", "expected": "One in five."}


def day(days):
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def lab(world):
    return a_laboratory(world.b, world.a, world.c)


@pytest.fixture
def coordinator(lab):
    return a_coordinator(lab)


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def page(client, project, name=""):
    return client.get(f"{BOARD}{project.public_id}/{name}")


def send(client, project, name, **fields):
    return client.post(f"{BOARD}{project.public_id}/{name}/", {**fields, "once_key": f"key{next(KEYS)}"})


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_board_has_nine_stages_and_shows_apart_what_ended(desk, lab):
    projects = [
        a_project(lab, status, title=f"In {status}") for status in ("problem_identified", "piloting", "stopped")
    ]
    shown = desk.get(BOARD).content.decode()
    columns = re.findall(r'<section class="board-column.*?</section>', shown, re.DOTALL)
    assert len(columns) == len(STAGES) + 1
    for project in projects:
        place = [at for at, column in enumerate(columns) if project.title in column]
        assert place == [(OF_STATUS[project.status] or len(STAGES) + 1) - 1]


def test_an_empty_board_says_how_it_begins(desk):
    assert "There are no pilot projects yet" in text(desk.get(BOARD))


def test_a_column_shows_its_first_and_leads_to_the_rest(desk, lab):
    for number in range(10):
        a_project(lab, title=f"Number {number}")
    shown = desk.get(BOARD).content.decode()
    assert shown.count("board-card") == 8
    assert "Show all 10" in shown
    listed = desk.get(BOARD, {"stage": 1})
    assert listed.content.decode().count("Number ") >= 10
    assert "board-card" not in listed.content.decode()


def test_filters_late_and_stage_narrow_the_board(desk, lab):
    late = a_project(lab, "in_development", title="Too late", first_deadline=day(-40), deadline=day(-3))
    a_project(lab, "in_development", title="In time", first_deadline=day(3), deadline=day(3))
    shown = text(desk.get(BOARD, {"late": "yes"}))
    assert late.title in shown
    assert "In time" not in shown
    assert "Late: 3 days" in shown
    assert "Too late" not in text(desk.get(BOARD, {"stage": APART}))
    assert desk.get(BOARD, {"stage": "12"}).status_code == 200
    assert desk.get(BOARD, {"unknown": "1"}).status_code == 400


def test_own_laboratories_are_offered_and_others_found_by_their_name(desk, lab, world):
    theirs = a_laboratory(world.hidden)
    theirs.site.names = {"en": "Farthest workshop"}
    theirs.site.save()
    Laboratory.objects.filter(pk=theirs.pk).update(search_key=search_key("Farthest workshop"))
    a_project(theirs, "stopped", title="Told everybody")
    a_project(lab, "stopped", title="Our own")
    board = desk.get(BOARD).content.decode()
    assert f'value="{lab.public_id}"' in board and f'value="{theirs.public_id}"' not in board
    found = desk.get(f"{BOARD}?view=all&search=workshop").content.decode()
    assert "Told everybody" in found and "Our own" not in found
    chosen = desk.get(f"{BOARD}?view=all&laboratory={theirs.public_id}").content.decode()
    assert f'value="{theirs.public_id}" selected' in chosen and "Our own" not in chosen


def test_the_board_costs_the_same_for_many(desk, lab, world):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(BOARD).status_code == 200
        return len(seen)

    for status in ("direction_set", "in_development"):
        a_group(a_project(lab, status), world.b, world.a)
    cost()
    few = cost()
    for status in ("direction_set", "in_development", "piloting", "submitted", "stopped") * 3:
        a_group(a_project(lab, status), world.b, world.a)
    assert cost() == few


def test_the_list_is_a_file_too(desk, lab):
    a_project(lab, title="Reading aloud")
    answer = desk.get(BOARD, {"format": "csv"})
    assert answer.status_code == 200
    assert "Reading aloud" in answer.getvalue().decode("utf-8-sig")


def test_a_project_is_opened_from_a_chosen_problem(desk, lab):
    problem = a_problem(lab)
    a_problem(lab, title="Raised only", status="raised")
    form = desk.get(f"{BOARD}new/", {"problem": problem.public_id}).content.decode()
    assert re.search(rf'value="{problem.public_id}"[^>]*checked', form)
    assert "Raised only" not in form
    assert desk.post(f"{BOARD}new/", {"title": "Kept", "once_key": "a"}).status_code == 422
    made = desk.post(f"{BOARD}new/", {"problems": [problem.public_id], "title": "Reading in pairs", "once_key": "b"})
    project = PilotProject.objects.get()
    assert made["Location"].endswith(f"{project.public_id}/")
    assert (project.title, project.problems.get()) == ("Reading in pairs", problem)


def test_others_do_not_open_projects(client, lab, world):
    for role in ("institution_admin", "teacher"):
        client.force_login(a_member(role, world.a))
        assert client.get(f"{BOARD}new/").status_code == 403
    client.force_login(a_member("coordinator", world.a))
    assert "No accepted problem waits" in text(client.get(f"{BOARD}new/"))


def test_the_page_shows_stage_turn_problem_and_history(desk, lab):
    project = a_project(lab)
    send(desk, project, "object", title="Reading", object="Children of six", object_evidence="Tests")
    shown = text(page(desk, project))
    for said in ("Research object defined", "Your turn", "Few children read", "Children of six", "History"):
        assert said in shown, said


def test_strangers_do_not_see_a_project_that_is_not_published(client, lab, world):
    project = a_project(lab)
    other = a_member("teacher", a_laboratory(world.hidden).site)
    client.force_login(other)
    assert page(client, project).status_code == 404


def test_an_object_without_evidence_is_refused_at_its_field_and_kept(desk, lab):
    project = a_project(lab)
    answer = send(desk, project, "object", title="Reading", object="Children of six", object_evidence="")
    assert answer.status_code == 422
    assert "Children of six" in answer.content.decode()
    assert 'id="id_object_evidence_error"' in answer.content.decode()


def goals(**fields):
    rows = {"goals-TOTAL_FORMS": 1, "goals-INITIAL_FORMS": 0, "goals-0-text": "More read", "goals-0-sense": "up"}
    return {**rows, "direction": "able_child", **fields}


@pytest.fixture
def other(lab):
    """Another project of the cluster, whose goal goes against."""
    a_term("programme_direction", "able_child")
    indicator = an_indicator("XX.01").indicator
    quality = a_term("programme_direction", "quality")
    project = a_project(lab, "direction_set", title="Fewer tests", direction=quality)
    project.goals.create(text="Fewer are tested", indicator=indicator, sense="down", position=0)
    return project


def test_goals_of_others_are_listed_before_the_answer_is_taken(desk, lab, other):
    project = a_project(lab, "object_defined")
    sent = goals(**{"goals-0-indicator": "XX.01", "compatibility": "They fit."})
    answer = send(desk, project, "direction", **sent)
    assert answer.status_code == 422
    shown = text(answer)
    for said in ("Contradicts", "Umbrella", "Fewer tests", "Read the list, then answer."):
        assert said in shown, said
    assert "They fit." in answer.content.decode()
    mark = re.search(r'name="seen" value="(\w+)"', answer.content.decode()).group(1)
    assert send(desk, project, "direction", **sent, seen=mark).status_code == 302
    project.refresh_from_db()
    assert project.status == "direction_set"
    assert "Contradicts" in text(page(desk, project))


def test_comparing_changes_nothing(desk, lab, other):
    project = a_project(lab, "object_defined")
    answer = send(desk, project, "direction", **goals(**{"goals-0-indicator": "XX.01", "compare": "goals"}))
    assert (answer.status_code, project.goals.count()) == (200, 0)
    assert "Contradicts" in text(answer)


def test_the_same_direction_overlaps_and_ended_projects_do_not_count(desk, lab, other):
    project = a_project(lab, "object_defined")
    sent = goals(**{"goals-0-indicator": "XX.01", "goals-0-sense": "down", "compare": "goals"})
    assert "Overlaps" in text(send(desk, project, "direction", **sent))
    put(other, "stopped")
    assert "Fewer tests" not in text(send(desk, project, "direction", **sent))


def people(*rows):
    found = {"members-TOTAL_FORMS": len(rows), "members-INITIAL_FORMS": 0}
    for at, (member, said) in enumerate(rows):
        values = {"person": member.public_id, "person_text": member.user.name, "field": "0111", "part": "researcher",
                  "raci": "responsible", "tasks": "Reads", **said}  # fmt: skip
        found |= {f"members-{at}-{name}": value for name, value in values.items()}
    return found


def test_a_group_is_named_agreed_and_approved_on_pages(desk, client, lab, world, coordinator):
    for code in ("0111", "0611"):
        a_term("isced_f", code)
    project = a_project(lab, "direction_set")
    users = [
        a_member("teacher", house, name=name)
        for house, name in ((world.b, "Anna Bee"), (world.a, "Carl Dee"), (world.a, "Ella Foe"))
    ]
    members = [user.memberships.get() for user in users]
    rows = people(
        (members[0], {"raci": "accountable"}), (members[1], {"part": "practitioner", "field": "0611"}), (members[2], {})
    )
    assert send(desk, project, "group", **rows).status_code == 302
    assert "Anna Bee" in text(desk.get(f"{BOARD}{project.public_id}/people/", {"q": "anna"}))
    for user in users:
        client.force_login(user)
        assert "Agree to my tasks" in text(page(client, project))
        assert send(client, project, "agree").status_code == 302
    client.force_login(coordinator)
    send(client, project, "approve")
    assert "organisation has approved this group" in text(page(client, project, "group/"))
    client.force_login(a_member("institution_admin", world.c))
    send(client, project, "approve")
    project.refresh_from_db()
    assert project.status == "group_approved"


def test_a_group_that_lacks_something_says_what(desk, lab, world):
    project = a_project(lab, "direction_set")
    answer = send(desk, project, "approve")
    assert answer.status_code == 422
    assert "A group has at least three people." in text(answer)


def test_a_person_of_no_organisation_of_the_laboratory_is_refused_at_the_row(desk, lab, world):
    a_term("isced_f", "0111")
    stranger = a_member("teacher", a_laboratory(world.c).site)
    project = a_project(lab, "direction_set")
    answer = send(desk, project, "group", **people((stranger.memberships.get(), {"tasks": "Kept words"})))
    assert answer.status_code == 422
    assert 'id="id_members-0-person_text_error"' in answer.content.decode()
    assert "Kept words" in answer.content.decode()


def test_names_are_for_those_inside(client, lab, world, desk):
    project = a_project(lab, "disseminating")
    members = a_group(project, world.b, world.a)
    assert members[0].user.name in text(page(desk, project))
    client.force_login(a_member("teacher", a_laboratory(world.hidden).site))
    shown = text(page(client, project))
    assert members[0].user.name not in shown
    assert "Person 1" in shown


@pytest.fixture
def developed(lab, world):
    project = a_project(lab, "in_development", first_deadline=day(30), deadline=day(30))
    a_group(project, world.b, world.a)
    return project


@pytest.fixture
def lead(developed):
    return developed.members.get(raci="accountable").user


def test_versions_are_written_compared_and_submitted(client, developed, lead):
    client.force_login(lead)
    assert send(client, developed, "version", **PARTS).status_code == 302
    assert send(client, developed, "version", **{**PARTS, "aim": "Read a lot."}, base=1).status_code == 302
    shown = text(client.get(f"{BOARD}{developed.public_id}/versions/", {"left": 1, "right": 2}))
    assert "Read more." in shown
    assert "Read a lot." in shown
    assert "In pairs." not in shown
    assert send(client, developed, "submit").status_code == 302
    developed.refresh_from_db()
    assert developed.status == "submitted"


def test_two_writers_see_both_versions(client, developed, lead):
    client.force_login(lead)
    save_version(developed, by=lead, at=timezone.now(), **PARTS)
    answer = send(client, developed, "version", **{**PARTS, "aim": "Mine."}, base="")
    assert answer.status_code == 409
    assert "Somebody else has saved a version meanwhile" in text(answer)
    base = re.search(r'name="base" value="(\d+)"', answer.content.decode()).group(1)
    assert send(client, developed, "version", **{**PARTS, "aim": "Mine."}, base=base).status_code == 302


def test_a_version_that_lacks_a_part_is_not_submitted_and_says_so(client, developed, lead):
    client.force_login(lead)
    answer = send(client, developed, "submit")
    assert answer.status_code == 422
    assert "lacks a part" in text(answer)


def test_the_coordinator_puts_the_deadline_off_with_a_reason(desk, developed):
    late = day(60).isoformat()
    assert send(desk, developed, "extend", deadline=late, reason="").status_code == 422
    assert send(desk, developed, "extend", deadline=day(1).isoformat(), reason="Illness").status_code == 422
    assert send(desk, developed, "extend", deadline=late, reason="Illness of the lead").status_code == 302
    shown = text(page(desk, developed))
    assert "Illness of the lead" in shown
    assert "First deadline" in shown


def test_the_lead_starts_the_development(client, lab, world):
    project = a_project(lab, "group_approved")
    lead = a_group(project, world.b, world.a)[0].user
    client.force_login(lead)
    assert page(client, project, "develop/").status_code == 200
    assert send(client, project, "develop", deadline=day(20).isoformat()).status_code == 302
    project.refresh_from_db()
    assert project.first_deadline == day(20)


def test_stopping_asks_why(desk, lab):
    project = a_project(lab, "piloting")
    assert page(desk, project, "stop/").status_code == 200
    assert send(desk, project, "stop", reason="").status_code == 422
    assert send(desk, project, "stop", reason="No rooms").status_code == 302
    shown = text(page(desk, project))
    assert "Ended here" in shown
    assert "No rooms" in shown
