"""Pages of laboratories, what everybody may read of one, and the API."""

import datetime
import json
import re

import pytest

from institutions.registry.models import Institution
from labs.laboratories.models import HealthCheck, Laboratory
from tests.conftest import NOW
from tests.factories import a_member, a_term
from tests.labs.making import DIRECTIONS, a_laboratory, a_problem, a_project
from tests.quality.figures import in_force

pytestmark = pytest.mark.django_db
PAIR = re.compile(r'data-figure="([a-z_.]+)">([^<]*)<')
WELL = {"trust": 3, "rigour": 2, "support": 4, "capacity": 1, "value": 3}


@pytest.fixture
def lab(world) -> Laboratory:
    for code in ("coordinator", "member", "lab_site"):
        a_term("party_role", code, context=["cluster"])
    return a_laboratory(world.b, world.a)


@pytest.fixture
def coordinator(world):
    return a_member("coordinator", world.b)


def page(client, user, address, status=200):
    if user is not None:
        client.force_login(user)
    found = client.get(f"/en{address}")
    assert found.status_code == status, found.content[:300]
    return found.content.decode()


def test_the_list_filters_by_place_direction_and_status_and_comes_as_a_file(client, world, lab, teacher):
    name = f"Laboratory of {world.b}"
    for query in ("", "?status=active", "?territory=91", "?direction=research", "?search=laboratory", "?view=active"):
        assert name in page(client, teacher, f"/labs/{query}"), query
    for query in ("?status=paused", "?territory=92", "?search=nothing"):
        assert name not in page(client, teacher, f"/labs/{query}"), query
    assert "No laboratory fits these filters" in page(client, teacher, "/labs/?status=paused")
    assert name.encode() in client.get("/en/labs/?format=csv").content
    assert page(client, teacher, "/labs/?direction=nowhere")
    assert "Propose a laboratory" not in page(client, teacher, "/labs/")


def test_an_empty_register_says_what_a_laboratory_is(client, world, coordinator):
    shown = page(client, coordinator, "/labs/")
    assert "There are no laboratories yet" in shown and "/en/labs/new/" in shown


def test_the_coordinator_proposes_on_one_page_and_the_office_opens(client, world, coordinator, regional_officer):
    for code in ("coordinator", "member", "lab_site"):
        a_term("party_role", code, context=["cluster"])
    a_term("participant_kind", "lab_site", flags=["L"])
    for kind, flags in (("hei", ["P", "T"]), ("school", ["P"]), ("technikum", ["T"])):
        term = a_term("participant_kind", kind)
        term.data = {"flags": flags}
        term.save(update_fields=["data"])
    a_term("activity_direction", "research")
    founding = in_force(world.b, world.a, world.c, since="2026-01-01")
    client.force_login(coordinator)
    empty = client.post("/en/labs/new/", {"once_key": "1"})
    told = empty.content.decode()
    assert empty.status_code == 422
    for message in ("Name: give it", "Founding agreement: choose", "Directions of activity: choose"):
        assert told.count(message) == 2, message  # on top and at the field
    sent = client.post("/en/labs/new/", {
        "once_key": "2", "name_en": "Reading site", "agreement": founding.public_id, "directions": ["research"],
        "services": "Advice\nCourses\nAdvice", "about": "We read.",
    })  # fmt: skip
    made = Laboratory.objects.get()
    assert sent["Location"] == f"/en/labs/{made.public_id}/"
    assert [each.title for each in made.services.order_by("position")] == ["Advice", "Courses"]
    assert "Reading site" in page(client, regional_officer, "/inbox/")
    opened = client.post(f"/en/labs/{made.public_id}/open/", {"once_key": "3"})
    assert opened.status_code == 302
    assert Institution.objects.get(pk=made.site_id).status == "verified"
    assert "Reading site" in page(client, None, f"/institutions/{world.a.public_id}/")


def test_what_a_laboratory_lacks_is_said_on_its_page(client, world, coordinator, regional_officer):
    lab = a_laboratory(world.b, world.a, status="proposed")
    client.force_login(regional_officer)
    refused = client.post(f"/en/labs/{lab.public_id}/open/", {"once_key": "1"})
    assert refused.status_code == 422
    assert "No organisation of in-service training is party" in refused.content.decode()


def test_the_page_shows_members_services_and_figures_and_only_those_inside_why(
    client, world, lab, teacher, coordinator
):
    a_problem(lab)
    shown = page(client, teacher, f"/labs/{lab.public_id}/")
    assert "Alpha school" in shown and "Few children read" in shown and "Founding agreement" in shown
    client.force_login(coordinator)
    client.post(f"/en/labs/{lab.public_id}/pause/", {"reason": "The roof leaks.", "once_key": "1"})
    assert "Raise a problem" in shown and "Raise a problem" not in page(client, teacher, f"/labs/{lab.public_id}/")
    assert "The roof leaks." in page(client, teacher, f"/labs/{lab.public_id}/")
    away = page(client, a_member("teacher", world.c), f"/labs/{lab.public_id}/")
    assert "The roof leaks." not in away and "Founding agreement" not in away


def test_a_member_joins_and_leaves_by_its_pages(client, world, lab, coordinator, foreign_admin):
    in_force(world.b, world.c, since="2026-01-01")
    assert "Gamma college" in page(client, coordinator, f"/labs/{lab.public_id}/members/new/")
    assert client.post(f"/en/labs/{lab.public_id}/members/new/", {"once_key": "1"}).status_code == 422
    answer = client.post(f"/en/labs/{lab.public_id}/members/new/", {"institution": world.c.public_id, "once_key": "2"})
    assert answer.status_code == 302 and lab.members.on().filter(institution=world.c).exists()
    client.force_login(foreign_admin)
    left = client.post(f"/en/labs/{lab.public_id}/leave/", {"reason": "Away.", "once_key": "3"})
    assert left.status_code == 302 and lab.members.get(institution=world.c).valid.upper is not None


def test_the_form_of_particulars_keeps_what_was_typed_and_the_form_of_a_service(client, world, lab, coordinator):
    form = a_term("cooperation_form", "F2")
    lab.services.create(title="Advice", form=form, position=0)
    address = f"/en/labs/{lab.public_id}/edit/"
    client.force_login(coordinator)
    refused = client.post(address, {"about": "Kept words.", "once_key": "1"})
    assert refused.status_code == 422 and "Kept words." in refused.content.decode()
    saved = client.post(address, {"directions": ["research"], "services": "Advice\nMore", "once_key": "2"})
    assert saved.status_code == 302
    assert [(each.title, each.form) for each in lab.services.order_by("position")] == [("Advice", form), ("More", None)]
    assert page(client, a_member("coordinator", world.c), f"/labs/{lab.public_id}/edit/", 403)


def test_the_talk_with_oneself_is_a_trend_for_those_inside_and_nobody_else(
    client, world, lab, teacher, coordinator, regional_officer, ministry_officer
):
    HealthCheck.objects.create(
        laboratory=lab, checked_on=NOW.date(), quarter=datetime.date(2026, 4, 1), entered_by=teacher, **WELL
    )
    address = f"/labs/{lab.public_id}/health/"
    client.force_login(coordinator)
    half = client.post(f"/en{address}", {"trust": "4", "once_key": "1"})
    assert half.status_code == 422 and "Rigour: choose one of the four levels." in half.content.decode()
    assert client.post(f"/en{address}", {**WELL, "note": "Better.", "once_key": "2"}).status_code == 302
    shown = page(client, teacher, address)
    assert shown.count('class="line line-') == 5 and "Q3 2026" in shown and "Better." in shown
    assert "Save the rating" not in shown and "Save the rating" not in page(client, coordinator, address)
    for user in (regional_officer, ministry_officer, a_member("teacher", world.c)):
        page(client, user, address, 404)  # and no link leads there
        assert "How we rate ourselves" not in page(client, user, f"/labs/{lab.public_id}/")


def figures_in(widget: str) -> set[tuple[str, str]]:
    told = json.loads(re.search(r"var told = (\{.*\});", widget).group(1))
    return {(f"{group['code']}.{row['code']}", row["text"]) for group in told["groups"] for row in group["rows"]}


def test_the_widget_says_the_figures_of_the_public_page_and_is_small(client, world, lab):
    a_problem(lab, status="raised")
    a_problem(lab, status="raised")
    a_problem(lab, status="declined")
    for status in ("problem_identified", "piloting", "piloting", "stopped"):
        a_project(lab, status)
    for language in ("en", "uz", "ru", "uz-cyrl"):
        shown = client.get(f"/{language}/public/laboratories/{lab.public_id}/")
        widget = client.get(f"/{language}/public/laboratories/{lab.public_id}/widget.js")
        pairs = set(PAIR.findall(shown.content.decode()))
        assert pairs == figures_in(widget.content.decode())
        assert {("problems.raised", "2"), ("problems.declined", "1"), ("projects.piloting", "2")} <= pairs
        assert len(widget.content) <= 15 * 1024
        assert not shown.cookies and not widget.cookies
    assert widget["Content-Type"].startswith("text/javascript")
    assert widget["Access-Control-Allow-Origin"] == "*" and "max-age" in widget["Cache-Control"]


def test_a_verdict_is_counted_outside_only_once_it_is_told(client, world, lab, django_assert_num_queries):
    from_the_start = a_project(lab, "assessed")
    assert not any(code.startswith("verdicts") for code, _n in PAIR.findall(
        client.get(f"/en/public/laboratories/{lab.public_id}/").content.decode()))  # fmt: skip
    assert from_the_start.published_at is None


def test_a_name_cannot_break_out_of_the_widget(client, world, lab):
    Institution.objects.filter(pk=lab.site_id).update(names={"en": "</script><b>\u2028Site"})
    widget = client.get(f"/en/public/laboratories/{lab.public_id}/widget.js").content.decode()
    assert "</script>" not in widget and "\u2028" not in widget and "<b>" not in widget


def test_what_is_not_open_has_no_public_page(client, world, coordinator):
    lab = a_laboratory(world.b, world.a, status="proposed")
    for name in ("", "widget.js"):
        assert client.get(f"/en/public/laboratories/{lab.public_id}/{name}").status_code == 404
    assert "widget.js" not in page(client, coordinator, f"/labs/{lab.public_id}/")


def test_the_api_proposes_opens_and_tells(client, world, lab, coordinator, regional_officer, teacher):
    a_term("participant_kind", "lab_site", flags=["L"])
    founding = in_force(world.b, world.a, since="2026-01-01")
    body = {"names": {"en": "Second site"}, "agreement": founding.public_id, "directions": list(DIRECTIONS)}

    def post(user, path, data, key):
        client.force_login(user)
        return client.post(
            f"/api/v1/{path}", json.dumps(data), content_type="application/json", headers={"Idempotency-Key": key}
        )

    assert post(teacher, "laboratories/", body, "1").status_code == 403
    made = post(coordinator, "laboratories/", body, "2")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["status"], told["host"], len(told["members"])) == ("proposed", world.b.public_id, 2)
    assert "close" in told["moves"] and "open" not in told["moves"]
    refused = post(regional_officer, f"laboratories/{told['id']}/moves/open/", {}, "3")
    assert refused.status_code == 422
    assert post(coordinator, "laboratories/", {**body, "directions": []}, "4").status_code == 400
    rated = post(coordinator, f"laboratories/{lab.public_id}/moves/rate/", WELL, "5")
    assert rated.status_code == 200, rated.content
    listed = client.get("/api/v1/laboratories/?direction=research&territory=91").json()
    assert {each["id"] for each in listed["results"]} == {told["id"], lab.public_id}
    etag = client.get(f"/api/v1/laboratories/{lab.public_id}/")["ETag"]
    saved = client.patch(
        f"/api/v1/laboratories/{lab.public_id}/", json.dumps({"services": [{"title": "Advice"}]}),
        content_type="application/json", headers={"If-Match": etag},
    )  # fmt: skip
    assert saved.status_code == 200 and saved.json()["services"] == [{"title": "Advice", "form": None}]


def test_the_search_page_finds_a_laboratory_by_its_name(client, world, lab, teacher):
    assert f"/labs/{lab.public_id}/" in page(client, teacher, "/search/?q=laboratory")
