"""Asking somebody without an account: who may ask whom, how often, and how the link reaches them."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.clock import now
from accounts.models import User
from cooperation.activities.links import links_of
from cooperation.activities.models import Activity
from cooperation.activities.rules import LINKS_A_DAY
from cooperation.confirmations.emails import tell_asked
from lifecycle.links import forget_addressees
from lifecycle.models import SignedLink
from tests.cooperation.links import URL, asked, post
from tests.factories import a_member

pytestmark = pytest.mark.django_db


def test_whoever_logged_it_and_their_colleagues_are_not_asked(
    entry: Activity, api_of: Any, teacher: User, institution_admin: User, world: SimpleNamespace
) -> None:
    a_member("teacher", world.a, email="colleague@example.org")
    url = f"{URL}{entry.public_id}/links/"
    own = (teacher.email, "Teacher@Example.org", "teacher+self@example.org", institution_admin.email)
    for email in (*own, "colleague@example.org"):
        refused = post(api_of(teacher), url, {"email": email})
        assert refused.status_code == 400, email
        assert refused.json()["errors"][0]["code"] == "own_side"
    assert not SignedLink.objects.exists()


def test_the_api_gives_the_address_once(entry: Activity, api_of: Any, teacher: User) -> None:
    url = f"{URL}{entry.public_id}/links/"
    made = post(api_of(teacher), url, {"email": "boss@firm.example"}, key="once")
    assert made.status_code == 201, made.content
    address = made.json()["url"]
    assert Client().get(address).status_code == 200
    again = post(api_of(teacher), url, {"email": "boss@firm.example"}, key="once")
    assert again.status_code == 201 and "url" not in again.json()
    assert SignedLink.objects.count() == 1


def test_only_the_logging_side_asks(
    entry: Activity, api_of: Any, partner_admin: User, regional_officer: User, foreign_admin: User
) -> None:
    url, body = f"{URL}{entry.public_id}/links/", {"email": "boss@firm.example"}
    assert post(api_of(partner_admin), url, body).status_code == 403
    assert post(api_of(regional_officer), url, body).status_code == 403
    assert post(api_of(foreign_admin), url, body).status_code == 404


def test_five_links_are_open_at_most(entry: Activity, api_of: Any, teacher: User) -> None:
    url = f"{URL}{entry.public_id}/links/"
    codes = [post(api_of(teacher), url, {"email": f"boss{n}@firm.example"}).status_code for n in range(6)]
    assert codes == [201] * 5 + [422]
    SignedLink.objects.filter(pk=links_of(entry)[0].pk).update(withdrawn_at=now())
    assert post(api_of(teacher), url, {"email": "boss@firm.example"}).status_code == 201


def test_the_side_asked_takes_part_and_has_not_answered(
    entry: Activity, api_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace
) -> None:
    url = f"{URL}{entry.public_id}/links/"
    stranger = {"email": "boss@firm.example", "institution": world.c.public_id}
    assert post(api_of(teacher), url, stranger).status_code == 400
    post(api_of(partner_admin), f"{URL}{entry.public_id}/moves/confirm/")
    assert post(api_of(teacher), url, {"email": "boss@firm.example"}).status_code == 409


def test_the_link_goes_out_by_mail_once(entry: Activity) -> None:
    link, address = asked(entry)
    assert tell_asked(now()) == 1
    [message] = mail.outbox
    assert message.to == ["boss@firm.example"]
    assert address in message.body
    assert tell_asked(now()) == 0
    link.refresh_from_db()
    assert link.told_at == now()


@pytest.mark.parametrize(
    ("language", "subject", "head"),
    [
        ("ru", "Состоялось ли это? Ответ одним нажатием", "Кто записал:"),
        ("uz-cyrl", "Бу тадбир бўлганми? Бир босишда жавоб беринг", "Ким қайд этган:"),
        ("", "Bu tadbir boʻlganmi? Bir bosishda javob bering", "Kim qayd etgan:"),
    ],
)  # fmt: skip
def test_the_mail_speaks_the_language_of_whoever_asked(
    entry: Activity, teacher: User, language: str, subject: str, head: str
) -> None:
    User.objects.filter(pk=teacher.pk).update(language=language)
    asked(Activity.objects.get(pk=entry.pk))
    tell_asked(now())
    [message] = mail.outbox
    assert message.subject == subject
    assert head in message.body


def test_a_link_taken_back_before_it_was_sent_is_not_sent(entry: Activity) -> None:
    asked(entry)
    SignedLink.objects.update(withdrawn_at=now())
    assert tell_asked(now()) == 0 and not mail.outbox


def test_the_page_shows_a_new_link_once_and_takes_it_back(entry: Activity, page_of: Any, teacher: User) -> None:
    here, client = f"/en/activities/{entry.public_id}/links/", page_of(teacher)
    assert client.get(here).status_code == 200
    sent = {"email": "boss@firm.example", "once_key": "first"}
    page = client.post(here, sent)
    found = re.search(r"data-link>(.*?)<", page.content.decode())
    assert found and Client().get(found.group(1)).status_code == 200
    assert client.post(here, sent).status_code == 302
    shown = client.get(here).content.decode()
    assert "boss@firm.example" in shown and found.group(1) not in shown
    link = SignedLink.objects.get()
    assert client.post(f"{here}{link.public_id}/withdraw/", {"once_key": "second"}).status_code == 302
    assert Client().get(found.group(1)).status_code == 409


def test_the_page_of_links_belongs_to_the_logging_side(
    entry: Activity, page_of: Any, partner_admin: User, foreign_admin: User
) -> None:
    here = f"/en/activities/{entry.public_id}/links/"
    assert page_of(partner_admin).get(here).status_code == 403
    assert page_of(foreign_admin).get(here).status_code == 404
    own = page_of(partner_admin).post(here, {"email": "boss@firm.example", "once_key": "x"})
    assert own.status_code == 403 and not SignedLink.objects.exists()


def test_nobody_is_asked_twice_at_once_nor_are_masses_asked(entry: Activity, api_of: Any, teacher: User) -> None:
    url = f"{URL}{entry.public_id}/links/"
    assert post(api_of(teacher), url, {"email": "boss@firm.example"}).status_code == 201
    assert post(api_of(teacher), url, {"email": "Boss@firm.example"}).json()["errors"][0]["code"] == "already"
    link = SignedLink.objects.get()
    for number in range(LINKS_A_DAY):
        link.pk, link.public_id, link.token_hash = None, f"{number:026d}", f"{number:064d}"
        link.withdrawn_at, link.addressee_email = now(), f"boss{number}@firm.example"
        link.save(force_insert=True)
    refused = post(api_of(teacher), url, {"email": "other@firm.example"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too_many_today")


def test_whom_a_link_was_sent_to_is_forgotten_three_months_after_it_closed(
    entry: Activity, time_machine_at: Any
) -> None:
    link, _address = asked(entry, name="Somebody Known")
    assert forget_addressees(now()) == 0
    with time_machine_at(days=14 + 91):
        assert forget_addressees(now()) == 1
        assert forget_addressees(now()) == 0
    link.refresh_from_db()
    assert (link.addressee_name, link.addressee_email) == ("", "")


@pytest.mark.parametrize(
    "hostile",
    [
        {}, {"email": ""}, {"email": None}, {"email": "x"}, {"email": "a@b.c\r\nBcc: d@e.f"}, {"email": ["a@b.example"]},
        {"email": "a@b.example", "role": "boss"}, {"email": "a@b.example", "institution": "0" * 26},
        {"email": "a@b.example", "name": "x" * 201}, {"email": "a@b.example", "name": "a\x00b"},
        {"email": "a@b.example", "expires_at": "2030-01-01"}, {"email": "a@b.example", "content_hash": "0" * 64},
        {"email": "a" * 300 + "@b.example"},
    ],
    ids=str,
)  # fmt: skip
def test_hostile_requests_for_a_link_are_refused(
    entry: Activity, api_of: Any, teacher: User, hostile: dict[str, Any]
) -> None:
    assert post(api_of(teacher), f"{URL}{entry.public_id}/links/", hostile).status_code == 400
    assert not SignedLink.objects.exists()
