"""Releases: frozen, approved by a second person, published, corrected, withdrawn; and never changed."""

import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from lifecycle.transitions import Unmet, WrongStatus
from quality.releases import actions
from quality.releases.models import Permalink, Release, ReleaseCell
from quality.rollups.actions import recount_changed
from tests.factories import a_member
from tests.quality.figures import a_figure, a_month, a_year, an_indicator, coverage, in_force, the_moment


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Coverage of a month, and a ratio of people of a school year, in a few places."""
    version = coverage()
    learners = an_indicator("CTX.02", person_based=True)
    month, earlier, year = a_month(2026, 10), a_month(2026, 9), a_year(2025)
    in_force(world.a, world.b, since="2026-09-10")
    for number, house in ((100, world.a), (3, world.b), (70, world.c)):
        a_figure(learners, year, house, number)
    recount_changed(the_moment())
    return SimpleNamespace(world=world, version=version, month=month, earlier=earlier, year=year, learners=learners)


@pytest.fixture
def second(world: SimpleNamespace) -> User:
    return a_member("ministry_officer", territory=world.country, email="second@example.org")


def published(period: Any, by: User, second: User, **told: Any) -> Release:
    release = actions.draft_release(by=by, at=now(), period=period, **told)
    actions.submit_release(release, by=by, at=now())
    return actions.approve_release(release, by=second, at=now())


def test_a_release_goes_from_draft_to_the_public_by_two_people(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    release = actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    actions.submit_release(release, by=ministry_officer, at=now())
    assert release.status == "in_approval"
    with pytest.raises((PermissionDenied, WrongStatus)):
        actions.approve_release(release, by=ministry_officer, at=now())
    actions.approve_release(release, by=second, at=now())
    assert release.status == "published"
    cell = ReleaseCell.objects.get(indicator="COV.01", territory="9", institution_kind="")
    assert (cell.numerator, cell.denominator, cell.state) == (2, 3, "value")


def test_public_pages_open_to_everybody_without_a_cookie(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    link = published(figures.month, ministry_officer, second).permalink
    browser = Client()
    house = figures.world.a.public_id
    for address in (
        "", "territories/9/", "territories/911/", f"institutions/{house}/", "indicators/", "indicators/COV.01/",
        "indicators/COV.01/?territory=91", "data/", f"snapshots/{link.pk}/", f"snapshots/{link.pk}/?territory=92",
    ):  # fmt: skip
        for language in ("uz", "ru", "en", "uz-cyrl"):
            answer = browser.get(f"/{language}/public/{address}")
            assert answer.status_code == 200, address
            assert not answer.cookies
            assert "public" in answer["Cache-Control"]


def test_the_pages_of_the_ministry_lead_from_draft_to_published(
    figures: SimpleNamespace, ministry_officer: User, second: User, page_of: Callable[..., Client]
) -> None:
    one, other = page_of(ministry_officer), page_of(second)
    assert "New release" in one.get("/en/releases/").content.decode()
    made = one.post("/en/releases/new/", {"period": "2026-10", "once_key": "a"})
    assert made.status_code == 302
    address = made["Location"]
    assert one.get(address).status_code == 200
    assert one.post(f"{address}submit/", {"once_key": "b"}).status_code == 302
    assert "another person" in one.get(address).content.decode()
    assert one.get(f"{address}approve/").status_code == 403
    assert one.post(f"{address}approve/", {"once_key": "c"}).status_code == 403
    assert other.get(f"{address}approve/").status_code == 200
    late = other.post(f"{address}approve/", {"once_key": "d", "publish_on": "2020-01-01"})
    assert late.status_code == 422
    assert other.post(f"{address}approve/", {"once_key": "e", "publish_on": ""}).status_code == 302
    page = other.get(address).content.decode()
    assert "Published" in page
    assert "2026" in other.get("/en/releases/?status=published&format=csv").content.decode()
    assert other.get("/en/releases/?status=nonsense").status_code == 200
    assert other.post(f"{address}withdraw/", {"once_key": "f"}).status_code == 422
    assert (
        other.post(f"{address}withdraw/", {"once_key": "g", "reason": "A mistake in the register"}).status_code == 302
    )
    number = Permalink.objects.get().pk
    gone = Client().get(f"/en/public/snapshots/{number}/")
    assert gone.status_code == 410
    assert "A mistake in the register" in gone.content.decode()
    assert Client().get(f"/en/public/data/{number}.csv").status_code == 404
