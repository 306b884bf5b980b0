"""What a running site consists of: the same commands for `manage.py up`, docker-compose and systemd."""

import os
import signal
import sys
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from django.conf import settings

from config.embedded.supervise import Service, command
from config.roles import WEB, WORKER

HOST = os.environ.get("HK_HOST", "127.0.0.1")
BASES = ("postgres", "valkey")
WEB_WORKERS = os.environ.get("HK_WEB_WORKERS", "2")
WEB_THREADS = os.environ.get("HK_WEB_THREADS", "4")
CELERY_STOP = {"REMAP_SIGTERM": "SIGQUIT"}  # celery's soft shutdown: finish within 20 s or hand the task back
WEB_ENVIRONMENT = {**WEB.environment, "HK_SEAL_KEY": ""}  # what answers requests cannot sign heads and seals
DRAINING = "draining"  # while this file stands in var/, /readyz answers 503 so that a balancer looks elsewhere


def web_words(host: str, port: int) -> list[str]:
    """The web server: WSGI, a few threads a worker; a killed worker is replaced."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1"),
        *("--host", host, "--port", str(port), "--workers", WEB_WORKERS, "--blocking-threads", WEB_THREADS),
        *("--backlog", "256", "--backpressure", "64", "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        *("--log-level", "warning", "config.wsgi:application"),
    ]


def worker_words(queue: str, processes: int) -> list[str]:
    """A worker for one queue; gossip and mingle only cost start-up time here."""
    return [
        *(
            sys.executable,
            "-W",
            "ignore::UserWarning",
            "-m",
            "celery",
            "-q",
            "-A",
            "config",
            "worker",
        ),  # root is warned
        *("-Q", queue, "-n", f"{queue}@%h"),
        *("-c", str(processes), "--without-mingle", "--without-gossip", "-l", "warning"),
    ]


def beat_words() -> list[str]:
    """The timetable's clock; its memory of last runs lies in var/."""
    schedule = str(settings.VAR / "beat")
    return [
        sys.executable,
        "-m",
        "celery",
        "-q",
        "-A",
        "config",
        "beat",
        "-l",
        "warning",
        "--pidfile",
        "",
        "-s",
        schedule,
    ]


def base_services() -> list[Service]:
    """The embedded servers, where the environment names no others."""
    found = []
    if postgres := settings.EMBEDDED_POSTGRES:
        found.append(Service("postgres", postgres.popen, postgres.ready, signal.SIGINT, 60, signal.SIGINT))
    if valkey := settings.EMBEDDED_BROKER:
        found.append(Service("valkey", valkey.popen, valkey.ready, grace=10, orphan_signal=signal.SIGTERM))
    return found


def site_services(port: int) -> list[Service]:
    """Web, workers and beat, each under its own database role."""
    here = str(settings.BASE_DIR)
    worker = {**WORKER.environment, **CELERY_STOP}
    web = Service("web", command(web_words(HOST, port), here, WEB_ENVIRONMENT), lambda: answers(port), grace=30)
    web.orphan_signal, web.before_stop = signal.SIGTERM, drain
    return [
        web,
        Service("ticks", command(worker_words("ticks", 1), here, worker), grace=40),
        Service("heavy", command(worker_words("heavy", 1), here, worker), grace=40),
        Service("beat", command(beat_words(), here, worker)),
    ]


def drain() -> None:
    """Say "not ready" before the web server stops, for as long as a balancer needs to notice."""
    if seconds := float(os.environ.get("HK_DRAIN_SECONDS", "0")):
        (settings.VAR / DRAINING).touch()
        time.sleep(seconds)


def answers(port: int) -> bool:
    """Whether the site is ready to serve; a balancer asks the same question."""
    line = HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        line.request("GET", "/readyz", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()
