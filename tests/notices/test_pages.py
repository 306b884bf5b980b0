"""The bell, the list, the settings on one screen, and the same over the API."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.clock import now
from accounts.models import User
from cooperation.agreements.models import Agreement
from exchange.notices.actions import note_events, wanted_channels
from exchange.notices.models import Channel, Notice, NoticeKind, NoticeSetting, Sending
from exchange.notices.telling import the_book
from lifecycle.models import Event
from tests.factories import a_notice

pytestmark = pytest.mark.django_db
PageOf = Callable[[User | None], Client]
ApiOf = Callable[..., APIClient]


def bell(browser: Client, address: str = "/en/settings/") -> str:
    """The number on the bell of a page; empty where there is none."""
    _before, _mark, after = browser.get(address).content.decode().partition('href="/en/notices/">')
    inside = after.partition("</a>")[0]
    return inside.partition('class="count">')[2].partition("<")[0]


def test_the_bell_counts_ones_own_unread_notices(stranger: User, teacher: User, page_of: PageOf) -> None:
    a_notice(teacher)
    for _each in range(3):
        a_notice(stranger)
    a_notice(stranger, read_at=now())
    assert bell(page_of(stranger)) == "3"
    cache.clear()
    for _each in range(100):
        a_notice(stranger)
    assert bell(page_of(stranger)) == "99+"


def test_who_is_not_signed_in_has_no_bell(db: None, page_of: PageOf) -> None:
    assert "/en/notices/" not in page_of(None).get("/en/settings/").content.decode()


@pytest.mark.django_db(transaction=False)
def test_the_bell_rings_as_soon_as_something_is_told(
    proposed: Agreement, partner_admin: User, page_of: PageOf, django_capture_on_commit_callbacks: Any
) -> None:
    browser = page_of(partner_admin)
    assert bell(browser) == ""
    with django_capture_on_commit_callbacks(execute=True):
        note_events(list(Event.objects.order_by("pk")), at=now(), book=the_book())
    assert bell(browser) == "1"


def test_opening_the_page_of_the_subject_reads_the_notice_and_others_do_not(
    proposed: Agreement, tell: Callable[[], None], partner_admin: User, page_of: PageOf, make: Any
) -> None:
    tell()
    browser = page_of(partner_admin)
    address = f"/en/agreements/{proposed.public_id}/"
    browser.get("/en/agreements/")
    browser.get(address, headers={"Sec-Purpose": "prefetch"})
    browser.head(address)
    assert Notice.objects.get(recipient=partner_admin).read_at is None
    assert bell(browser, address) == ""
    assert Notice.objects.get(recipient=partner_admin).read_at == now()


def test_a_page_that_answers_404_reads_nothing(stranger: User, page_of: PageOf) -> None:
    a_notice(stranger)
    assert page_of(stranger).get(f"/en/agreements/{'0' * 26}/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_the_list_says_each_notice_in_the_language_of_the_page(
    proposed: Agreement, tell: Callable[[], None], partner_admin: User, page_of: PageOf
) -> None:
    tell()
    browser = page_of(partner_admin)
    page = browser.get("/en/notices/").content.decode()
    assert f"Agreement {proposed.number} waits for your signature" in page
    assert f'href="/en/agreements/{proposed.public_id}/"' in page
    assert f'href="/ru/agreements/{proposed.public_id}/"' in browser.get("/ru/notices/").content.decode()


def test_the_list_is_empty_paged_and_filtered_by_kind(stranger: User, page_of: PageOf) -> None:
    browser = page_of(stranger)
    assert "No notices yet" in browser.get("/en/notices/").content.decode()
    for number in range(45):
        at = now() - datetime.timedelta(minutes=number)
        kind = "security" if number % 3 == 0 else "partner_acted"
        a_notice(stranger, kind, at, telling="agreement.concluded", values={"number": f"SH-{number:03}"})
    first, second = (browser.get(f"/en/notices/?page={page}").content.decode() for page in (1, 2))
    assert ("SH-000" in first, "SH-029" in first, "SH-030" in first) == (True, True, False)
    assert ("SH-030" in second, "SH-044" in second) == (True, True)
    assert 'rel="next"' in first and 'rel="next"' not in second
    only = browser.get("/en/notices/?kind=security").content.decode()
    assert "SH-003" in only and "SH-001" not in only
    for odd in ("?page=0", "?page=x", "?page=99999999999", "?kind=nonsense", "?page=-1", "?page=٣"):
        assert browser.get(f"/en/notices/{odd}").status_code == 200


def test_the_price_of_the_list_does_not_grow(stranger: User, page_of: PageOf) -> None:
    browser, prices = page_of(stranger), []
    for _round in range(2):
        for _each in range(10):
            a_notice(stranger)
        browser.get("/en/notices/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/en/notices/")
        prices.append(len(asked))
    assert prices[0] == prices[1]


def test_one_notice_or_all_are_marked_as_read_and_their_messages_cancelled(
    stranger: User, teacher: User, page_of: PageOf
) -> None:
    mine, other, foreign = a_notice(stranger), a_notice(stranger), a_notice(teacher)
    for notice in (mine, other, foreign):
        Sending.objects.create(notice=notice, recipient=notice.recipient, channel="email", next_at=now())
    browser = page_of(stranger)
    assert browser.post(f"/en/notices/{mine.public_id}/read/", {"once_key": "1"}).status_code == 302
    assert browser.post(f"/en/notices/{foreign.public_id}/read/", {"once_key": "2"}).status_code == 404
    assert Notice.objects.unread().count() == 2
    assert browser.post("/en/notices/read/", {"once_key": "3"}).status_code == 302
    assert list(Notice.objects.unread()) == [foreign]
    assert Sending.objects.filter(state="cancelled").count() == 2


def test_the_settings_keep_what_differs_from_the_defaults(
    stranger: User, page_of: PageOf, proposed: Agreement, partner_admin: User
) -> None:
    browser = page_of(partner_admin)
    page = browser.get("/en/settings/notices/").content.decode()
    assert page.count('type="checkbox"') == len(NoticeKind) * len(Channel) == 18
    assert page.count("checked") == 17
    wishes = {kind.value: ["telegram"] for kind in NoticeKind}
    assert browser.post("/en/settings/notices/", {**wishes, "once_key": "1"}).status_code == 302
    wanted = wanted_channels([partner_admin.pk])[partner_admin.pk]
    assert wanted == {kind.value: {"telegram"} for kind in NoticeKind}
    assert NoticeSetting.objects.count() == 8
    note_events(list(Event.objects.order_by("pk")), at=now(), book=the_book())
    assert Notice.objects.filter(recipient=partner_admin).count() == 1
    assert not Sending.objects.filter(recipient=partner_admin).exists()
    refused = browser.post("/en/settings/notices/", {"security": ["pigeon"], "once_key": "2"})
    assert refused.status_code == 422


def test_the_api_lists_ones_own_notices_and_marks_one_as_read(
    proposed: Agreement, tell: Callable[[], None], partner_admin: User, stranger: User, api_of: ApiOf
) -> None:
    tell()
    api = api_of(partner_admin)
    [row] = api.get("/api/v1/notices/?unread=true", headers={"Accept-Language": "en"}).json()["results"]
    assert row["line"] == f"Agreement {proposed.number} waits for your signature"
    assert (row["kind"], row["subject_id"], row["read_at"]) == ("your_turn", proposed.public_id, None)
    assert row["url"].endswith(f"/en/agreements/{proposed.public_id}/")
    address = f"/api/v1/notices/{row['id']}/moves/read/"
    assert api.post(address, {}, format="json").status_code == 400
    for _again in range(2):
        done = api.post(address, {}, format="json", headers={"Idempotency-Key": "1"})
        assert done.status_code == 200 and done.json()["read_at"]
    assert api.get("/api/v1/notices/?unread=true").json()["results"] == []
    assert api.get("/api/v1/notices/?kind=security").json()["results"] == []
    assert api.get("/api/v1/notices/?kind=nonsense").status_code == 400
    foreign = api_of(stranger)
    assert foreign.get("/api/v1/notices/").json()["results"] == []
    assert foreign.post(address, {}, format="json", headers={"Idempotency-Key": "1"}).status_code == 404
