"""The cast, a frozen clock, and no network: what every test stands on."""

import datetime
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient
from xdist.scheduler import LoadScopeScheduling

from accounts.models import User
from config.throttle import CallerThrottle
from tests.factories import a_member, a_signatory, a_territory, a_token, a_user, an_institution

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)
REAL_CLOCK = ("tests/platform/", "tests/faults/", "tests/browser/", "tests/journeys/", "tests/races/")
TOGETHER = (
    "tests/gates/", "tests/worlds/test_small_world.py", "tests/packs/test_second_pack.py", "tests/platform/test_backups.py",
)  # fmt: skip
NIGHTLY = bool(os.environ.get("HK_NIGHTLY"))  # walks at random go further at night
CAST = (
    "ministry_officer", "regional_officer", "institution_admin", "partner_admin", "teacher",
    "expert", "employer", "integrator", "stranger",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_clock: time goes on in this test")
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: a cast is ten people
    settings.WHITENOISE_AUTOREFRESH = True  # looked for when asked for: every client would list all static files


class Together(LoadScopeScheduling):
    """What stands on one costly world is given to one process, the largest such part first; all else test by test, last
    what commits to a database of its own, as the browser tests do for the whole run.

    The groups of `--dist loadgroup` have no effect under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: begun last, one of them would leave the other processes idle."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def frozen_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """21 November 2026, 14:00 in the pack's zone, in every test that does not watch processes."""
    place = request.node.nodeid
    if place.startswith(REAL_CLOCK) or request.node.get_closest_marker("real_clock"):
        yield
        return
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def time_machine_at() -> Callable[..., Any]:
    """`with time_machine_at(hours=49):` puts the frozen clock that far ahead."""
    return lambda **ahead: time_machine.travel(NOW + datetime.timedelta(**ahead), tick=False)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be called."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OSError(f"tests have no network: {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def fresh_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody inherits another test's cached answers or spent requests."""
    cache.clear()
    monkeypatch.setattr(CallerThrottle, "THROTTLE_RATES", {"caller": "1000000/min"})


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """A country, two regions, three institutions (a and b in one region, c elsewhere), and one nobody may know yet."""
    country = a_territory("9")
    north, south = a_territory("91", country), a_territory("92", country)
    near, next_door, far = a_territory("911", north), a_territory("912", north), a_territory("921", south)
    return SimpleNamespace(
        country=country, north=north, south=south, near=near, next_door=next_door, far=far,
        a=an_institution(near, "Alpha school"),
        b=an_institution(next_door, "Beta university", kind="hei"),
        c=an_institution(far, "Gamma college", kind="technikum"),
        hidden=an_institution(far, "Delta school", status="applied", verified_at=None),
    )  # fmt: skip


@pytest.fixture
def ministry_officer(world: SimpleNamespace) -> User:
    return a_member("ministry_officer", territory=world.country, email="ministry_officer@example.org")


@pytest.fixture
def regional_officer(world: SimpleNamespace) -> User:
    return a_member("regional_officer", territory=world.north, email="regional_officer@example.org")


@pytest.fixture
def institution_admin(world: SimpleNamespace) -> User:
    user = a_member("institution_admin", world.a, email="institution_admin@example.org")
    a_signatory(user, world.a)
    return user


@pytest.fixture
def partner_admin(world: SimpleNamespace) -> User:
    user = a_member("institution_admin", world.b, email="partner_admin@example.org")
    a_signatory(user, world.b)
    return user


@pytest.fixture
def foreign_admin(world: SimpleNamespace) -> User:
    """The administrator of the institution in the other region."""
    user = a_member("institution_admin", world.c, email="foreign_admin@example.org")
    a_signatory(user, world.c)
    return user


@pytest.fixture
def teacher(world: SimpleNamespace) -> User:
    return a_member("teacher", world.a, email="teacher@example.org")


@pytest.fixture
def expert(world: SimpleNamespace) -> User:
    return a_member("expert", world.c, email="expert@example.org")


@pytest.fixture
def employer(world: SimpleNamespace) -> User:
    return a_member("employer", world.b, email="employer@example.org")


@pytest.fixture
def integrator(world: SimpleNamespace) -> User:
    return a_member("integrator", world.a, user=a_user("integrator@example.org", is_service=True))


@pytest.fixture
def stranger(db: None) -> User:
    """Signed in, without any membership."""
    return a_user("stranger@example.org")


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> dict[str, User]:
    """Everybody by name."""
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def page_of() -> Callable[[User | None], Client]:
    """A browser signed in as this person; nobody for None."""

    def open_as(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return open_as


@pytest.fixture
def api_of() -> Callable[..., APIClient]:
    """A program calling as this person with a token of the scopes named (all by default); nobody for None."""

    def call_as(user: User | None, *scopes: str) -> APIClient:
        client = APIClient()
        if user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {a_token(user, *scopes)}")
        return client

    return call_as
