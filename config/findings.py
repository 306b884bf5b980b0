"""What the doctor looks at: one short question each, with the repair named where the answer is no."""

import datetime
import shutil
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import DatabaseError, connection

from accounts.clock import now
from config.backups.parts import Fault, bases
from config.backups.proving import newest_drill
from config.celery import app
from config.health import FAILED, FREE_DISK, WELL, applied_migrations, broker, disk, held_back, known_migrations
from config.roles import OWNER, SERVING
from exchange.certifying import signing

EXTENSIONS = frozenset({"pg_trgm", "btree_gist"})
OLDEST = 150000
QUEUES = frozenset({"ticks", "heavy"})
BEAT_SECONDS = 60
BACKUP_EVERY, DRILL_EVERY = datetime.timedelta(hours=26), datetime.timedelta(days=35)
CERTIFICATE_WARNING = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Finding:
    """One line of the report; `repair` says what to do when it is not well."""

    subject: str
    well: bool
    words: str
    repair: str = ""


def secrets() -> Finding:
    """A demonstration's key must not guard real data."""
    demo = settings.SECRET_KEY.startswith("demonstration")
    words = "the demonstration's key is in use" if demo else "a key of its own"
    return Finding("secrets", settings.DEMO or not demo, words, "set HK_SECRET_KEY to 60 random characters")


def sealing() -> Finding:
    """Acts and heads are signed by this process; the web server is given no key, so ask where workers run."""
    words = "a key is there" if settings.SEAL_KEY else "no key: acts are not sealed"
    return Finding("seal key", bool(settings.SEAL_KEY), words, "set HK_SEAL_KEY for the workers: openssl rand -hex 32")


def certificate() -> Finding:
    """Papers are signed by the platform; a certificate that ends within a month is to be replaced."""
    repair = "manage.py paper_key FILE, then set HK_PAPER_KEY to it for what answers requests"
    try:
        by = signing()
    except ImproperlyConfigured as error:
        return Finding("paper key", False, str(error), repair)
    if by is None:
        return Finding("paper key", False, "no key: papers go out unsigned", repair)
    ends = by.certificate.not_valid_after_utc
    words = f"certificate of {by.name} until {ends:%Y-%m-%d}"
    return Finding("paper key", ends - now() > CERTIFICATE_WARNING, words, repair)


def server() -> Finding:
    """A PostgreSQL that is new enough."""
    version = ask("SELECT current_setting('server_version_num')::int")[0][0]
    return Finding("database", version >= OLDEST, f"PostgreSQL {version // 10000}", "use PostgreSQL 15 or newer")


def extensions() -> Finding:
    """The extensions that search and exclusion constraints need."""
    missing = EXTENSIONS - {row[0] for row in ask("SELECT extname FROM pg_extension")}
    words = f"missing: {', '.join(sorted(missing))}" if missing else ", ".join(sorted(EXTENSIONS))
    return Finding("extensions", not missing, words, "install postgresql-contrib, then run manage.py migrate")


def migrations() -> Finding:
    """Every migration of this program has run."""
    missing = known_migrations() - applied_migrations()
    return Finding("migrations", not missing, f"{len(missing)} waiting", "run manage.py prepare")


def roles() -> Finding:
    """The roles that processes take on."""
    wanted = {OWNER, *(role.name for role in SERVING)}
    missing = wanted - {row[0] for row in ask("SELECT rolname FROM pg_roles")}
    return Finding("roles", not missing, f"{len(wanted) - len(missing)} of {len(wanted)}", "run manage.py grants")


def outbox() -> Finding:
    """Consumers of Events may read on, and every Event was read."""
    seconds = held_back()
    return Finding("outbox", seconds < BEAT_SECONDS, f"edge {seconds:.0f} s old", "end the oldest writing transaction")


def letters() -> Finding:
    """Events that a consumer gave up."""
    count = ask("SELECT count(*) FROM lifecycle_deadletter WHERE given_up_at IS NOT NULL")[0][0]
    return Finding("dead letters", count == 0, str(count), "read lifecycle_deadletter.error, repair, replay")


def redis() -> Finding:
    """The broker answers."""
    words = broker()
    return Finding("redis", words == WELL, words, "start Redis, or look at REDIS_URL; pages work without it")


def workers() -> Finding:
    """A worker listens to each queue."""
    if broker() != WELL:  # asking would wait for it
        return Finding("workers", False, "not asked", "start Redis first")
    answers = app.control.inspect(timeout=1).active_queues() or {}
    found = {queue["name"] for queues in answers.values() for queue in queues}
    words = ", ".join(sorted(found)) or "none"
    return Finding("workers", found >= QUEUES, words, "start manage.py serve ticks and manage.py serve heavy")


def backup() -> Finding:
    """A backup of the last day and a drill of the last month that held; a demonstration may go without."""
    repair = "set HK_BACKUP and HK_BACKUP_RECIPIENT, run manage.py backup every night and manage.py backup_verify every month"
    if not settings.BACKUP_HOME:
        return Finding("backup", settings.DEMO, "none is kept", repair)
    try:
        home = Path(settings.BACKUP_HOME)
        last, tried = bases(home)[-1:], newest_drill(home)
    except (Fault, OSError, ValueError) as error:
        return Finding("backup", False, str(error), repair)
    if not last:
        return Finding("backup", False, "none was made yet", repair)
    age = now() - datetime.datetime.fromisoformat(last[0]["at"])
    well = age < BACKUP_EVERY and tried is not None and tried["well"]
    well = well and now() - datetime.datetime.fromisoformat(tried["at"]) < DRILL_EVERY if tried else False
    words = f"{age / datetime.timedelta(hours=1):.0f} h old, drill: {'never' if not tried else tried['at'][:10] + (' well' if tried['well'] else ' failed')}"
    return Finding("backup", well, words, repair)


def mail() -> Finding:
    """The mail server takes a connection; nothing is sent."""
    try:
        line = get_connection()
        line.open()
        line.close()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("mail", False, type(error).__name__, "look at EMAIL_BACKEND and its settings")
    return Finding("mail", True, settings.EMAIL_BACKEND.rsplit(".", 1)[-1])


def space() -> Finding:
    """Room for files and logs."""
    usage = shutil.disk_usage(settings.VAR if settings.VAR.exists() else settings.BASE_DIR)
    words = f"{usage.free / usage.total:.0%} free"
    return Finding("disk", disk() != FAILED, words, f"free more than {FREE_DISK:.0%}")


def translations() -> Finding:
    """Every catalogue is compiled and not older than its source."""
    sources = list(settings.BASE_DIR.glob("locale/*/LC_MESSAGES/*.po"))
    stale = [
        po.parts[-3]
        for po in sources
        if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime
    ]
    words = f"stale: {', '.join(sorted(stale))}" if stale else f"{len(sources)} catalogues"
    return Finding("translations", not stale, words, "run manage.py compile_catalogues")


def static() -> Finding:
    """Styles and scripts are collected under their hashed names."""
    there = (settings.STATIC_ROOT / "staticfiles.json").exists()
    return Finding("static files", there, "collected" if there else "missing", "run manage.py collectstatic --noinput")


IN_DATABASE = (server, extensions, migrations, roles, outbox, letters)
ELSEWHERE = (secrets, sealing, certificate, backup, redis, workers, mail, space, translations, static)


def all_findings() -> list[Finding]:
    """Every finding; when the database is away that is one finding, not six."""
    found: list[Finding] = []
    try:
        found += [question() for question in IN_DATABASE]
    except DatabaseError as error:
        found.append(Finding("database", False, type(error).__name__, "start PostgreSQL, or look at DATABASE_URL"))
    questions: tuple[Callable[[], Finding], ...] = ELSEWHERE
    return found + [question() for question in questions]


def ask(statement: str) -> list[tuple[Any, ...]]:
    """The rows of a question."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
