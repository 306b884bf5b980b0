"""The pages from the programme to the end of the trial, walked by everybody whose turn it is."""

import re
import secrets

import pytest
from django.utils import timezone

from exchange.notices.actions import note_events
from exchange.notices.models import Notice
from exchange.notices.telling import the_book
from labs.implementation.actions import save_plan
from labs.models import ImplementationStep, Measurement, Preregistration, StepLog, Trial, TrialAmendment
from labs.trials.actions import enter_figures, run_trial
from labs.trials.amending import ask_change
from lifecycle.models import Event
from tests.labs.registering import a_plan, a_stage, figure, locked, opened, site_of, with_programme
from tests.labs.test_preregistration import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def stage(world):
    return a_stage(world)


def send(client, path, **fields):
    return client.post(path, {**fields, "once_key": secrets.token_urlsafe(12)})


def words(answer):
    return answer.content.decode()


def steps(owner, *titles):
    rows = {"steps-TOTAL_FORMS": len(titles) + 1, "steps-INITIAL_FORMS": 0}
    for place, title in enumerate(titles):
        told = {
            "title": title,
            "institution": owner.public_id,
            "resources": "Books",
            "starts_on": "1.11.2026",
            "due_on": "1.12.2026",
        }
        rows |= {f"steps-{place}-{name}": value for name, value in told.items()}
    return rows


def sites(*named):
    rows = {"sites-TOTAL_FORMS": len(named) + 1, "sites-INITIAL_FORMS": 0}
    for place, (house, arm) in enumerate(named):
        rows |= {f"sites-{place}-institution": house.public_id, f"sites-{place}-role": arm}
    return rows


def plan_fields(**parts):
    told = {
        "hypothesis": "Reading in pairs helps.", "exclusions": "Nobody.", "harm_outcome": "reading",
        "harm_measure": "difference", "harm_worse_than": "−2", "comparison_rule": "matched",
        "baseline_from": "1.11.2026", "baseline_until": "15.11.2026", "endline_from": "20.11.2026",
        "endline_until": "20 dekabr 2026", "minimum_sample": "60", "fidelity": "70", "analysis_compare": "change",
        "analysis_weigh": "pooled", "outcomes-TOTAL_FORMS": "2", "outcomes-INITIAL_FORMS": "0",
        "criteria-TOTAL_FORMS": "2", "criteria-INITIAL_FORMS": "0", "outcomes-0-code": "reading",
        "outcomes-0-name": "Fluent readers", "outcomes-0-kind": "share", "outcomes-0-unit": "pupils",
        "outcomes-0-direction": "up", "outcomes-0-instrument": "A minute aloud", "criteria-0-outcome": "reading",
        "criteria-0-measure": "difference", "criteria-0-bound": "at_least", "criteria-0-threshold": "4,5",
    }  # fmt: skip
    return {**told, **parts}


def test_the_whole_way_by_its_pages(stage, page_of):
    one = f"/en/labs/pilots/{stage.project.public_id}/"
    lead, head_a, head_c, coordinator = map(page_of, (stage.lead, stage.head_a, stage.head_c, stage.coordinator))
    assert lead.get(f"{one}programme/").status_code == 200
    told = {**steps(stage.a, "Train", "Read"), **sites((stage.a, "treated"), (stage.c, "comparison"))}
    saved = send(lead, f"{one}programme/", **told)
    assert saved.status_code == 302, words(saved)
    told |= {"steps-INITIAL_FORMS": 2, "sites-INITIAL_FORMS": 2, "steps-0-title": "Train well"}
    again = send(lead, f"{one}programme/", **told)
    assert (again.status_code, ImplementationStep.objects.filter(title="Train well").count()) == (302, 1)
    assert "Take part in the trial" in words(head_a.get(one))
    assert "Take part in the trial" not in words(lead.get(one))
    early = send(coordinator, f"{one}programme/approve/")
    assert (early.status_code, "A site has not joined yet." in words(early)) == (422, True)
    for client in (head_a, head_c):
        assert send(client, f"{one}sites/join/").status_code == 302
    assert send(coordinator, f"{one}programme/approve/").status_code == 302
    half = send(lead, f"{one}preregistration/", **plan_fields(hypothesis="", fidelity="", add="lock"))
    assert (half.status_code, half.url) == (302, f"{one}preregistration/lock/")
    lock = words(lead.get(half.url))
    assert "Hypothesis: say what you expect" in lock and "Lock it for good" not in lock
    assert "?check=1#id_hypothesis" in lock
    checked = words(lead.get(f"{one}preregistration/?check=1"))
    assert 'id="id_fidelity_error"' in checked and "Fluent readers" in checked
    assert send(lead, f"{one}preregistration/", **plan_fields()).status_code == 302
    lock = words(lead.get(half.url))
    code = re.search(r'name="content_hash" value="([0-9a-f]{64})"', lock)
    assert code and "4.5 pp" in lock
    done = send(lead, half.url, content_hash=code[1])
    trial = Trial.objects.get()
    assert (done.status_code, done.url) == (302, f"/en/labs/trials/{trial.public_id}/")
    shown = words(lead.get(f"{one}preregistration/"))
    assert "Locked" in shown and trial.preregistration.content_hash in shown and "<textarea" not in shown
    here = done.url
    assert send(lead, f"{here}open/").status_code == 302
    site_a, site_c = site_of(trial, stage.a).public_id, site_of(trial, stage.c).public_id
    for client, site, value in ((head_a, site_a, "30"), (head_c, site_c, "29")):
        assert client.get(f"{here}sites/{site}/figures/").status_code == 200
        wrong = send(client, f"{here}sites/{site}/figures/", **{"reading-numerator": "61", "reading-denominator": "60"})
        assert (wrong.status_code, 'value="61"' in words(wrong)) == (422, True)
        told = {"reading-numerator": value, "reading-denominator": "60"}
        assert send(client, f"{here}sites/{site}/figures/", **told).status_code == 302
    assert head_c.get(f"{here}sites/{site_a}/figures/").status_code == 403
    assert send(lead, f"{here}run/").status_code == 302
    assert head_a.get(f"{here}sites/{site_a}/figures/").status_code == 409
    part = send(head_a, f"{here}sites/{site_a}/steps/", **{"done-0": "done", "done-1": "partly"})
    assert (part.status_code, StepLog.objects.count()) == (422, 0)
    told = {"done-0": "done", "done-1": "partly", "deviation-1": "Half were ill."}
    assert send(head_a, f"{here}sites/{site_a}/steps/", **told).status_code == 302
    assert (StepLog.objects.count(), "Half were ill." in words(lead.get(here))) == (2, True)
    change = {"kind": "resources", "old": "Twenty books", "new": "Thirty books", "reason": "More pupils."}
    assert send(lead, f"{here}amend/", **change).status_code == 302
    asked = f"{here}changes/{TrialAmendment.objects.get().public_id}/"
    assert send(head_c, f"{asked}approve/").status_code == 403
    for client in (head_a, coordinator):
        assert send(client, f"{asked}approve/").status_code == 302
    assert "Approved by" in words(lead.get(here))
    assert send(lead, f"{here}measure/").status_code == 302
    assert send(lead, f"{here}close/").status_code == 422
    for client, site, value in ((head_a, site_a, "45"), (head_c, site_c, "30")):
        told = {"reading-numerator": value, "reading-denominator": "60"}
        assert send(client, f"{here}sites/{site}/figures/", **told).status_code == 302
    assert send(lead, f"{here}close/").status_code == 302
    assert "75" in words(head_c.get(here))
    assert send(lead, f"{one}end/").status_code == 302
    stage.project.refresh_from_db()
    assert stage.project.status == "in_assessment"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(stage, page_of):
    one, lead = f"/en/labs/pilots/{stage.project.public_id}/", page_of(stage.lead)
    told = {**steps(stage.a, "Train"), **sites((stage.a, ""))}
    told["steps-0-due_on"] = "31.10.2026"
    told["steps-0-resources"] = "A very special thing"
    refused = words(send(lead, f"{one}programme/", **told))
    assert "Part in the trial: choose one." in refused and "A very special thing" in refused
    told |= sites((stage.a, "treated"))
    again = send(lead, f"{one}programme/", **told)
    assert (again.status_code, 'href="#id_steps-0-due_on"' in words(again)) == (422, True)
    assert not ImplementationStep.objects.exists()
    with_programme(stage)
    bad = send(lead, f"{one}preregistration/", **plan_fields(fidelity="many"))
    assert (bad.status_code, 'value="many"' in words(bad)) == (422, True)


def test_who_saved_meanwhile_is_not_overwritten(stage, page_of):
    with_programme(stage)
    one, lead = f"/en/labs/pilots/{stage.project.public_id}/", page_of(stage.lead)
    page = words(lead.get(f"{one}preregistration/"))
    version = re.search(r'name="version" value="(\d+)"', page)
    save_plan(stage.project, by=stage.coordinator, at=NOW(), plan=a_plan(stage.project))
    answer = send(lead, f"{one}preregistration/", **plan_fields(version=version[1]))
    assert (answer.status_code, "Children who read in pairs" in words(answer)) == (409, True)
    assert Preregistration.objects.get().plan == a_plan(stage.project)


def test_the_pages_have_no_other_way_to_the_pilot(stage, page_of):
    with_programme(stage)
    one = f"/en/labs/pilots/{stage.project.public_id}/"
    for person in (stage.lead, stage.coordinator, stage.head_a):
        for path in ("preregistration/lock/", "start_pilot/", "preregister/", "end/"):
            assert send(page_of(person), f"{one}{path}", content_hash="0" * 64).status_code >= 400
    trial = locked(stage)
    for person in (stage.lead, stage.coordinator):
        for path in ("programme/", "preregistration/", "preregistration/lock/"):
            assert send(page_of(person), f"{one}{path}", **plan_fields()).status_code in (403, 409)
    for person in (stage.coordinator, stage.head_a, stage.teacher_a):
        assert send(page_of(person), f"/en/labs/trials/{trial.public_id}/open/").status_code == 403
    stage.project.refresh_from_db()
    assert (stage.project.status, Preregistration.objects.get().plan) == ("preregistered", a_plan(stage.project))


def test_a_step_is_found_in_the_list_and_done_on_its_page(stage, page_of):
    with_programme(stage)
    head, lead = page_of(stage.head_a), page_of(stage.lead)
    listed = words(head.get("/en/labs/steps/"))
    assert "Train teachers" in listed and "2 steps" in listed
    for form in ("csv", "xlsx"):
        assert head.get(f"/en/labs/steps/?format={form}").status_code in (200, 302)
    step = ImplementationStep.objects.order_by("position").first()
    here = f"/en/labs/steps/{step.public_id}/"
    assert head.get(here).status_code == 200
    for move in ("begin", "submit"):
        assert send(head, f"{here}{move}/").status_code == 302
    assert lead.get(f"{here}return/").status_code == 200
    assert send(lead, f"{here}accept/").status_code == 302
    assert send(head, f"{here}begin/").status_code in (403, 409)


def test_the_inbox_tells_whoever_has_to_act(stage, page_of):
    from_inbox = {name: page_of(getattr(stage, name)) for name in ("head_a", "lead", "coordinator")}
    trial = opened(stage)
    assert "Enter the baseline" in words(from_inbox["head_a"].get("/en/inbox/"))
    assert "Do the step" in words(from_inbox["head_a"].get("/en/inbox/"))
    enter = {"reading-numerator": "1", "reading-denominator": "2"}
    send(
        from_inbox["head_a"],
        f"/en/labs/trials/{trial.public_id}/sites/{site_of(trial, stage.a).public_id}/figures/",
        **enter,
    )
    assert "Enter the baseline" not in words(from_inbox["head_a"].get("/en/inbox/"))
    send(from_inbox["lead"], f"/en/labs/trials/{trial.public_id}/run/")
    change = {"kind": "resources", "old": "A", "new": "B", "reason": "More pupils."}
    send(from_inbox["lead"], f"/en/labs/trials/{trial.public_id}/amend/", **change)
    for name in ("head_a", "coordinator"):
        assert "Approve or refuse the change" in words(from_inbox[name].get("/en/inbox/"))
    assert Measurement.objects.count() == 1


def test_anybody_can_check_the_code_of_a_lock_and_a_changed_one_is_told(stage, page_of):
    with_programme(stage)
    told = locked(stage).preregistration
    for path in (
        f"/en/v/{told.content_hash}/",
        f"/en/v/{told.content_hash[:10]}/",
        f"/en/verify/?q={told.content_hash}",
    ):
        found = page_of(None).get(path)
        assert (found.status_code, 'data-finding="genuine"' in words(found)) == (200, True)
        assert stage.project.title not in words(found) and told.plan["hypothesis"] not in words(found)
    past_the_guards("UPDATE labs_preregistration SET plan = '{}' WHERE id = %s", told.pk)
    changed = words(page_of(None).get(f"/en/v/{told.content_hash}/"))
    assert 'data-finding="changed"' in changed and 'data-finding="genuine"' not in changed
    assert page_of(None).get(f"/en/v/{'0' * 64}/").status_code == 404


def test_notices_go_to_whoever_has_to_act(stage):
    trial = opened(stage)
    note_events(list(Event.objects.order_by("pk")), at=NOW(), book=the_book())
    by_code = {(each.telling, each.recipient_id) for each in Notice.objects.all()}
    assert ("pilot.joined", stage.coordinator.pk) in by_code and ("pilot.tasks", stage.head_a.pk) in by_code
    assert {("trial.baseline", stage.head_a.pk), ("trial.baseline", stage.head_c.pk)} <= by_code
    ask_change(run_with(trial, stage), by=stage.lead, at=NOW(), kind="resources", old="A", new="B", reason="Why.")
    note_events(list(Event.objects.order_by("pk")), at=NOW(), book=the_book())
    asked = {each.recipient_id for each in Notice.objects.filter(telling="trial.change")}
    assert {stage.head_a.pk, stage.coordinator.pk} <= asked and stage.head_c.pk not in asked


def run_with(trial, stage):
    """The trial running, its baseline entered."""
    enter_figures(
        trial, by=stage.teacher_a, at=NOW(), site=site_of(trial, stage.a), wave="baseline", figures=[figure()]
    )
    return run_trial(trial, by=stage.lead, at=NOW())
