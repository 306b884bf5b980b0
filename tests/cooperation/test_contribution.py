"""What a teacher gets back: thanks of the other side and a card of the month, for nobody else's eyes."""

import itertools
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.clock import now
from accounts.models import User
from cooperation.activities import actions
from cooperation.activities.links import ask_by_link
from cooperation.activities.models import Activity, Thanks
from lifecycle.models import Event
from tests.factories import a_member, a_term
from tests.source import ROOT

KEYS = itertools.count(1)
CARD, MINE = "/en/me/contribution/", "/en/activities/mine/"
KIND = "Your pupils still talk about it"
pytestmark = pytest.mark.django_db


@pytest.fixture
def words(db: None) -> SimpleNamespace:
    a_term("cooperation_form", "F2")
    return SimpleNamespace(
        lesson=a_term("activity_type", "open_lesson", form="F2"), pupils=a_term("participant_category", "pupils")
    )


@pytest.fixture
def entry(teacher: User, world: SimpleNamespace, words: SimpleNamespace) -> Activity:
    return actions.log_activity(
        by=teacher, at=now(), type_=words.lesson, partners=[world.b], counts={words.pupils: 25}, hours=Decimal("1.5")
    )


def confirm(client: Any, activity: Activity, **fields: Any) -> Any:
    path = f"/api/v1/activities/{activity.public_id}/moves/confirm/"
    return client.post(path, fields, format="json", headers={"Idempotency-Key": f"thanks-{next(KEYS)}"})


def text(client: Any, path: str) -> str:
    return str(client.get(path).content.decode())


def test_thanks_of_the_confirming_side_reach_the_teacher_and_nobody_else(
    api_of: Any, page_of: Any, entry: Activity, teacher: User, partner_admin: User, institution_admin: User,
    ministry_officer: User,
) -> None:  # fmt: skip
    assert confirm(api_of(partner_admin), entry, thanks=KIND).json()["status"] == "confirmed"
    for path in (MINE, CARD):
        assert KIND in text(page_of(teacher), path)
        assert "Beta university" in text(page_of(teacher), path)
        assert KIND not in text(page_of(a_member("teacher", entry.organiser)), path)
    detail = f"/en/activities/{entry.public_id}/"
    for user in (teacher, partner_admin, institution_admin, ministry_officer):
        assert KIND not in text(page_of(user), detail)
        assert KIND not in api_of(user).get(f"/api/v1/activities/{entry.public_id}/").content.decode()
    assert not [each for each in Event.objects.all() if KIND in f"{each.detail}{each.reason}{each.title}"]


def test_nobody_has_to_thank(api_of: Any, entry: Activity, partner_admin: User) -> None:
    assert confirm(api_of(partner_admin), entry).status_code == 200
    assert not Thanks.objects.exists()


def test_thanks_are_said_on_the_page_of_the_activity(page_of: Any, entry: Activity, partner_admin: User) -> None:
    client, path = page_of(partner_admin), f"/en/activities/{entry.public_id}/"
    assert 'name="thanks"' in text(client, path)
    body = {"content_hash": entry.content_hash, "thanks": "x" * 301}
    long = client.post(f"{path}confirm/", {"once_key": "a", **body})
    assert (long.status_code, "x" * 301 in long.content.decode()) == (422, True)
    assert Activity.objects.get().status == "logged"
    done = client.post(f"{path}confirm/", {"once_key": "b", **body, "thanks": KIND})
    assert done.status_code == 302
    assert Thanks.objects.get().text == KIND


def test_thanks_are_said_by_a_link_without_an_account(
    page_of: Any, entry: Activity, teacher: User, world: SimpleNamespace
) -> None:
    _link, token = ask_by_link(entry, by=teacher, at=now(), email="boss@firm.example")
    stranger = Client()
    page = text(stranger, f"/i/{token}/")
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    assert seal and 'name="thanks"' in page
    said = stranger.post(f"/i/{token}/", {"answer": "confirm", "seal": seal[1], "thanks": KIND})
    assert said.status_code == 200
    assert KIND in text(page_of(teacher), CARD)


def test_thanks_for_an_entry_of_the_office_are_those_of_the_teacher_it_was_made_for(
    api_of: Any, page_of: Any, institution_admin: User, teacher: User, partner_admin: User, world: SimpleNamespace,
    words: SimpleNamespace,
) -> None:  # fmt: skip
    made = actions.log_activity(
        by=institution_admin, at=now(), type_=words.lesson, partners=[world.b], on_behalf_of=teacher
    )
    confirm(api_of(partner_admin), made, thanks=KIND)
    assert KIND in text(page_of(teacher), CARD)
    assert KIND not in text(page_of(institution_admin), CARD)


def test_the_card_of_a_month_says_what_came_of_it_and_is_in_the_bar(
    api_of: Any, page_of: Any, entry: Activity, teacher: User, partner_admin: User
) -> None:
    client = page_of(teacher)
    assert f'href="{CARD}"' in text(client, MINE)
    confirm(api_of(partner_admin), entry, thanks=KIND)
    page = re.sub(r"\s+", " ", text(client, CARD))
    for said in ("<dd>1 activity</dd>", "<dd>1.5</dd>", "<dd>25 participants</dd>", "<dd>1 organisation</dd>"):
        assert said in page, said
    assert text(client, f"{CARD}?month=2026-10").count("<dd>0 activities</dd>") == 2
    assert client.get(f"{CARD}?month=soon").status_code == 404


def test_the_card_takes_no_other_person_than_its_reader(
    api_of: Any, page_of: Any, entry: Activity, teacher: User, institution_admin: User, partner_admin: User
) -> None:
    confirm(api_of(partner_admin), entry)
    for asked in ("", f"?person={teacher.public_id}", f"?user={teacher.pk}"):
        assert "25 participants" not in text(page_of(institution_admin), f"{CARD}{asked}")


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_the_portfolio_bears_the_thanks(
    language: str, api_of: Any, page_of: Any, entry: Activity, teacher: User, partner_admin: User
) -> None:
    confirm(api_of(partner_admin), entry, thanks="#panic() $x$ *")
    answer = page_of(teacher).get(f"/{language}/activities/mine/2026-11.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert page_of(teacher).get(f"/{language}/me/contribution/").status_code == 200


def test_what_logging_costs_is_published_of_finished_months_with_enough_people(
    client: Any, world: SimpleNamespace, words: SimpleNamespace
) -> None:
    writers = [a_member("teacher", world.a) for _number in range(10)]
    for number, writer in enumerate(writers):
        for seconds in (60, 60 * number):
            made = actions.log_activity(
                by=writer, at=now(), type_=words.lesson, partners=[world.b], entry_seconds=seconds
            )
            Activity.objects.filter(pk=made.pk).update(starts_on="2026-10-20", logged_on="2026-10-20")
    page = re.sub(r"\s+", " ", text(client, "/en/public/burden/"))
    assert ">5.5<" in page and "October 2026" in page and "November 2026" not in page
    Activity.objects.filter(logged_by=writers[0]).update(entry_seconds=None)
    cache.clear()  # counted once a day
    assert ">5.5<" not in text(client, "/en/public/burden/")
    assert text(client, "/en/public/burden/").count("Fewer than 10") == 12


def test_the_modules_of_the_queue_keep_their_size() -> None:
    for name in ("entry-store", "entry-post", "entry-send", "entry-list"):
        assert len((ROOT / "static" / "js" / f"{name}.js").read_text(encoding="utf-8").splitlines()) <= 80, name
