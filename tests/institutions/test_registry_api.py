"""Institutions over the API: what is listed to whom, registration, and every move allowed and refused."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from institutions.people.models import Membership
from institutions.registry.models import ExternalId, Institution, Succession
from lifecycle.models import Event
from tests.factories import a_term, an_institution

pytestmark = pytest.mark.django_db
LIST = "/api/v1/institutions/"
NEW = {
    "names": {"en": "Omega school"},
    "kind": "school",
    "territory": "911",
    "external_ids": [{"scheme": "reg", "value": "77"}],
}


@pytest.fixture
def keys():
    """Idempotency keys, a new one each time."""
    counter = iter(range(1000))
    return lambda: {"HTTP_IDEMPOTENCY_KEY": f"key-{next(counter)}"}


@pytest.fixture
def post(api_of, keys):
    def send(user, path, body=None):
        return api_of(user).post(path, body or {}, format="json", **keys())

    return send


def move(house, name):
    return f"{LIST}{house.public_id}/moves/{name}/"


@pytest.fixture
def applied(world, stranger):
    return an_institution(world.near, "Omicron school", status="applied", verified_at=None, registered_by=stranger)


def test_a_row_says_what_the_contract_promises(world, api_of, institution_admin):
    ExternalId.objects.create(institution=world.a, scheme="reg", value="1", valid=(datetime.date(2000, 1, 1), None))
    row = api_of(institution_admin).get(f"{LIST}?external_id=reg:1", HTTP_ACCEPT_LANGUAGE="en").json()["results"][0]
    assert row == {
        "id": world.a.public_id,
        "name": "Alpha school",
        "kind": "school",
        "status": "verified",
        "territory": "911",
        "ownership": "state",
        "external_ids": [{"scheme": "reg", "value": "1"}],
        "opened_on": "2000-01-01",
        "closed_on": None,
        "successors": [],
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("territory=91", {"Alpha school", "Beta university"}),
        ("within=92", {"Gamma college"}),
        ("kind=hei", {"Beta university"}),
        ("status=verified&territory=9", {"Alpha school", "Beta university", "Gamma college"}),
        ("status=closed", set()),
        ("on=1999-12-31", set()),
        ("on=2020-01-01&kind=school", {"Alpha school"}),
        ("search=gama colege", {"Gamma college"}),
    ],
)
def test_filters_narrow_the_list(world, api_of, institution_admin, query, names):
    answer = api_of(institution_admin).get(f"{LIST}?{query}", HTTP_ACCEPT_LANGUAGE="en")
    assert {row["name"] for row in answer.json()["results"]} == names


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing",
        "territory=0",
        "status=odd",
        "on=2020-13-01",
        "on=today",
        "institutoin=1",
        "ordering=registered_by",
        "limit=0",
        "limit=201",
        "cursor=abc",
        "search=a",
        "kind=school&kind=hei",
        "registered_by__email=x",
        "kind=%00",
    ],
)
def test_a_parameter_that_is_not_understood_is_400(world, api_of, institution_admin, query):
    assert api_of(institution_admin).get(f"{LIST}?{query}").status_code == 400


def test_an_application_is_seen_by_its_applicant_and_the_offices_alone(applied, cast, api_of, stranger):
    seen = {name for name, user in cast.items() if api_of(user).get(f"{LIST}{applied.public_id}/").status_code == 200}
    assert seen == {"ministry_officer", "regional_officer", "stranger"}


def test_a_person_without_a_role_sees_no_institution(world, api_of, stranger):
    assert api_of(stranger).get(LIST).json()["results"] == []


def test_the_number_of_queries_does_not_grow_with_the_rows(world, api_of, institution_admin):
    api = api_of(institution_admin)

    def count():
        with CaptureQueriesContext(connection) as found:
            assert api.get(f"{LIST}?limit=200").status_code == 200
        return len(found)

    count()
    before = count()
    for _number in range(12):
        an_institution(world.near)
    assert count() == before <= 6


def test_paging_meets_every_row_once(world, api_of, institution_admin):
    for _number in range(7):
        an_institution(world.near)
    seen, address = [], f"{LIST}?limit=3&territory=91"
    while address:
        page = api_of(institution_admin).get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 9


def test_anyone_signed_in_registers_and_an_office_verifies(world, post, api_of, stranger, regional_officer):
    made = post(stranger, LIST, NEW)
    assert made.status_code == 201 and made.json()["status"] == "applied" and made.json()["moves"] == []
    house = Institution.objects.get(public_id=made.json()["id"])
    assert post(regional_officer, move(house, "verify")).json()["status"] == "verified"
    assert Membership.objects.get(user=stranger, institution=house).role == "institution_admin"
    assert list(Event.objects.about("institution", house.public_id).values_list("name", flat=True)) == [
        "register",
        "verify",
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"territory": "0"}, "territory"),
        ({"names": {}}, "names"),
        ({"names": {"xx": "a"}}, "names"),
        ({"external_ids": []}, "external_ids"),
        ({"status": "verified"}, "status"),
        ({"ownership": "mine"}, "ownership"),
        ({"opened_on": "yesterday"}, "opened_on"),
        ({"names": {"en": "\u202e"}}, "names"),
        ({"version": 3}, "version"),
    ],
)
def test_a_wrong_application_is_refused_by_the_name_of_its_field(world, post, stranger, change, pointer):
    answer = post(stranger, LIST, {**NEW, **change})
    assert answer.status_code == 400
    assert any(pointer in error["pointer"] for error in answer.json()["errors"]), answer.json()


def test_a_number_of_a_register_is_given_once(world, post, stranger):
    assert post(stranger, LIST, NEW).status_code == 201
    assert post(stranger, LIST, NEW).status_code == 400


def test_no_number_needs_a_reason(world, post, stranger):
    assert post(stranger, LIST, {**NEW, "external_ids": [], "no_number_because": "It is new"}).status_code == 201


def test_a_twin_must_be_looked_at_before_it_is_verified(world, post, stranger, regional_officer):
    made = post(stranger, LIST, {**NEW, "names": {"uz": world.a.names["uz"]}}).json()
    path = f"{LIST}{made['id']}/moves/verify/"
    refused = post(regional_officer, path)
    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "duplicates"
    assert post(regional_officer, path, {"duplicates_decided": True}).json()["status"] == "verified"


def test_a_national_body_is_verified_by_the_national_office_alone(world, post, regional_officer, ministry_officer):
    national = a_term("participant_kind", "academy", verified_by="country")
    house = an_institution(world.near, "National academy", kind="academy", status="applied", verified_at=None)
    assert house.kind == national
    assert post(regional_officer, move(house, "verify")).status_code == 403
    assert post(ministry_officer, move(house, "verify")).status_code == 200


REASON = {"reason": "Because the order says so"}
MOVES = [
    # move, status before, body, status after, may, may not
    ("verify", "applied", {}, "verified", "regional_officer", "stranger"),
    ("return", "applied", REASON, "returned", "regional_officer", "stranger"),
    ("reject", "applied", REASON, "rejected", "ministry_officer", "stranger"),
    ("resubmit", "returned", {}, "applied", "stranger", "regional_officer"),
    ("suspend", "verified", REASON, "suspended", "regional_officer", "institution_admin"),
    ("reinstate", "suspended", REASON, "verified", "ministry_officer", "teacher"),
    ("close", "verified", REASON, "closed", "regional_officer", "partner_admin"),
    ("reopen", "closed", REASON, "verified", "ministry_officer", "regional_officer"),
]


@pytest.fixture
def subject(world, stranger):
    def make(status):
        verified = {} if status in ("verified", "suspended", "closed") else {"verified_at": None}
        house = an_institution(world.near, "Sigma school", status=status, registered_by=stranger, **verified)
        if status == "closed":
            house.spells.update(valid=(datetime.date(2000, 1, 1), datetime.date(2020, 1, 1)))
        return house

    return make


@pytest.mark.parametrize(("name", "status", "body", "after", "may", "may_not"), MOVES, ids=[line[0] for line in MOVES])
def test_a_move_is_made_by_whom_the_table_names(subject, post, cast, name, status, body, after, may, may_not):
    house = subject(status)
    assert post(cast[may_not], move(house, name), body).status_code == 403
    done = post(cast[may], move(house, name), body)
    assert (done.status_code, done.json().get("status")) == (200, after)
    assert Event.objects.about("institution", house.public_id).get().status_after == after


@pytest.mark.parametrize(("name", "status", "body", "after", "may", "may_not"), MOVES, ids=[line[0] for line in MOVES])
def test_a_move_from_another_status_names_the_present_one(subject, post, cast, name, status, body, after, may, may_not):
    wrong = next(
        each
        for each in ("rejected", "applied", "verified")
        if each not in (status, after) and not (name == "close" and each == "verified")
    )
    house = subject(wrong)
    answer = post(cast[may], move(house, name), body)
    assert answer.status_code == 409 and answer.json()["current_status"] == wrong
    house.refresh_from_db()
    assert house.status == wrong


@pytest.mark.parametrize("name", ["return", "reject", "suspend", "reinstate", "close", "reopen"])
def test_a_move_that_needs_a_reason_is_400_without_one(subject, post, ministry_officer, name):
    status = next(line[1] for line in MOVES if line[0] == name)
    answer = post(ministry_officer, move(subject(status), name))
    assert answer.status_code == 400 and "reason" in answer.json()["errors"][0]["pointer"]


def test_closing_names_an_heir_and_ends_the_open_time(world, post, regional_officer):
    body = {**REASON, "on": "2026-09-01", "heirs": [world.b.public_id], "kind": "merge"}
    assert post(regional_officer, move(world.a, "close"), body).json()["closed_on"] == "2026-09-01"
    link = Succession.objects.get(predecessor=world.a)
    assert (link.successor, link.kind, link.happened_on) == (world.b, "merge", datetime.date(2026, 9, 1))


@pytest.mark.parametrize("body", [{"on": "2027-01-01"}, {"on": "1999-01-01"}])
def test_a_closing_day_lies_in_the_open_time_and_not_ahead(world, post, regional_officer, body):
    answer = post(regional_officer, move(world.a, "close"), {**REASON, **body})
    assert answer.status_code == 422
    world.a.refresh_from_db()
    assert world.a.status == "verified"


def test_reopening_adds_a_spell_and_leaves_the_old_one(subject, post, ministry_officer):
    house = subject("closed")
    assert post(ministry_officer, move(house, "reopen"), REASON).status_code == 200
    assert [(str(row.valid.lower), str(row.valid.upper)) for row in house.spells.order_by("valid")] == [
        ("2000-01-01", "2020-01-01"),
        ("2026-11-21", "None"),
    ]


def test_suspending_ends_the_sessions_and_tokens_of_the_members(
    world, post, api_of, page_of, institution_admin, regional_officer
):
    page, api = page_of(institution_admin), api_of(institution_admin)
    assert page.get("/en/institutions/").status_code == 200
    post(regional_officer, move(world.a, "suspend"), REASON)
    assert page.get("/en/institutions/").status_code == 302
    assert api.get(LIST).status_code == 401


def test_a_foreign_heir_reads_like_an_unknown_one(world, post, regional_officer):
    foreign = post(regional_officer, move(world.a, "close"), {**REASON, "heirs": [world.hidden.public_id]}).json()
    unknown = post(regional_officer, move(world.a, "close"), {**REASON, "heirs": ["0" * 26]}).json()
    assert foreign["errors"] == unknown["errors"]


def test_an_invisible_institution_is_answered_like_an_unknown_one(world, api_of, teacher):
    foreign = api_of(teacher).get(f"{LIST}{world.hidden.public_id}/")
    unknown = api_of(teacher).get(f"{LIST}{'0' * 26}/")
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content) == (404, foreign.content)


def test_the_list_is_a_file_for_whoever_asks_so(world, api_of, institution_admin):
    answer = api_of(institution_admin).get(f"{LIST}?territory=91", HTTP_ACCEPT="text/csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.decode("utf-8-sig").count("\n") == 3
    book = api_of(institution_admin).get("/api/v1/institutions.xlsx")
    assert book.status_code == 200 and book.content.startswith(b"PK")
    assert api_of(institution_admin).get(f"{LIST}?kind=nothing", HTTP_ACCEPT="text/csv").status_code == 400


def test_terms_and_territories_are_listed_for_whoever_is_signed_in(world, api_of, stranger):
    places = api_of(stranger).get("/api/v1/territories/?within=91", HTTP_ACCEPT_LANGUAGE="en").json()["results"]
    assert [(row["code"], row["level"], row["parent"], row["name"]) for row in places] == [
        ("91", "region", "9", "Place 91"),
        ("911", "district", "91", "Place 911"),
        ("912", "district", "91", "Place 912"),
    ]
    assert {row["code"] for row in api_of(stranger).get("/api/v1/territories/?parent=9").json()["results"]} == {
        "91",
        "92",
    }
    terms = api_of(stranger).get("/api/v1/terms/?vocabulary=participant_kind").json()["results"]
    assert {row["code"] for row in terms} == {"school", "hei", "technikum"}


def test_nobody_signed_in_gets_401(world, api_of):
    for path in (LIST, "/api/v1/territories/", "/api/v1/jobs/", "/api/v1/me/", "/api/v1/tokens/", "/api/v1/events/"):
        assert api_of(None).get(path).status_code == 401


def test_a_user_is_not_a_field_of_an_institution(world, api_of, institution_admin):
    body = api_of(institution_admin).get(f"{LIST}{world.a.public_id}/").json()
    assert not {"registered_by", "search_key", "email"} & set(body) and User.objects.exists()
