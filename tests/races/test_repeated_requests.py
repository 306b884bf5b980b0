"""Repeated requests over real connections: many at once, one effect."""

import threading
from collections import Counter

import pytest
from django.db import connection, connections, transaction
from rest_framework.test import APIClient

from exchange.replies.models import StoredReply
from institutions.registry.models import Institution
from tests.doors.conftest import EFFECTS, doors
from tests.factories import a_member, a_territory, a_token, an_institution

URL = "/api/v1/try/houses/"
__all__ = ["doors"]


def together(count, work):
    """Runs the same work in several threads that start at one moment."""
    gate, found = threading.Barrier(count), []

    def run(number):
        gate.wait()
        try:
            found.append(work(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def house(own_database, doors):
    place = a_territory("9")
    made = an_institution(place)
    made.secret = a_token(a_member("regional_officer", territory=place))
    return made


def program(house):
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {house.secret}")
    return client


def test_twenty_at_once_with_one_key_have_one_effect_and_one_answer(house):
    def post(_number):
        return program(house).post(URL, {"short_name": "Raced"}, format="json", HTTP_IDEMPOTENCY_KEY="same")

    answers = together(20, post)
    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 19
    assert Institution.objects.get(pk=house.pk).version == 2
    assert StoredReply.objects.count() == 1
    assert EFFECTS == ["Raced"]


def test_one_move_at_once_by_many_is_made_once(house):
    def suspend(number):
        url = f"{URL}{house.public_id}/moves/suspend/"
        return program(house).post(url, {"reason": "why"}, format="json", HTTP_IDEMPOTENCY_KEY=f"k{number}").status_code

    assert Counter(together(8, suspend)) == {200: 1, 409: 7}


def test_one_version_is_overwritten_once(house):
    def rename(number):
        body = {"short_name": f"Name {number}"}
        return program(house).patch(f"{URL}{house.public_id}/", body, format="json", HTTP_IF_MATCH='"1"').status_code

    assert Counter(together(8, rename)) == {200: 1, 412: 7}


def test_a_row_held_by_somebody_else_is_409_within_the_lock_time(house):
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Institution.objects.select_for_update().get(pk=house.pk)
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    answer = program(house).patch(f"{URL}{house.public_id}/", {"short_name": "x"}, format="json", HTTP_IF_MATCH='"1"')
    done.set()
    thread.join()
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert b'"busy"' in answer.content
