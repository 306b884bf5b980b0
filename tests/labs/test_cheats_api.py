"""Whoever cheats through the API: locked fields sent along, acts sent twice, replies replayed, codes made up (M7, P6)."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from labs.models import PilotProject, Preregistration, StepLog, Trial, Verdict
from labs.trials.actions import enter_figures, run_trial
from tests.labs.registering import a_plan, a_stage, locked, opened, site_of, with_programme
from tests.labs.walking import WON, Walk

pytestmark = pytest.mark.django_db
NOW = timezone.now
KEYS = itertools.count()
PILOT = "/api/v1/pilots/{}/"
STOLEN: dict[str, Any] = {
    "id": "0" * 26, "public_id": "0" * 26, "status": "piloting", "stage": 7, "locked_at": "2026-11-01T00:00:00Z",
    "locked_by": 1, "content_hash": "0" * 64, "frozen": 1, "published_at": "2026-11-01T00:00:00Z",
    "first_deadline": "2030-01-01", "computed": "successful", "decided_at": "2026-11-01T00:00:00Z", "findings": {},
    "words_hash": "0" * 64, "opened_by": 1, "laboratory": "0" * 26, "number": 9, "created_at": "2026-01-01T00:00:00Z",
    "version": 7, "eligible_set": [],
}  # fmt: skip


@pytest.fixture
def stage(world: SimpleNamespace) -> SimpleNamespace:
    return a_stage(world)


def send(client: Any, method: str, path: str, body: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or f"cheat-{next(KEYS)}"}
    if method == "put":
        headers["If-Match"] = client.get(path.removesuffix("preregistration/")).headers["ETag"]
    return getattr(client, method)(path, body, format="json", headers=headers)


def stolen(client: Any, method: str, path: str, body: dict[str, Any]) -> None:
    """Each locked field beside what may be sent is refused by its name, and nothing of the rest is done."""
    before = list(PilotProject.objects.order_by("pk").values())
    for name, value in STOLEN.items():
        if name in body:
            continue
        answer = send(client, method, path, {**body, name: value})
        assert answer.status_code in (400, 422), (path, name, answer.content)
        assert f"/{name}" in {each["pointer"] for each in answer.json()["errors"]}, (path, name, answer.content)
    assert list(PilotProject.objects.order_by("pk").values()) == before


def test_no_locked_field_is_sent_along(api_of, stage):
    project = with_programme(stage)
    lead = api_of(stage.lead)
    here = PILOT.format(project.public_id)
    stolen(lead, "put", f"{here}preregistration/", a_plan(project))
    code = "0" * 64
    stolen(lead, "post", f"{here}preregistration/lock/", {"content_hash": code})
    trial = locked(stage)
    stolen(lead, "post", f"/api/v1/trials/{trial.public_id}/moves/open/", {})
    stolen(api_of(stage.coordinator), "post", f"/api/v1/trials/{trial.public_id}/moves/abandon/", {"reason": "x"})


def test_no_locked_field_of_a_verdict_or_a_spreading_is_sent_along(api_of, world):
    walk = walked(world, "in_assessment")
    desk, here = api_of(walk.coordinator), PILOT.format(walk.project.public_id)
    stolen(desk, "post", f"{here}panel/", {"people": [each.email for each in walk.panel]})
    walk.seat(walk.coordinator)
    words = f"/api/v1/verdicts/{walk.verdict().public_id}/words/"
    stolen(api_of(walk.panel[1]), "post", words, {"value": "successful", "reason": "x"})
    agree = f"/api/v1/verdicts/{walk.verdict().public_id}/agree/"
    assert send(api_of(walk.panel[1]), "post", agree, {"words_hash": ""}).status_code in (400, 422)
    while walk.fresh().status != "assessed":
        name, person = walk.next() or ("", None)
        getattr(walk, name)(person)
    kinds = {"territory": world.country.code, "kinds": ["school"], "window_ends_on": "2027-11-01"}
    stolen(desk, "post", f"{here}moves/disseminate/", kinds)


def walked(world: SimpleNamespace, until: str) -> Walk:
    walk = Walk(world, WON)
    while walk.fresh().status != until:
        name, person = walk.next() or ("", None)
        getattr(walk, name)(person)
    return walk


def test_a_lock_sent_twice_is_one_lock(api_of, stage):
    project = with_programme(stage)
    lead, here = api_of(stage.lead), PILOT.format(project.public_id)
    written = send(lead, "put", f"{here}preregistration/", a_plan(project))
    code = written.json()["content_hash"]
    assert send(lead, "post", f"{here}preregistration/lock/", {"content_hash": "1" * 64}).status_code == 409
    first = send(lead, "post", f"{here}preregistration/lock/", {"content_hash": code}, key="lock")
    again = send(lead, "post", f"{here}preregistration/lock/", {"content_hash": code}, key="lock")
    other = send(lead, "post", f"{here}preregistration/lock/", {"content_hash": code})
    changed = send(lead, "put", f"{here}preregistration/", a_plan(project, fidelity="1"))
    assert (first.status_code, again.content, other.status_code, changed.status_code) == (201, first.content, 409, 409)
    assert (Preregistration.objects.count(), Trial.objects.count()) == (1, 1)


def test_a_first_plan_written_on_an_old_page_is_stale_and_not_lost(api_of, stage):
    project = with_programme(stage)
    path = f"{PILOT.format(project.public_id)}preregistration/"
    headers = {"Idempotency-Key": f"cheat-{next(KEYS)}", "If-Match": '"0"'}
    answer = api_of(stage.lead).put(path, a_plan(project), format="json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "version_stale")


def test_a_key_used_for_one_act_is_not_taken_for_another(api_of, stage):
    project = with_programme(stage)
    lead, here = api_of(stage.lead), PILOT.format(project.public_id)
    assert send(lead, "put", f"{here}preregistration/", a_plan(project), key="same").status_code == 200
    assert send(lead, "put", f"{here}preregistration/", a_plan(project, fidelity="1"), key="same").status_code == 422
    assert Preregistration.objects.get().plan["fidelity"] == "70"


def test_a_step_sent_twice_is_logged_once(api_of, stage):
    trial = opened(stage)
    walk_to_running(trial, stage)
    step = stage.project.steps.order_by("pk")[0]
    body = {"site": site_of(trial, stage.a).public_id, "step": step.public_id, "done": "done"}
    site = api_of(stage.teacher_a)
    path = f"/api/v1/trials/{trial.public_id}/moves/log/"
    first, again = (send(site, "post", path, body, key="step") for _each in range(2))
    assert (first.status_code, first.content, StepLog.objects.count()) == (200, again.content, 1)


def walk_to_running(trial: Trial, stage: SimpleNamespace) -> None:
    figures = {"numerator": 30, "denominator": 60, "outcome": "reading"}
    for house, person in ((stage.a, stage.teacher_a), (stage.c, stage.teacher_c)):
        enter_figures(trial, by=person, at=NOW(), site=site_of(trial, house), wave="baseline", figures=[figures])
    run_trial(trial, by=stage.lead, at=NOW())


def test_a_wave_that_is_over_takes_no_figure(api_of, stage):
    trial = opened(stage)
    walk_to_running(trial, stage)
    figures = [{"outcome": "reading", "numerator": "60", "denominator": "60"}]
    for wave in ("baseline", "endline"):
        body = {"site": site_of(trial, stage.a).public_id, "wave": wave, "figures": figures}
        answer = send(api_of(stage.teacher_a), "post", f"/api/v1/trials/{trial.public_id}/moves/enter/", body)
        assert answer.status_code == 409, answer.content


def test_one_seat_is_one_voice(api_of, world):
    walk = walked(world, "in_assessment")
    walk.seat(walk.coordinator)
    walk.propose(walk.panel[1])
    agree = f"/api/v1/verdicts/{walk.verdict().public_id}/agree/"
    for _each in range(4):
        body = {"words_hash": walk.verdict().words_hash}
        assert send(api_of(walk.panel[1]), "post", agree, body).status_code == 200
    assert Verdict.objects.get().decided_at is None
    for person in (walk.lead, walk.coordinator, walk.stranger):
        assert send(api_of(person), "post", agree, body).status_code in (403, 404)
