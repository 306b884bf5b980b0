"""A database of its own for a measurement: on an embedded cluster of its own or on DATABASE_URL's server."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if "DATABASE_URL" not in os.environ:
    os.environ.setdefault("HK_PG_HOME", str(ROOT / "var" / "pg18-bench"))
    os.environ["HK_EPHEMERAL"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("HK_RATE", "100000000/min")

import django

django.setup()

from django.conf import settings
from django.db import connections

from config.embedded.shared import SharedCluster
from config.embedded.templates import CLONE, Templates


@contextmanager
def scratch_database() -> Iterator[str]:
    """An empty, migrated database; every connection of this process uses it until it is dropped."""
    cluster = SharedCluster(settings.EMBEDDED_POSTGRES) if settings.EMBEDDED_POSTGRES else None
    if cluster:
        cluster.join()
    templates = Templates(settings.DATABASES["default"])
    name = f"{CLONE}{os.getpid()}{secrets.token_hex(2)}"
    entry = connections["default"].settings_dict
    before = entry["NAME"]
    try:
        templates.clone(templates.ready(name), name)
        connections.close_all()
        entry["NAME"] = name
        yield name
    finally:
        connections.close_all()
        entry["NAME"] = before
        templates.drop(name)
        templates.close()
        if cluster:
            cluster.leave()
