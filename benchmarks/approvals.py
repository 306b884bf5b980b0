"""Approving under load: 50 signers at once sign 500 agreements of two parties each through the API, on a real server.

What is measured is what a signer waits for: one request over HTTP, from its first byte to the last of the answer, with
the web server as a site starts it (processes and threads by HK_WEB_WORKERS, HK_WEB_THREADS), cache and database beside
it. Each signer sends the next signature when the last was answered, so fifty are always waiting. Beside it stands what
the same request takes when nobody else asks, and how many signatures the machine takes a second.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.scratch import ROOT, scratch_database

from django.conf import settings  # isort: skip
from accounts.clock import now, today  # isort: skip
from benchmarks.country import vacuum  # isort: skip
from config.embedded.broker import EmbeddedValkey  # isort: skip
from config.services import WEB_ENVIRONMENT, web_words  # isort: skip
from cooperation.agreements import actions  # isort: skip
from cooperation.agreements.models import Agreement, Signature  # isort: skip
from lifecycle.ledger import length  # isort: skip
from tests.factories import a_member, a_signatory, a_term, a_territory, a_token, an_institution  # isort: skip

SIGNERS, AGREEMENTS, ALONE, WARM = 50, 500, 40, 10
Task = tuple[str, str, str]  # token, id of the agreement, hash


def prepared() -> list[list[Task]]:
    """By signer what they have to sign: each agreement is between two houses, and no two signers share a house."""
    place = a_territory("9")
    houses = [an_institution(place) for _number in range(SIGNERS)]
    people = [a_member("institution_admin", house) for house in houses]
    for person, house in zip(people, houses, strict=True):
        a_signatory(person, house)
    tokens = [a_token(person) for person in people]
    kind, promise = a_term("agreement_kind", "social_partnership", min_parties=2), a_term("obligation_kind", "events")
    work: list[list[Task]] = [[] for _person in people]
    extra = (ALONE + WARM) // 2
    for number in range(AGREEMENTS + extra):
        one, two = number % SIGNERS, (number + 1 + number // SIGNERS) % SIGNERS
        draft = actions.draft_agreement(
            by=people[one], at=now(), title=f"Open lessons {number}", kind=kind, starts_on=today(), text="Lessons. " * 200,
            ends_on=today().replace(year=today().year + 1),
            parties=[{"institution": houses[each]} for each in (one, two)],
            terms=[{"kind": promise, "from_": houses[one], "to": houses[two], "quantity": 4}],
        )  # fmt: skip
        shown = actions.propose_agreement(draft, by=people[one], at=now()).shown
        assert shown
        for each in (one, two):
            work[each].append((tokens[each], draft.public_id, shown.content_hash))
    return work


def approve(line: http.client.HTTPConnection, task: Task) -> tuple[float, int]:
    """Seconds of one signature, with every repeat that the server asked for, and how many these were."""
    token, public_id, content_hash = task
    headers = {
        "Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json",
        "Idempotency-Key": f"{public_id}-{token[-8:]}",
    }  # fmt: skip
    address, body = f"/api/v1/agreements/{public_id}/moves/approve/", json.dumps({"content_hash": content_hash})
    began, repeats = time.perf_counter(), 0
    while True:
        line.request("POST", address, body, headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status == 200:
            return time.perf_counter() - began, repeats
        assert json.loads(said)["code"] == "busy" and repeats < 20, (answer.status, said[:500])
        repeats += 1
        time.sleep(float(answer.headers["Retry-After"]))


@contextmanager
def served(database: str, folder: Path) -> Iterator[int]:
    """The site's web server on a free port, with a cache of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cache = EmbeddedValkey(folder / "valkey", durable=False)
    beside = cache.popen(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    environment = {
        **os.environ, **WEB_ENVIRONMENT, "HK_ROLE": "", "HK_DATABASE": database, "HK_SITE_URL": f"http://127.0.0.1:{port}",
        "HK_REDIS_HOME": str(folder / "valkey"), "HK_RATE": "100000000/min",
    }  # fmt: skip
    with (folder / "web.log").open("w") as log:
        web = subprocess.Popen(web_words("127.0.0.1", port), cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, web)
            yield port
        finally:
            for process in (web, beside):
                process.terminate()
                process.wait(30)


def wait_for(port: int, web: "subprocess.Popen[bytes]") -> None:
    """Until it answers."""
    until = time.monotonic() + 120
    while time.monotonic() < until and web.poll() is None:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/livez")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web server did not start")


def alone(port: int, tasks: list[Task]) -> list[tuple[float, int]]:
    """One signature after the other, nobody else asks."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    return [approve(line, task) for task in tasks]


def together(port: int, work: list[list[Task]]) -> tuple[list[tuple[float, int]], float]:
    """All signers at once: seconds of each signature, and of the whole."""
    taken: list[tuple[float, int]] = []
    failed: list[BaseException] = []
    ready = threading.Barrier(len(work) + 1)

    def sign(tasks: list[Task]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        ready.wait()
        try:
            taken.extend(approve(line, task) for task in tasks)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=sign, args=(tasks,)) for tasks in work]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return taken, time.perf_counter() - began


def measure(database: str) -> dict[str, Any]:
    """Both, on one set of agreements; at the end every agreement is concluded and entered in the record once."""
    work = prepared()
    vacuum()
    extra = [task for tasks in work for task in tasks[AGREEMENTS * 2 // SIGNERS :]]
    work = [tasks[: AGREEMENTS * 2 // SIGNERS] for tasks in work]
    with (
        tempfile.TemporaryDirectory(dir=settings.VAR, prefix="approvals") as folder,
        served(database, Path(folder)) as port,
    ):
        alone(port, extra[:WARM])
        single = [each for each, _repeats in alone(port, extra[WARM:])]
        answered, seconds = together(port, work)
    taken = [each for each, _repeats in answered]
    assert len(taken) == 2 * AGREEMENTS
    signed = Signature.objects.count()
    concluded = Agreement.objects.filter(concluded__isnull=False).count()
    assert concluded == length() == AGREEMENTS + len(extra) // 2, (concluded, length(), signed)
    return {
        "approve_p95_ms_under_load": round(1000 * statistics.quantiles(taken, n=20)[-1], 1),
        "approve_median_ms_under_load": round(1000 * statistics.median(taken), 1),
        "approve_max_ms_under_load": round(1000 * max(taken), 1),
        "approve_p95_ms_alone": round(1000 * statistics.quantiles(single, n=20)[-1], 1),
        "approve_median_ms_alone": round(1000 * statistics.median(single), 1),
        "approve_busy_answers": sum(repeats for _seconds, repeats in answered),
        "approvals_a_second": round(len(taken) / seconds, 1),
    }


if __name__ == "__main__":
    with scratch_database() as name:
        print(json.dumps(measure(name)))
