"""Practices over the API: written by one person, published by another, read by everybody."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from cooperation.activities.actions import log_activity
from cooperation.practices.models import Practice
from lifecycle.models import Event
from tests.conftest import NOW
from tests.factories import a_member, a_term

URL = "/api/v1/practices/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json", headers={"Idempotency-Key": f"practice-{next(KEYS)}"})


def move(client: Any, practice: dict[str, Any], name: str, **fields: Any) -> Any:
    return post(client, f"{URL}{practice['id']}/moves/{name}/", fields)


@pytest.fixture(autouse=True)
def words(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        lesson=a_term("activity_type", "open_lesson", form="F2"), form=a_term("cooperation_form", "F2"),
        other=a_term("cooperation_form", "F13"),
    )  # fmt: skip


@pytest.fixture
def body() -> dict[str, Any]:
    return {
        "title": "Lessons in pairs", "form": "F2", "done": "Two teachers give one lesson.",
        "outcome": "Pupils ask twice as much.",
    }  # fmt: skip


@pytest.fixture
def draft(api_of: Any, teacher: User, body: dict[str, Any]) -> dict[str, Any]:
    made = post(api_of(teacher), URL, body)
    assert made.status_code == 201, made.content
    return dict(made.json())


@pytest.fixture
def in_review(api_of: Any, teacher: User, draft: dict[str, Any]) -> dict[str, Any]:
    return dict(move(api_of(teacher), draft, "submit").json())


@pytest.fixture
def published(api_of: Any, institution_admin: User, in_review: dict[str, Any]) -> dict[str, Any]:
    return dict(move(api_of(institution_admin), in_review, "publish").json())


def test_a_practice_is_read_by_a_second_person_before_everybody_may(
    api_of: Any, draft: dict[str, Any], teacher: User, institution_admin: User, foreign_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    author, reviewer, reader = api_of(teacher), api_of(institution_admin), api_of(foreign_admin)
    one = f"{URL}{draft['id']}/"
    assert (draft["status"], draft["institution"], draft["moves"]) == ("draft", world.a.public_id, ["submit"])
    assert [client.get(one).status_code for client in (author, reviewer, reader)] == [200, 404, 404]
    assert move(author, draft, "submit").json()["status"] == "in_review"
    assert [client.get(one).status_code for client in (author, reviewer, reader)] == [200, 200, 404]
    assert [row["id"] for row in reviewer.get(f"{URL}?turn=mine").json()["results"]] == [draft["id"]]
    done = move(reviewer, draft, "publish").json()
    assert (done["status"], done["moves"]) == ("published", ["withdraw"])
    assert reader.get(one).json()["author"] == teacher.name
    told = Event.objects.filter(subject_type="practice", subject_id=draft["id"]).order_by("id")
    assert list(told.values_list("name", flat=True)) == ["draft", "submit", "publish"]


def test_nobody_reviews_what_they_wrote_themselves(
    api_of: Any, body: dict[str, Any], institution_admin: User, regional_officer: User
) -> None:
    admin, officer = api_of(institution_admin), api_of(regional_officer)
    practice = post(admin, URL, body).json()
    assert move(admin, practice, "submit").json()["moves"] == []
    assert admin.get(f"{URL}?turn=mine").json()["results"] == []
    assert move(admin, practice, "publish").status_code == 403
    assert move(admin, practice, "return", reason="To myself.").status_code == 403
    assert [row["id"] for row in officer.get(f"{URL}?turn=mine").json()["results"]] == [practice["id"]]
    assert move(officer, practice, "publish").json()["status"] == "published"


def test_the_database_itself_knows_that_a_reviewer_is_another_person(published: dict[str, Any]) -> None:
    row = Practice.objects.get(public_id=published["id"])
    with pytest.raises(IntegrityError, match="practice_reviewer_is_another"), transaction.atomic():
        Practice.objects.filter(pk=row.pk).update(reviewed_by=row.author_id)
    with pytest.raises(IntegrityError, match="practice_published_is_reviewed"), transaction.atomic():
        Practice.objects.filter(pk=row.pk).update(reviewed_by=None)


def test_no_status_moves_beside_the_table(draft: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="is not a move"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cooperation_practice SET status = 'withdrawn' WHERE public_id = %s", [draft["id"]])


def test_a_returned_practice_goes_back_with_the_reason_and_is_out_of_sight_again(
    api_of: Any, in_review: dict[str, Any], teacher: User, institution_admin: User
) -> None:
    author, reviewer = api_of(teacher), api_of(institution_admin)
    assert move(reviewer, in_review, "return").status_code == 400
    assert move(reviewer, in_review, "return", reason="Say how many.").json()["status"] == "draft"
    assert reviewer.get(f"{URL}{in_review['id']}/").status_code == 404
    event = Event.objects.get(subject_type="practice", name="return")
    assert (event.reason, event.status_before, event.status_after) == ("Say how many.", "in_review", "draft")
    etag = author.get(f"{URL}{in_review['id']}/")["ETag"]
    saved = author.patch(f"{URL}{in_review['id']}/", {"outcome": "Twelve."}, format="json", headers={"If-Match": etag})
    assert (saved.status_code, saved.json()["outcome"]) == (200, "Twelve.")


def test_a_published_practice_is_withdrawn_with_a_reason_and_stays_on_the_record(
    api_of: Any, published: dict[str, Any], teacher: User, foreign_admin: User
) -> None:
    author, reader = api_of(teacher), api_of(foreign_admin)
    assert move(reader, published, "withdraw", reason="I do not like it.").status_code == 403
    assert move(author, published, "withdraw", reason="It was wrong.").json()["status"] == "withdrawn"
    assert reader.get(f"{URL}{published['id']}/").json()["status"] == "withdrawn"
    assert move(author, published, "submit").status_code == 409


def test_what_is_missing_is_named_when_it_is_sent(api_of: Any, teacher: User) -> None:
    client = api_of(teacher)
    practice = post(client, URL, {"title": "Bare"}).json()
    refused = move(client, practice, "submit")
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/form", "/done", "/outcome"}
    assert client.get(f"{URL}{practice['id']}/").json()["status"] == "draft"


def test_only_the_author_writes_and_only_while_it_is_a_draft(
    api_of: Any, in_review: dict[str, Any], teacher: User, institution_admin: User
) -> None:
    one = f"{URL}{in_review['id']}/"
    for client, answer in ((api_of(institution_admin), 403), (api_of(teacher), 409)):
        etag = client.get(one)["ETag"]
        assert client.patch(one, {"title": "x"}, format="json", headers={"If-Match": etag}).status_code == answer


def test_the_form_of_the_activity_it_came_from_is_not_asked_again(
    api_of: Any, teacher: User, world: SimpleNamespace, words: SimpleNamespace, partner_admin: User
) -> None:
    activity = log_activity(by=teacher, at=NOW, type_=words.lesson, organiser=world.a, partners=[world.b])
    foreign = log_activity(by=partner_admin, at=NOW, type_=words.lesson, organiser=world.b, partners=[])
    client = api_of(teacher)
    made = post(client, URL, {"title": "From a lesson", "activity": activity.public_id}).json()
    assert (made["form"], made["activity"]) == ("F2", activity.public_id)
    refused = post(client, URL, {"title": "From a lesson", "activity": foreign.public_id})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/activity"


def test_an_activity_of_b_that_the_author_can_see_but_that_is_not_theirs_is_refused(
    api_of: Any, teacher: User, world: SimpleNamespace, words: SimpleNamespace, partner_admin: User
) -> None:
    foreign = log_activity(by=partner_admin, at=NOW, type_=words.lesson, organiser=world.b, partners=[])
    both = a_member("teacher", world.b, user=teacher)
    refused = post(
        api_of(both), URL,
        {"title": "Not ours", "activity": foreign.public_id, "institution": world.a.public_id},
    )  # fmt: skip
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/activity")


def test_the_list_knows_no_author_and_nobody_asks_for_one(
    api_of: Any, published: dict[str, Any], partner_admin: User, teacher: User
) -> None:
    client = api_of(partner_admin)
    [row] = client.get(URL).json()["results"]
    assert "author" not in row
    assert client.get(f"{URL}?author={teacher.public_id}").status_code == 400
    assert client.get(f"{URL}?search={teacher.name}").json()["results"] == []


def test_members_only_write_and_strangers_read_nothing(
    api_of: Any, body: dict[str, Any], published: dict[str, Any], stranger: User, regional_officer: User, expert: User
) -> None:
    for person in (stranger, regional_officer, expert):
        assert post(api_of(person), URL, body).status_code == 403
    assert api_of(stranger).get(f"{URL}{published['id']}/").status_code == 404
    assert api_of(expert).get(f"{URL}{published['id']}/").status_code == 200
