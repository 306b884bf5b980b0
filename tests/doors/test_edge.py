"""The edge: language, sign-in, compression, throttle, headers, and answers when the database is away."""

import gzip
import re

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from accounts.models import User
from config import edge, throttle
from config.edge import accepted_language

URL = "/api/v1/try/houses/"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "uz"), ("uz-Cyrl", "uz-cyrl"), ("uz-cyrl-UZ, ru;q=0.5", "uz-cyrl"), ("ru-RU,ru;q=0.9", "ru"), ("en-GB", "en"),
        ("de, en;q=0.1", "en"), ("fr", "uz"), ("*", "uz"), ("xx" * 5000, "uz"), ("ru;q=0, en", "en"),
    ],
)  # fmt: skip
def test_the_language_is_read_from_the_header(header, language):
    assert accepted_language(header) == language


def test_the_api_speaks_the_language_of_the_header(client, db):
    answers = {
        code: client.get("/api/v1/nothing/", HTTP_ACCEPT_LANGUAGE=code) for code in ("uz", "uz-Cyrl", "ru", "en")
    }
    assert answers["uz-Cyrl"]["Content-Language"] == "uz-Cyrl"
    assert answers["en"].json()["title"] == "Not found"


def test_a_page_without_a_language_leads_to_the_readers_own(db, page_of, institution_admin, client):
    assert (
        client.get("/accounts/login/?next=/x/", HTTP_ACCEPT_LANGUAGE="ru")["Location"] == "/ru/accounts/login/?next=/x/"
    )
    client.cookies["django_language"] = "en"
    assert client.get("/accounts/login/", HTTP_ACCEPT_LANGUAGE="ru")["Location"] == "/en/accounts/login/"
    User.objects.filter(pk=institution_admin.pk).update(language="uz-cyrl")
    assert page_of(institution_admin).get("/accounts/email/")["Location"] == "/uz-cyrl/accounts/email/"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%2f%2fevil.example/accounts/login/"])
def test_the_way_to_a_language_stays_on_this_site(client, db, path):
    answer = client.get(path)
    assert answer.status_code in (400, 404) or answer["Location"].startswith(("/uz/", "/"))
    assert not answer.get("Location", "/uz/").startswith(("//", "/\\", "http"))


def test_pages_lead_nobody_to_sign_in_and_back(doors, client, world):
    answer = client.get(f"/try/{world.a.public_id}/?x=1")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    assert "next=/try/" in answer["Location"]
    unknown = client.get("/try/01UNKNOWN/?x=1")
    assert unknown.status_code == 302


def test_an_unseen_page_is_the_404_of_an_unknown_one(doors, page_of, stranger, world):
    page, known, other = page_of(stranger), world.a.public_id, "0" * 26
    seen, unknown = page.get(f"/try/{known}/"), page.get(f"/try/{other}/")
    assert seen.status_code == unknown.status_code == 404
    assert dict(seen.headers) == dict(unknown.headers)
    token = re.compile(rb"[A-Za-z0-9_+/=-]{20,}")  # nonces, CSRF tokens and the address itself differ
    assert token.sub(b"", seen.content) == token.sub(b"", unknown.content)


def test_a_session_unused_for_half_an_hour_is_over(doors, page_of, institution_admin, world, time_machine_at):
    page = page_of(institution_admin)
    url = f"/try/{world.a.public_id}/"
    assert page.get(url).status_code == 200
    with time_machine_at(minutes=29):
        assert page.get(url).status_code == 200
    with time_machine_at(minutes=58):
        assert page.get(url).status_code == 200
    with time_machine_at(minutes=90):
        assert page.get(url).status_code == 302


@pytest.mark.parametrize("change", [{"is_active": False}, {"auth_epoch": 5}, {"password": "other"}])
def test_access_ends_with_the_next_request(doors, page_of, api_of, institution_admin, world, change):
    page, program = page_of(institution_admin), api_of(institution_admin)
    assert page.get(f"/try/{world.a.public_id}/").status_code == 200
    assert program.get(URL).status_code == 200
    User.objects.filter(pk=institution_admin.pk).update(**change)
    assert page.get(f"/try/{world.a.public_id}/").status_code == 302
    assert program.get(URL).status_code == (200 if "password" in change else 401)


def test_a_token_dies_with_revocation_expiry_and_the_wrong_address(doors, api_of, institution_admin, time_machine_at):
    program = api_of(institution_admin)
    assert program.get(URL, REMOTE_ADDR="10.0.0.1").status_code == 200
    institution_admin.tokens.update(addresses=["10.0.0.2"])
    assert program.get(URL, REMOTE_ADDR="10.0.0.1").status_code == 401
    assert program.get(URL, REMOTE_ADDR="10.0.0.2").status_code == 200
    institution_admin.tokens.update(addresses=[])
    with time_machine_at(days=31):
        assert program.get(URL).status_code == 401
    institution_admin.tokens.update(revoked_at="2026-11-20T00:00:00Z")
    assert program.get(URL).status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer " + "x" * 10_000, "Basic YTpi", "Bearer", "Bearer \u044f\u044f\u044f", "Token abc"]
)
def test_a_header_that_is_no_token_is_401(doors, client, db, header):
    assert client.get(URL, HTTP_AUTHORIZATION=header).status_code == 401


def test_the_session_of_a_page_needs_its_csrf_token_at_the_api(doors, institution_admin, world):
    page = Client(enforce_csrf_checks=True)
    page.force_login(institution_admin, backend="django.contrib.auth.backends.ModelBackend")
    assert page.get(URL).status_code == 200
    answer = page.post(URL, {"short_name": "x"}, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 403


def test_answers_are_compressed_unless_they_carry_a_strong_etag(doors, api_of, ministry_officer, world):
    program = api_of(ministry_officer)
    big = program.get(f"{URL}?limit=200", HTTP_ACCEPT_ENCODING="gzip")
    assert big["Content-Encoding"] == "gzip"
    assert gzip.decompress(big.content).startswith(b"{")
    one = program.get(f"{URL}{world.a.public_id}/", HTTP_ACCEPT_ENCODING="gzip")
    assert "Content-Encoding" not in one
    assert not one["ETag"].startswith("W/")


def test_too_many_requests_are_429_with_retry_after(doors, api_of, institution_admin, monkeypatch):
    monkeypatch.setattr(throttle.CallerThrottle, "THROTTLE_RATES", {"caller": "2/min"})
    program = api_of(institution_admin)
    first = program.get(URL)
    assert first["RateLimit-Policy"] == '"caller";q=2;w=60'
    assert first["RateLimit"].startswith('"caller";r=1;t=')
    program.get(URL)
    third = program.get(URL)
    assert third.status_code == 429
    assert int(third["Retry-After"]) > 0
    assert third["Content-Type"] == "application/problem+json"


def test_guessing_tokens_is_counted_too(doors, client, db, monkeypatch):
    monkeypatch.setattr(throttle.CallerThrottle, "THROTTLE_RATES", {"caller": "2/min"})
    codes = [client.get(URL, HTTP_AUTHORIZATION=f"Bearer {'x' * 30}{n}").status_code for n in range(4)]
    assert codes == [401, 401, 429, 429]


def test_a_cache_that_is_away_costs_no_answer():
    away = edge.ForgivingCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    away.set("a", 1)
    assert away.get("a", "missing") == "missing"
    assert away.add("a", 1) is True
    assert away.incr("a") == 1
    assert away.get_many(["a"]) == {}
    away.clear()
    cache.clear()


def test_an_absent_database_is_503_everywhere(doors, page_of, institution_admin, world, monkeypatch):
    page = page_of(institution_admin)
    page.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    for url in (f"/try/{world.a.public_id}/", URL):
        answer = page.get(url)
        assert answer.status_code == 503, url
        assert answer["Retry-After"] == "3"


def test_a_request_id_that_is_no_id_is_not_taken_over(doors, client, db):
    assert client.get("/api/v1/", HTTP_X_REQUEST_ID="x" * 5000).status_code == 200
    assert client.get("/api/v1/", HTTP_X_REQUEST_ID="a b\tc").status_code == 200


def test_each_kind_of_error_has_its_page(client, db):
    answer = client.get("/api/errors/wrong-status/", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 200
    assert b"current_status" in answer.content
    assert client.get("/api/errors/nothing-like-it/").status_code == 404
