"""Whether this process lives, and whether the site is ready to serve."""

import shutil
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

from config.services import DRAINING

FREE_DISK = 0.05
EDGE_SECONDS = 30  # a writing transaction older than this holds back every consumer of Events
# the oldest Event that consumers may not read yet; one look at the end of the index event_outbox
EDGE = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(happened_at)), 0)
FROM lifecycle_event WHERE xact >= pg_snapshot_xmin(pg_current_snapshot())
"""
WELL, DEGRADED, FAILED = "ok", "degraded", "failed"


def livez(_request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is touched."""
    return unstored({"status": WELL}, 200)


def readyz(_request: HttpRequest) -> JsonResponse:
    """503 until database, migrations and disk are in order and while the server drains; a broker away only degrades."""
    parts = {"stopping": stopping(), "disk": disk(), **database(), "redis": broker()}
    status = FAILED if FAILED in parts.values() else DEGRADED if DEGRADED in parts.values() else WELL
    return unstored({"status": status, "checks": parts}, 503 if status == FAILED else 200)


livez.public = readyz.public = True  # type: ignore[attr-defined]  # asked by machines that cannot sign in


def unstored(facts: dict[str, object], status: int) -> JsonResponse:
    """An answer nobody may keep."""
    headers = {"Cache-Control": "no-store", **({"Retry-After": "3"} if status == 503 else {})}
    return JsonResponse(facts, status=status, headers=headers)


def stopping() -> str:
    """Whether the server was told to stop soon."""
    return FAILED if (settings.VAR / DRAINING).exists() else WELL


def disk() -> str:
    """Whether there is room for what people send."""
    place = settings.VAR if settings.VAR.exists() else settings.BASE_DIR
    usage = shutil.disk_usage(place)
    return WELL if usage.free > FREE_DISK * usage.total else FAILED


def database() -> dict[str, str]:
    """Whether it answers, knows every migration, and lets consumers read on."""
    try:
        missing = known_migrations() - applied_migrations()
        edge = DEGRADED if not missing and held_back() > EDGE_SECONDS else WELL
        return {"database": WELL, "migrations": FAILED if missing else WELL, "outbox": edge}
    except DatabaseError:
        return {"database": FAILED}


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations this program came with; they do not change while it runs."""
    loader = MigrationLoader(None)
    return frozenset(key for key in loader.disk_migrations if key not in loader.replacements)


def applied_migrations() -> set[tuple[str, str]]:
    """The migrations the database has seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


def held_back() -> float:
    """Seconds since the oldest Event that consumers have to wait for."""
    with connection.cursor() as cursor:
        cursor.execute(EDGE)
        return float(cursor.fetchone()[0])


def broker() -> str:
    """Whether the broker answers within a second; pages and API work without it."""
    server = settings.EMBEDDED_BROKER
    address = server.redis_url(0) if server else settings.BROKER_URL
    try:
        with Redis.from_url(address, socket_timeout=1, socket_connect_timeout=1) as line:
            return WELL if line.ping() else DEGRADED
    except (RedisError, ValueError):
        return DEGRADED
