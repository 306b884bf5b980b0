"""A role opens what its dates say and nothing else, at every door, whether or not anybody has ended it yet."""

import datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import User
from institutions.people.models import Membership
from institutions.registry.models import Institution
from institutions.registry.rules import can_oversee
from tests.factories import a_member, a_user

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)
ONE = datetime.timedelta(days=1)
OVER = DateRange(None, TODAY, "[)")
AHEAD = DateRange(TODAY + ONE, None, "[)")
OUTSIDE = pytest.mark.parametrize("valid", [OVER, AHEAD], ids=["over", "ahead"])


def dated(user, valid):
    Membership.objects.filter(user=user).update(valid=valid)
    return User.objects.get(pk=user.pk)


def seen_by(client):
    return {row["id"] for row in client.get("/api/v1/institutions/").json()["results"]}


@OUTSIDE
def test_the_api_shows_no_rows_outside_the_dates(world, institution_admin, api_of, valid):
    assert world.a.public_id in seen_by(api_of(institution_admin))
    dated(institution_admin, valid)
    client = api_of(institution_admin)
    assert not seen_by(client)
    assert client.get(f"/api/v1/institutions/{world.a.public_id}/").status_code == 404
    assert client.get("/api/v1/me/").json()["roles"] == []
    assert client.get("/api/v1/indicators/").json()["results"] == []


@OUTSIDE
def test_the_pages_show_nothing_outside_the_dates(world, ministry_officer, page_of, valid):
    address = f"/en/institutions/{world.a.public_id}/"
    assert page_of(ministry_officer).get(address).status_code == 200
    assert page_of(ministry_officer).get("/en/dashboard/9/").status_code == 200
    dated(ministry_officer, valid)
    page = page_of(ministry_officer)
    assert page.get(address).status_code == 404
    assert page.get("/en/dashboard/9/").status_code == 404
    assert page.get("/en/people/").status_code in (200, 403)
    assert "Alpha school" not in page.get("/en/institutions/").content.decode()


@OUTSIDE
def test_nobody_moves_anything_outside_the_dates(world, regional_officer, api_of, valid):
    assert can_oversee(User.objects.get(pk=regional_officer.pk), world.a)
    dated(regional_officer, valid)
    assert not can_oversee(User.objects.get(pk=regional_officer.pk), world.a)
    move = f"/api/v1/institutions/{world.a.public_id}/moves/suspend/"
    answer = api_of(regional_officer).post(move, {"reason": "x"}, format="json", headers={"Idempotency-Key": "k"})
    assert answer.status_code in (403, 404)
    assert Institution.objects.get(pk=world.a.pk).status == "verified"


def test_the_last_day_still_opens_and_the_next_does_not(world, teacher, page_of, time_machine_at):
    dated(teacher, DateRange(None, TODAY + ONE, "[)"))
    address = f"/en/institutions/{world.a.public_id}/"
    assert page_of(teacher).get(address).status_code == 200
    with time_machine_at(hours=9, minutes=59):  # 23:59 where the country is
        assert page_of(teacher).get(address).status_code == 200
    with time_machine_at(hours=10):
        assert page_of(teacher).get(address).status_code == 404


def test_a_role_that_is_over_may_be_given_again(world, institution_admin, page_of):
    former = a_member("teacher", world.a, user=a_user("former@example.org"))
    ask = {"institution": world.a.public_id, "email": "former@example.org", "role": "teacher"}
    assert page_of(institution_admin).post("/en/people/", {**ask, "once_key": "o1"}).status_code == 422
    dated(former, OVER)
    assert "Former" not in page_of(institution_admin).get("/en/people/").content.decode()
    assert page_of(institution_admin).post("/en/people/", {**ask, "once_key": "o2"}).status_code == 302


def test_an_administrator_whose_time_is_over_is_no_other_administrator(world, institution_admin, page_of):
    second = a_member("institution_admin", world.a)
    dated(second, OVER)
    row = Membership.objects.get(user=institution_admin)
    answer = page_of(institution_admin).post(f"/en/people/{row.public_id}/end/", {"once_key": "o1"})
    assert answer.status_code == 422
