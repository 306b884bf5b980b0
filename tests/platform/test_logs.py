"""Log lines are JSON and hold no value of a person."""

import json
import logging
import sys

import structlog

from config.logs import Json

SECRET = "canary-person@example.org"


def line(logger: str = "platform", message: str = "said", **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": logger, "msg": message, "levelname": "ERROR", **extra})
    return json.loads(Json().format(record))


def test_a_line_names_the_request_and_leaves_out_what_nobody_checked() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", user_id=7, email=SECRET):
        said = line(email=SECRET, code=404, queue="ticks")
    assert (said["request_id"], said["user_id"], said["code"], said["queue"]) == ("r1", 7, 404, "ticks")
    assert SECRET not in json.dumps(said)


def test_an_exception_is_logged_by_its_places_and_type_not_by_its_words() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        said = line(exc_info=sys.exc_info())
    assert said["error"] == "ValueError"
    assert "test_logs.py" in json.dumps(said["places"])
    assert SECRET not in json.dumps(said)


def test_a_failed_task_is_named_without_its_arguments() -> None:
    data = {"name": "quality.rollups.recount_changed", "description": "raised unexpected", "exc": SECRET}
    said = line("celery.app.trace", SECRET, data=data)
    assert said["event"] == "task quality.rollups.recount_changed raised unexpected"
    assert SECRET not in json.dumps(said)
