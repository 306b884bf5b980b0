"""A browser against the site as it is served: hashed and compressed files, the real server, a world of its own."""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.clock import now
from accounts.models import User
from config.embedded.testing import separate_database
from cooperation.activities.actions import log_activity
from cooperation.adoptions.models import Adoption
from cooperation.agreements.models import Agreement
from cooperation.obligations.models import Obligation
from cooperation.practices.models import Practice
from cooperation.programmes.models import JointProgramme, ProgrammeVersion
from cooperation.projects.models import JointProject
from cooperation.protocols.models import Protocol
from cooperation.resources.models import Resource
from cooperation.trainings.models import Certificate
from exchange.notices.tasks import note_acts
from institutions.registry.models import Institution
from institutions.registry.scope import houses
from institutions.territory.models import Term, Territory
from labs.examinations.models import Examination, Review
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject
from labs.problems.models import Problem
from labs.trials.models import Trial
from labs.verdicts.models import Verdict
from quality.catalogue.models import Period
from quality.comments.models import PublicComment
from quality.releases.actions import draft_release, submit_release
from quality.releases.models import Permalink
from quality.rollups.models import Tally
from quality.submissions.models import Submission
from quality.targets.models import Target
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
# the shell draws pages and nothing around them: a third of the work of the whole browser
CHROMIUM = os.environ.get("HK_CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
# what the site of this process sends: two of them write at one time
MAIL = settings.VAR / "test" / f"mail-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop of its own in this thread


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test; without a browser it says so and does not run."""
    here = str(Path(__file__).parent)
    reason = missing()
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=f"browser tests not run: {reason}"))


def missing() -> str:
    """What is not installed, in words; empty when all is there."""
    if not Path(CHROMIUM).exists():
        return f"no chromium at {CHROMIUM} (apt-get install chromium-headless-shell)"
    for name in ("playwright", "axe_playwright_python"):
        if find_spec(name) is None:
            return f"{name} is not installed (requirements/browser.txt)"
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """The running site: `url`, and `people` by part with their session cookies."""
    with django_db_blocker.unblock(), separate_database("browser") as database:
        people = populate()
        cookies = {part: session_of(user) for part, user in people.items()}
        with served(database) as url:
            yield SimpleNamespace(url=url, cookies=cookies, people=people, landmarks=landmarks(people))


@contextmanager
def served(database: str) -> Iterator[str]:
    """The site in a process of its own, as it is started in earnest."""
    port = free_port()
    environment = {
        **os.environ,
        "HK_DATABASE": database,
        "HK_SITE_URL": f"http://127.0.0.1:{port}",
        "HK_RATE": "100000/min",
        "EMAIL_FILE_PATH": str(MAIL),
    }
    environment.pop("DATABASE_URL", None) if settings.EMBEDDED_POSTGRES else environment.update(
        DATABASE_URL=url_of(database)
    )
    words = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    words += ["--blocking-threads", "4", "--log-level", "warning", "config.wsgi:application"]
    log = (settings.VAR / "test" / "browser-site.log").open("w")
    server = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/livez", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def url_of(database: str) -> str:
    """The test database as an address, where the environment names a server."""
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + database


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(150):
        assert server.poll() is None, "the site ended; see var/test/browser-site.log"
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the site did not start")


def populate() -> dict[str, User]:
    """The demonstration world with its figures counted and its acts told, and one of the staff."""
    said = io.StringIO()
    call_command("seed_world", seed=7, scale="small", json=True, stdout=said, stderr=io.StringIO())
    call_command("rollup", full=True, stdout=io.StringIO())
    note_acts()
    told = json.loads(said.getvalue().strip().splitlines()[-1])
    found = {part: User.objects.get(email=one["username"]) for part, one in told["users"].items()}
    found["staff"] = factories.a_user("staff@example.org", name="Staff", is_staff=True)
    return found


def landmarks(people: dict[str, User]) -> dict[str, str]:
    """Ids of things that pages show: what the administrator of the first institution may open."""
    admin = people["institution_admin"]
    house = Institution.objects.get(pk=next(iter(houses(admin))))
    region = house.territory if house.territory.depth == 1 else Territory.objects.get(pk=house.territory.lineage[1])
    mine = Agreement.objects.visible_to(admin).order_by("pk")

    def first(**conditions: Any) -> str:
        found = mine.filter(**conditions).first()
        return found.public_id if found else ""

    return {
        "institution": house.public_id,
        "region": region.code,
        "district": house.territory.code,
        "agreement_in_force": first(status="in_force"),
        "agreement_amended": first(status="in_force", shown__status="proposed"),
        "agreement_left": first(status="in_force", leaves_on__isnull=False),
        "number": getattr(mine.filter(status="in_force").first(), "number", ""),
        "agreement_draft": first(status="draft", latest__status="draft"),
        "agreement_waiting": first(
            status="proposed", shown__parties__institution=house, shown__parties__state="waiting"
        ),
        "activity_waiting": logged(people["partner_admin"], house),
        "activity_own": logged(people["teacher"]),
        **projects(house),
        **obligations(house),
        **reviewed(house),
        **papers(),
        **programmes(house),
        **chain(),
        **handed(house, region),
        **releases(people),
        "remark": PublicComment.objects.filter(status="received").order_by("pk")[0].public_id,
        "remark_closed": PublicComment.objects.filter(status="corrected").order_by("pk")[0].public_id,
        "target_approved": Target.objects.filter(status="approved").order_by("pk")[0].public_id,
        "target_waiting": Target.objects.filter(status="proposed").order_by("pk")[0].public_id,
    }


def projects(house: Institution) -> dict[str, str]:
    """Joint projects of the institution: its draft, one that runs, one that waits for its answer."""
    led = JointProject.objects.filter(lead=house).order_by("pk")
    asked = JointProject.objects.filter(status="proposed").waiting_for({house.pk}).order_by("pk")
    found = {
        "project_draft": led.filter(status="draft").first(), "project_running": led.filter(status="running").first(),
        "project_waiting": asked.first(),
    }  # fmt: skip
    return {name: project.public_id for name, project in found.items() if project}


def obligations(house: Institution) -> dict[str, str]:
    """What the institution owes its partner of the cast, what was handed in to it, and what is fulfilled."""
    rows = Obligation.objects.filter(agreement__kind__code="integrative").order_by("pk")
    found = {
        "obligation_owed": rows.filter(responsible=house, status="open").first(),
        "obligation_handed": Obligation.objects.filter(beneficiary=house, status="submitted").order_by("pk").first(),
        "obligation_fulfilled": Obligation.objects.filter(beneficiary=house, status="fulfilled").order_by("pk").first(),
    }
    return {name: row.public_id for name, row in found.items() if row}


def reviewed(house: Institution) -> dict[str, str]:
    """Practices and shared resources of the institution and of its partner, in every status that has a page."""
    practices, resources = Practice.objects.order_by("pk"), Resource.objects.order_by("pk")
    found = {
        "practice_waiting": practices.filter(institution=house, status="in_review").first(),
        "practice_published": practices.filter(institution=house, status="published").first(),
        "practice_draft": practices.filter(status="draft").first(),
        "resource_draft": resources.filter(institution=house, status="draft").first(),
        "resource_waiting": resources.filter(status="in_review").first(),
        "resource_published": resources.filter(kind="library", status="published").first(),
    }
    return {name: thing.public_id for name, thing in found.items() if thing}


def papers() -> dict[str, str]:
    """A training with certificates, and a seminar with its protocol."""
    certificate, protocol = Certificate.objects.order_by("pk")[0], Protocol.objects.order_by("pk")[0]
    return {
        "training": certificate.place.activity.public_id, "certificate": certificate.public_id,
        "certificate_number": certificate.number, "seminar": protocol.activity.public_id,
    }  # fmt: skip


def programmes(house: Institution) -> dict[str, str]:
    """Joint programmes of the institution: one in force, one in work, one that waits for its answer; and their use."""
    led = JointProgramme.objects.filter(lead=house).order_by("pk")
    versions = ProgrammeVersion.objects.filter(state="approved", programme__status="approved").order_by("pk")
    mine = versions.filter(programme__lead=house)
    asked = JointProgramme.objects.waiting_for({house.pk}).exclude(lead=house).order_by("pk")
    found = {
        "programme_approved": led.filter(status="approved").first(), "programme_waiting": asked.first(),
        "programme_in_work": led.filter(status="in_work").first(), "programme_version": mine.last(),
        "adoption": Adoption.objects.filter(status="reported", subject_id__in=mine.values("public_id")).order_by("pk").last(),
    }  # fmt: skip
    return {name: one.public_id for name, one in found.items() if one}


def chain() -> dict[str, str]:
    """The laboratory of the world, its cluster, and the problem that waits for its coordinator."""
    laboratory = Laboratory.objects.order_by("pk")[0]
    return {
        "laboratory": laboratory.public_id, "cluster": laboratory.cluster.public_id,
        "problem": Problem.objects.filter(status="raised").order_by("pk")[0].public_id,
        **{f"pilot_{name}": found.public_id for name, found in pilots_of(laboratory).items() if found},
        "work": laboratory.works.order_by("pk")[0].public_id,
        **examined(laboratory),
        **tried(laboratory),
    }  # fmt: skip


def examined(laboratory: Laboratory) -> dict[str, str]:
    """An open round, and in it the review of the expert of the cast."""
    rows = Examination.objects.filter(project__laboratory=laboratory).order_by("pk")
    reviews = Review.objects.filter(expert__memberships__role="expert", examination__in=rows).order_by("pk")
    found = {
        "examination": rows.filter(status="open").first(),
        "review": reviews.filter(examination__status="open").first(),
    }
    return {name: one.public_id for name, one in found.items() if one}


def pilots_of(laboratory: Laboratory) -> dict[str, PilotProject | None]:
    """Projects of the laboratory by how far they have come."""
    rows = PilotProject.objects.filter(laboratory=laboratory).order_by("pk")
    return {
        "described": rows.filter(status="object_defined").first(),
        "approved": rows.filter(status="group_approved").first(),
        "written": rows.filter(status="in_development").first(),
        "accepted": rows.filter(status="accepted").first(),
        "planned": rows.filter(status="programme_approved").first(),
        "piloting": rows.filter(status="piloting").first(),
        "assessment": rows.filter(status="in_assessment").first(),
        "failed": rows.filter(status="assessed").first(),
        "spread": rows.filter(status="disseminating").first(),
    }


def tried(laboratory: Laboratory) -> dict[str, str]:
    """A trial under way with a site and a step of it, and a verdict that stands."""
    trial = Trial.objects.filter(project__laboratory=laboratory, status="running").order_by("pk")[0]
    verdict = Verdict.objects.filter(trial__project__laboratory=laboratory, decided_at__isnull=False).order_by("pk")[0]
    house = trial.sites.filter(institution__kind__code="preschool").order_by("pk")[0]
    step = trial.project.steps.order_by("position")[0]
    return {
        "trial": trial.public_id, "trial_site": house.public_id, "step": step.public_id, "verdict": verdict.public_id,
    }  # fmt: skip


def handed(house: Institution, region: Territory) -> dict[str, str]:
    """Submissions of the region: one that waits for the office, one that is final, that of the region as a whole."""
    near = Submission.objects.filter(institution__territory__lineage__contains=[region.pk]).order_by("pk")
    found = {
        "submission_waiting": near.filter(status="submitted").first(),
        "submission_final": near.filter(status="locked", institution=house).first(),
        "submission_place": Submission.objects.filter(territory=region).first(),
    }  # fmt: skip
    last = Submission.objects.filter(institution=house).order_by("-period__ends_on").first()
    final = found["submission_final"]
    periods = {"year": last.period.code if last else "", "final_year": final.period.code if final else ""}
    return {**periods, **{name: one.public_id for name, one in found.items() if one}}


def releases(people: dict[str, User]) -> dict[str, str]:
    """A published release, one that a colleague has sent for approval, and one that was begun."""
    over = Period.objects.filter(releases=None, kind="M", ends_on__lt=now().date())
    free = list(over.filter(pk__in=Tally.objects.values("period")).order_by("-ends_on")[:2])
    sent = draft_release(by=people["second_officer"], at=now(), period=free[0])
    submit_release(sent, by=people["second_officer"], at=now())
    draft = draft_release(by=people["ministry_officer"], at=now(), period=free[1])
    link = Permalink.objects.filter(period_kind="M").order_by("-ends_on")[0]
    return {
        "release_sent": sent.public_id, "release_draft": draft.public_id, "release_published": link.release.public_id,
        "snapshot": str(link.pk), "snapshot_older": str(Permalink.objects.filter(period_kind="M").order_by("ends_on")[0].pk),
    }  # fmt: skip


def logged(by: User, *partners: Institution) -> str:
    """An activity that waits for its confirmation."""
    lesson = Term.objects.get(vocabulary="activity_type", code="open_lesson")
    return log_activity(by=by, at=now(), type_=lesson, partners=list(partners)).public_id


def session_of(user: User) -> str:
    """The cookie of a signed-in session."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with import_module("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_as(site: SimpleNamespace, chromium: Any) -> Iterator[Callable[..., Any]]:
    """`open_as(part, path, width=, theme=, scripts=)` → a page, with the console's complaints in `page.complaints`."""
    with ExitStack() as closing:

        def opened(part: str | None, path: str, *, width: int = 1280, theme: str = "light", **options: Any) -> Any:
            context = chromium.new_context(
                base_url=site.url,
                viewport={"width": width, "height": 800 if width > 700 else 640},
                color_scheme=theme,
                java_script_enabled=options.get("scripts", True),
                reduced_motion="reduce",
                has_touch=options.get("touch", False),
            )
            closing.callback(context.close)
            if part:
                value = site.cookies[part]
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site.url}])
            page = context.new_page()
            page.complaints = []
            page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.answer = page.goto(path, wait_until="load")
            return page

        yield opened
