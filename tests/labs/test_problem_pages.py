"""Pages of problems and the API; a figure below its target opens a filled-in problem in two clicks."""

import html
import json
import re

import pytest

from labs.problems.models import Problem
from quality.catalogue.models import Method
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import a_member
from tests.labs.making import a_laboratory, a_problem
from tests.quality.figures import a_figure, a_month, a_target, a_year, an_indicator, coverage, the_moment

pytestmark = pytest.mark.django_db
WORDS = {"title": "Few children read", "statement": "Reading falls behind.", "evidence": "Three tests in a row."}


@pytest.fixture
def lab(world):
    return a_laboratory(world.b, world.a)


@pytest.fixture
def coordinator(world):
    return a_member("coordinator", world.b)


@pytest.fixture
def red(world, lab):
    """Coverage of the country below its target in the last month."""
    version = coverage()
    months = [a_month(2026, month) for month in (9, 10, 11)]
    recount_changed(the_moment())
    a_target(version, world.country, months[-1], 99)
    return version


@pytest.fixture
def low(world, lab):
    """A share that a says of itself, below what the country wants."""
    version = an_indicator("RES.93", Method.SHARE, factor=100)
    year = a_year(2026)
    a_figure(version, year, world.a, 3, 60)
    recount_changed(the_moment())
    a_target(version, world.country, year, 50)
    return version


def page(client, user, address, status=200):
    client.force_login(user)
    found = client.get(address if address.startswith("/en/") else f"/en{address}")
    assert found.status_code == status, found.content[:300]
    return found.content.decode()


def link_in(shown: str) -> str:
    """The address behind the words "Raise a problem" beside a figure."""
    return html.unescape(re.search(r'data-part="acts"><a href="([^"]+)">Raise a problem<', shown).group(1))


@pytest.mark.parametrize("start", ["/indicators/COV.01/", "/dashboard/9/"])
def test_a_red_indicator_opens_a_filled_in_problem_in_two_clicks(client, world, lab, red, teacher, start):
    form = page(client, teacher, link_in(page(client, teacher, start)))  # the first click
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    fields |= {
        name: html.unescape(text).strip()
        for name, text in re.findall(r'<textarea name="(\w+)".*?>(.*?)</textarea>', form, re.DOTALL)
    }
    assert "is below the target: Place 9" in fields["title"]
    assert "The target is 99" in fields["statement"] and "COV.01" in fields["evidence"]
    client.force_login(teacher)
    sent = client.post("/en/labs/problems/new/", {**fields, "laboratory": lab.public_id})  # the second
    assert sent.status_code == 302, sent.content.decode()
    problem = Problem.objects.get()
    stored = Rollup.objects.get(
        version=red, period=problem.period, territory=world.country, institution_kind=None, basis="as_was"
    )
    assert problem.indicator.code == "COV.01"
    assert (problem.ground["target"], problem.ground["territory"]) == ("99", "9")
    assert problem.ground["value"] == format(stored.value.normalize(), "f")
    assert "/indicators/COV.01/?territory=9&amp;period=" in page(client, teacher, sent["Location"])


def test_a_red_figure_of_one_organisation_opens_a_filled_in_problem_and_tells_no_number_of_it(client, world, lab, low):
    head = a_member("institution_admin", world.a)
    own = f"/indicators/RES.93/?institution={world.a.public_id}"
    shown = page(client, head, own)
    assert "5%" in shown and "Target: 50%" in shown
    form = page(client, head, link_in(shown))
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    assert (fields["institution"], fields["indicator"]) == (world.a.public_id, "RES.93")
    assert "is below the target" in fields["title"]
    sent = client.post("/en/labs/problems/new/", {**WORDS, **fields, "once_key": "1", "laboratory": lab.public_id})
    assert sent.status_code == 302, sent.content.decode()
    kept = Problem.objects.get().ground
    assert (kept["institution"], kept["target"], kept["value"]) == (world.a.public_id, "50", None)
    assert f"/indicators/RES.93/?institution={world.a.public_id}&amp;period=" in page(client, head, sent["Location"])


def test_who_may_not_read_its_records_sees_no_figure_of_an_organisation_and_raises_nothing_from_it(
    client, world, lab, low, teacher
):
    other = a_member("teacher", world.b)
    own = f"?indicator=RES.93&institution={world.a.public_id}"
    shown = page(client, other, f"/indicators/RES.93/?institution={world.a.public_id}")
    assert 'data-part="acts"' not in shown and "kpi-value" not in shown
    assert "is below the target" not in page(client, other, f"/labs/problems/new/{own}")
    client.force_login(other)
    client.post("/en/labs/problems/new/", {**WORDS, "once_key": "1", "laboratory": lab.public_id, "indicator": "RES.93",
                                            "institution": world.a.public_id})  # fmt: skip
    assert Problem.objects.get().ground == {}


def test_a_figure_on_target_or_a_reader_outside_gets_no_such_link(client, world, lab, red, teacher, ministry_officer):
    for user in (ministry_officer, a_member("teacher", world.c)):
        assert 'data-part="acts"' not in page(client, user, "/indicators/COV.01/")
    page(client, a_member("teacher", world.c), "/labs/problems/new/", 403)
    assert 'data-part="acts"' not in page(client, teacher, "/indicators/COV.01/?period=2026-10")  # no target


def test_what_is_kept_of_a_figure_is_read_from_the_platform_and_not_from_the_form(client, world, lab, red, teacher):
    client.force_login(teacher)
    address = "/en/labs/problems/new/"
    sent = {**WORDS, "laboratory": lab.public_id, "indicator": "COV.01", "territory": "9", "value": "1", "target": "2"}
    assert client.post(address, {**sent, "once_key": "1"}).status_code == 302
    assert Problem.objects.get().ground["target"] == "99"
    assert client.post(address, {**sent, "indicator": "NO.99", "once_key": "2"}).status_code == 400
    assert client.get(f"{address}?indicator=COV.01&territory=nowhere").status_code == 400


def test_the_form_says_what_is_missing_and_keeps_what_was_typed(client, world, lab, teacher):
    client.force_login(teacher)
    refused = client.post("/en/labs/problems/new/", {"statement": "Reading falls behind.", "once_key": "1"})
    told = refused.content.decode()
    assert refused.status_code == 422 and "Reading falls behind." in told
    for message in ("Laboratory: choose one.", "Problem: say in one line what it is.", "Evidence: say how you know."):
        assert told.count(message) == 2, message


def test_the_register_filters_searches_sorts_by_votes_and_comes_as_a_file(
    client, world, lab, teacher, institution_admin
):
    asked = a_problem(lab, title="Few write", search_key="few write")
    a_problem(lab, title="Few read", search_key="few read", status="declined")
    client.force_login(institution_admin)
    assert client.post(f"/en/labs/problems/{asked.public_id}/vote/", {"once_key": "1"}).status_code == 302
    shown = page(client, teacher, "/labs/problems/?ordering=-voices")
    assert shown.index("Few write") < shown.index("Few read")
    shown = page(client, teacher, "/labs/problems/?ordering=voices")
    assert shown.index("Few read") < shown.index("Few write")
    assert "Few read" not in page(client, teacher, "/labs/problems/?view=open")
    assert "Few write" not in page(client, teacher, "/labs/problems/?search=read")
    assert "Few write" in page(client, teacher, f"/labs/problems/?view=all&laboratory={lab.public_id}")
    assert "No problem fits these filters" in page(client, teacher, "/labs/problems/?territory=92")
    assert b"Three tests in a row." in client.get("/en/labs/problems/?format=csv").content
    assert f"/labs/problems/{asked.public_id}/" in page(client, teacher, "/search/?q=write")


def test_the_coordinator_is_asked_and_why_a_problem_was_declined_everybody_reads(client, world, lab, coordinator):
    problem = a_problem(lab, status="raised")
    assert "Few children read" in page(client, coordinator, "/inbox/")
    address = f"/en/labs/problems/{problem.public_id}/"
    assert client.post(f"{address}accept/", {"once_key": "1"}).status_code == 302
    assert client.post(f"{address}decline/", {"reason": "", "once_key": "2"}).status_code == 422
    assert client.post(f"{address}decline/", {"reason": "It went away.", "once_key": "3"}).status_code == 302
    assert "It went away." in page(client, a_member("teacher", world.c), address)
    client.force_login(coordinator)
    assert client.post(f"{address}accept/", {"once_key": "4"}).status_code == 409
    assert "Few children read" not in page(client, coordinator, "/inbox/")


def test_merging_and_solving_are_asked_on_pages_of_their_own(client, world, lab, coordinator, teacher):
    one, other = a_problem(lab), a_problem(lab, title="The same")
    address = f"/en/labs/problems/{one.public_id}/"
    assert "The same" in page(client, coordinator, f"{address}merge/")
    told = {"into": other.public_id, "reason": "One thing.", "once_key": "1"}
    assert client.post(f"{address}merge/", {**told, "into": ""}).status_code == 422
    assert client.post(f"{address}merge/", {**told, "once_key": "2"}).status_code == 302
    assert f"/labs/problems/{other.public_id}/" in page(client, teacher, address)
    page(client, teacher, f"/en/labs/problems/{other.public_id}/merge/", 403)
    working = a_problem(lab, status="in_work")
    address = f"/en/labs/problems/{working.public_id}/"
    client.force_login(coordinator)
    assert client.post(f"{address}solve/", {"solution": "", "once_key": "3"}).status_code == 422
    assert client.post(f"{address}solve/", {"solution": "New books.", "once_key": "4"}).status_code == 302
    assert "New books." in page(client, teacher, address)


def test_the_api_raises_votes_and_settles(client, world, lab, red, teacher, coordinator, institution_admin):
    def post(user, path, data, key):
        client.force_login(user)
        return client.post(
            f"/api/v1/{path}", json.dumps(data), content_type="application/json", headers={"Idempotency-Key": key}
        )

    body = {**WORDS, "laboratory": lab.public_id, "indicator": "COV.01", "territory": "9"}
    assert post(teacher, "problems/", {**body, "indicator": "NO.99"}, "0").status_code == 400
    made = post(teacher, "problems/", body, "1")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["indicator"], told["ground"]["target"], told["moves"]) == ("COV.01", "99", [])
    one = f"problems/{told['id']}/moves"
    voted = post(institution_admin, f"{one}/vote/", {}, "2").json()
    assert [each["institution"] for each in voted["votes"]] == [world.a.public_id]
    assert post(teacher, f"{one}/accept/", {}, "3").status_code == 403
    assert post(coordinator, f"{one}/accept/", {}, "4").json()["status"] == "accepted"
    assert post(coordinator, f"{one}/take_up/", {}, "5").status_code == 404  # nobody makes it by hand
    into = {"into": a_problem(lab).public_id, "reason": "One thing."}
    assert post(coordinator, f"{one}/merge/", into, "6").json()["merged_into"] == into["into"]
