"""Pages of joint projects: the list, the one page, its moves, the form of a draft, the block of an institution."""

import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from cooperation.activities.actions import log_activity
from cooperation.projects import actions
from cooperation.projects.models import JointProject, ProjectStatus
from tests.factories import a_term, an_institution

pytestmark = pytest.mark.django_db
LIST, NEW = "/en/projects/", "/en/projects/new/"
P = ProjectStatus


@pytest.fixture(autouse=True)
def words(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        partner=a_term("party_role", "partner", context=["agreement", "project"]),
        sender=a_term("party_role", "sender", context=["agreement"]),
        manual=a_term("output_kind", "manual"), lesson=a_term("activity_type", "open_lesson", form="F2"),
        form=a_term("cooperation_form", "F2"),
    )  # fmt: skip


@pytest.fixture
def content(world: SimpleNamespace, words: SimpleNamespace) -> dict[str, Any]:
    return {
        "title": "A bridge", "goal": "Thirty pupils build a bridge.", "starts_on": datetime.date(2026, 10, 1),
        "ends_on": datetime.date(2027, 5, 31), "budget": 12_000_000,
        "partners": [{"institution": house, "role": words.partner} for house in (world.b, world.c)],
        "stages": [{"title": "Plan", "due_on": datetime.date(2026, 11, 1)},
                   {"title": "Build", "due_on": datetime.date(2027, 5, 1)}],
        "outputs": [{"kind": words.manual, "title": "How to build a bridge"}],
    }  # fmt: skip


@pytest.fixture
def draft(content: dict[str, Any], institution_admin: User) -> JointProject:
    return actions.draft_project(by=institution_admin, at=now(), **content)


@pytest.fixture
def proposed(draft: JointProject, institution_admin: User) -> JointProject:
    return actions.propose_project(draft, by=institution_admin, at=now() - datetime.timedelta(days=3))


@pytest.fixture
def running(proposed: JointProject, partner_admin: User, foreign_admin: User) -> JointProject:
    actions.accept_role(proposed, by=partner_admin, at=now())
    return actions.accept_role(proposed, by=foreign_admin, at=now())


def url(project: JointProject, page: str = "") -> str:
    return f"{LIST}{project.public_id}/{page}"


def hidden(page: Any) -> dict[str, str]:
    """Hidden fields of a page's last form, as a browser would send them back."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def send(client: Any, path: str, page: str = "", **data: Any) -> Any:
    key = hidden(client.get(page or path))["once_key"]
    return client.post(path, {"once_key": key, **data})


def fresh(project: JointProject) -> JointProject:
    return JointProject.objects.get(pk=project.pk)


def body(world: SimpleNamespace, **other: Any) -> dict[str, Any]:
    """What a browser sends for a new project."""
    counts = {f"{part}-{name}_FORMS": 1 if name == "TOTAL" else 0
              for part in ("partners", "stages", "outputs") for name in ("TOTAL", "INITIAL")}  # fmt: skip
    return {
        **counts, "title": "A bridge", "goal": "Thirty pupils.", "starts_on": "1.12.26", "ends_on": "31 may 2027",
        "budget": "12 000 000,50", "agreement": "",
        "partners-0-institution": world.b.public_id, "partners-0-institution_text": "Beta", "partners-0-role": "partner",
        "stages-0-title": "Plan", "stages-0-due_on": "2026-12-31", "outputs-0-title": "A manual",
        "outputs-0-kind": "manual", **other,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_every_page_opens_in_every_language(
    language: str, page_of: Any, draft: JointProject, content: dict[str, Any], institution_admin: User
) -> None:
    other = actions.propose_project(
        actions.draft_project(by=institution_admin, at=now(), **content), by=institution_admin, at=now()
    )
    paths = ["", "new/", f"{draft.public_id}/", f"{draft.public_id}/edit/", f"{other.public_id}/stop/"]
    for path in paths:
        answer = page_of(institution_admin).get(f"/{language}/projects/{path}")
        assert answer.status_code == 200, path


def test_who_may_open_it_and_who_may_not(
    page_of: Any, draft: JointProject, institution_admin: User, partner_admin: User, teacher: User, expert: User,
    stranger: User, ministry_officer: User,
) -> None:  # fmt: skip
    assert page_of(expert).get(LIST).status_code == 403
    assert page_of(stranger).get(url(draft)).status_code == 404
    assert page_of(partner_admin).get(url(draft)).status_code == 404
    assert page_of(ministry_officer).get(url(draft)).status_code == 404
    assert page_of(teacher).get(url(draft)).status_code == 200
    assert page_of(teacher).get(url(draft, "edit/")).status_code == 403
    assert page_of(teacher).get(NEW).status_code == 403
    actions.propose_project(draft, by=institution_admin, at=now())
    assert page_of(partner_admin).get(url(draft)).status_code == 200
    assert page_of(partner_admin).get(url(draft, "edit/")).status_code == 403
    assert page_of(institution_admin).get(url(draft, "edit/")).status_code == 409


def test_a_project_goes_from_the_form_to_its_confirmed_end(
    page_of: Any, world: SimpleNamespace, institution_admin: User, partner_admin: User
) -> None:
    lead, partner = page_of(institution_admin), page_of(partner_admin)
    assert send(lead, NEW, **body(world)).status_code == 302
    project = JointProject.objects.get()
    assert (project.title, str(project.budget), project.ends_on) == (
        "A bridge",
        "12000000.50",
        datetime.date(2027, 5, 31),
    )
    assert send(lead, url(project, "propose/"), url(project)).status_code == 302
    page = partner.get(LIST).content.decode()
    assert 'aria-current="true">Waiting for you <span class="number">1</span>' in page
    assert send(partner, url(project, "accept/"), url(project)).status_code == 302
    assert fresh(project).status == P.RUNNING
    refused = send(lead, url(project, "complete/"), url(project))
    assert refused.status_code == 422
    assert 'href="#output-0"' in refused.content.decode()
    link = "https://example.org/bridge.pdf"
    assert send(partner, url(project, "outputs/0/deliver/"), url(project), link=link).status_code == 302
    assert send(lead, url(project, "stages/0/done/"), url(project), done_on="20.11.2026").status_code == 302
    assert send(lead, url(project, "complete/"), url(project)).status_code == 302
    assert "Waiting for you, since today" in partner.get(url(project)).content.decode()
    assert send(partner, url(project, "confirm/"), url(project)).status_code == 302
    done = lead.get(url(project)).content.decode()
    assert fresh(project).status == P.COMPLETED
    assert link in done and "1 of 1" in done and "20 Nov 2026" in done


def test_sending_too_early_names_what_is_missing_and_leads_to_it(page_of: Any, institution_admin: User) -> None:
    project = actions.draft_project(by=institution_admin, at=now(), title="Empty")
    client = page_of(institution_admin)
    refused = send(client, url(project, "propose/"), url(project))
    text = refused.content.decode()
    assert refused.status_code == 422
    for anchor in ("id_goal", "id_starts_on", "id_ends_on", "stages", "partners"):
        assert f"{url(project, 'edit/')}#{anchor}" in text, anchor
    assert fresh(project).status == P.DRAFT


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Title: say in one line what the project is."),
        ({"ends_on": "30.11.2026"}, "Ends: enter a day after the start date"),
        ({"starts_on": "soon"}, "Starts: enter a day"),
        ({"budget": "much"}, "Budget: enter an amount"),
        ({"budget": "-5"}, "Budget: enter an amount"),
        ({"partners-0-role": ""}, "Role of the partner: choose one."),
        ({"partners-0-role": "sender"}, "sender"),
        ({"partners-0-institution": "", "partners-0-institution_text": "Nowhere"}, "No organisation has this name."),
        ({"partners-0-institution": "nowhere"}, "There is no such id."),
        ({"stages-0-title": ""}, "Stage: give it a name"),
        ({"stages-0-due_on": "later"}, "Deadline: enter a day"),
        ({"outputs-0-kind": ""}, "Kind of output: choose one."),
    ],
)
def test_what_is_wrong_is_said_on_top_and_by_its_field_and_nothing_typed_is_lost(
    page_of: Any, world: SimpleNamespace, institution_admin: User, wrong: dict[str, str], said: str
) -> None:
    answer = send(page_of(institution_admin), NEW, **body(world, **wrong))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count(said) >= 2, said
    assert "<title>Error" in text
    assert not JointProject.objects.exists()
    for kept in ("Thirty pupils.", "A manual"):
        assert kept in text
    assert all(value in text for value in wrong.values())


def test_a_name_that_fits_several_organisations_offers_them(
    page_of: Any, world: SimpleNamespace, institution_admin: User
) -> None:
    an_institution(world.near, "Omega school one")
    wanted = an_institution(world.near, "Omega school two")
    typed = {"partners-0-institution": "", "partners-0-institution_text": "Omega school"}
    client = page_of(institution_admin)
    answer = send(client, NEW, **body(world, **typed))
    assert answer.status_code == 422
    assert f'type="radio" name="partners-0-institution" value="{wanted.public_id}"' in answer.content.decode()
    assert (
        send(client, NEW, **body(world, **{**typed, "partners-0-institution_text": "Omega school two"})).status_code
        == 302
    )
    assert JointProject.objects.get().partners.get().institution == wanted


def test_the_lead_as_its_own_partner_is_refused_where_the_partners_stand(
    page_of: Any, world: SimpleNamespace, institution_admin: User
) -> None:
    answer = send(page_of(institution_admin), NEW, **body(world, **{"partners-0-institution": world.a.public_id}))
    assert answer.status_code == 422
    assert '<a href="#partners">Name each organisation once' in answer.content.decode()


def test_a_draft_is_edited_row_by_row(
    page_of: Any, draft: JointProject, world: SimpleNamespace, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    page = client.get(url(draft, "edit/")).content.decode()
    assert 'value="Beta university"' in page and 'value="12000000"' in page
    sent = body(world, **{
        "version": draft.version, "stages-TOTAL_FORMS": 3, "stages-INITIAL_FORMS": 2, "stages-0-DELETE": "on",
        "stages-1-title": "Build it", "stages-2-title": "Open it", "outputs-0-title": "", "outputs-0-kind": "",
        "outputs-INITIAL_FORMS": 0, "add": "stages",
    })  # fmt: skip
    answer = send(client, url(draft, "edit/"), **sent)
    assert answer.status_code == 302 and answer["Location"].endswith("/edit/#stages")
    assert list(draft.stages.order_by("position").values_list("title", flat=True)) == ["Build it", "Open it"]
    assert [each.institution for each in draft.partners.all()] == [world.b]
    assert not draft.outputs.exists()


def test_two_editors_see_both_wordings(
    page_of: Any, draft: JointProject, world: SimpleNamespace, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    actions.save_project(draft, by=institution_admin, at=now(), title="Their bridge")
    answer = send(client, url(draft, "edit/"), **body(world, title="My bridge", version=1))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<del>Their bridge</del>" in text and "<ins>My bridge</ins>" in text
    assert fresh(draft).title == "Their bridge"
    again = send(client, url(draft, "edit/"), **body(world, title="My bridge", version=hidden(answer)["version"]))
    assert again.status_code == 302 and fresh(draft).title == "My bridge"


def test_the_small_forms_keep_what_was_typed_and_say_what_is_wrong(
    page_of: Any, running: JointProject, institution_admin: User, partner_admin: User
) -> None:
    client, page = page_of(institution_admin), url(running)
    for path, wrong, said in (
        ("stages/0/done/", {"done_on": "some day"}, "Done on: enter a day"),
        ("stages/0/done/", {"done_on": "1.12.2026"}, "The date cannot be later than today."),
        ("outputs/0/deliver/", {"link": "javascript:alert(1)"}, "Link: enter a web address"),
        ("activities/", {"activity": ""}, "Activity: choose one."),
        ("activities/", {"activity": "nothing"}, "There is no such id."),
    ):
        answer = send(client, url(running, path), page, **wrong)
        assert answer.status_code == 422, (path, answer.status_code)
        assert answer.content.decode().count(said) == 2, (path, said)
    assert send(client, url(running, "stages/7/done/"), page).status_code == 404
    assert send(client, url(running, "outputs/7/drop/"), page, reason="No.").status_code == 404
    assert send(page_of(partner_admin), url(running, "outputs/0/drop/"), page, reason="No.").status_code == 403
    assert send(client, url(running, "resume/"), page).status_code == 409


def test_a_move_that_others_read_asks_why(
    page_of: Any, running: JointProject, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    lead = page_of(institution_admin)
    for path, status in (("pause/", P.PAUSED), ("outputs/0/drop/", P.PAUSED)):
        assert send(lead, url(running, path), reason=" ").status_code == 422
        assert send(lead, url(running, path), reason="Nobody has time.").status_code == 302
        assert fresh(running).status == status
    assert send(lead, url(running, "resume/"), url(running)).status_code == 302
    for person in (partner_admin, foreign_admin):
        assert send(page_of(person), url(running, "ask-stop/"), reason="Nor have we.").status_code == 302
    assert fresh(running).status == P.STOPPED
    seen = page_of(partner_admin).get(url(running)).content.decode()
    assert "Stopped by the partners" in seen and "Paused: Nobody has time." in seen


def test_officers_read_no_reasons_in_the_history(
    page_of: Any, running: JointProject, institution_admin: User, ministry_officer: User
) -> None:
    actions.pause_project(running, by=institution_admin, at=now(), reason="A quarrel.")
    assert "A quarrel." not in page_of(ministry_officer).get(url(running)).content.decode()


def test_an_activity_of_its_organisations_is_added_and_shown(
    page_of: Any, running: JointProject, teacher: User, institution_admin: User, world: SimpleNamespace,
    words: SimpleNamespace,
) -> None:  # fmt: skip
    done = log_activity(by=teacher, at=now(), type_=words.lesson, partners=[world.b])
    client = page_of(institution_admin)
    assert f'<option value="{done.public_id}">' in client.get(url(running)).content.decode()
    assert send(client, url(running, "activities/"), url(running), activity=done.public_id).status_code == 302
    page = client.get(url(running)).content.decode()
    assert f"/activities/{done.public_id}/" in page and "There is no activity to add" in page


def test_lateness_is_told_on_the_list_the_page_and_by_the_api(
    page_of: Any, api_of: Any, running: JointProject, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    assert "Late: 20 days" in client.get(f"{LIST}?view=running").content.decode()
    assert "Late: 20 days" in client.get(url(running)).content.decode()
    assert api_of(institution_admin).get(f"/api/v1/projects/{running.public_id}/").json()["late"] is True
    actions.finish_stage(running, by=institution_admin, at=now(), stage=0)
    assert "Late:" not in client.get(url(running)).content.decode()
    assert api_of(institution_admin).get(f"/api/v1/projects/{running.public_id}/").json()["late"] is False


def test_the_list_filters_sorts_and_says_when_it_is_empty(
    page_of: Any, proposed: JointProject, partner_admin: User, stranger: User
) -> None:
    client = page_of(partner_admin)
    assert "Waiting for you for 3 days" in client.get(LIST).content.decode()
    found = client.get(f"{LIST}?view=all&status=proposed&territory=91&search=bridge").content.decode()
    assert "A bridge" in found and found.count("Remove this filter") == 3
    assert "No project fits these filters" in client.get(f"{LIST}?view=all&status=stopped").content.decode()
    assert 'aria-sort="descending"' in client.get(f"{LIST}?view=all&ordering=-title").content.decode()
    assert "There is nothing in this view" in client.get(f"{LIST}?view=running").content.decode()
    assert "There are no joint projects yet" in page_of(stranger).get(LIST).content.decode()


@pytest.mark.parametrize("query", ["statuss=draft", "view=nonsense", "ordering=goal", "format=exe", "cursor=x"])
def test_an_address_that_means_nothing_is_400(query: str, page_of: Any, institution_admin: User) -> None:
    assert page_of(institution_admin).get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize(("form", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_list_goes_out_as_it_is_filtered(
    form: str, start: bytes, page_of: Any, running: JointProject, content: dict[str, Any], institution_admin: User
) -> None:
    actions.draft_project(by=institution_admin, at=now(), **{**content, "title": "=1+1"})
    answer = page_of(institution_admin).get(f"{LIST}?view=all&status=running&format={form}")
    assert answer.status_code == 200 and answer.content.startswith(start)
    if form == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert "Beta university; Gamma college" in lines[1] and "Late: 20 days" in lines[1]
        everything = page_of(institution_admin).get(f"{LIST}?view=all&format=csv").content.decode()
        assert "'=1+1" in everything


def test_more_rows_ask_no_more_questions(
    page_of: Any, running: JointProject, content: dict[str, Any], words: SimpleNamespace, world: SimpleNamespace,
    institution_admin: User, teacher: User,
) -> None:  # fmt: skip
    client = page_of(institution_admin)
    draft = actions.draft_project(by=institution_admin, at=now(), **content)
    house = f"/en/institutions/{world.a.public_id}/"

    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = (f"{LIST}?view=all", url(running), url(draft), url(draft, "edit/"), house)
    few = [asked(path) for path in paths]
    for _each in range(3):
        actions.draft_project(by=institution_admin, at=now(), **content)
        log_activity(by=teacher, at=now(), type_=words.lesson, partners=[world.b])
        deed = log_activity(by=teacher, at=now(), type_=words.lesson, partners=[world.b])
        actions.add_activity(running, by=institution_admin, at=now(), activity=deed)
    more = {"stages": content["stages"] * 3, "outputs": content["outputs"] * 3}
    actions.save_project(draft, by=institution_admin, at=now(), **more)
    assert [asked(path) for path in paths] == few
    assert few[0] <= 15 and few[1] <= 15 and few[3] <= 15, few


def test_the_page_of_an_institution_shows_its_projects(
    page_of: Any, running: JointProject, world: SimpleNamespace, partner_admin: User, stranger: User
) -> None:
    page = page_of(partner_admin).get(f"/en/institutions/{world.a.public_id}/").content.decode()
    assert "A bridge" in page and "Under way: 1" in page
    assert "A bridge" not in page_of(stranger).get(f"/en/institutions/{world.a.public_id}/").content.decode()
