"""An institution closes when nothing of it runs any more, or when an heir takes over what does."""

import datetime

import pytest

from institutions.registry.models import Institution, OpenSpell, Succession
from lifecycle.models import Event
from tests.quality.figures import in_force

pytestmark = pytest.mark.django_db
WHY = {"reason": "Order 12 of the office"}


def close(api, house, **data):
    path = f"/api/v1/institutions/{house.public_id}/moves/close/"
    return api.post(
        path, {**WHY, **data}, format="json", headers={"Idempotency-Key": f"c{data}", "Accept-Language": "en"}
    )


@pytest.fixture
def agreements(world):
    return [in_force(world.a, world.b, since="2026-01-10"), in_force(world.a, world.c, since="2026-02-10")]


def test_running_agreements_hold_it_open_and_are_all_named(world, agreements, regional_officer, api_of):
    answer = close(api_of(regional_officer), world.a, on="2027-01-01")
    assert answer.status_code == 422
    errors = {each["code"]: each["message"] for each in answer.json()["errors"]}
    assert {"future", "running_agreements"} <= set(errors)
    assert all(each.number in errors["running_agreements"] for each in agreements)
    assert Institution.objects.get(pk=world.a.pk).status == "verified"


def test_the_page_says_the_same_and_keeps_what_was_typed(world, agreements, regional_officer, page_of):
    path = f"/en/institutions/{world.a.public_id}/moves/close/"
    answer = page_of(regional_officer).post(path, {**WHY, "once_key": "k1"})
    text = answer.content.decode()
    assert answer.status_code == 422 and WHY["reason"] in text
    assert all(each.number in text for each in agreements)


def test_an_heir_takes_over_what_runs_and_the_record_says_so(world, agreements, regional_officer, api_of):
    answer = close(api_of(regional_officer), world.a, heirs=[world.b.public_id])
    assert answer.status_code == 200, answer.content
    assert Succession.objects.filter(predecessor=world.a, successor=world.b).exists()
    told = Event.objects.get(name="close", subject_id=world.a.public_id).detail["taken_over"]
    assert told == {"agreements": sorted(each.number for each in agreements)}


def test_what_is_over_by_the_closing_day_holds_nothing(world, regional_officer, api_of):
    in_force(world.a, world.b, since="2026-01-10", until="2026-06-30")
    assert close(api_of(regional_officer), world.a).status_code == 200
    spell = OpenSpell.objects.get(institution=world.a)
    assert spell.valid.upper == datetime.date(2026, 11, 21)
