"""Joint programmes over the API: written with a group that confirms one content, in versions, taken up by others."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from cooperation.adoptions.models import Adoption
from cooperation.programmes import inbox
from cooperation.programmes.models import JointProgramme, ProgrammeVersion
from lifecycle.models import Event
from tests.factories import a_member, a_term, an_institution

URL = "/api/v1/programmes/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json", headers={"Idempotency-Key": f"programme-{next(KEYS)}"})


def move(client: Any, programme: dict[str, Any], name: str, **fields: Any) -> Any:
    return post(client, f"{URL}{programme['id']}/moves/{name}/", fields)


def save(client: Any, programme: dict[str, Any], **fields: Any) -> Any:
    one = f"{URL}{programme['id']}/"
    return client.patch(one, fields, format="json", headers={"If-Match": client.get(one)["ETag"]})


def read(client: Any, programme: dict[str, Any]) -> dict[str, Any]:
    return dict(client.get(f"{URL}{programme['id']}/").json())


def confirm(client: Any, programme: dict[str, Any]) -> Any:
    return move(client, programme, "confirm", content_hash=read(client, programme)["versions"][0]["content_hash"])


@pytest.fixture
def body(world: SimpleNamespace) -> dict[str, Any]:
    a_term("party_role", "partner", context=["agreement", "project"])
    a_term("party_role", "sender", context=["agreement"])
    for code in ("01", "0112", "06"):
        a_term("isced_f", code)
    a_term("isced_level", "6")
    return {
        "title": "Early childhood educator",
        "fields_of_study": ["0112"],
        "level": "6",
        "contents": "Practice in a kindergarten from the first year.",
        "members": [{"institution": house.public_id, "role": "partner"} for house in (world.b, world.c)],
    }


@pytest.fixture
def in_work(api_of: Any, body: dict[str, Any], institution_admin: User) -> dict[str, Any]:
    lead = api_of(institution_admin)
    made = post(lead, URL, body)
    assert made.status_code == 201, made.content
    started = move(lead, made.json(), "start")
    assert started.json()["status"] == "in_work", started.content
    return dict(started.json())


@pytest.fixture
def approved(
    api_of: Any, in_work: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User
) -> dict[str, Any]:
    b = api_of(partner_admin)
    move(b, in_work, "accept")
    assert confirm(b, in_work).status_code == 200
    move(api_of(foreign_admin), in_work, "decline", reason="No room.")
    done = move(api_of(institution_admin), in_work, "approve")
    assert done.status_code == 200, done.content
    return dict(done.json())


def test_a_draft_is_the_leads_alone_and_needs_field_and_level_to_start(
    api_of: Any, body: dict[str, Any], institution_admin: User, partner_admin: User
) -> None:
    lead = api_of(institution_admin)
    empty = post(lead, URL, {"title": "Empty"}).json()
    refused = move(lead, empty, "start")
    assert (refused.status_code, {each["pointer"] for each in refused.json()["errors"]}) == (
        422, {"/fields_of_study", "/level"},
    )  # fmt: skip
    draft = post(lead, URL, body).json()
    assert (draft["status"], draft["versions"][0]["number"], draft["moves"]) == ("draft", 1, ["start"])
    assert api_of(partner_admin).get(f"{URL}{draft['id']}/").status_code == 404


def test_it_is_approved_when_all_who_take_part_confirmed_the_same_content(
    api_of: Any, in_work: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    lead, b, c = api_of(institution_admin), api_of(partner_admin), api_of(foreign_admin)
    assert confirm(b, in_work).status_code == 403  # first one takes part
    assert move(lead, in_work, "accept").status_code == 403
    for client in (b, c):
        assert move(client, in_work, "accept").status_code == 200
    confirm(b, in_work)
    refused = move(lead, in_work, "approve")
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, ["/members"])
    assert world.c.names["uz"] in refused.json()["errors"][0]["message"]
    assert JointProgramme.objects.get().status == "in_work"
    confirm(c, in_work)
    done = move(lead, in_work, "approve").json()
    version = done["versions"][0]
    assert (done["status"], version["state"], version["approved_on"]) == ("approved", "approved", "2026-11-21")
    assert [row["state"] for row in version["members"]] == ["confirmed", "confirmed"]
    told = Event.objects.filter(subject_type="programme").order_by("id").values_list("name", flat=True)
    assert list(told) == ["draft", "start", "accept", "accept", "confirm", "confirm", "approve"]


def test_who_read_something_else_confirms_nothing(
    api_of: Any, in_work: dict[str, Any], institution_admin: User, partner_admin: User
) -> None:
    b = api_of(partner_admin)
    move(b, in_work, "accept")
    old = read(b, in_work)["versions"][0]["content_hash"]
    assert save(api_of(institution_admin), in_work, contents="Something else.").status_code == 200
    refused = move(b, in_work, "confirm", content_hash=old)
    assert (refused.status_code, refused.json()["content"]["contents"]) == (409, "Something else.")
    assert move(b, in_work, "confirm").status_code == 400
    assert move(b, in_work, "confirm", content_hash=refused.json()["content_hash"]).status_code == 200


def test_a_change_of_content_makes_every_confirmation_void(
    api_of: Any, in_work: dict[str, Any], institution_admin: User, partner_admin: User
) -> None:
    lead, b = api_of(institution_admin), api_of(partner_admin)
    move(b, in_work, "accept")
    confirm(b, in_work)
    save(lead, in_work, contents="Practice in a kindergarten from the first year.")  # the same words
    assert read(b, in_work)["versions"][0]["members"][0]["state"] == "confirmed"
    for changed in ({"title": "Other title"}, {"fields_of_study": ["01"]}, {"link": "https://example.org/p.pdf"}):
        assert save(lead, in_work, **changed).status_code == 200
        assert read(b, in_work)["versions"][0]["members"][0]["state"] == "accepted", changed
        assert move(lead, in_work, "approve").status_code == 422
        confirm(b, in_work)
    assert Event.objects.filter(subject_type="programme", name="change").count() == 3


def test_the_approved_version_stays_in_force_while_the_next_is_written(
    api_of: Any, approved: dict[str, Any], institution_admin: User, partner_admin: User, stranger: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    lead, b = api_of(institution_admin), api_of(partner_admin)
    outsider = api_of(a_member("teacher", an_institution(world.far)))
    revised = move(lead, approved, "revise").json()
    assert revised["status"] == "in_work"
    assert [(each["number"], each["state"]) for each in revised["versions"]] == [(2, "open"), (1, "approved")]
    assert [row["state"] for row in revised["versions"][0]["members"]] == ["accepted"]
    assert [each["number"] for each in read(outsider, approved)["versions"]] == [1]
    assert api_of(stranger).get(f"{URL}{approved['id']}/").status_code == 404
    refused = save(lead, approved, title="Another programme")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/title")
    save(lead, approved, title="Early childhood educator", contents="More practice.")
    confirm(b, approved)
    refused = move(lead, approved, "approve")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/changes"]
    save(lead, approved, changes="Twice as much practice.")
    confirm(b, approved)
    done = move(lead, approved, "approve").json()
    assert [(each["number"], each["state"]) for each in done["versions"]] == [(2, "approved"), (1, "superseded")]


def test_a_new_version_can_be_given_up_and_its_number_is_not_used_again(
    api_of: Any, approved: dict[str, Any], in_work: dict[str, Any], institution_admin: User
) -> None:
    lead = api_of(institution_admin)
    move(lead, approved, "revise")
    back = move(lead, approved, "revert").json()
    assert (back["status"], [each["state"] for each in back["versions"]]) == ("approved", ["dropped", "approved"])
    assert move(lead, approved, "revise").json()["versions"][0]["number"] == 3
    first = post(lead, URL, {"title": "First", "fields_of_study": ["06"], "level": "6"}).json()
    move(lead, first, "start")
    assert move(lead, first, "revert").status_code == 422


def test_a_member_may_leave_and_then_does_not_hold_it_up(
    api_of: Any, in_work: dict[str, Any], institution_admin: User, partner_admin: User
) -> None:
    b = api_of(partner_admin)
    move(b, in_work, "accept")
    assert move(b, in_work, "decline").status_code == 400
    assert move(b, in_work, "decline", reason="Our specialist left.").status_code == 200
    assert move(b, in_work, "accept").status_code == 403
    assert move(api_of(institution_admin), in_work, "approve").json()["status"] == "approved"


def test_where_version_2_is_used_is_one_query(
    api_of: Any, approved: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User,
    world: SimpleNamespace, django_assert_num_queries: Any,
) -> None:  # fmt: skip
    lead, b, c = api_of(institution_admin), api_of(partner_admin), api_of(foreign_admin)
    other = an_institution(world.far, "Epsilon school")
    d = api_of(a_member("institution_admin", other))
    first = approved["versions"][0]["id"]

    def adopt(client: Any, version: str) -> Any:
        return post(client, "/api/v1/adoptions/", {"subject_type": "programme_version", "subject": version})

    assert adopt(c, first).status_code == 201  # c was asked and declined: it may use it like anybody
    move(lead, approved, "revise")
    second = read(lead, approved)["versions"][0]["id"]
    assert adopt(d, second).status_code == 400  # not approved yet
    save(lead, approved, changes="More practice.")
    confirm(b, approved)
    move(lead, approved, "approve")
    assert adopt(d, first).status_code == 400  # superseded
    assert adopt(b, second).status_code == 400  # it wrote it
    made = adopt(d, second)
    assert made.status_code == 201, made.content
    with django_assert_num_queries(1):
        used = Adoption.objects.of("programme_version", second).in_use().select_related("institution")
        assert [each.institution for each in used] == [other]
    rows = c.get(f"/api/v1/adoptions/?subject_type=programme_version&subject={second}").json()["results"]
    assert [row["institution"] for row in rows] == [other.public_id]
    confirmed = post(b, f"/api/v1/adoptions/{made.json()['id']}/moves/confirm/")  # the co-author is a source too
    assert confirmed.json()["status"] == "confirmed", confirmed.content


def test_a_retired_programme_cannot_be_taken_up_and_stays_readable(
    api_of: Any, approved: dict[str, Any], institution_admin: User, foreign_admin: User
) -> None:
    lead, c = api_of(institution_admin), api_of(foreign_admin)
    move(lead, approved, "revise")
    assert move(lead, approved, "retire").status_code == 400
    done = move(lead, approved, "retire", reason="The standard ended.").json()
    assert (done["status"], [each["state"] for each in done["versions"]]) == ("retired", ["dropped", "approved"])
    version = ProgrammeVersion.objects.get(state="approved").public_id
    answer = post(c, "/api/v1/adoptions/", {"subject_type": "programme_version", "subject": version})
    assert answer.status_code == 400
    assert read(c, approved)["status"] == "retired"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fields_of_study": ["9999"]}, "/fields_of_study/0"),
        ({"level": "unheard_of"}, "/level"),
        ({"link": "javascript:alert(1)"}, "/link"),
        ({"title": ""}, "/title"),
        ({"members": [{"institution": "nowhere", "role": "partner"}]}, "/members/0/institution"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    api_of: Any, body: dict[str, Any], institution_admin: User, wrong: dict[str, Any], field: str
) -> None:
    answer = post(api_of(institution_admin), URL, {**body, **wrong})
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (400, [field])


def test_the_lead_is_not_in_its_own_group_and_nobody_is_in_it_twice(
    api_of: Any, body: dict[str, Any], institution_admin: User, world: SimpleNamespace
) -> None:
    for houses, role in (([world.a], "partner"), ([world.b, world.b], "partner"), ([world.b], "sender")):
        members = [{"institution": house.public_id, "role": role} for house in houses]
        answer = post(api_of(institution_admin), URL, {**body, "members": members})
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/members"]
    assert not JointProgramme.objects.exists()


def test_it_waits_for_those_asked_then_for_the_lead(
    api_of: Any, in_work: dict[str, Any], institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    def asked(user: User) -> list[str]:
        with translation.override("en"):
            return [inbox.programme_line(row, user).action for row in inbox.to_answer(user)]

    b, c = api_of(partner_admin), api_of(foreign_admin)
    assert (asked(partner_admin), asked(institution_admin)) == (["Answer"], [])
    move(b, in_work, "accept")
    assert asked(partner_admin) == ["Confirm the content"]
    confirm(b, in_work)
    assert (asked(partner_admin), asked(institution_admin)) == ([], [])  # c has not answered
    move(c, in_work, "decline", reason="No.")
    assert asked(institution_admin) == ["Approve the version"]
    assert [row["id"] for row in api_of(institution_admin).get(f"{URL}?turn=mine").json()["results"]] == [in_work["id"]]


def test_it_is_found_by_field_with_all_below_level_and_place(
    api_of: Any, approved: dict[str, Any], institution_admin: User
) -> None:
    client = api_of(institution_admin)

    def found(query: str) -> int:
        return len(client.get(f"{URL}?{query}").json()["results"])

    assert [found(f"field={code}") for code in ("0112", "01", "06")] == [1, 1, 0]
    assert [found(f"territory={code}") for code in ("91", "92", "9")] == [1, 0, 1]  # c in 92 declined
    assert found("level=6&status=approved") == 1
    assert client.get(f"{URL}?field=nothing").status_code == 400
