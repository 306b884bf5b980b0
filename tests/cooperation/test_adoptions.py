"""Adoptions of any registered kind: reported by who uses it, confirmed by its source, asked again after a year."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cooperation.adoptions import inbox
from cooperation.adoptions.models import Adoption, a_year_before
from cooperation.adoptions.subjects import Adoptable
from cooperation.projects.models import JointProject
from lifecycle.models import Event
from tests.factories import a_member, an_institution

URL = "/api/v1/adoptions/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db

FAKE_CLOSED: list[str] = []
# a fake kind: joint projects as if one could take them over
FAKE = Adoptable(
    code="fake",
    label="Fake",
    rows=JointProject.objects.select_related("lead"),
    seen=JointProject.objects.visible_to,
    sourced=lambda houses: JointProject.objects.filter(lead__in=houses),
    title=lambda row: row.title,
    page=lambda row: reverse("project-detail", args=[row.public_id]),
    sources=lambda row: [row.lead],
    is_open=lambda row: row.public_id not in FAKE_CLOSED,
)


@pytest.fixture(autouse=True)
def registered(settings: Any) -> None:
    settings.ADOPTABLE = ["tests.cooperation.test_adoptions.FAKE"]


@pytest.fixture
def work(world: SimpleNamespace) -> JointProject:
    """Something of a that b takes part in, so that both see it."""
    now = timezone.now()
    made = JointProject.objects.create(
        title="Reading hour", lead=world.a, status="running", created_at=now, modified_at=now, proposed_at=now
    )
    made.partners.create(institution=world.b, role=an_institution(world.far).kind, state="accepted", answered_at=now)
    return made


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json", headers={"Idempotency-Key": f"adoption-{next(KEYS)}"})


def report(client: Any, work: JointProject, **fields: Any) -> Any:
    return post(client, URL, {"subject_type": "fake", "subject": work.public_id, **fields})


def move(client: Any, adoption: dict[str, Any], name: str, **fields: Any) -> Any:
    return post(client, f"{URL}{adoption['id']}/moves/{name}/", fields)


def test_who_uses_it_reports_and_the_source_confirms(
    api_of: Any, work: JointProject, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    a, b = api_of(institution_admin), api_of(partner_admin)
    made = report(b, work, since="2026-09-01", note="In two classes.")
    assert made.status_code == 201, made.content
    adoption = made.json()
    assert {name: adoption[name] for name in ("subject_type", "subject", "institution", "since", "status", "moves")} == {
        "subject_type": "fake", "subject": work.public_id, "institution": world.b.public_id, "since": "2026-09-01",
        "status": "reported", "moves": ["show_work", "drop"],
    }  # fmt: skip
    assert move(b, adoption, "confirm").status_code == 403
    assert [row["id"] for row in a.get(f"{URL}?turn=mine").json()["results"]] == [adoption["id"]]
    assert b.get(f"{URL}?turn=mine").json()["results"] == []
    confirmed = move(a, adoption, "confirm").json()
    assert confirmed["status"] == "confirmed"
    assert move(a, adoption, "confirm").status_code == 409
    told = Event.objects.filter(subject_type="adoption").order_by("id")
    assert [event.name for event in told] == ["report", "confirm"]
    assert all(set(event.concerned) == {world.a.public_id, world.b.public_id} for event in told)


def test_after_twelve_months_the_source_is_asked_again(
    api_of: Any, work: JointProject, institution_admin: User, partner_admin: User
) -> None:
    source = api_of(institution_admin)
    young = report(api_of(partner_admin), work, since="2025-11-22").json()
    move(source, young, "confirm")
    refused = move(source, young, "sustain")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/since")
    assert list(inbox.to_confirm(institution_admin)) == []
    Adoption.objects.update(since=datetime.date(2025, 11, 21))
    assert [inbox.adoption_line(row, institution_admin).title for row in inbox.to_confirm(institution_admin)] == [
        "Reading hour"
    ]
    assert move(source, young, "sustain").json()["status"] == "sustained"
    assert list(inbox.to_confirm(institution_admin)) == []


def test_a_year_before_a_leap_day_is_the_day_before() -> None:
    assert a_year_before(datetime.date(2028, 2, 29)) == datetime.date(2027, 2, 28)
    assert a_year_before(datetime.date(2026, 11, 21)) == datetime.date(2025, 11, 21)


def test_an_institution_says_it_once_and_after_dropping_it_on_the_same_row(
    api_of: Any, work: JointProject, institution_admin: User, partner_admin: User
) -> None:
    client = api_of(partner_admin)
    adoption = report(client, work).json()
    again = report(client, work)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (400, "/subject")
    assert move(client, adoption, "drop").status_code == 400
    assert move(client, adoption, "drop", reason="The teacher left.").json()["status"] == "dropped"
    assert move(api_of(institution_admin), adoption, "confirm").status_code == 409
    assert report(client, work, since="2026-11-01").json()["id"] == adoption["id"]
    assert Adoption.objects.get().status == "reported"
    move(client, adoption, "drop", reason="Again.")
    back = move(client, adoption, "report", since="2026-11-20").json()
    assert (back["status"], back["since"]) == ("reported", "2026-11-20")


def test_the_source_may_say_that_it_is_not_so(
    api_of: Any, work: JointProject, institution_admin: User, partner_admin: User
) -> None:
    adoption = report(api_of(partner_admin), work).json()
    done = move(api_of(institution_admin), adoption, "drop", reason="We know nothing of it.")
    assert done.json()["status"] == "dropped"


def test_what_cannot_be_adopted_is_refused_by_its_field(
    api_of: Any, work: JointProject, institution_admin: User, partner_admin: User, foreign_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    b = api_of(partner_admin)

    def pointer(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.json()["errors"][0]["pointer"]

    assert pointer(report(api_of(institution_admin), work)) == (400, "/institution")
    assert pointer(report(b, work, since="2026-11-22")) == (400, "/since")
    assert pointer(post(b, URL, {"subject_type": "fake", "subject": "nowhere"})) == (400, "/subject")
    assert pointer(post(b, URL, {"subject_type": "unheard_of", "subject": work.public_id})) == (400, "/subject")
    assert pointer(report(api_of(foreign_admin), work)) == (400, "/subject")  # c does not see it
    assert report(b, work, institution=world.c.public_id).status_code == 403
    assert report(api_of(a_member("teacher", world.b)), work).status_code == 403
    FAKE_CLOSED.append(work.public_id)
    try:
        assert pointer(report(b, work)) == (400, "/subject")
    finally:
        FAKE_CLOSED.clear()
    assert not Adoption.objects.exists()


def test_it_is_seen_by_whoever_sees_what_is_used(
    api_of: Any, work: JointProject, partner_admin: User, institution_admin: User, foreign_admin: User,
    regional_officer: User, stranger: User,
) -> None:  # fmt: skip
    adoption = report(api_of(partner_admin), work).json()
    seen = {
        person.email: api_of(person).get(f"{URL}{adoption['id']}/").status_code
        for person in (institution_admin, regional_officer, foreign_admin, stranger)
    }
    assert list(seen.values()) == [200, 200, 404, 404]


def test_where_something_is_used_is_one_query(
    api_of: Any, work: JointProject, partner_admin: User, django_assert_num_queries: Any, world: SimpleNamespace
) -> None:
    report(api_of(partner_admin), work)
    with django_assert_num_queries(1):
        used = list(Adoption.objects.of("fake", work.public_id).in_use().select_related("institution"))
        assert [each.institution.public_id for each in used] == [world.b.public_id]
    listed = api_of(partner_admin).get(f"{URL}?subject_type=fake&subject={work.public_id}").json()
    assert [row["institution"] for row in listed["results"]] == [world.b.public_id]
    assert api_of(partner_admin).get(f"{URL}?subject_type=fake&subject=other").json()["results"] == []


def test_on_the_pages_it_is_reported_confirmed_and_dropped(
    page_of: Any, work: JointProject, partner_admin: User, institution_admin: User
) -> None:
    b, a = page_of(partner_admin), page_of(institution_admin)
    address = f"/en/adoptions/fake/{work.public_id}/report/"
    assert "Reading hour" in b.get(address).content.decode()
    refused = b.post(address, {"since": "31.12.2026", "note": "kept", "once_key": "r1"})
    assert (refused.status_code, "kept" in refused.content.decode()) == (422, True)
    assert b.post(address, {"since": "", "note": "In two classes.", "once_key": "r2"}).status_code == 302
    adoption = Adoption.objects.get()
    assert a.get(address).status_code == 403
    assert page_of(a_member("institution_admin", an_institution(work.lead.territory))).get(address).status_code == 404
    listed = a.get("/en/adoptions/").content.decode()
    assert ("Reading hour" in listed, "Waiting for you" in listed) == (True, True)
    one = f"/en/adoptions/{adoption.public_id}/"
    assert f"{one}confirm/" in a.get(one).content.decode()
    assert f"{one}confirm/" not in b.get(one).content.decode()
    assert a.post(f"{one}confirm/", {"once_key": "c1"}).status_code == 302
    early = a.post(f"{one}sustain/", {"once_key": "s1"})
    assert (early.status_code, "12 months" in early.content.decode()) == (422, True)
    assert b.post(f"{one}drop/", {"reason": "", "once_key": "d1"}).status_code == 422
    assert b.post(f"{one}drop/", {"reason": "Not any more.", "once_key": "d2"}).status_code == 302
    shown = a.get(one).content.decode()
    assert ("Not any more." in shown, "No longer used" in shown) == (True, True)
    assert b.get("/en/adoptions/?format=csv").status_code == 200
