"""Agreements over the API, by the table of answers."""

import hashlib
import itertools
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cooperation.agreements.models import Agreement, Signature
from tests.factories import a_member

URL = "/api/v1/agreements/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json", headers={"Idempotency-Key": f"key-{next(KEYS)}"})


def move(client: Any, agreement: Agreement, name: str, **body: Any) -> Any:
    return post(client, f"{URL}{agreement.public_id}/moves/{name}/", body)


def problem(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"].startswith("application/problem+json"), answer.content
    return dict(json.loads(answer.content))


@pytest.fixture
def body(world: SimpleNamespace, words: SimpleNamespace) -> dict[str, Any]:
    return {
        "title": "Open lessons together",
        "kind": "social_partnership",
        "starts_on": "2026-09-01",
        "ends_on": "2027-08-31",
        "parties": [
            {"institution": world.a.public_id, "role": "lead"},
            {"institution": world.b.public_id, "role": "partner"},
        ],
        "terms": [
            {
                "kind": "events", "form": "F2", "from": world.a.public_id, "to": world.b.public_id,
                "quantity": "4.5", "unit": "events", "due_on": "2027-06-01",
            }
        ],
    }  # fmt: skip


def test_an_agreement_goes_from_draft_to_in_force_over_the_api(
    api_of: Any, body: dict[str, Any], institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    own, partner = api_of(institution_admin), api_of(partner_admin)
    made = post(own, URL, body)
    assert made.status_code == 201, made.content
    data = made.json()
    one = f"{URL}{data['id']}/"
    assert made["Location"].endswith(one)
    assert data["number"] == "SH-2026-00001"
    assert data["status"] == "draft"
    assert data["moves"] == ["propose", "withdraw"]
    assert data["terms"][0] | {"key": ""} == {
        "key": "", "kind": "events", "form": "F2", "from": world.a.public_id, "to": world.b.public_id, "quantity": "4.5",
        "unit": "events", "due_on": "2027-06-01", "field_of_study": "", "text": "", "not_yet_defined": False,
    }  # fmt: skip
    proposed = post(own, f"{one}moves/propose/")
    assert proposed.status_code == 200, proposed.content
    assert proposed.json()["turn"] == [world.a.public_id, world.b.public_id]
    seen = partner.get(one).json()["content_hash"]
    assert post(partner, f"{one}moves/approve/", {"content_hash": seen}).json()["status"] == "partly_approved"
    done = post(own, f"{one}moves/approve/", {"content_hash": seen}).json()
    assert (done["status"], done["turn"], done["living"]) == ("in_force", [], "new")
    assert [party["state"] for party in done["parties"]] == ["approved", "approved"]
    revision = own.get(f"{one}revisions/").json()["results"][0]
    assert hashlib.sha256(revision["content"].encode()).hexdigest() == revision["content_hash"] == seen
    assert {signature["hash"] for signature in revision["signatures"]} == {seen}
    assert own.get(f"{URL}SH-2026-00001/").json()["id"] == data["id"]


def test_proposing_an_empty_draft_lists_everything_that_is_missing(api_of: Any, institution_admin: User) -> None:
    client = api_of(institution_admin)
    made = post(client, URL, {}).json()
    refused = problem(post(client, f"{URL}{made['id']}/moves/propose/"))
    assert refused["status"] == 422
    assert {error["pointer"] for error in refused["errors"]} == {"/title", "/kind", "/starts_on", "/parties", "/terms"}
    assert client.get(f"{URL}{made['id']}/").json()["status"] == "draft"


def test_another_hash_is_409_with_the_difference(
    api_of: Any, proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    seen = proposed.shown.content_hash
    changed = move(api_of(institution_admin), proposed, "change", title="Seminars", notice_days=30)
    assert changed.status_code == 200, changed.content
    assert changed.json()["revision"] == 2
    refused = problem(move(api_of(partner_admin), proposed, "approve", content_hash=seen))
    assert (refused["status"], refused["current_status"], refused["code"]) == (409, "proposed", "wrong_status")
    assert refused["diff"] == [
        {"clause": "title", "before": "Open lessons together", "after": "Seminars"},
        {"clause": "notice_days", "before": 90, "after": 30},
    ]
    assert refused["content_hash"] == changed.json()["content_hash"] != seen
    assert not Signature.objects.exists()


def test_signing_takes_a_token_with_the_scope_sign(
    api_of: Any, page_of: Any, proposed: Agreement, partner_admin: User
) -> None:
    seen = {"content_hash": proposed.shown.content_hash}
    refused = move(api_of(partner_admin, "read", "write"), proposed, "approve", **seen)
    assert problem(refused)["code"] == "scope_missing"
    assert "approve" not in api_of(partner_admin, "read", "write").get(f"{URL}{proposed.public_id}/").json()["moves"]
    assert "approve" in api_of(partner_admin).get(f"{URL}{proposed.public_id}/").json()["moves"]
    by_page = page_of(partner_admin).post(
        f"{URL}{proposed.public_id}/moves/approve/",
        seen,
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert by_page.status_code == 403
    assert not Signature.objects.exists()


@pytest.mark.parametrize("name", ["teacher", "ministry_officer", "regional_officer", "employer", "integrator"])
def test_who_only_reads_is_refused_every_move(name: str, api_of: Any, proposed: Agreement, request: Any) -> None:
    client = api_of(request.getfixturevalue(name))
    assert client.get(f"{URL}{proposed.public_id}/").status_code == 200
    for verb in ("propose", "approve", "change", "decline", "withdraw", "redraft"):
        assert move(client, proposed, verb).status_code == 403, verb


def test_an_expert_does_not_come_in_and_a_stranger_finds_nothing(
    api_of: Any, proposed: Agreement, expert: User, stranger: User
) -> None:
    assert api_of(expert).get(URL).status_code == 403
    assert api_of(expert).get(f"{URL}unknown/").status_code == 403
    seen, unknown = (api_of(stranger).get(f"{URL}{key}/") for key in (proposed.public_id, "01UNKNOWN"))
    assert seen.status_code == unknown.status_code == 404
    assert seen.content == unknown.content
    assert api_of(stranger).get(URL).json()["results"] == []


def test_a_foreign_agreement_is_unknown_for_every_method_and_move(
    api_of: Any, draft: Agreement, foreign_admin: User, partner_admin: User
) -> None:
    for client in (api_of(foreign_admin), api_of(partner_admin)):
        for path in ("", "revisions/"):
            seen, unknown = (client.get(f"{URL}{key}/{path}") for key in (draft.public_id, "01UNKNOWN"))
            assert seen.status_code == 404
            assert seen.content == unknown.content
        for verb in ("propose", "withdraw"):
            assert move(client, draft, verb).status_code == 404
        assert client.delete(f"{URL}{draft.public_id}/", headers={"If-Match": '"1"'}).status_code == 404
        assert client.get(f"{URL}{draft.number}/").status_code == 404
        assert client.get(URL, {"search": draft.number}).json()["results"] == []
    assert Agreement.objects.filter(pk=draft.pk).exists()


def test_moves_in_the_wrong_status_name_the_present_one(
    api_of: Any, concluded: Agreement, institution_admin: User
) -> None:
    refused = problem(move(api_of(institution_admin), concluded, "withdraw", reason="x"))
    assert (refused["status"], refused["current_status"], refused["moves"]) == (
        409,
        "in_force",
        ["amend", "renew", "decide", "propose_suspension", "propose_termination", "propose_annulment", "give_notice"],
    )


def test_declining_takes_a_reason_and_leads_to_a_redraft(
    api_of: Any, proposed: Agreement, partner_admin: User, institution_admin: User
) -> None:
    client = api_of(partner_admin)
    assert problem(move(client, proposed, "decline"))["errors"][0]["pointer"] == "/reason"
    assert problem(move(client, proposed, "decline", reason="  "))["status"] == 400
    unknown = problem(move(client, proposed, "decline", reason="No", reason_code="nonsense"))
    assert (unknown["status"], unknown["errors"][0]["pointer"]) == (400, "/reason_code")
    declined = move(client, proposed, "decline", reason="The dates do not suit", reason_code="terms").json()
    assert (declined["status"], declined["moves"], declined["parties"][1]["state"]) == (
        "draft",
        ["redraft"],
        "declined",
    )
    redrafted = move(api_of(institution_admin), proposed, "redraft").json()
    assert (redrafted["revision"], redrafted["moves"]) == (2, ["propose", "revert", "withdraw"])
    assert client.get(f"{URL}{proposed.public_id}/").json()["revision"] == 1
    assert len(client.get(f"{URL}{proposed.public_id}/revisions/").json()["results"]) == 1


def test_saving_a_draft_is_guarded_by_its_version(api_of: Any, draft: Agreement, institution_admin: User) -> None:
    client, one = api_of(institution_admin), f"{URL}{draft.public_id}/"
    etag = client.get(one)["ETag"]
    assert client.patch(one, {"title": "x"}, format="json").status_code == 428
    assert client.patch(one, {"title": "x"}, format="json", headers={"If-Match": "*"}).status_code == 400
    saved = client.patch(one, {"title": "First"}, format="json", headers={"If-Match": etag})
    assert (saved.status_code, saved.json()["title"]) == (200, "First")
    stale = client.patch(one, {"title": "Second"}, format="json", headers={"If-Match": etag})
    assert stale.status_code == 412
    assert problem(stale)["current"]["title"] == "First"


def test_a_part_is_saved_alone_but_given_whole(api_of: Any, draft: Agreement, institution_admin: User) -> None:
    client, one = api_of(institution_admin), f"{URL}{draft.public_id}/"
    etag, parties = client.get(one)["ETag"], client.get(one).json()["parties"]
    half = client.patch(one, {"parties": [{}]}, format="json", headers={"If-Match": etag})
    assert half.status_code == 400
    assert [each["pointer"] for each in problem(half)["errors"]] == ["/parties/0/institution"]
    assert client.get(one).json()["parties"] == parties


def test_only_an_unseen_draft_is_erased(api_of: Any, make: Any, proposed: Agreement, institution_admin: User) -> None:
    client = api_of(institution_admin)
    draft = make()
    etag = client.get(f"{URL}{draft.public_id}/")["ETag"]
    assert client.delete(f"{URL}{draft.public_id}/", headers={"If-Match": etag}).status_code == 204
    assert client.get(f"{URL}{draft.public_id}/").status_code == 404
    etag = client.get(f"{URL}{proposed.public_id}/")["ETag"]
    assert client.delete(f"{URL}{proposed.public_id}/", headers={"If-Match": etag}).status_code == 409


@pytest.mark.parametrize(
    "name", ["number", "status", "content_hash", "created_at", "initiator", "turn", "revision", "id"]
)
def test_what_the_system_sets_is_refused_and_not_ignored(
    name: str, api_of: Any, body: Any, institution_admin: User
) -> None:
    refused = post(api_of(institution_admin), URL, {**body, name: "x"})
    assert refused.status_code == 400
    assert problem(refused)["errors"][0]["pointer"] == f"/{name}"


HOSTILE: list[tuple[str, Any]] = [
    ("title", "x" * 301), ("title", 5), ("title", None), ("title", ["x"]), ("kind", "nonsense"), ("kind", 1),
    ("starts_on", "01.09.2026"), ("starts_on", "2026-02-30"), ("starts_on", "2026-09-01T00:00:00Z"), ("starts_on", True),
    ("ends_on", "99999-01-01"), ("notice_days", -1), ("notice_days", "30"), ("notice_days", 10**30), ("notice_days", True),
    ("parties", {}), ("parties", [5]), ("parties", [{}]), ("parties", [{"institution": "01UNKNOWN"}]), ("parties", "x"),
    ("parties", [{"institution": None}]), ("terms", [{"kind": "nonsense"}]), ("terms", [{"kind": "events", "quantity": "NaN"}]),
    ("terms", [{"kind": "events", "quantity": "-1"}]), ("terms", [{"kind": "events", "quantity": 1.5}]),
    ("terms", [{"kind": "events", "quantity": "1e3"}]), ("terms", [{"kind": "events", "key": "another"}]),
    ("terms", [{"kind": "events", "quantity": "1" * 40}]), ("terms", [{"kind": "events", "from": "01UNKNOWN"}]),
    ("terms", [{"kind": "events", "surprise": 1}]), ("renewal", "for ever"), ("text", {"a": 1}), ("institution", "01UNKNOWN"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_hostile_input_gets_a_400_that_names_the_place(
    name: str, value: Any, api_of: Any, body: dict[str, Any], institution_admin: User
) -> None:
    refused = post(api_of(institution_admin), URL, {**body, name: value})
    assert refused.status_code == 400, refused.content
    assert problem(refused)["errors"][0]["pointer"].startswith(f"/{name}")
    assert not Agreement.objects.exists()


def test_one_institution_twice_is_no_two_parties(
    api_of: Any, body: dict[str, Any], institution_admin: User, world: SimpleNamespace
) -> None:
    twice = [{"institution": world.a.public_id}, {"institution": world.a.public_id}]
    refused = post(api_of(institution_admin), URL, {**body, "parties": twice})
    assert (refused.status_code, problem(refused)["errors"][0]["pointer"]) == (400, "/parties")


def test_only_administrators_of_verified_institutions_draft(
    api_of: Any, body: dict[str, Any], teacher: User, ministry_officer: User, stranger: User, partner_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    for user in (teacher, ministry_officer, stranger):
        assert post(api_of(user), URL, {"title": "x"}).status_code == 403
    foreign = {**body, "institution": world.a.public_id}
    assert post(api_of(partner_admin), URL, foreign).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "in_force"}, True), ({"status": "draft"}, False), ({"kind": "social_partnership"}, True),
        ({"kind": "memorandum"}, False), ({"territory": "91"}, True), ({"territory": "911"}, True), ({"territory": "92"}, False),
        ({"territory": "9"}, True), ({"in_force_on": "2026-11-21"}, True), ({"in_force_on": "2026-11-20"}, False),
        ({"in_force_on": "2027-08-31"}, True), ({"in_force_on": "2027-09-01"}, False), ({"ends_before": "2027-09-01"}, True),
        ({"ends_before": "2027-08-31"}, False), ({"turn": "mine"}, False), ({"search": "open less"}, True),
        ({"search": "SH-2026-00001"}, True), ({"search": "beta universitety"}, False), ({"search": "Alpha"}, True),
        ({"ordering": "-number"}, True), ({"modified_since": "2026-11-21T00:00:00Z"}, True),
        ({"modified_since": "2026-11-22T00:00:00Z"}, False),
    ],
)  # fmt: skip
def test_filters_of_the_list(
    query: dict[str, str], found: bool, api_of: Any, concluded: Agreement, words: Any, institution_admin: User
) -> None:
    answer = api_of(institution_admin).get(URL, {**query, "count": "true"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["count"] == len(answer.json()["results"]) == int(found)


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense"}, {"kind": "nonsense"}, {"territory": "nonsense"}, {"party": "01UNKNOWN"}, {"in_force_on": "x"},
        {"turn": "yours"}, {"statuss": "draft"}, {"ordering": "initiator__registered_by"}, {"limit": "100000"},
        {"drafted_by__password__startswith": "p"}, {"search": "x"}, {"cursor": "x"}, {"ends_before": "2026-13-01"},
    ],
)  # fmt: skip
def test_what_is_not_understood_never_gives_the_whole_list(
    query: dict[str, str], api_of: Any, institution_admin: User
) -> None:
    assert api_of(institution_admin).get(URL, query).status_code == 400


def test_turn_mine_is_what_the_caller_can_answer(
    api_of: Any, proposed: Agreement, partner_admin: User, teacher: User, world: SimpleNamespace
) -> None:
    assert len(api_of(partner_admin).get(URL, {"turn": "mine"}).json()["results"]) == 1
    assert api_of(teacher).get(URL, {"turn": "mine"}).json()["results"] == []
    move(api_of(partner_admin), proposed, "approve", content_hash=proposed.shown.content_hash)
    assert api_of(partner_admin).get(URL, {"turn": "mine"}).json()["results"] == []


def test_one_key_drafts_one_agreement(api_of: Any, body: dict[str, Any], institution_admin: User) -> None:
    client = api_of(institution_admin)
    answers = [client.post(URL, body, format="json", headers={"Idempotency-Key": "once"}) for _time in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Agreement.objects.count() == 1
    assert client.post(URL, body, format="json").status_code == 400


def test_a_member_of_a_closed_world_reads_only_own_agreements(
    api_of: Any, concluded: Agreement, foreign_admin: User, world: SimpleNamespace
) -> None:
    officer = a_member("regional_officer", territory=world.south)
    for user in (foreign_admin, officer):
        assert api_of(user).get(URL, {"count": "true"}).json()["count"] == 0
        assert api_of(user).get(URL, {"party": world.a.public_id, "count": "true"}).json()["count"] == 0


def test_the_list_asks_the_same_number_of_questions_for_more_rows(
    api_of: Any, make: Any, concluded: Agreement, institution_admin: User
) -> None:
    client = api_of(institution_admin)

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(URL).status_code == 200
        return len(asked)

    client.get(URL)
    make()
    few = questions()
    for _time in range(4):
        make()
    assert questions() == few
