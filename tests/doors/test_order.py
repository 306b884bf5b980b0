"""The table of answers, in its order, at a door of the API."""

import json

import pytest

URL = "/api/v1/try/houses/"
pytestmark = pytest.mark.usefixtures("doors")


def one(house):
    return f"{URL}{house.public_id}/"


def body_of(answer):
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return json.loads(answer.content)


def test_nobody_is_asked_to_sign_in_whether_or_not_the_object_exists(api_of, world):
    known, unknown = api_of(None).get(one(world.a)), api_of(None).get(f"{URL}01UNKNOWN/")
    assert known.status_code == unknown.status_code == 401
    assert known.content == unknown.content
    assert known["WWW-Authenticate"].startswith("Bearer")


def test_a_stranger_meets_the_404_of_an_unknown_id_byte_for_byte(api_of, world, stranger):
    client = api_of(stranger)
    seen, unknown = client.get(one(world.a)), client.get(f"{URL}01UNKNOWN/")
    assert seen.status_code == unknown.status_code == 404
    assert seen.content == unknown.content
    assert dict(seen.headers) == dict(unknown.headers)


def test_a_role_without_the_door_gets_403_before_any_look_up(api_of, world, teacher, stranger):
    assert api_of(teacher).get("/api/v1/try/officers/01UNKNOWN/").status_code == 403
    assert api_of(stranger).get("/api/v1/try/officers/01UNKNOWN/").status_code == 404


def test_a_method_that_is_not_offered_is_405_before_the_look_up(api_of, institution_admin):
    answer = api_of(institution_admin).put(f"{URL}01UNKNOWN/", {}, format="json")
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert body_of(answer)["code"] == "method_not_allowed"


def test_another_media_type_is_415_before_the_look_up(api_of, institution_admin):
    answer = api_of(institution_admin).patch(f"{URL}01UNKNOWN/", "x=1", content_type="text/plain")
    assert answer.status_code == 415
    assert body_of(answer)["code"] == "unsupported_media_type"


def test_a_body_beyond_a_megabyte_is_413(api_of, institution_admin):
    answer = api_of(institution_admin).post(URL, {"short_name": "x" * 1_100_000}, format="json")
    assert answer.status_code == 413
    assert body_of(answer)["code"] == "too_large"


def test_the_look_up_comes_before_the_key_and_the_version(api_of, institution_admin):
    assert api_of(institution_admin).patch(f"{URL}01UNKNOWN/", {"nonsense": 1}, format="json").status_code == 404


def test_the_rule_about_the_object_comes_before_the_version(api_of, institution_admin, world):
    type(world.a).objects.filter(pk=world.a.pk).update(short_name="locked")
    assert api_of(institution_admin).patch(one(world.a), {"short_name": "x"}, format="json").status_code == 403


def test_the_key_comes_before_the_shape(api_of, institution_admin):
    answer = api_of(institution_admin).post(URL, {"nonsense": 1}, format="json")
    assert (answer.status_code, body_of(answer)["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (None, 428, "version_required"),
        ("*", 400, "weak_version"),
        ('W/"1"', 400, "weak_version"),
        ('"77"', 412, "version_stale"),
    ],
)
def test_a_guarded_door_names_what_is_wrong_with_the_version(request, world, given, status, code):
    client = request.getfixturevalue("api_of")(request.getfixturevalue("institution_admin"))
    headers = {"HTTP_IF_MATCH": given} if given else {}
    answer = client.patch(one(world.a), {"nonsense": 1}, format="json", **headers)
    assert (answer.status_code, body_of(answer)["code"]) == (status, code)


def test_a_stale_version_shows_the_present_one(api_of, institution_admin, world):
    answer = api_of(institution_admin).patch(one(world.a), {"short_name": "x"}, format="json", HTTP_IF_MATCH='"77"')
    assert body_of(answer)["current_version"] == '"1"' == answer["ETag"]
    assert body_of(answer)["current"]["id"] == world.a.public_id


def test_with_the_right_version_the_change_is_made_and_a_new_etag_given(api_of, institution_admin, world):
    client = api_of(institution_admin)
    etag = client.get(one(world.a))["ETag"]
    answer = client.patch(one(world.a), {"short_name": "New"}, format="json", HTTP_IF_MATCH=etag)
    assert answer.status_code == 200
    assert answer.json()["short_name"] == "New"
    assert answer["ETag"] != etag


def test_detail_says_which_moves_are_open(api_of, institution_admin, regional_officer, world):
    assert api_of(institution_admin).get(one(world.a)).json()["moves"] == []
    assert api_of(regional_officer).get(one(world.a)).json()["moves"] == ["suspend", "close"]
    assert api_of(regional_officer, "read").get(one(world.a)).json()["moves"] == []


def test_a_move_is_made_once_its_reason_is_said(api_of, regional_officer, world):
    client = api_of(regional_officer)
    url = f"{one(world.a)}moves/suspend/"
    assert client.post(url, {}, format="json", HTTP_IDEMPOTENCY_KEY="a").status_code == 400
    answer = client.post(url, {"reason": "inspection"}, format="json", HTTP_IDEMPOTENCY_KEY="b")
    assert (answer.status_code, answer.json()["status"]) == (200, "suspended")


def test_a_move_at_the_wrong_time_is_409_with_status_and_moves(api_of, regional_officer, world):
    answer = api_of(regional_officer).post(f"{one(world.a)}moves/verify/", {}, format="json", HTTP_IDEMPOTENCY_KEY="a")
    assert answer.status_code == 409
    assert body_of(answer)["current_status"] == "verified"
    assert body_of(answer)["moves"] == ["suspend", "close"]


def test_a_move_that_is_not_theirs_is_403_and_an_unknown_one_404(api_of, teacher, world):
    client = api_of(teacher)
    url = one(world.a) + "moves/{}/"
    assert client.post(url.format("suspend"), {}, format="json").status_code == 403
    assert client.post(url.format("explode"), {}, format="json").status_code == 404


def test_a_token_that_may_only_read_does_not_write(api_of, regional_officer, world):
    answer = api_of(regional_officer, "read").post(f"{one(world.a)}moves/suspend/", {}, format="json")
    assert (answer.status_code, body_of(answer)["code"]) == (403, "scope_missing")
