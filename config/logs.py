"""Log lines: one JSON object each, with who asked (ids only), never a value of a person or a secret."""

import json
import logging
from datetime import UTC, datetime

import structlog

REQUEST = ("request_id", "user_id", "institution_id")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
PLAIN = (int, float, bool, type(None))  # numbers and ids may pass; text from outside may hold anything
ALLOWED_TEXT = frozenset({"event", "task", "job", "consumer", "queue", "method", "code", "address_name", "service"})


class Json(logging.Formatter):
    """A log record as one line of JSON; unknown text fields are left out, since nobody checked what they may hold."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's level, source, words, the request's ids, and the traceback if there is one."""
        context = structlog.contextvars.get_contextvars()
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **self._words(record),
            **{name: context[name] for name in REQUEST if context.get(name) is not None},
            **{name: value for name, value in vars(record).items() if name not in STANDARD and passes(name, value)},
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)

    def _words(self, record: logging.LogRecord) -> dict[str, object]:
        """structlog hands over a dictionary, everybody else a text."""
        if isinstance(record.msg, dict):
            return {name: value for name, value in record.msg.items() if passes(name, value)}
        return {"event": record.getMessage()}


def passes(name: str, value: object) -> bool:
    """Whether a field may stand in a log line."""
    return not name.startswith("_") and (isinstance(value, PLAIN) or name in ALLOWED_TEXT or name in REQUEST)
