"""Shared resources over the API: who may open them, and the use that is recorded without anybody entering it."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from cooperation.agreements.models import Agreement
from cooperation.resources.models import Resource, ResourceUse
from lifecycle.models import Event
from tests.factories import a_member

URL = "/api/v1/resources/"
PDF = b"%PDF-1.7 a plan of the building"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None, form: str = "json") -> Any:
    return client.post(path, body or {}, format=form, headers={"Idempotency-Key": f"resource-{next(KEYS)}"})


def move(client: Any, resource: dict[str, Any], name: str, **fields: Any) -> Any:
    return post(client, f"{URL}{resource['id']}/moves/{name}/", fields)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def shared(api_of: Any, teacher: User, institution_admin: User) -> Callable[..., dict[str, Any]]:
    """A published resource of a."""

    def make(**other: Any) -> dict[str, Any]:
        body = {
            "title": "Library of the school", "kind": "library", "rights": "institutions",
            "description": "Twelve thousand books.", "link": "https://library.example.org/", **other,
        }  # fmt: skip
        made = post(api_of(teacher), URL, body).json()
        move(api_of(teacher), made, "submit")
        done = move(api_of(institution_admin), made, "publish")
        assert done.status_code == 200, done.content
        return dict(done.json())

    return make


def test_what_is_to_be_used_opens_by_the_move_and_not_by_looking(
    api_of: Any, shared: Any, partner_admin: User, world: SimpleNamespace
) -> None:
    library, reader = shared(how="Ask for Room 3."), api_of(partner_admin)
    one = f"{URL}{library['id']}/"
    for _again in range(3):
        seen = reader.get(one).json()
        assert (seen["link"], seen["how"], seen["file"], seen["uses"]) == (None, None, None, 0)
    opened = move(reader, library, "open").json()
    assert (opened["link"], opened["how"], opened["uses"], opened["users"]) == (
        "https://library.example.org/", "Ask for Room 3.", 1, 1,
    )  # fmt: skip
    assert reader.get(one).json()["link"] == "https://library.example.org/"
    use = ResourceUse.objects.get()
    assert (use.institution, str(use.used_on)) == (world.b, "2026-11-21")


def test_a_person_uses_it_once_a_day_and_again_the_next(
    api_of: Any, shared: Any, partner_admin: User, employer: User, time_machine_at: Any
) -> None:
    library = shared()
    for _twice in range(2):
        move(api_of(partner_admin), library, "open")
    assert ResourceUse.objects.count() == 1
    move(api_of(employer), library, "open")
    assert api_of(employer).get(f"{URL}{library['id']}/").json()["uses"] == 2
    with time_machine_at(hours=24):
        assert api_of(partner_admin).get(f"{URL}{library['id']}/").json()["link"] is None
        done = move(api_of(partner_admin), library, "open").json()
    assert (done["uses"], done["users"]) == (3, 1)
    assert Event.objects.filter(subject_type="resource", name="open").count() == 3


def test_the_use_of_the_own_institution_and_of_officers_is_not_counted(
    api_of: Any, shared: Any, institution_admin: User, regional_officer: User
) -> None:
    library = shared()
    for person in (institution_admin, regional_officer):
        done = move(api_of(person), library, "open").json()
        assert (done["link"], done["uses"]) == ("https://library.example.org/", 0)
    assert not ResourceUse.objects.exists()
    assert not Event.objects.filter(subject_type="resource", name="open").exists()


def test_a_person_of_two_institutions_is_one_use_and_none_where_one_of_them_shares_it(
    api_of: Any, shared: Any, world: SimpleNamespace
) -> None:
    library = shared()
    of_b_and_c = a_member("teacher", world.c, user=a_member("teacher", world.b))
    move(api_of(of_b_and_c), library, "open")
    assert list(ResourceUse.objects.values_list("institution", flat=True)) == [min(world.b.pk, world.c.pk)]
    of_a_and_b = a_member("teacher", world.b, user=a_member("teacher", world.a))
    assert move(api_of(of_a_and_b), library, "open").json()["uses"] == 1


def test_partners_alone_open_what_is_for_partners(
    api_of: Any, shared: Any, concluded: Agreement, partner_admin: User, foreign_admin: User, ministry_officer: User
) -> None:
    concluded.refresh_from_db()
    assert concluded.status == "in_force"
    hall = shared(kind="premises", rights="partners", link="", how="Call the caretaker.")
    assert api_of(partner_admin).get(f"{URL}{hall['id']}/").json()["moves"] == ["open"]
    assert move(api_of(partner_admin), hall, "open").json()["how"] == "Call the caretaker."
    assert api_of(foreign_admin).get(f"{URL}{hall['id']}/").json()["moves"] == []
    assert move(api_of(foreign_admin), hall, "open").status_code == 403
    assert move(api_of(ministry_officer), hall, "open").status_code == 403
    assert ResourceUse.objects.count() == 1


def test_the_right_of_a_partner_ends_with_the_agreement(
    api_of: Any, shared: Any, concluded: Agreement, partner_admin: User, time_machine_at: Any
) -> None:
    hall = shared(kind="premises", rights="partners", link="", how="Call the caretaker.")
    with time_machine_at(days=365):
        assert move(api_of(partner_admin), hall, "open").status_code == 403


def test_everybody_who_is_signed_in_opens_what_is_for_everybody(
    api_of: Any, shared: Any, stranger: User, foreign_admin: User
) -> None:
    manual, inside = shared(kind="digital", rights="everybody"), shared()
    client = api_of(stranger)
    assert [row["id"] for row in client.get(URL).json()["results"]] == [manual["id"]]
    assert client.get(f"{URL}{inside['id']}/").status_code == 404
    assert move(client, manual, "open").json()["link"] == "https://library.example.org/"
    assert move(api_of(foreign_admin), manual, "open").json()["uses"] == 1


def test_nothing_opens_before_it_is_published_or_after_it_was_withdrawn(
    api_of: Any, shared: Any, teacher: User, partner_admin: User
) -> None:
    library = shared()
    move(api_of(teacher), library, "withdraw", reason="The building is closed.")
    assert move(api_of(partner_admin), library, "open").status_code == 409
    assert api_of(partner_admin).get(f"{URL}{library['id']}/").json()["link"] is None
    draft = post(api_of(teacher), URL, {"title": "Later", "kind": "equipment"}).json()
    assert (draft["rights"], move(api_of(teacher), draft, "open").status_code) == ("partners", 409)


def test_a_resource_without_a_way_to_it_is_not_sent(api_of: Any, teacher: User) -> None:
    client = api_of(teacher)
    bare = post(client, URL, {"title": "Bare", "kind": "equipment"}).json()
    refused = move(client, bare, "submit")
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/description", "/how"}


def test_a_file_is_loaded_by_those_who_opened_the_resource(
    api_of: Any, teacher: User, institution_admin: User, partner_admin: User
) -> None:
    author, reader = api_of(teacher), api_of(partner_admin)
    plan = post(author, URL, {"title": "Plan", "kind": "digital", "rights": "institutions", "description": "A plan"})
    door = f"{URL}{plan.json()['id']}/file/"
    sent = post(author, door, {"file": SimpleUploadedFile("plan of the school.pdf", PDF)}, "multipart")
    assert (sent.status_code, sent.json()["name"], sent.json()["size"]) == (201, "plan of the school.pdf", len(PDF))
    move(author, plan.json(), "submit")
    move(api_of(institution_admin), plan.json(), "publish")
    assert reader.get(door).status_code == 403
    assert move(reader, plan.json(), "open").json()["file"]["name"] == "plan of the school.pdf"
    got = reader.get(door)
    assert b"".join(got.streaming_content) == PDF
    assert "attachment" in got["Content-Disposition"]
    assert (got["Content-Security-Policy"], got["X-Content-Type-Options"]) == ("sandbox", "nosniff")
    assert post(author, door, {"file": SimpleUploadedFile("b.pdf", PDF)}, "multipart").status_code == 409
    assert post(reader, door, {"file": SimpleUploadedFile("b.pdf", PDF)}, "multipart").status_code == 403


@pytest.mark.parametrize(
    ("name", "data"),
    [("page.html", b"<script>"), ("plan.pdf", b"MZ not a plan"), ("plan", PDF), ("picture.svg", b"<svg/>"),
     ("plan.pdf", b""), ("plan.php", PDF)],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(api_of: Any, teacher: User, name: str, data: bytes) -> None:
    plan = post(api_of(teacher), URL, {"title": "Plan", "kind": "digital"}).json()
    refused = post(api_of(teacher), f"{URL}{plan['id']}/file/", {"file": SimpleUploadedFile(name, data)}, "multipart")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/file")
    assert not Resource.objects.get().file


def test_a_use_is_written_once_by_the_database_too(shared: Any, partner_admin: User, world: SimpleNamespace) -> None:
    resource = Resource.objects.get(public_id=shared()["id"])
    row = {"resource": resource, "institution": world.b, "person": partner_admin, "used_on": "2026-11-21"}
    ResourceUse.objects.create(**row)
    with pytest.raises(IntegrityError, match="resource_use_once"), transaction.atomic():
        ResourceUse.objects.create(**row)
