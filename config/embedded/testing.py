"""pytest plugin: PostgreSQL for a test run, migrated once, cloned for every worker; static files collected once.

`-p` loads it before pytest-django reads the settings. Without DATABASE_URL it uses a fast, forgetful cluster under
var/ that all runs in this tree share. On whichever server, the migrated database is a template named after the
migrations' content, and each run clones it under a name of its own, so several runs can work side by side.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from config.embedded.shared import SharedCluster
from config.embedded.templates import CLONE, Templates, manage
from config.management.commands.prepare import collect_static_files

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
RUN, TEMPLATE = "HK_TEST_RUN", "HK_TEST_TEMPLATE"  # the controller tells its xdist workers
SCRATCH = {
    "HK_REDIS_HOME": "valkey",
    "HK_MEDIA_ROOT": "media",
    "EMAIL_FILE_PATH": "mail",
    "HK_STATIC_ROOT": "static",
}  # never a running site's

if not os.environ.get("DATABASE_URL"):
    os.environ.setdefault("HK_PG_HOME", str(VAR / "pg18-test"))
    os.environ["HK_EPHEMERAL"] = "1"
for variable, folder in SCRATCH.items():
    os.environ.setdefault(variable, str(VAR / "test" / folder))


class TestServer:
    """What the controlling process of a run holds until its end."""

    def __init__(self) -> None:
        self.cluster = SharedCluster(settings.EMBEDDED_POSTGRES) if settings.EMBEDDED_POSTGRES else None
        if self.cluster:
            self.cluster.join()
        self.templates = Templates(settings.DATABASES["default"])
        os.environ[RUN] = f"{CLONE}{os.getpid()}{secrets.token_hex(2)}"
        os.environ[TEMPLATE] = self.templates.ready(os.environ[RUN])

    def close(self) -> None:
        """Let go; the last run stops the cluster."""
        self.templates.close()
        if self.cluster:
            self.cluster.leave()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the server once a run, and tell Django in every process what to clone under which name."""
    option = config.option
    if option.help or option.version or option.collectonly:
        return
    if not hasattr(config, "workerinput"):
        collecting = collect_static_files()
        compile_catalogues()
        config.stash[SERVER] = TestServer()
        if collecting and collecting.wait():
            raise pytest.UsageError(
                "the static files could not be collected: see what manage.py collectstatic says above"
            )
    test = settings.DATABASES["default"].setdefault("TEST", {})
    test.update(NAME=os.environ[RUN], TEMPLATE=os.environ[TEMPLATE])


SERVER = pytest.StashKey[TestServer]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the server."""
    if server := config.stash.get(SERVER, None):
        server.close()


def compile_catalogues() -> None:
    """Compile translations that are newer than their compiled form, if this tree can."""
    sources = list(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    stale = any(not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime for po in sources)
    if stale and any(ROOT.glob("*/management/commands/compile_catalogues.py")):
        manage("compile_catalogues")


@contextmanager
def separate_database(suffix: str) -> Iterator[str]:
    """A fresh migrated database of its own, dropped afterwards; all connections of this process use it meanwhile.

    For what commits: races, servers in other processes, the browser. The append-only record refuses to be flushed, so
    pytest-django's transactional databases cannot be used here. Pass the name on to a process as HK_DATABASE.
    """
    entry = connections["default"].settings_dict
    templates, shared = Templates(entry), entry["NAME"]
    name = f"{os.environ[RUN]}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{suffix}"
    connections.close_all()
    templates.clone(os.environ[TEMPLATE], name)
    entry["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        entry["NAME"] = shared
        templates.drop(name)
        templates.close()


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database for one test that really commits; use it instead of the django_db mark."""
    with django_db_blocker.unblock(), separate_database("own") as name:  # type: ignore[attr-defined]
        yield name
