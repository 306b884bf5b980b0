"""While the database is away public pages are read from their last good copies, which say of when they are."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest
from django.db import connections

from accounts.clock import now
from config.embedded.templates import Templates
from quality.releases import actions
from quality.rollups.actions import recount_changed
from tests.factories import a_member, a_territory, an_institution
from tests.faults.processes import Broker, Serve, until
from tests.quality.figures import a_month, coverage, in_force, the_moment

pytestmark = pytest.mark.faults
AT_MOST = 3.0  # seconds for an answer while it is away


@pytest.fixture
def site(own_database: str, broker: Broker, serve: Serve) -> SimpleNamespace:
    """A site that has published the coverage of a month."""
    country = a_territory("9")
    here = a_territory("91", country)
    coverage()
    month = a_month(2026, 10)
    in_force(an_institution(here), an_institution(here), since="2026-09-10")
    recount_changed(the_moment())
    first = a_member("ministry_officer", territory=country, email="first@example.org")
    second = a_member("ministry_officer", territory=country, email="second@example.org")
    release = actions.draft_release(by=first, at=now(), period=month)
    actions.submit_release(release, by=first, at=now())
    actions.approve_release(release, by=second, at=now())
    return SimpleNamespace(
        port=serve(REDIS_URL=broker.server.broker_url(), CACHE_URL=broker.server.redis_url()), database=own_database
    )


def read(port: int, address: str) -> tuple[int, str, float]:
    """Status, page and seconds of one address."""
    line, began = HTTPConnection("127.0.0.1", port, timeout=30), time.monotonic()
    try:
        line.request("GET", address)
        answer = line.getresponse()
        return answer.status, answer.read().decode(), time.monotonic() - began
    finally:
        line.close()


@contextmanager
def away(database: str) -> Iterator[None]:
    """Nobody gets into the database, and who was in it is thrown out."""
    connections.close_all()
    outside = Templates(connections["default"].settings_dict)
    with outside.line.cursor() as cursor:
        cursor.execute("UPDATE pg_database SET datallowconn = false WHERE datname = %s", [database])
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
    try:
        yield
    finally:
        with outside.line.cursor() as cursor:
            cursor.execute("UPDATE pg_database SET datallowconn = true WHERE datname = %s", [database])
        outside.close()


def test_public_pages_are_read_while_the_database_is_away_and_fresh_when_it_is_back(site: SimpleNamespace) -> None:
    home, unread = "/en/public/", "/ru/public/indicators/"
    status, fresh, _seconds = read(site.port, home)
    assert (status, "Indicator COV.01" in fresh, "cannot be read at the moment" in fresh) == (200, True, False)
    with away(site.database):
        for _again in range(3):
            status, page, seconds = read(site.port, home)
            assert (status, "Indicator COV.01" in page, "cannot be read at the moment" in page) == (200, True, True)
            assert seconds < AT_MOST
        status, page, seconds = read(site.port, unread)
        assert (status, seconds < AT_MOST) == (503, True)
    until(lambda: read(site.port, home)[:2] == (200, fresh), 10, "the page is drawn from the database again")
    assert read(site.port, unread)[0] == 200
