"""Joint projects over the API: planned together, answered by every partner, done when another side confirms."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from cooperation.projects.models import JointProject
from lifecycle.models import Event
from tests.factories import a_member, a_term, an_institution

URL = "/api/v1/projects/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json", headers={"Idempotency-Key": f"project-{next(KEYS)}"})


def move(client: Any, project: dict[str, Any], name: str, **fields: Any) -> Any:
    return post(client, f"{URL}{project['id']}/moves/{name}/", fields)


@pytest.fixture
def body(world: SimpleNamespace) -> dict[str, Any]:
    a_term("party_role", "partner", context=["agreement", "project"])
    a_term("party_role", "sender", context=["agreement"])
    a_term("output_kind", "manual")
    return {
        "title": "A workshop for young builders",
        "goal": "Thirty pupils build a bridge.",
        "starts_on": "2026-12-01",
        "ends_on": "2027-05-31",
        "budget": "12000000.50",
        "partners": [{"institution": house.public_id, "role": "partner"} for house in (world.b, world.c)],
        "stages": [{"title": "Plan", "due_on": "2026-12-31"}, {"title": "Build", "due_on": "2027-05-01"}],
        "outputs": [{"kind": "manual", "title": "How to build a bridge"}],
    }


@pytest.fixture
def running(
    api_of: Any, body: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User
) -> dict[str, Any]:
    lead = api_of(institution_admin)
    project = post(lead, URL, body).json()
    move(lead, project, "propose")
    move(api_of(partner_admin), project, "accept")
    done = move(api_of(foreign_admin), project, "accept").json()
    assert done["status"] == "running"
    return dict(done)


def test_a_project_starts_when_the_last_partner_has_answered(
    api_of: Any, body: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    lead, b, c = api_of(institution_admin), api_of(partner_admin), api_of(foreign_admin)
    made = post(lead, URL, body)
    assert made.status_code == 201, made.content
    project = made.json()
    assert (project["status"], project["lead"], project["budget"]) == ("draft", world.a.public_id, "12000000.5")
    assert b.get(f"{URL}{project['id']}/").status_code == 404
    assert move(lead, project, "propose").json()["status"] == "proposed"
    assert [row["id"] for row in b.get(f"{URL}?turn=mine").json()["results"]] == [project["id"]]
    assert move(b, project, "accept").json()["status"] == "proposed"
    assert move(c, project, "decline").status_code == 400
    done = move(c, project, "decline", reason="No room this year.").json()
    assert (done["status"], [row["state"] for row in done["partners"]]) == ("running", ["accepted", "declined"])
    told = Event.objects.filter(subject_type="project", subject_id=project["id"]).order_by("id")
    assert list(told.values_list("name", flat=True)) == ["draft", "propose", "accept", "decline", "start"]


def test_a_project_that_everybody_declined_never_starts(
    api_of: Any, body: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    lead = api_of(institution_admin)
    project = post(lead, URL, body).json()
    move(lead, project, "propose")
    move(api_of(partner_admin), project, "decline", reason="No.")
    assert move(api_of(foreign_admin), project, "decline", reason="No.").json()["status"] == "proposed"


def test_proposing_names_everything_that_is_missing(api_of: Any, institution_admin: User) -> None:
    client = api_of(institution_admin)
    project = post(client, URL, {"title": "Empty"}).json()
    refused = move(client, project, "propose")
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {
        "/goal", "/starts_on", "/ends_on", "/stages", "/partners",
    }  # fmt: skip


def test_a_draft_is_saved_in_parts_and_guarded_by_its_version(
    api_of: Any, body: dict[str, Any], institution_admin: User, partner_admin: User
) -> None:
    client = api_of(institution_admin)
    project = post(client, URL, body).json()
    one = f"{URL}{project['id']}/"
    assert client.patch(one, {"title": "Other"}, format="json").status_code == 428
    etag = client.get(one)["ETag"]
    saved = client.patch(one, {"title": "Other", "outputs": []}, format="json", headers={"If-Match": etag})
    assert (saved.json()["title"], saved.json()["outputs"], len(saved.json()["stages"])) == ("Other", [], 2)
    assert client.patch(one, {"title": "Late"}, format="json", headers={"If-Match": etag}).status_code == 412
    move(client, project, "propose")
    etag = client.get(one)["ETag"]
    assert client.patch(one, {"title": "Late"}, format="json", headers={"If-Match": etag}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": "2026-11-30"}, "/ends_on"),
        ({"partners": [{"institution": "nowhere", "role": "partner"}]}, "/partners/0/institution"),
        ({"title": ""}, "/title"),
        ({"budget": "-1"}, "/budget"),
        ({"outputs": [{"kind": "unheard_of", "title": "x"}]}, "/outputs/0/kind"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    api_of: Any, body: dict[str, Any], institution_admin: User, wrong: dict[str, Any], field: str
) -> None:
    answer = post(api_of(institution_admin), URL, {**body, **wrong})
    assert answer.status_code == 400, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [field]


def test_a_role_of_agreements_alone_and_the_lead_as_its_own_partner_are_refused(
    api_of: Any, body: dict[str, Any], institution_admin: User, world: SimpleNamespace
) -> None:
    for partner in ((world.b, "sender"), (world.a, "partner")):
        wrong = [{"institution": partner[0].public_id, "role": partner[1]}]
        answer = post(api_of(institution_admin), URL, {**body, "partners": wrong})
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/partners"]
    assert not JointProject.objects.exists()


def test_it_is_completed_when_every_output_is_settled_and_a_partner_confirms(
    api_of: Any, running: dict[str, Any], institution_admin: User, partner_admin: User
) -> None:
    lead, partner = api_of(institution_admin), api_of(partner_admin)
    assert move(partner, running, "confirm").status_code == 422
    refused = move(lead, running, "complete")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/outputs/0")
    assert move(lead, running, "deliver", output=0, link="javascript:alert(1)").status_code == 400
    assert move(lead, running, "deliver", output=7).status_code == 400
    assert move(partner, running, "drop", output=0, reason="No.").status_code == 403
    delivered = move(partner, running, "deliver", output=0, link="https://example.org/bridge.pdf").json()
    assert delivered["outputs"][0]["state"] == "delivered"
    staged = move(partner, running, "finish_stage", stage=0).json()
    assert [stage["done_on"] for stage in staged["stages"]] == ["2026-11-21", None]
    assert move(lead, running, "complete").json()["status"] == "running"
    assert move(lead, running, "confirm").status_code == 403
    assert move(partner, running, "confirm").json()["status"] == "completed"


def test_more_than_half_of_the_partners_stop_it(
    api_of: Any, running: dict[str, Any], partner_admin: User, foreign_admin: User
) -> None:
    first = move(api_of(partner_admin), running, "ask_stop", reason="Nobody has time.").json()
    assert first["status"] == "running"
    assert move(api_of(foreign_admin), running, "ask_stop", reason="Nor have we.").json()["status"] == "stopped"


def test_it_rests_and_goes_on(api_of: Any, running: dict[str, Any], institution_admin: User) -> None:
    lead = api_of(institution_admin)
    assert move(lead, running, "pause", reason="Holidays.").json()["status"] == "paused"
    assert move(lead, running, "complete").status_code == 409
    assert move(lead, running, "resume").json()["status"] == "running"


def test_who_has_no_part_in_it_sees_nothing(
    api_of: Any, running: dict[str, Any], stranger: User, world: SimpleNamespace
) -> None:
    for person in (stranger, a_member("institution_admin", an_institution(world.far))):
        assert api_of(person).get(f"{URL}{running['id']}/").status_code == 404
        assert api_of(person).get(URL).json()["results"] == []
