"""Public pages are drawn once and handed out again: until something else is published, and never with another's additions."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from quality.releases import actions, copies
from quality.releases.models import Permalink
from quality.rollups.actions import recount_changed
from tests.quality.activities import an_activity
from tests.quality.figures import a_month, coverage, in_force, the_moment
from tests.quality.test_releases import published, second

__all__ = ["second"]
HOME = "/en/public/"


@pytest.fixture(autouse=True)
def kept(settings: Any) -> Any:
    """A cache that keeps, in this process."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def months(world: SimpleNamespace) -> SimpleNamespace:
    """Coverage of two months, and one confirmed activity in the later."""
    coverage()
    earlier, month = a_month(2026, 9), a_month(2026, 10)
    in_force(world.a, world.b, since="2026-09-10")
    an_activity("2026-10-05", world.a, world.b)
    recount_changed(the_moment())
    return SimpleNamespace(earlier=earlier, month=month, world=world)


def asked(address: str) -> tuple[int, str]:
    """How many questions to the database a page cost, and the page."""
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(address)
    assert answer.status_code == 200
    return len(queries), answer.content.decode()


def test_the_second_reader_gets_the_same_page_for_one_question(
    months: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    published(months.month, ministry_officer, second)
    for path in ("", "territories/91/", "indicators/COV.01/?territory=91", f"institutions/{months.world.a.public_id}/"):
        first, drawn = asked(HOME + path)
        again, copy = asked(HOME + path)
        assert (copy, again) == (drawn, 1)
        assert first > 1


def test_what_is_published_or_withdrawn_shows_at_once(
    months: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    published(months.earlier, ministry_officer, second)
    assert "September 2026" in asked(HOME)[1]
    later = published(months.month, ministry_officer, second)
    assert "October 2026" in asked(HOME)[1]
    actions.withdraw_release(later, by=ministry_officer, at=the_moment().at, reason="A wrong source")
    assert "October 2026" not in asked(HOME)[1]
    assert Permalink.objects.count() == 2


def test_a_copy_is_of_one_language_one_look_and_no_additions(
    months: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    published(months.month, ministry_officer, second)
    assert "planted" in asked(f"{HOME}?planted=1")[1]
    assert "planted" not in asked(HOME)[1]
    assert 'lang="ru"' in Client().get("/ru/public/").content.decode()
    dark = Client()
    dark.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in dark.get(HOME).content.decode()
    assert 'data-theme="dark"' not in asked(HOME)[1]


def test_while_the_database_is_away_the_last_good_copy_says_of_when_it_is(
    months: SimpleNamespace, ministry_officer: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(months.month, ministry_officer, second)
    page = asked(HOME)[1]

    def away() -> str:
        raise OperationalError("gone")

    monkeypatch.setattr(copies, "published_state", away)
    answer = Client().get(HOME)
    told = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "cannot be read at the moment" in told
    assert "cannot be read at the moment" not in page
    assert months.month.code[:4] in told
    assert Client().get("/en/public/indicators/").status_code == 503  # nobody has read it before


def test_a_copy_does_not_outlive_its_five_minutes(
    months: SimpleNamespace, ministry_officer: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(months.month, ministry_officer, second)
    asked(HOME)
    at = copies.now()
    monkeypatch.setattr(copies, "now", lambda: at + datetime.timedelta(minutes=6))
    assert asked(HOME)[0] > 1


def test_an_organisation_tells_partners_forms_and_last_activities_as_they_were(
    months: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    published(months.month, ministry_officer, second)
    a, b = months.world.a, months.world.b
    in_force(a, months.world.c, since="2026-09-11")
    an_activity("2026-10-06", a, b, status="logged")
    page = asked(f"{HOME}institutions/{a.public_id}/")[1]
    for words in ("Partners by agreement", "10 Sep 2026", "5 Oct 2026", f"institutions/{b.public_id}/"):
        assert words in page, words
    assert "6 Oct 2026" not in page
    assert f"institutions/{months.world.c.public_id}/" not in page
