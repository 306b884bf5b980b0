"""Every act is told and sent, and under one name only, whatever is killed: pool processes while they send, the broker.

Each message pauses between being sent and being marked, so that kills hit the moment that makes doubles.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.clock import now
from accounts.models import User
from config.embedded.postgres import EmbeddedPostgres
from exchange.notices.models import Notice, Sending
from lifecycle.events import record
from tests.factories import a_user
from tests.faults.conftest import server_environment
from tests.faults.processes import Background, ended, until
from tests.faults.test_background import START_WITHIN, Broker

pytestmark = pytest.mark.faults
ACTS, PEOPLE, KILLS = 30, 3, 4


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "valkey")
    yield broker
    broker.started.kill()


@pytest.fixture
def post(crashing: str, server: EmbeddedPostgres, tmp_path: Path, broker: Broker) -> Iterator[Background]:
    found = Background(tmp_path, server_environment(server, crashing))
    found.application = "tests.faults.post"
    found.environment |= {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(tmp_path / "mail"),
        "FAULT_POINTS": "after_send_before_mark:sleep",
        "FAULT_KEY": "test",
    }
    with ended(found):
        yield found


def tell(people: list[User], first: int, count: int) -> None:
    """So many acts, each named after its number, told to one person after the other."""
    for number in range(first, first + count):
        user = people[number % len(people)]
        record("told", subject_type="probe", subject_id=str(number), by=None, at=now(), detail={"user": user.pk})
        time.sleep(0.05)


def test_each_act_is_sent_under_one_name_whatever_is_killed(post: Background, broker: Broker, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    people = [a_user() for _each in range(PEOPLE)]
    worker = post.worker()
    post.beat()
    tell(people, 0, ACTS // 2)
    until(lambda: folder.exists() and any(folder.iterdir()), START_WITHIN, "a message leaves")
    for kill in range(KILLS):
        written = len(list(folder.iterdir()))
        until(lambda written=written: len(list(folder.iterdir())) > written, 60, "another message leaves")
        worker.kill_child()
        if kill == 1:
            broker.kill_and_wipe()
            tell(people, ACTS // 2, ACTS // 4)
            broker.start()
        elif kill == 2:
            tell(people, 3 * ACTS // 4, ACTS - 3 * ACTS // 4)
    until(lambda: Notice.objects.count() == ACTS, 60, "every act is told")
    until(lambda: not Sending.objects.exclude(state="sent").exists(), 120, "every message is marked as sent")
    names: dict[str, set[str]] = {}
    times: Counter[str] = Counter()
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        if not text:
            continue  # killed between the opening of the file and its first byte: nothing left the house
        [name] = re.findall(r"^Message-ID: (<.*>)$", text, re.MULTILINE)
        times[name] += 1
        for act in re.findall(r"^Act <(\d+)>$", text, re.MULTILINE):
            names.setdefault(act, set()).add(name)
    assert set(names) == {str(number) for number in range(ACTS)}
    assert not {act: found for act, found in names.items() if len(found) > 1}
    assert Sending.objects.values("bundle").distinct().count() == len(times)
    assert sum(times.values()) > len(times), "no kill hit a message that was sent and not marked"
