"""A pilot that fails, played to its end, with a cheat at every lock on the way: by pages and by the API, each refused (M7)."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from labs.models import PilotProject, Verdict
from tests.factories import a_member
from tests.labs.walking import LOST, Walk

pytestmark = pytest.mark.django_db
KEYS = itertools.count()


class Cheat:
    """Somebody tries something; what answered is a status."""

    def __init__(self, walk: Walk, api_of: Any) -> None:
        self.walk, self.api_of = walk, api_of
        self.page, self.door = f"/en/labs/pilots/{walk.project.public_id}/", f"/api/v1/pilots/{walk.project.public_id}/"

    def sends(self, who: User, path: str, **fields: Any) -> int:
        client = Client()
        client.force_login(who)
        return client.post(path, {**fields, "once_key": f"cheat{next(KEYS)}"}).status_code

    def posts(self, who: User, path: str, body: dict[str, Any]) -> Any:
        return self.api_of(who).post(path, body, format="json", headers={"Idempotency-Key": f"cheat{next(KEYS)}"})

    def until(self, status: str) -> None:
        while self.walk.fresh().status != status:
            name, person = self.walk.next() or ("", None)
            getattr(self.walk, name)(person)


@pytest.fixture
def cheat(world: SimpleNamespace, api_of: Any) -> Cheat:
    return Cheat(Walk(world, LOST), api_of)


def test_a_group_answers_once_and_stays(cheat):
    walk, member = cheat.walk, cheat.walk.members[1]["member"].user
    cheat.until("group_approved")
    assert cheat.sends(walk.coordinator, f"{cheat.page}group/") == 409
    assert cheat.sends(member, f"{cheat.page}agree/") == 403
    assert cheat.sends(member, f"{cheat.page}decline/", reason="x") == 409
    cheat.until("in_development")
    assert cheat.sends(member, f"{cheat.page}submit/") == 403


def test_an_expert_answers_once_and_knows_no_name(cheat, world):
    walk = cheat.walk
    cheat.until("submitted")
    walk.open(walk.coordinator)
    one, near = f"/en/labs/examinations/{walk.round().public_id}/", a_member("expert", world.a)
    assert cheat.sends(walk.coordinator, f"{one}invite/", expert=near.public_id) == 422
    assert cheat.sends(walk.coordinator, f"{one}invite/", expert=walk.lead.public_id) == 422
    assert cheat.sends(walk.coordinator, f"{one}start/") == 422
    assert cheat.sends(walk.coordinator, f"{one}decide/", decision="accepted") == 422
    cheat.until("in_examination")
    expert = walk.experts[0]
    own = f"/en/labs/reviews/{walk.review(expert).public_id}/"
    assert cheat.sends(expert, f"{own}accept/") == 409
    walk.judge(expert)
    for part, said in (("write", {"send": "1", "comment": "Other"}), ("decline", {"reason": "x"})):
        assert cheat.sends(expert, f"{own}{part}/", **said) == 409
    assert cheat.sends(walk.experts[1], f"{own}write/", comment="Mine") == 404
    cheat.until("accepted")
    assert cheat.sends(walk.coordinator, f"{one}decide/", decision="rejected") == 409


def test_no_move_of_the_house_is_made_by_hand(cheat):
    cheat.until("programme_approved")
    for move in ("start_pilot", "preregister", "accept", "complete_group", "assess", "publish"):
        assert cheat.posts(cheat.walk.coordinator, f"{cheat.door}moves/{move}/", {}).status_code == 404, move
    for move in ("end_pilot", "disseminate"):
        assert cheat.posts(cheat.walk.lead, f"{cheat.door}moves/{move}/", {}).status_code in (400, 403, 409), move
    lock = cheat.posts(cheat.walk.lead, f"{cheat.door}preregistration/lock/", {"content_hash": "0" * 64})
    assert lock.status_code == 422
    cheat.until("preregistered")
    assert cheat.sends(cheat.walk.lead, f"{cheat.page}preregistration/", hypothesis="Other") == 409


def test_a_panel_is_apart_and_a_verdict_stays(cheat, world):
    walk = cheat.walk
    cheat.until("in_assessment")
    for person in walk.experts[:2]:
        answer = cheat.posts(
            walk.coordinator, f"{cheat.door}panel/", {"people": [each.email for each in (person, *walk.panel)]}
        )
        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, ["/people"])
    walk.seat(walk.coordinator)
    one = f"/en/labs/verdicts/{walk.verdict().public_id}/"
    client = Client()
    client.force_login(walk.experts[0])
    assert client.get(one).status_code == 404
    assert walk.project.title not in client.get("/en/inbox/").content.decode()
    assert cheat.sends(walk.panel[1], f"{one}words/", value="successful") == 422
    assert cheat.sends(walk.lead, f"{one}words/", value="successful", reason="x") in (403, 404)
    cheat.until("assessed")
    assert cheat.sends(walk.panel[1], f"{one}words/", value="successful", reason="x") == 409
    spread = {"territory": world.country.code, "kinds": ["school"], "window_ends_on": "2027-11-01"}
    assert cheat.posts(walk.coordinator, f"{cheat.door}moves/disseminate/", spread).status_code == 422
    assert cheat.sends(walk.coordinator, f"{cheat.page}spread/", **{**spread, "window_ends_on": "1.11.2027"}) == 422
    assert cheat.sends(walk.coordinator, f"{cheat.page}stop/", reason="x") == 409
    assert (Verdict.objects.get().value, PilotProject.objects.get().status) == ("not_successful", "assessed")
