"""A repeated request has one effect, and a refused one has none."""

import json

import pytest

from lifecycle.models import Event

URL = "/api/v1/try/houses/"


def post(client, key="k1", **body):
    return client.post(URL, {"short_name": "Named", **body}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_the_same_request_again_gives_the_same_bytes_and_no_second_effect(doors, api_of, institution_admin):
    client = api_of(institution_admin)
    first, second = post(client), post(client)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert second["Location"] == first["Location"]
    assert second["ETag"] == first["ETag"]
    assert doors == ["Named"]


def test_the_order_of_keys_in_the_body_does_not_make_another_request(doors, api_of, institution_admin):
    client = api_of(institution_admin)
    for body in ('{"short_name": "A", "count": 1}', '{"count": 1,   "short_name": "A"}'):
        answer = client.generic("POST", URL, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")
        assert answer.status_code == 201
    assert doors == ["A"]


def test_the_same_key_with_another_body_or_address_is_422(doors, api_of, institution_admin):
    client = api_of(institution_admin)
    post(client)
    other = post(client, short_name="Other")
    assert other.status_code == 422
    assert json.loads(other.content)["code"] == "idempotency_key_reused"
    elsewhere = client.post(f"{URL}?tab=2", {"short_name": "Named"}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert elsewhere.status_code == 422
    assert doors == ["Named"]


def test_another_person_may_use_the_same_key(doors, api_of, institution_admin, partner_admin):
    assert post(api_of(institution_admin)).status_code == 201
    second = post(api_of(partner_admin))
    assert second.status_code == 201
    assert "Idempotent-Replayed" not in second
    assert doors == ["Named", "Named"]


def test_after_two_days_a_key_is_new(doors, api_of, institution_admin, time_machine_at):
    client = api_of(institution_admin)
    post(client)
    with time_machine_at(hours=49):
        assert "Idempotent-Replayed" not in post(client)
    assert len(doors) == 2


def test_a_refusal_is_rolled_back_and_not_kept(doors, api_of, institution_admin, world):
    client = api_of(institution_admin)
    refused = post(client, short_name="refused late")
    assert refused.status_code == 400
    world.a.refresh_from_db()
    assert world.a.short_name == ""
    again = post(client, short_name="refused late")
    assert again.status_code == 400
    assert "Idempotent-Replayed" not in again
    assert post(client).status_code == 201


@pytest.mark.parametrize("key", ["x" * 129, "with\ttab"])
def test_a_key_that_is_too_long_or_unprintable_is_400(doors, api_of, institution_admin, key):
    answer = post(api_of(institution_admin), key)
    assert answer.status_code == 400
    assert json.loads(answer.content)["code"] in ("idempotency_key_invalid", "unsafe_text")


def test_a_replay_is_authorised_again(doors, api_of, regional_officer, world):
    client = api_of(regional_officer)
    url = f"{URL}{world.a.public_id}/moves/suspend/"
    assert client.post(url, {"reason": "why"}, format="json", HTTP_IDEMPOTENCY_KEY="m").status_code == 200
    replayed = client.post(url, {"reason": "why"}, format="json", HTTP_IDEMPOTENCY_KEY="m")
    assert (replayed.status_code, replayed["Idempotent-Replayed"]) == (200, "true")
    regional_officer.memberships.all().delete()
    assert client.post(url, {"reason": "why"}, format="json", HTTP_IDEMPOTENCY_KEY="m").status_code == 404


def test_a_form_sent_twice_has_one_effect_and_needs_its_key(doors, page_of, institution_admin):
    page = page_of(institution_admin)
    assert page.post("/try/naming/", {"name": "x"}).status_code == 400
    for _time in range(2):
        answer = page.post("/try/naming/", {"name": "Double click", "once_key": "abc"})
        assert (answer.status_code, answer["Location"]) == (302, "/done/")
    assert doors == ["Double click"]


def test_a_form_with_errors_comes_back_as_422(doors, page_of, institution_admin):
    answer = page_of(institution_admin).post("/try/naming/", {"name": "x" * 30, "once_key": "abc"})
    assert answer.status_code == 422


def test_a_form_takes_a_foreign_id_for_an_unknown_one(doors, page_of, institution_admin, world):
    texts = []
    for number, partner in enumerate((world.hidden.public_id, "01UNKNOWN")):
        answer = page_of(institution_admin).post(
            "/try/naming/", {"name": "x", "partner": partner, "once_key": f"k{number}"}
        )
        assert answer.status_code == 422
        texts.append(answer.content)
    assert texts[0] == texts[1]


def test_what_somebody_may_not_do_leaves_an_event_of_its_own_and_nothing_else(
    api_of, page_of, institution_admin, expert, world
):
    over_api = api_of(expert).post("/api/v1/agreements/", {}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert over_api.status_code == 403
    assert page_of(expert).post("/en/agreements/new/", {"once_key": "p"}).status_code == 403
    told = list(Event.objects.filter(subject_type="refusal").order_by("id"))
    assert [(event.name, event.actor_id, event.members_only) for event in told] == [("refuse", expert.pk, True)] * 2
    assert [event.detail["door"] for event in told] == ["api-agreements-list", "agreement-new"]
    assert not Event.objects.exclude(subject_type="refusal").exists()
