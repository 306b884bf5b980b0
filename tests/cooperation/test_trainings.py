"""People of trainings and guest lessons, and certificates that verify by their number and follow their activity."""

import datetime
import itertools
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from cooperation.activities import actions as activities
from cooperation.activities.models import Activity
from cooperation.trainings.models import ActivityPerson, Certificate
from institutions.people.models import Person
from lifecycle.models import Event
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import a_member, a_term
from tests.quality.activities import interdependence
from tests.quality.figures import a_month, the_moment

URL = "/api/v1/activities/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json", headers={"Idempotency-Key": f"training-{next(KEYS)}"})


@pytest.fixture
def words(db: None) -> SimpleNamespace:
    a_term("cooperation_form", "F12")
    a_term("cooperation_form", "F13")
    return SimpleNamespace(
        training=a_term("activity_type", "training", form="F12"),
        guest=a_term("activity_type", "guest_teaching", form="F13", interdependent=True),
        teachers=a_term("participant_category", "teachers", staff=True),
    )


@pytest.fixture
def training(teacher: User, world: SimpleNamespace, words: SimpleNamespace) -> Activity:
    """A training of 36 hours that a held for two people of b."""
    return activities.log_activity(
        by=teacher, at=now(), type_=words.training, partners=[world.b], counts={words.teachers: 2}, hours=Decimal(36)
    )


@pytest.fixture
def lesson(teacher: User, world: SimpleNamespace, words: SimpleNamespace) -> Activity:
    """Two hours that somebody of a taught at b."""
    return activities.log_activity(by=teacher, at=now(), type_=words.guest, partners=[world.b], hours=Decimal(2))


def confirm(activity: Activity, by: User) -> None:
    activities.confirm_activity(activity, by=by, at=now())


def people(activity: Activity) -> str:
    return f"{URL}{activity.public_id}/people/"


def named(client: Any, activity: Activity, world: SimpleNamespace, name: str = "Nodira Karimova", **more: Any) -> Any:
    return post(client, people(activity), {"name": name, "home": world.b.public_id, **more})


@pytest.fixture
def certificate(
    api_of: Any, training: Activity, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> Certificate:
    """One that holds."""
    assert named(api_of(institution_admin), training, world).status_code == 201
    confirm(training, partner_admin)
    made = post(api_of(institution_admin), f"{URL}{training.public_id}/certificates/")
    assert made.status_code == 201, made.content
    return Certificate.objects.get(number=made.json()["results"][0]["number"])


def verified(client: Any, certificate: Certificate) -> str:
    """The page anybody sees, with what it finds."""
    return str(client.get(f"/en/verify/{certificate.number}/").content.decode())


def test_a_certificate_is_issued_once_the_other_side_has_confirmed(
    api_of: Any, training: Activity, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    office, door = api_of(institution_admin), f"{URL}{training.public_id}/certificates/"
    assert named(office, training, world).json()["hours"] == "36"
    refused = post(office, door)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "confirmed")
    confirm(training, partner_admin)
    first, again = post(office, door).json()["results"], post(office, door).json()["results"]
    assert [row["number"] for row in first] == [row["number"] for row in again]
    assert (first[0]["state"], first[0]["name"]) == ("valid", "Nodira Karimova")
    named(office, training, world, "Anvar Rahimov", hours=20)
    assert sorted(row["hours"] for row in post(office, door).json()["results"]) == ["20", "36"]
    events = Event.objects.filter(subject_type="certificate", name="issue")
    assert events.count() == 2
    assert not [each for each in Event.objects.all() if "Karimova" in f"{each.title}{each.detail}{each.reason}"]


def test_anybody_verifies_a_number_and_learns_no_name(client: Any, certificate: Certificate) -> None:
    page = verified(client, certificate)
    assert 'data-finding="valid"' in page
    assert "N. K." in page and "Beta university" in page and "Alpha school" in page
    assert "Karimova" not in page and "Nodira" not in page
    assert 'data-finding="valid"' in client.get(f"/en/v/{certificate.content_hash[:12]}/").content.decode()
    assert 'data-finding="valid"' in client.get(f"/en/verify/?q={certificate.number.lower()}").content.decode()
    assert client.get("/en/verify/C-2026-0000-0000/").status_code == 404


def test_a_certificate_follows_its_activity(
    client: Any, certificate: Certificate, training: Activity, teacher: User, partner_admin: User,
    institution_admin: User, words: SimpleNamespace,
) -> None:  # fmt: skip
    activities.dispute_activity(training, by=partner_admin, at=now(), reason="Not so.")
    assert 'data-finding="disputed"' in verified(client, certificate)
    confirm(training, partner_admin)
    assert 'data-finding="valid"' in verified(client, certificate)
    activities.correct_activity(training, by=teacher, at=now(), hours=Decimal(24))
    assert 'data-finding="corrected"' in verified(client, certificate)
    confirm(training, partner_admin)
    assert 'data-finding="corrected"' in verified(client, certificate)
    activities.correct_activity(training, by=teacher, at=now(), hours=Decimal(36))
    assert 'data-finding="unconfirmed"' in verified(client, certificate)
    confirm(training, partner_admin)
    assert 'data-finding="valid"' in verified(client, certificate)
    activities.withdraw_activity(training, by=teacher, at=now(), reason="Entered by mistake.")
    assert 'data-finding="withdrawn"' in verified(client, certificate)


def test_a_revoked_certificate_says_so_and_its_name_gets_no_other(
    api_of: Any, client: Any, certificate: Certificate, training: Activity, institution_admin: User,
    partner_admin: User, teacher: User, world: SimpleNamespace,
) -> None:  # fmt: skip
    office, door = api_of(institution_admin), f"/api/v1/certificates/{certificate.public_id}/moves/revoke/"
    assert post(api_of(partner_admin), door, {"reason": "No."}).status_code == 403
    assert post(api_of(teacher), door, {"reason": "No."}).status_code == 404
    assert post(office, door).status_code == 400
    assert post(office, door, {"reason": "The name is misspelt."}).json()["state"] == "revoked"
    assert post(office, door, {"reason": "Again."}).status_code == 409
    assert 'data-finding="revoked"' in verified(client, certificate)
    for name in ("Nodira Karimova-Aliyeva", "Anvar Rahimov"):  # two took part, the revoked name is none of them
        assert named(office, training, world, name).status_code == 201
    rows = post(office, f"{URL}{training.public_id}/certificates/").json()["results"]
    assert sorted((row["name"], row["state"]) for row in rows) == [
        ("Anvar Rahimov", "valid"), ("Nodira Karimova", "revoked"), ("Nodira Karimova-Aliyeva", "valid"),
    ]  # fmt: skip


def test_what_was_printed_never_changes_not_even_in_the_database(certificate: Certificate) -> None:
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(content={**certificate.content, "hours": "72"})


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_the_paper_is_a_pdf_for_the_sides_and_its_owner(
    language: str, page_of: Any, certificate: Certificate, partner_admin: User, foreign_admin: User,
    ministry_officer: User,
) -> None:  # fmt: skip
    path = f"/{language}/certificates/{certificate.public_id}.pdf"
    answer = page_of(partner_admin).get(path)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert page_of(foreign_admin).get(path).status_code == 404
    assert page_of(ministry_officer).get(path).status_code == 404


def test_no_colleague_reads_a_list_of_certificates(
    api_of: Any, certificate: Certificate, institution_admin: User, partner_admin: User, teacher: User
) -> None:
    def listed(user: User) -> int:
        return len(api_of(user).get("/api/v1/certificates/").json()["results"])

    assert [listed(user) for user in (institution_admin, partner_admin, teacher)] == [1, 1, 0]


def test_a_colleague_is_chosen_and_finds_the_certificate_in_their_own_contribution(
    api_of: Any, page_of: Any, training: Activity, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    learner = a_member("teacher", world.a, name="Dilnoza Saidova")
    found = page_of(institution_admin).get("/en/people/options/?q=dilno").content.decode()
    assert "Dilnoza Saidova" in found
    assert "Dilnoza" not in page_of(partner_admin).get("/en/people/options/?q=dilno").content.decode()
    member = learner.memberships.get()
    made = post(api_of(institution_admin), people(training), {"member": member.public_id}).json()
    assert (made["name"], made["home"]) == ("Dilnoza Saidova", world.a.public_id)
    assert Person.objects.get(user=learner).deeds.count() == 1
    confirm(training, partner_admin)
    post(api_of(institution_admin), f"{URL}{training.public_id}/certificates/")
    number = Certificate.objects.get().number
    assert number in page_of(learner).get("/en/me/contribution/").content.decode()
    assert number not in page_of(a_member("teacher", world.a)).get("/en/me/contribution/").content.decode()


def test_who_is_named_and_by_whom(
    api_of: Any, page_of: Any, training: Activity, teacher: User, institution_admin: User, partner_admin: User,
    regional_officer: User, foreign_admin: User, world: SimpleNamespace, words: SimpleNamespace,
) -> None:  # fmt: skip
    office = api_of(institution_admin)

    def code(**fields: Any) -> str:
        refused = post(office, people(training), {"name": "Nodira", "home": world.b.public_id, **fields})
        assert refused.status_code == 400, refused.content
        return str(refused.json()["errors"][0]["code"])

    assert code(hours=37) == "too_many"
    assert code(home=world.c.public_id) == "no_side"
    assert named(office, training, world, "Nodira").status_code == 201
    assert code() == "once"
    assert named(office, training, world, "Anvar").status_code == 201
    assert code(name="Third") == "too_many_people"
    assert named(api_of(partner_admin), training, world).status_code == 403
    assert named(api_of(regional_officer), training, world).status_code == 403
    assert named(api_of(foreign_admin), training, world).status_code == 404
    assert len(api_of(partner_admin).get(people(training)).json()["results"]) == 2
    assert api_of(regional_officer).get(people(training)).json()["results"] == []
    page = page_of(regional_officer).get(f"/en/activities/{training.public_id}/people/").content.decode()
    assert "Nodira" not in page and "People named" in page
    bare = activities.log_activity(by=teacher, at=now(), type_=words.training, partners=[world.b])
    assert named(office, bare, world).json()["errors"][0]["code"] == "no_hours"
    activities.withdraw_activity(training, by=teacher, at=now(), reason="Entered by mistake.")
    assert named(office, training, world, "Late").status_code == 409


def test_a_name_comes_off_until_a_certificate_bears_it(
    api_of: Any, page_of: Any, certificate: Certificate, training: Activity, institution_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    office = api_of(institution_admin)
    other = named(office, training, world, "Anvar").json()["id"]
    assert office.delete(f"{people(training)}{other}/").status_code == 204
    assert office.delete(f"{people(training)}{other}/").status_code == 404
    assert office.delete(f"{people(training)}{certificate.place.public_id}/").status_code == 409
    assert ActivityPerson.objects.count() == 1


def test_the_office_names_and_issues_on_one_page(
    page_of: Any, training: Activity, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    client, path = page_of(institution_admin), f"/en/activities/{training.public_id}/people/"
    assert f'href="{path}"' in client.get(f"/en/activities/{training.public_id}/").content.decode()

    def send(where: str, key: str, **data: Any) -> Any:
        return client.post(where, {"once_key": key, **data})

    missing = send(path, "one", home=world.b.public_id)
    assert (missing.status_code, "Full name: type it" in missing.content.decode()) == (422, True)
    kept = send(path, "two", person_text="Nodira Karimova", home=world.b.public_id, hours="40").content.decode()
    assert "nobody was there longer" in kept and 'value="Nodira Karimova"' in kept
    assert send(path, "three", person_text="Nodira Karimova", home=world.b.public_id).status_code == 302
    early = send(f"{path}certificates/", "four")
    assert (early.status_code, "once the other side has confirmed" in early.content.decode()) == (422, True)
    confirm(training, partner_admin)
    assert send(f"{path}certificates/", "five").status_code == 302
    shown = client.get(path).content.decode()
    assert Certificate.objects.get().number in shown and "Genuine" in shown
    revoke = f"/en/certificates/{Certificate.objects.get().public_id}/revoke/"
    assert client.get(revoke).status_code == 200
    assert send(revoke, "six").status_code == 422
    assert send(revoke, "seven", reason="Misspelt.").status_code == 302
    assert page_of(partner_admin).get(revoke).status_code == 403


def test_a_guest_is_shown_at_both_sides_and_counted_once_above(
    api_of: Any, lesson: Activity, institution_admin: User, partner_admin: User, teacher: User, world: SimpleNamespace
) -> None:
    version, november = interdependence(), a_month(2026, 11)
    member = teacher.memberships.get().public_id
    made = post(api_of(institution_admin), people(lesson), {"member": member}).json()
    assert (made["home"], made["host"], made["hours"]) == (world.a.public_id, world.b.public_id, "2")
    assert post(api_of(institution_admin), f"{URL}{lesson.public_id}/certificates/").status_code == 403
    confirm(lesson, partner_admin)
    for user in (institution_admin, partner_admin):
        assert api_of(user).get(people(lesson)).json()["results"][0]["host"] == world.b.public_id
    recount_changed(the_moment())
    rows = Rollup.objects.filter(version=version, period=november, institution_kind=None)
    found = {row.territory.code: (row.denominator, row.participations) for row in rows.select_related("territory")}
    assert (found["911"], found["912"], found["91"], found["9"]) == ((1, 1), (1, 1), (1, 2), (1, 2))


def test_the_page_of_people_asks_as_often_for_many_as_for_few(
    api_of: Any, page_of: Any, teacher: User, institution_admin: User, world: SimpleNamespace, words: SimpleNamespace
) -> None:
    made = activities.log_activity(
        by=teacher, at=now(), type_=words.training, partners=[world.b], hours=Decimal(36), starts_on=datetime.date(2026, 11, 2)
    )  # fmt: skip
    office, page, path = (
        api_of(institution_admin),
        page_of(institution_admin),
        f"/en/activities/{made.public_id}/people/",
    )

    def asked(until: int) -> int:
        for number in range(made.people.count(), until):
            named(office, made, world, f"Person {number}")
        with CaptureQueriesContext(connection) as queries:
            page.get(path)
        return len(queries)

    asked(2)
    assert asked(4) == asked(8)
