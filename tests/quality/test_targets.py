"""Targets: set by one person, approved by another; figures are held against approved ones only."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.clock import now
from accounts.models import User
from lifecycle.models import Event
from lifecycle.transitions import WrongStatus
from quality.rollups.actions import recount_changed
from quality.targets import actions
from quality.targets.inbox import to_approve
from quality.targets.models import Target
from tests.factories import a_member
from tests.quality.figures import a_month, a_target, coverage, in_force, the_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Coverage of three months."""
    version = coverage()
    months = [a_month(2026, month) for month in (9, 10, 11)]
    in_force(world.a, world.b, since="2026-09-10")
    recount_changed(the_moment())
    return SimpleNamespace(version=version, months=months, month=months[-1], **vars(world))


@pytest.fixture
def second(world: SimpleNamespace) -> User:
    return a_member("ministry_officer", territory=world.country, email="second@example.org")


def proposed(figures: SimpleNamespace, by: User, value: int = 60, **place: Any) -> Target:
    where = place or {"territory": figures.country}
    return actions.set_target(
        indicator=figures.version.indicator, period=figures.month, value=Decimal(value), by=by, at=now(), **where
    )


def card(browser: Client, place: str = "9") -> str:
    page = browser.get(f"/en/dashboard/{place}/").content.decode()
    return page[page.index('data-card="COV.01"') :].split("</article>")[0]


def test_a_figure_is_held_against_a_target_once_a_second_person_has_approved_it(
    figures: SimpleNamespace, ministry_officer: User, second: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)
    target = proposed(figures, ministry_officer)
    assert "No target is set" in card(browser)
    with pytest.raises(PermissionDenied):
        actions.approve_target(target, by=ministry_officer, at=now())
    actions.approve_target(target, by=second, at=now())
    assert (target.status, target.approved_by_id, target.set_by_id) == ("approved", second.pk, ministry_officer.pk)
    assert "Target: " in card(browser) and "60" in card(browser)
    assert 'id="targets"' in browser.get("/en/indicators/COV.01/").content.decode()


def test_the_database_lets_nobody_approve_what_he_has_set_nor_change_it_afterwards(
    figures: SimpleNamespace, ministry_officer: User
) -> None:
    target = proposed(figures, ministry_officer)
    for change in (
        {"approved_by": ministry_officer, "approved_at": now()}, {"value": 1}, {"approved_at": now()}, {"set_by": None},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            Target.objects.filter(pk=target.pk).update(**change)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_newer_target_replaces_the_older_one_only_when_it_is_approved(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    first = proposed(figures, ministry_officer, 60)
    again = proposed(figures, ministry_officer, 65)
    first.refresh_from_db()
    assert (first.status, again.status) == ("replaced", "proposed")
    with pytest.raises(WrongStatus):
        actions.approve_target(first, by=second, at=now())
    actions.approve_target(again, by=second, at=now())
    later = proposed(figures, second, 70)
    again.refresh_from_db()
    assert again.status == "approved"
    actions.decline_target(later, by=ministry_officer, at=now(), reason="Too high")
    last = proposed(figures, second, 68)
    actions.approve_target(last, by=ministry_officer, at=now())
    again.refresh_from_db()
    assert (again.status, later.status, last.status) == ("replaced", "declined", "approved")
    assert list(Target.objects.standing()) == [last]
    told = Event.objects.filter(subject_type="target", subject_id=again.public_id).order_by("id")
    assert [event.name for event in told] == ["set_target", "approve", "replace"]


def test_no_region_says_alone_what_is_enough_of_it(
    figures: SimpleNamespace, regional_officer: User, ministry_officer: User, institution_admin: User
) -> None:
    colleague = a_member("regional_officer", territory=figures.north, email="colleague@example.org")
    own = proposed(figures, regional_officer, territory=figures.north)
    below = proposed(figures, regional_officer, territory=figures.near)
    house = proposed(figures, regional_officer, institution=figures.a)
    with pytest.raises(PermissionDenied):
        actions.approve_target(own, by=colleague, at=now())
    assert {each.pk for each in to_approve(colleague)} == {below.pk, house.pk}
    assert {each.pk for each in to_approve(ministry_officer)} == {own.pk, below.pk, house.pk}
    assert not to_approve(regional_officer).exists()
    actions.approve_target(below, by=colleague, at=now())
    actions.approve_target(house, by=colleague, at=now())
    actions.approve_target(own, by=ministry_officer, at=now())
    for wrong in ({"territory": figures.south}, {"territory": figures.country}):
        with pytest.raises(PermissionDenied):
            proposed(figures, regional_officer, **wrong)
    with pytest.raises(PermissionDenied):
        proposed(figures, institution_admin, institution=figures.a)
    with pytest.raises(ValidationError):
        actions.set_target(
            indicator=figures.version.indicator, period=figures.month, value=Decimal(1), by=ministry_officer, at=now()
        )


def test_what_nobody_has_approved_is_for_offices(
    figures: SimpleNamespace, ministry_officer: User, teacher: User, page_of: Callable[..., Client]
) -> None:
    waiting = proposed(figures, ministry_officer, territory=figures.near)
    holds = a_target(figures.version, figures.country, figures.month, 55)
    browser = page_of(teacher)
    assert browser.get(f"/en/targets/{waiting.public_id}/").status_code == 404
    page = browser.get(f"/en/targets/{holds.public_id}/").content.decode()
    assert "Approved" in page and "@example.org" not in page
    assert browser.get("/en/targets/").content.decode().count("/en/targets/0") == 1


def test_a_target_is_set_and_approved_on_pages(
    figures: SimpleNamespace, ministry_officer: User, second: User, page_of: Callable[..., Client]
) -> None:
    browser, other = page_of(ministry_officer), page_of(second)
    body = {"indicator": "COV.01", "territory": "91", "period": "2026-11", "value": "60", "baseline": "40"}
    assert browser.post("/en/targets/new/", {**body, "territory": "nowhere", "once_key": "k0"}).status_code == 422
    made = browser.post("/en/targets/new/", {**body, "once_key": "k1"})
    assert made.status_code == 302, made.content.decode()
    address = made["Location"]
    assert "another person approves it" in browser.get(address).content.decode()
    assert browser.post(f"{address}approve/", {"once_key": "k2"}).status_code == 403
    assert other.post(f"{address}approve/", {"once_key": "k3"}).status_code == 302
    assert Target.objects.standing().get().value == 60
    written = browser.get("/en/targets/?format=csv").content.decode("utf-8-sig")
    assert "COV.01" in written and "60" in written


def test_programs_set_approve_and_decline(
    figures: SimpleNamespace, ministry_officer: User, second: User, api_of: Callable[..., APIClient]
) -> None:
    first, other = api_of(ministry_officer), api_of(second)
    body = {"indicator": "COV.01", "territory": "9", "period": "2026-11", "value": "60", "baseline": "41.5"}
    made = first.post("/api/v1/targets/", body, format="json", HTTP_IDEMPOTENCY_KEY="a").json()
    assert (made["status"], made["baseline"], made["approved_at"]) == ("proposed", "41.5", None)
    move = f"/api/v1/targets/{made['id']}/moves/"
    assert first.post(f"{move}approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="b").status_code == 403
    done = other.post(f"{move}approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="c")
    assert (done.status_code, done.json()["status"]) == (200, "approved")
    late = other.post(f"{move}decline/", {"reason": "no"}, format="json", HTTP_IDEMPOTENCY_KEY="d")
    assert late.status_code == 409
    found = first.get("/api/v1/targets/?status=approved&territory=9").json()["results"]
    assert [row["id"] for row in found] == [made["id"]]


def test_the_country_says_from_where_on_a_figure_is_close_to_its_target(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    # two of three organisations take part: 66.7 %, which is 95 % of 70
    a_target(figures.version, figures.country, figures.month, 70)
    browser = page_of(ministry_officer)
    assert "Close to the target" in card(browser)
    figures.country.data = {"limits": {"target_near_percent": 97}}
    figures.country.save()
    assert "Below the target" in card(browser)
