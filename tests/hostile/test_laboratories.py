"""Hostile values at every door of a project on its way, by the people whose turn it is: refused by the field, never a fault."""

import json
import re
import secrets
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from tests.factories import a_token
from tests.hostile.conftest import Program
from tests.hostile.corpus import DAY, IDENTIFIER, LIST, MAP, NUMBER, TEXT
from tests.labs.examining import lines
from tests.labs.registering import a_plan, figure
from tests.labs.walking import WON, Walk

pytestmark = pytest.mark.django_db
EVERYTHING = [*TEXT[:12], *NUMBER[::6], *DAY[::7], *IDENTIFIER[::9], *LIST[::4], *MAP[::5]]
FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')


def until(walk: Walk, status: str) -> None:
    while walk.fresh().status != status:
        name, person = walk.next() or ("", None)
        getattr(walk, name)(person)


def doors(walk: Walk) -> list[tuple[str, str, str, Any, dict[str, Any]]]:
    """(status, method, path, who, a body that would be taken) in the order of the way."""
    pilot = f"/api/v1/pilots/{walk.project.public_id}/"
    school = walk.treated.public_id
    goals = [{"text": "More read", "sense": "up"}]
    step = {"title": "Train", "owner": school, "resources": "Books", "starts_on": "2026-11-22", "due_on": "2026-12-01"}
    move = f"{pilot}moves"
    said = {"object": "Reading", "object_evidence": "Tests", "title": "Reading"}
    fit = {"direction": "quality", "goals": goals, "compatibility": "Fits."}
    return [
        ("problem_identified", "POST", f"{move}/define_object/", walk.coordinator, said),
        ("problem_identified", "PATCH", pilot, walk.coordinator, {"title": "Reading", "goals": goals}),
        ("object_defined", "POST", f"{move}/set_direction/", walk.coordinator, fit),
        ("group_approved", "POST", f"{move}/start_development/", walk.lead, {"deadline": "2027-01-01"}),
        ("in_development", "POST", f"{move}/save_version/", walk.lead, {"aim": "A", "method": "B"}),
        ("in_development", "POST", f"{move}/extend/", walk.coordinator, {"deadline": "2027-03-01", "reason": "Late."}),
        ("accepted", "PUT", f"{pilot}programme/", walk.lead,
         {"steps": [step], "sites": [{"institution": school, "arm": "treated"}]}),
        ("programme_approved", "PUT", f"{pilot}preregistration/", walk.lead, a_plan(walk.project)),
        ("in_assessment", "POST", f"{pilot}panel/", walk.coordinator, {"people": [each.email for each in walk.panel]}),
        ("assessed", "POST", f"{move}/disseminate/", walk.coordinator,
         {"territory": walk.world.country.code, "kinds": ["school"], "window_ends_on": "2027-11-01"}),
    ]  # fmt: skip


def of_the_moment(walk: Walk) -> list[tuple[str, str, Any, dict[str, Any]]]:
    """Doors of rounds and trials, which have their own ids."""
    status = walk.fresh().status
    if status == "in_examination":
        review = walk.round().reviews.filter(status="accepted").first()
        scores = [{**each, "criterion": each["criterion"].code} for each in lines(3)]
        body = {"scores": scores, "comment": "Sound."}
        return [("POST", f"/api/v1/reviews/{review.public_id}/moves/submit/", review.expert, body)] if review else []
    if status == "piloting":
        trial = walk.trial()
        body = {"site": trial.sites.get(institution=walk.treated).public_id, "wave": "baseline", "figures": [figure()]}
        return [("POST", f"/api/v1/trials/{trial.public_id}/moves/enter/", walk.heads[0], body)]
    return []


def hostile(program: Program, method: str, path: str, body: dict[str, Any]) -> int:
    """Each field in turn, the others as they should be; what is refused names that field."""
    tried = 0
    headers = {}
    if method in ("PUT", "PATCH"):
        headers["HTTP_IF_MATCH"] = program.call("GET", re.sub(r"(programme|preregistration)/$", "", path))["ETag"]
    for name in body:
        for value in EVERYTHING:
            answer = program.call(method, path, body={**body, name: value}, **headers)
            tried += 1
            if answer.status_code in (400, 422):
                told = json.loads(answer.content)
                named = any(each["pointer"].startswith(f"/{name}") for each in told["errors"])
                assert named or told["code"] == "unsafe_text", (path, name, value, told)
            else:
                assert answer.status_code in (200, 201, 409), (path, name, value, answer.content)
    return tried


def test_no_field_of_a_project_breaks_the_server_on_its_way(world: SimpleNamespace) -> None:
    walk, tried = Walk(world, WON), 0
    for status, method, path, person, body in doors(walk):
        while walk.fresh().status != status:
            for door in of_the_moment(walk):
                if walk.next() and walk.next()[0] in ("judge", "enter"):
                    tried += hostile(Program(a_token(door[2])), door[0], door[1], door[3])
            name, by = walk.next() or ("", None)
            getattr(walk, name)(by)
        sent = a_plan(walk.fresh()) if path.endswith("preregistration/") else body
        tried += hostile(Program(a_token(person)), method, path, sent)
    assert tried > 1000


PAGES = [
    ("problem_identified", "object/", "coordinator"), ("object_defined", "direction/", "coordinator"),
    ("direction_set", "group/", "coordinator"), ("group_approved", "develop/", "lead"),
    ("in_development", "extend/", "coordinator"), ("in_development", "version/", "lead"),
    ("in_development", "stop/", "coordinator"), ("accepted", "programme/", "lead"),
    ("programme_approved", "preregistration/", "lead"),
    ("in_assessment", "panel/", "coordinator"), ("assessed", "spread/", "coordinator"),
]  # fmt: skip


def test_no_field_of_a_form_breaks_the_server_on_its_way(world: SimpleNamespace, page_of: Any) -> None:
    walk, tried = Walk(world, WON), 0
    for status, page, person in PAGES:
        until(walk, status)
        client = page_of(getattr(walk, person))
        path = f"/en/labs/pilots/{walk.project.public_id}/{page}"
        shown = client.get(path)
        assert shown.status_code == 200, path
        own = shown.content.decode().partition("<main")[2].partition("</main>")[0]
        names = sorted({*FIELD.findall(own)} - {"once_key", "csrfmiddlewaretoken"})
        assert names, path
        for name in names:
            for value in (each for each in EVERYTHING[::3] if isinstance(each, str)):
                with transaction.atomic():
                    fields = {name: value.encode("utf-8", "replace").decode(), "once_key": secrets.token_urlsafe(12)}
                    answer = client.post(path, fields)
                    transaction.set_rollback(True)
                assert answer.status_code in (302, 303, 400, 409, 422), (path, name, value, answer.status_code)
                tried += 1
    assert tried > 200
