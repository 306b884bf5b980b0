"""Log lines: one JSON object each, with who asked (ids only), never a value of a person or a secret.

An exception's own words may quote what somebody typed ("Key (email)=(…) already exists"), so a traceback is logged as
its places and its type; with DEBUG on the words are there too.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

import structlog
from django.conf import settings

REQUEST = ("request_id", "user_id", "institution_id")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
PLAIN = (int, float, bool)  # numbers may pass; text from outside may hold anything
SAFE_TEXT = frozenset({"task", "job", "consumer", "queue", "method", "code", "service"})
TOKEN = re.compile(
    r"(?<=/)[A-Za-z0-9_-]{43}(?=/|\s|\?|$)"
)  # the secret in the address of a personal link or an invitation
CELERY_TASKS = "celery.app.trace"  # its messages quote arguments and exceptions


class Json(logging.Formatter):
    """A log record as one line of JSON; unknown text fields are left out, since nobody checked what they may hold."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's level, source, words, the request's ids, and where it broke if it did."""
        context = structlog.contextvars.get_contextvars()
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": words(record),
            **{name: context[name] for name in REQUEST if context.get(name) is not None},
            **{name: value for name, value in vars(record).items() if passes(name, value)},
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = type(record.exc_info[1]).__name__
            line["places"] = self.places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)

    def places(self, error: BaseException) -> list[str]:
        """Where the exception passed, innermost last; its words only for a developer."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return [*places, str(error)] if settings.DEBUG else places


def words(record: logging.LogRecord) -> str:
    """What the record says."""
    if record.name == CELERY_TASKS:
        data = getattr(record, "data", {})
        return f"task {data.get('name', '')} {data.get('description', '')}".strip()
    return TOKEN.sub("…", record.getMessage())


def passes(name: str, value: object) -> bool:
    """Whether a field may stand in a log line."""
    if name in STANDARD or name.startswith("_"):
        return False
    return isinstance(value, PLAIN) or (isinstance(value, str) and (name in SAFE_TEXT or name in REQUEST))


def use_plain_logging() -> None:
    """structlog hands its events to the standard library's loggers; by default it prints every local variable."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.render_to_log_kwargs,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
