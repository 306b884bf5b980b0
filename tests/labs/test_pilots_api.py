"""Pilot projects over the API: opened, described, agreed, developed; the list and what a reader sees."""

import datetime
import itertools

import pytest
from django.utils import timezone

from labs.models import PilotProject
from tests.factories import a_member, a_term
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_problem, a_project, put
from tests.quality.figures import an_indicator

pytestmark = pytest.mark.django_db
URL = "/api/v1/pilots/"
KEYS = itertools.count()
PARTS = {"aim": "Read more.", "method": "In pairs.", "resources": "Books.", "expected": "One in five."}


def day(days):
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def post(client, path, **body):
    return client.post(path, body, format="json", headers={"Idempotency-Key": f"pilot-{next(KEYS)}"})


def move(client, project, name, **fields):
    return post(client, f"{URL}{project}/moves/{name}/", **fields)


def patch(client, project, **body):
    etag = client.get(f"{URL}{project}/").headers["ETag"]
    headers = {"Idempotency-Key": f"pilot-{next(KEYS)}", "If-Match": etag}
    return client.patch(f"{URL}{project}/", body, format="json", headers=headers)


@pytest.fixture
def lab(world):
    for code in ("0111", "0611"):
        a_term("isced_f", code)
    a_term("programme_direction", "able_child")
    return a_laboratory(world.b, world.a, world.c)


@pytest.fixture
def desk(api_of, lab):
    return api_of(a_coordinator(lab))


def test_a_project_walks_from_a_problem_to_its_submission(api_of, desk, lab, world):
    an_indicator("XX.01")
    made = post(desk, URL, problems=[a_problem(lab).public_id], title="Reading in pairs")
    assert (made.status_code, made.json()["stage"]) == (201, 1)
    project = made.json()["id"]
    assert move(desk, project, "define_object", object="Children", object_evidence="Tests").json()["stage"] == 2
    goals = [{"text": "More read", "indicator": "XX.01"}]
    set_now = move(desk, project, "set_direction", direction="able_child", goals=goals, compatibility="They fit.")
    assert set_now.json()["goals"] == [{"text": "More read", "indicator": "XX.01", "sense": "up"}]
    users = [a_member("teacher", house) for house in (world.b, world.a, world.a)]
    rows = [
        {"member": user.memberships.get().public_id, "part": "researcher", "field": "0111", "tasks": "Reads"}
        for user in users
    ]
    rows[0]["raci"] = "accountable"
    rows[1] |= {"part": "practitioner", "field": "0611"}
    assert [each["answer"] for each in patch(desk, project, members=rows).json()["members"]] == ["invited"] * 3
    for user in users:
        assert move(api_of(user), project, "agree").status_code == 200
    assert move(desk, project, "approve_group").json()["status"] == "direction_set"
    second = api_of(a_member("institution_admin", world.c))
    assert move(second, project, "approve_group").json()["status"] == "group_approved"
    lead = api_of(users[0])
    assert move(lead, project, "start_development", deadline=day(30)).json()["first_deadline"] == day(30)
    assert move(desk, project, "extend", deadline=day(40), reason="Illness").json()["deadline"] == day(40)
    assert move(lead, project, "save_version", **PARTS).json()["versions"][0]["aim"] == "Read more."
    assert move(lead, project, "submit").json()["status"] == "submitted"


def test_what_is_missing_is_named(desk, lab):
    project = a_project(lab).public_id
    refused = move(desk, project, "define_object", object="Children", object_evidence="")
    assert refused.status_code == 400
    project = a_project(lab, "direction_set").public_id
    refused = move(desk, project, "approve_group")
    assert refused.status_code == 422
    assert {each["code"] for each in refused.json()["errors"]} >= {"people", "accountable"}


def test_people_from_elsewhere_read_like_unknown_ones(desk, lab, world):
    stranger = a_member("teacher", a_laboratory(world.c).site).memberships.get().public_id
    project = a_project(lab, "direction_set").public_id
    row = {"member": stranger, "part": "researcher", "field": "0111"}
    answers = [patch(desk, project, members=[{**row, "member": each}]) for each in (stranger, "0" * 26)]
    assert [each.status_code for each in answers] == [400, 400]
    assert answers[0].json()["errors"] == answers[1].json()["errors"]


def test_moves_of_the_rooms_above_have_no_address_here_by_themselves(desk, lab):
    project = a_project(lab, "programme_approved")
    assert "preregister" not in desk.get(f"{URL}{project.public_id}/").json()["moves"]
    for name in ("preregister", "accept", "complete_group", "start_pilot", "no_such_move"):
        assert move(desk, project.public_id, name).status_code == 404, name


def test_readers_outside_see_published_projects_without_versions_and_names(api_of, lab, world):
    hidden, told = (
        a_project(lab, "in_development", first_deadline=day(3), deadline=day(3)),
        a_project(lab, "disseminating"),
    )
    members = a_group(told, world.b, world.a)
    told.versions.create(number=1, aim="x", sha256="0" * 64, written_by=members[0].user, written_at=timezone.now())
    outside = api_of(a_member("teacher", a_laboratory(world.hidden).site))
    assert [row["id"] for row in outside.get(URL).json()["results"]] == [told.public_id]
    assert outside.get(f"{URL}{hidden.public_id}/").status_code == 404
    body = outside.get(f"{URL}{told.public_id}/")
    assert body.json()["versions"] == []
    assert members[0].user.name not in body.content.decode()


def test_the_list_filters_by_stage_laboratory_and_lateness(desk, lab, world):
    late = a_project(lab, "in_development", first_deadline=day(-9), deadline=day(-2))
    a_project(lab)
    other = a_project(a_laboratory(world.b, world.c, cluster=lab.cluster), "piloting")
    for query, found in (("late=yes", late), ("stage=7", other), (f"laboratory={other.laboratory.public_id}", other)):
        assert [row["id"] for row in desk.get(f"{URL}?{query}").json()["results"]] == [found.public_id], query
    assert desk.get(f"{URL}?late=yes").json()["results"][0]["days_late"] == 2


def test_the_open_part_is_saved_by_the_coordinator_alone(api_of, desk, lab, world):
    project = a_project(lab)
    assert patch(desk, project.public_id, title="Another title").json()["title"] == "Another title"
    assert patch(api_of(a_member("institution_admin", world.a)), project.public_id, title="No").status_code == 403
    put(project, "in_development")
    assert patch(desk, project.public_id, title="Late").status_code == 409
    assert PilotProject.objects.get().title == "Another title"
