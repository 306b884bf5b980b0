"""Protocols of contests, seminars and discussions: prescribed parts, two signatures on one hash, then unchangeable."""

import itertools
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from accounts.clock import now
from accounts.models import User
from cooperation.activities import actions as activities
from cooperation.activities.models import Activity
from cooperation.protocols.models import Protocol
from lifecycle.models import Event
from tests.factories import a_member, a_term

URL = "/api/v1/activities/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def send(client: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    headers = {"Idempotency-Key": f"protocol-{next(KEYS)}", **headers}
    return getattr(client, method)(path, body or {}, format="json", headers=headers)


@pytest.fixture
def types(db: None) -> SimpleNamespace:
    for code in ("F30", "F35"):
        a_term("cooperation_form", code)
    return SimpleNamespace(
        discussion=a_term("activity_type", "discussion", form="F35"),
        contest=a_term("activity_type", "contest", form="F30"),
        seminar=a_term("activity_type", "seminar", form="F30"),
        lesson=a_term("activity_type", "open_lesson", form="F30"),
    )


@pytest.fixture
def chair(world: SimpleNamespace) -> User:
    return a_member("coordinator", world.a, name="Nodira Karimova")


@pytest.fixture
def secretary(world: SimpleNamespace) -> User:
    return a_member("teacher", world.a, name="Anvar Rahimov")


@pytest.fixture
def discussion(teacher: User, world: SimpleNamespace, types: SimpleNamespace) -> Activity:
    return activities.log_activity(by=teacher, at=now(), type_=types.discussion, partners=[world.b])


def whole(chair: User, secretary: User, **other: Any) -> dict[str, Any]:
    """Every part of a discussion's protocol."""
    return {
        "number": "7", "place": "Reading room",
        "chair": {"member": chair.memberships.get().public_id, "position": "Deputy director"},
        "secretary": {"member": secretary.memberships.get().public_id, "position": "Methodologist"},
        "present": [{"name": "Nodira Karimova", "position": "Deputy director"}, {"name": "G. Aliyeva", "position": "Teacher"}],
        "items": [{"title": "Play and number", "author": "G. Aliyeva", "remarks": "None.", "decision": "Recommended."}],
        **other,
    }  # fmt: skip


def begun(client: Any, activity: Activity, **content: Any) -> Any:
    return send(client, "post", f"{URL}{activity.public_id}/protocol/", content)


def sign(client: Any, protocol: dict[str, Any], content_hash: str = "") -> Any:
    body = {"content_hash": content_hash or protocol["content_hash"]}
    return send(client, "post", f"/api/v1/protocols/{protocol['id']}/moves/sign/", body)


def codes(answer: Any) -> list[str]:
    return [error["code"] for error in answer.json()["errors"]]


def test_chair_and_secretary_sign_one_content_and_then_it_never_changes(
    api_of: Any, discussion: Activity, institution_admin: User, chair: User, secretary: User
) -> None:
    office = api_of(institution_admin)
    draft = begun(office, discussion, **whole(chair, secretary)).json()
    assert (draft["edition"], draft["status"], draft["content"]["chair"]["name"]) == (1, "draft", "Nodira Karimova")
    assert sign(office, draft).status_code == 403
    assert sign(api_of(chair), draft).json()["status"] == "draft"
    assert sign(api_of(chair), draft).status_code in (403, 409)
    signed = sign(api_of(secretary), draft).json()
    assert (signed["status"], signed["moves"]) == ("signed", [])
    path = f"/api/v1/protocols/{draft['id']}/"
    etag = office.get(path)["ETag"]
    assert send(office, "patch", path, {"place": "Hall"}, **{"If-Match": etag}).status_code == 409
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Protocol.objects.update(content={})
    names = Event.objects.filter(subject_type="protocol").order_by("id").values_list("name", flat=True)
    assert list(names) == ["draft", "sign", "sign", "conclude"]


def test_what_was_changed_after_reading_is_not_signed_and_a_change_takes_signatures_back(
    api_of: Any, discussion: Activity, institution_admin: User, chair: User, secretary: User
) -> None:
    office = api_of(institution_admin)
    draft = begun(office, discussion, **whole(chair, secretary)).json()
    sign(api_of(chair), draft)
    path = f"/api/v1/protocols/{draft['id']}/"
    changed = send(office, "patch", path, {"place": "Hall"}, **{"If-Match": office.get(path)["ETag"]}).json()
    assert changed["chair_signed_at"] is None
    stale = sign(api_of(secretary), draft)
    assert (stale.status_code, stale.json()["content_hash"]) == (409, changed["content_hash"])
    assert sign(api_of(secretary), changed).json()["status"] == "draft"
    assert sign(api_of(chair), changed).json()["status"] == "signed"


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"number": ""}, "number"), ({"place": ""}, "place"), ({"present": []}, "present"), ({"items": []}, "items"),
        ({"present": [{"name": "A", "position": "B"}, {"name": "C"}]}, "present_position"),
        ({"items": [{"title": "T", "remarks": "None.", "decision": "Yes."}]}, "item_author"),
        ({"items": [{"title": "T", "author": "A", "decision": "Yes."}]}, "item_remarks"),
        ({"items": [{"title": "T", "author": "A", "remarks": "None."}]}, "item_decision"),
    ],
)  # fmt: skip
def test_a_protocol_without_a_prescribed_part_is_refused_by_that_part(
    lacking: dict[str, Any], code: str, api_of: Any, discussion: Activity, institution_admin: User, chair: User,
    secretary: User,
) -> None:  # fmt: skip
    draft = begun(api_of(institution_admin), discussion, **whole(chair, secretary, **lacking)).json()
    refused = sign(api_of(chair), draft)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert Protocol.objects.get().chair_signed_at is None


def test_positions_of_chair_and_secretary_are_prescribed(
    api_of: Any, discussion: Activity, institution_admin: User, chair: User, secretary: User
) -> None:
    parts = whole(chair, secretary)
    for office in ("chair", "secretary"):
        parts[office] = {**parts[office], "position": ""}
    draft = begun(api_of(institution_admin), discussion, **parts).json()
    assert codes(sign(api_of(chair), draft)) == ["chair_position", "secretary_position"]


def test_a_contest_says_who_took_which_place_and_a_seminar_what_came_of_it(
    api_of: Any, teacher: User, institution_admin: User, chair: User, secretary: User, world: SimpleNamespace,
    types: SimpleNamespace,
) -> None:  # fmt: skip
    office, found = api_of(institution_admin), {}
    for type_ in (types.contest, types.seminar):
        activity = activities.log_activity(by=teacher, at=now(), type_=type_, partners=[world.b])
        draft = begun(office, activity, **whole(chair, secretary, items=[{"title": "Opening"}])).json()
        found[type_.code] = codes(sign(api_of(chair), draft))
    assert found == {"contest": ["result", "places"], "seminar": ["result"]}


def test_a_signed_protocol_is_corrected_by_its_next_edition(
    api_of: Any, discussion: Activity, institution_admin: User, chair: User, secretary: User
) -> None:
    office = api_of(institution_admin)
    first = begun(office, discussion, **whole(chair, secretary)).json()
    assert begun(office, discussion).status_code == 409
    for user in (chair, secretary):
        sign(api_of(user), first)
    second = begun(office, discussion, place="Hall").json()
    assert (second["edition"], second["content"]["number"], second["content"]["place"]) == (2, "7", "Hall")
    assert Protocol.objects.get(edition=1).status == "signed"
    for user in (chair, secretary):
        sign(api_of(user), second)
    assert [each.status for each in Protocol.objects.order_by("edition")] == ["superseded", "signed"]
    assert office.get(f"{URL}{discussion.public_id}/protocol/").json()["edition"] == 2


def test_who_writes_reads_and_signs_a_protocol(
    api_of: Any, page_of: Any, discussion: Activity, institution_admin: User, partner_admin: User, teacher: User,
    foreign_admin: User, regional_officer: User, chair: User, secretary: User, world: SimpleNamespace,
    types: SimpleNamespace,
) -> None:  # fmt: skip
    assert begun(api_of(partner_admin), discussion).status_code == 403
    assert begun(api_of(foreign_admin), discussion).status_code == 404
    other = a_member("teacher", world.c).memberships.get().public_id
    assert begun(api_of(institution_admin), discussion, chair={"member": other}).status_code == 400
    same = whole(chair, chair)
    assert codes(begun(api_of(institution_admin), discussion, **same)) == ["same"]
    draft = begun(api_of(institution_admin), discussion, **whole(chair, secretary)).json()
    path = f"/api/v1/protocols/{draft['id']}/"
    assert api_of(partner_admin).get(path).status_code == 200
    assert api_of(regional_officer).get(path).status_code == 404
    page = page_of(regional_officer).get(f"/en/activities/{discussion.public_id}/protocol/")
    assert page.status_code == 200 and "Karimova" not in page.content.decode()
    lesson = activities.log_activity(by=teacher, at=now(), type_=types.lesson, partners=[world.b])
    assert begun(api_of(institution_admin), lesson).status_code == 409
    assert page_of(institution_admin).get(f"/en/activities/{lesson.public_id}/protocol/").status_code == 404


def test_a_protocol_is_written_and_signed_on_its_pages(
    page_of: Any, discussion: Activity, institution_admin: User, chair: User, secretary: User
) -> None:
    office, path = page_of(institution_admin), f"/en/activities/{discussion.public_id}/protocol/"
    assert f'href="{path}"' in office.get(f"/en/activities/{discussion.public_id}/").content.decode()
    assert "There is no protocol yet" in office.get(path).content.decode()
    assert office.get(f"{path}write/").status_code == 200
    rows = {f"{part}-{name}": "0" for part in ("present", "items") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    head = {"number": "7", "held_on": "21.11.2026", "place": "Reading room", "chair_text": "Nodira Karimova",
            "chair_position": "Deputy director", "secretary_text": "Anvar Rahimov"}  # fmt: skip
    unknown = office.post(f"{path}write/", {"once_key": "a", **rows, **head, "chair_text": "Somebody Else"})
    assert (unknown.status_code, "Choose somebody who works" in unknown.content.decode()) == (422, True)
    saved = office.post(f"{path}write/", {"once_key": "b", **rows, **head})
    assert saved.status_code == 302
    protocol = Protocol.objects.get()
    assert (protocol.chair, protocol.secretary) == (chair, secretary)
    shown = page_of(chair).get(path).content.decode()
    assert "Secretary: say in which position." in shown
    refused = page_of(chair).post(f"{path}sign/", {"once_key": "c", "content_hash": protocol.content_hash})
    assert (refused.status_code, "Present: name at least two" in refused.content.decode()) == (422, True)
    rows |= {"present-TOTAL_FORMS": "3", "items-TOTAL_FORMS": "1", "present-0-name": "Nodira Karimova",
             "present-0-position": "Deputy director", "present-1-name": "G. Aliyeva", "present-1-position": "Teacher",
             "items-0-title": "Play and number", "items-0-author": "G. Aliyeva", "items-0-remarks": "None.",
             "items-0-decision": "Recommended."}  # fmt: skip
    office.post(
        f"{path}write/", {"once_key": "d", **rows, **head, "secretary_position": "Methodologist", "add": "items"}
    )
    protocol.refresh_from_db()
    assert len(protocol.content["present"]) == 2
    for number, user in enumerate((chair, secretary)):
        body = {"once_key": f"e{number}", "content_hash": protocol.content_hash}
        assert page_of(user).post(f"{path}sign/", body).status_code == 302
    page = office.get(path).content.decode()
    assert "Correct with a new edition" in page and "Play and number" in page


def test_somebody_of_a_partner_chairs_what_their_institution_took_part_in(
    api_of: Any, page_of: Any, discussion: Activity, teacher: User, partner_admin: User, secretary: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    guest, stranger = (
        a_member("teacher", world.b, name="Gulnora Salimova"),
        a_member("teacher", world.c, name="Gulnora Tosheva"),
    )
    path, office = f"/en/activities/{discussion.public_id}/protocol/", page_of(teacher)

    def offered(words: str, user: User = teacher) -> list[str]:
        found = page_of(user).get(f"{path}people/", {"q": words})
        assert found.status_code == 200
        return re.findall(r'data-text="([^"]+)"', found.content.decode())

    assert offered("anv") == ["Anvar Rahimov"]
    assert [offered("guln"), offered("Gulnora Salimova")] == [[], ["Gulnora Salimova"]]
    activities.confirm_activity(discussion, by=partner_admin, at=now())
    assert [offered("guln"), offered("Гулнора Сал")] == [["Gulnora Salimova"], ["Gulnora Salimova"]]
    rows = {f"{part}-{name}": "0" for part in ("present", "items") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    head = {
        "held_on": "21.11.2026",
        "chair_text": "",
        "chair": stranger.memberships.get().public_id,
        "secretary_text": "Anvar Rahimov",
    }
    assert office.post(f"{path}write/", {"once_key": "a", **rows, **head}).status_code == 422
    head |= {"chair": guest.memberships.get().public_id}
    assert office.post(f"{path}write/", {"once_key": "b", **rows, **head}).status_code == 302
    protocol = Protocol.objects.get()
    assert (protocol.chair, protocol.secretary) == (guest, secretary)
    api, one = api_of(teacher), f"/api/v1/protocols/{protocol.public_id}/"
    saved = send(api, "patch", one, whole(guest, secretary), **{"If-Match": api.get(one)["ETag"]})
    assert saved.status_code == 200, saved.content
    protocol.refresh_from_db()
    body = {"once_key": "c", "content_hash": protocol.content_hash}
    assert page_of(guest).post(f"{path}sign/", body).status_code == 302
    protocol.refresh_from_db()
    assert protocol.chair_signed_at is not None


def test_people_of_an_institution_that_says_it_was_not_there_are_not_offered(
    page_of: Any, api_of: Any, discussion: Activity, teacher: User, partner_admin: User, world: SimpleNamespace
) -> None:
    guest = a_member("teacher", world.b, name="Gulnora Salimova")
    path = f"/en/activities/{discussion.public_id}/protocol/people/"
    for user, status in ((partner_admin, 403), (guest, 403), (a_member("teacher", world.c), 404), (None, 302)):
        assert page_of(user).get(path, {"q": "gul"}).status_code == status
    activities.refuse_activity(discussion, by=partner_admin, at=now())
    assert "Salimova" not in page_of(teacher).get(path, {"q": "Gulnora Salimova"}).content.decode()
    refused = begun(api_of(teacher), discussion, chair={"member": guest.memberships.get().public_id})
    assert refused.status_code == 400


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_a_protocol_is_a_pdf_in_every_language(
    language: str,
    api_of: Any,
    page_of: Any,
    discussion: Activity,
    institution_admin: User,
    chair: User,
    secretary: User,
) -> None:
    hostile = [{"title": "#panic() $x$ <b>", "author": "*A*", "remarks": "", "decision": ""}]
    draft = begun(api_of(institution_admin), discussion, **whole(chair, secretary, items=hostile)).json()
    answer = page_of(institution_admin).get(f"/{language}/protocols/{draft['id']}.pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
