"""The implementation programme: steps are tasks, sites join of their own free will, and everything has its door."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from labs.implementation.actions import decline_site, join_site, move_step, save_programme
from labs.models import ImplementationStep, Preregistration, Trial
from labs.pilots.actions import approve_programme
from lifecycle.transitions import Unmet, WrongStatus
from tests.factories import a_member, an_institution
from tests.labs.registering import a_plan, a_stage, locked, opened, site_of, steps_of, with_programme

pytestmark = pytest.mark.django_db
NOW = timezone.now
KEYS = itertools.count(1)


@pytest.fixture
def stage(world):
    return a_stage(world)


def post(client, path, body=None):
    return client.post(
        f"/api/v1/{path}", body or {}, format="json", headers={"Idempotency-Key": f"programme-{next(KEYS)}"}
    )


def path_of(project, *more):
    return "/api/v1/" + "/".join(["pilots", project.public_id, *more]) + "/"


def test_a_programme_is_approved_when_it_is_whole_and_every_site_joined(stage):
    project, now = stage.project, NOW()
    with pytest.raises(Unmet) as lacking:
        approve_programme(project, by=stage.coordinator, at=now)
    assert {each.code for each in lacking.value.conditions} == {"steps", "sites"}
    sites = [{"institution": stage.a, "arm": "treated"}, {"institution": stage.c, "arm": "comparison"}]
    steps = [{**step, "resources": ""} for step in steps_of(stage.a, "One")]
    save_programme(project, by=stage.lead, at=now, steps=steps, sites=sites)
    join_site(project, by=stage.head_a, at=now)
    with pytest.raises(Unmet) as lacking:
        approve_programme(project, by=stage.coordinator, at=now)
    assert {each.code for each in lacking.value.conditions} == {"resources", "joined"}
    save_programme(project, by=stage.lead, at=now, steps=steps_of(stage.a, "One"))
    decline_site(project, by=stage.head_c, at=now, reason="Exams.")
    with pytest.raises(PermissionDenied):
        approve_programme(project, by=stage.lead, at=now)
    assert approve_programme(project, by=stage.coordinator, at=now).status == "programme_approved"


def test_only_the_head_of_a_site_answers_for_it_and_once(stage):
    project, now = stage.project, NOW()
    save_programme(project, by=stage.lead, at=now, sites=[{"institution": stage.a, "arm": "treated"}])
    for person in (stage.teacher_a, stage.head_c, stage.lead, stage.coordinator):
        with pytest.raises(PermissionDenied):
            join_site(project, by=person, at=now)
    with pytest.raises(ValidationError):
        decline_site(project, by=stage.head_a, at=now, reason=" ")
    join_site(project, by=stage.head_a, at=now)
    with pytest.raises(WrongStatus):
        decline_site(project, by=stage.head_a, at=now, reason="No.")


def test_a_site_that_changes_its_arm_is_asked_again(stage):
    def write(arm):
        save_programme(stage.project, by=stage.lead, at=NOW(), sites=[{"institution": stage.a, "arm": arm}])
        return stage.project.sites.get().joined_at

    write("treated")
    join_site(stage.project, by=stage.head_a, at=NOW())
    assert write("treated") is not None
    assert write("comparison") is None


def test_a_programme_is_written_by_lead_and_coordinator_until_it_is_approved(stage):
    for person in (stage.head_a, stage.group[1].user):
        with pytest.raises(PermissionDenied):
            save_programme(stage.project, by=person, at=NOW(), steps=[])
    with_programme(stage)
    with pytest.raises(WrongStatus):
        save_programme(stage.project, by=stage.lead, at=NOW(), steps=[])


def test_a_step_is_a_task_of_its_owner(stage):
    with_programme(stage)
    step = ImplementationStep.objects.order_by("position").first()
    with pytest.raises(PermissionDenied):
        move_step("begin", step, by=stage.head_c, at=NOW())
    move_step("begin", step, by=stage.head_a, at=NOW())
    move_step("submit", step, by=stage.head_a, at=NOW())
    with pytest.raises(ValidationError):
        move_step("return", step, by=stage.lead, at=NOW())
    move_step("return", step, by=stage.lead, at=NOW(), reason="Not yet.")
    move_step("begin", step, by=stage.head_a, at=NOW())
    move_step("submit", step, by=stage.head_a, at=NOW())
    assert move_step("accept", step, by=stage.coordinator, at=NOW()).status == "done"


def test_a_step_is_no_task_before_the_programme_is_approved(stage):
    save_programme(stage.project, by=stage.lead, at=NOW(), steps=steps_of(stage.a, "One"))
    step = ImplementationStep.objects.get()
    for name, person in (("begin", stage.head_a), ("cancel", stage.lead)):
        with pytest.raises(PermissionDenied):
            move_step(name, step, by=person, at=NOW(), reason="x")


def test_the_api_leads_from_the_programme_to_the_end_of_the_trial(stage, api_of):
    lead, head_a, head_c = api_of(stage.lead), api_of(stage.head_a), api_of(stage.head_c)
    programme = path_of(stage.project, "programme")
    body = {
        "steps": [{"title": "Read", "owner": stage.a.public_id, "resources": "Books", "starts_on": "2026-11-01",
                   "due_on": "2026-12-01"}],
        "sites": [{"institution": stage.a.public_id, "arm": "treated"},
                  {"institution": stage.c.public_id, "arm": "comparison"}],
    }  # fmt: skip
    assert lead.put(programme, body, format="json").status_code == 428
    tag = lead.get(programme)["ETag"]
    saved = lead.put(programme, body, format="json", headers={"If-Match": tag})
    assert (saved.status_code, len(saved.json()["steps"])) == (200, 1), saved.content
    below = f"pilots/{stage.project.public_id}"
    assert post(head_a, f"{below}/programme/join/").status_code == 200
    assert post(api_of(stage.teacher_c), f"{below}/programme/join/").status_code == 403
    assert post(head_c, f"{below}/programme/decline/").status_code == 400
    assert post(head_c, f"{below}/programme/join/").status_code == 200
    approve_programme(stage.project, by=stage.coordinator, at=NOW())
    plan = path_of(stage.project, "preregistration")
    assert lead.get(plan).status_code == 404
    tag = lead.get(programme)["ETag"]
    half = lead.put(plan, {"hypothesis": "Reading helps."}, format="json", headers={"If-Match": tag})
    assert (half.status_code, len(half.json()["problems"]) > 8) == (200, True), half.content
    refused = post(lead, f"{below}/preregistration/lock/", {"content_hash": half.json()["content_hash"]})
    assert (refused.status_code, {e["pointer"] for e in refused.json()["errors"]} > {"/outcomes"}) == (422, True)
    whole = lead.put(plan, a_plan(stage.project), format="json", headers={"If-Match": half["ETag"]})
    assert (whole.status_code, whole.json()["problems"]) == (200, []), whole.content
    made = post(lead, f"{below}/preregistration/lock/", {"content_hash": whole.json()["content_hash"]})
    assert made.status_code == 201, made.content
    assert (lead.get(plan).json()["whole"], made.json()["content_hash"]) == (True, whole.json()["content_hash"])
    trial = f"trials/{made.json()['id']}/moves"
    assert post(lead, f"{trial}/open/").json()["status"] == "baseline"
    sites = {row["institution"]: row["id"] for row in lead.get(f"/api/v1/trials/{made.json()['id']}/").json()["sites"]}
    for house, client, numerator in ((stage.a, head_a, "30"), (stage.c, head_c, "29")):
        figures = [{"outcome": "reading", "numerator": numerator, "denominator": "60"}]
        told = {"site": sites[house.public_id], "wave": "baseline", "figures": figures}
        assert post(client, f"{trial}/enter/", told).status_code == 200
        wrong = {**told, "figures": [{**figures[0], "numerator": "61"}]}
        answer = post(client, f"{trial}/enter/", wrong)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/figures/0/numerator")
    assert post(lead, f"{trial}/run/").json()["status"] == "running"
    assert post(head_a, f"{trial}/enter/", told).status_code in (403, 409)
    step = lead.get("/api/v1/steps/").json()["results"][0]["id"]
    logged = post(head_a, f"{trial}/log/", {"site": sites[stage.a.public_id], "step": step, "done": "done"})
    assert logged.json()["fidelity"] == "100.0", logged.content
    asked = post(lead, f"{trial}/amend/", {"kind": "resources", "old": "A", "new": "B", "reason": "Why."})
    assert asked.status_code == 200, asked.content
    change = asked.json()["amendments"][0]["id"]
    assert post(head_a, f"amendments/{change}/moves/approve/").json()["status"] == "requested"
    assert post(api_of(stage.coordinator), f"amendments/{change}/moves/approve/").json()["status"] == "approved"
    assert post(lead, f"{trial}/measure/").json()["status"] == "endline"
    assert post(lead, f"{trial}/close/").status_code == 422
    for house, client in ((stage.a, head_a), (stage.c, head_c)):
        figures = [{"outcome": "reading", "numerator": "45", "denominator": "60"}]
        told = {"site": sites[house.public_id], "wave": "endline", "figures": figures}
        assert post(client, f"{trial}/enter/", told).status_code == 200
    closed = post(lead, f"{trial}/close/").json()
    assert (closed["status"], closed["coverage"]) == ("closed", "100.0")


def test_the_api_has_no_other_way_to_the_pilot(stage, api_of):
    with_programme(stage)
    below = f"pilots/{stage.project.public_id}"
    for person in (stage.lead, stage.coordinator, stage.head_a):
        client = api_of(person)
        for path in (f"{below}/preregistration/lock/", f"{below}/moves/start_pilot/", f"{below}/moves/preregister/"):
            answer = post(client, path, {"content_hash": "0" * 64} if path.endswith("lock/") else {})
            assert answer.status_code >= 400
        for method in ("put", "patch", "delete"):
            answer = getattr(client, method)(f"/api/v1/{below}/", {"status": "piloting"}, format="json")
            assert answer.status_code >= 400
    assert not Trial.objects.exists()
    trial = locked(stage)
    tag = api_of(stage.lead).get(path_of(stage.project, "programme"))["ETag"]
    for path in ("programme", "preregistration"):
        refused = api_of(stage.lead).put(path_of(stage.project, path), {}, format="json", headers={"If-Match": tag})
        assert refused.status_code == 409
    for body in ({"status": "baseline"}, {"preregistration": "x"}, {"sites": []}):
        for method in ("put", "patch", "delete"):
            answer = getattr(api_of(stage.lead), method)(f"/api/v1/trials/{trial.public_id}/", body, format="json")
            assert answer.status_code == 405
    assert Preregistration.objects.get().plan == a_plan(stage.project)


def test_a_stranger_and_another_school_see_nothing(stage, api_of, world):
    trial = opened(stage)
    step = ImplementationStep.objects.first()
    for person in (a_member("institution_admin", an_institution(world.far)), a_member("expert", world.b)):
        client = api_of(person)
        for path in (
            f"/api/v1/trials/{trial.public_id}/", f"/api/v1/steps/{step.public_id}/",
            path_of(stage.project, "programme"), path_of(stage.project, "preregistration"),
        ):  # fmt: skip
            assert client.get(path).status_code in (403, 404)
        assert client.get("/api/v1/trials/").json().get("results", []) == []


def test_a_school_outside_the_laboratory_that_is_asked_sees_what_it_is_asked(stage, api_of, world):
    outside = an_institution(world.far)
    head: User = a_member("institution_admin", outside)
    assert api_of(head).get(path_of(stage.project, "programme")).status_code == 404
    save_programme(stage.project, by=stage.lead, at=NOW(), sites=[{"institution": outside, "arm": "treated"}])
    assert api_of(head).get(path_of(stage.project, "programme")).status_code == 200
    assert post(api_of(head), f"pilots/{stage.project.public_id}/programme/join/").status_code == 200


def test_figures_of_another_site_are_not_entered_over_the_api(stage, api_of):
    trial = opened(stage)
    figures = [{"outcome": "reading", "numerator": "1", "denominator": "60"}]
    body = {"site": site_of(trial, stage.a).public_id, "wave": "baseline", "figures": figures}
    assert post(api_of(stage.head_c), f"trials/{trial.public_id}/moves/enter/", body).status_code == 403
