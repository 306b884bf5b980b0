"""Answering a personal link: no account, one answer, and opening it changes nothing."""

import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from config.logs import Json
from cooperation.activities.links import links_of
from cooperation.activities.models import Activity, Participation
from lifecycle.models import Event, SignedLink
from tests.cooperation.links import URL, answered, asked, opened, post, standing

pytestmark = pytest.mark.django_db


def test_a_partner_without_account_confirms_with_one_tap(entry: Activity) -> None:
    link, address = asked(entry)
    done = answered(address)
    assert done.status_code == 200
    assert standing(entry) == ("confirmed", ["stands"])
    row = Participation.objects.get(activity=entry, confirmed_at__isnull=False)
    assert (row.method, row.confirmed_by, row.confirmed_hash) == ("link", None, entry.content_hash)
    event = Event.objects.get(subject_id=entry.public_id, name="confirm")
    assert (event.actor, event.detail["method"], event.detail["link"]) == (None, "link", link.public_id)
    link.refresh_from_db()
    assert link.outcome == "confirmed" and link.used_at == now()


def test_the_token_is_kept_nowhere(entry: Activity) -> None:
    link, address = asked(entry)
    answered(address)
    token = address.split("/")[2]
    link.refresh_from_db()
    assert len(token) == 43
    assert token not in repr(vars(link))
    assert not [event for event in Event.objects.all() if token in repr(vars(event))]


def test_opening_it_fifty_times_has_no_effect_whatever(entry: Activity) -> None:
    _link, address = asked(entry)
    before = (SignedLink.objects.values().get(), Activity.objects.values().get(), Event.objects.count())
    seen = set()
    for _time in range(50):
        seen.add(Client().get(address).status_code)
        head = Client().head(address)
        seen.add(head.status_code)
        assert not head.content
    assert seen == {200}
    assert before == (SignedLink.objects.values().get(), Activity.objects.values().get(), Event.objects.count())
    assert answered(address).status_code == 200


def test_the_page_says_what_is_claimed_and_no_person(entry: Activity, teacher: User) -> None:
    _link, address = asked(entry, name="Somebody Known")
    page = Client(headers={"accept-language": "en"}).get(address)
    text = page.content.decode()
    for said in ("open_lesson", "Alpha school", "Beta university", "pupils: 25", "20 November 2026"):
        assert said in text, said
    for hidden in (teacher.name, teacher.email, "boss@firm.example", "Somebody Known"):
        assert hidden not in text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert not page.cookies
    assert "<script" not in text
    assert len(page.content) < 12_000


def test_it_speaks_the_language_of_the_phone_or_the_one_chosen(entry: Activity) -> None:
    _link, address = asked(entry)
    spoken = {
        Client(headers={"accept-language": phone}).get(address + chosen)["Content-Language"]
        for phone, chosen in (("ru", ""), ("en", "?lang=ru"), ("fr,ru;q=0.5", ""))
    }
    assert spoken == {"ru"}


def test_a_link_takes_one_answer(entry: Activity) -> None:
    _link, address = asked(entry)
    _page, seal = opened(address)
    assert Client().post(address, {"answer": "confirm", "seal": seal}).status_code == 200
    again = Client(headers={"accept-language": "en"}).post(address, {"answer": "refuse", "seal": seal})
    assert again.status_code == 409
    assert "Your answer: confirmed" in again.content.decode()
    assert standing(entry) == ("confirmed", ["stands"])
    assert Client().get(address).status_code == 409


def test_it_was_not_so_takes_a_reason(entry: Activity) -> None:
    _link, address = asked(entry)
    assert answered(address, "dispute").status_code == 422
    assert standing(entry) == ("logged", ["named"])
    assert answered(address, "dispute", reason="Nobody came.").status_code == 200
    assert standing(entry) == ("disputed", ["disputed"])
    event = Event.objects.get(subject_id=entry.public_id, name="dispute")
    assert event.reason == "Nobody came." and event.detail["link"]


def test_not_ours_leaves_it_out_of_their_figures(entry: Activity) -> None:
    _link, address = asked(entry)
    assert answered(address, "refuse").status_code == 200
    assert standing(entry) == ("logged", ["refused"])


def test_each_link_that_answers_no_more_says_why(
    entry: Activity, api_of: Any, teacher: User, partner_admin: User, time_machine_at: Any
) -> None:
    pages = {}
    made = {
        name: asked(entry, email=f"{name.split()[0]}@firm.example")[1] for name in ("expired", "taken back", "changed")
    }
    seals = {name: opened(address)[1] for name, address in made.items()}

    def told(name: str) -> None:
        page = Client(headers={"accept-language": "en"}).post(made[name], {"answer": "confirm", "seal": seals[name]})
        assert page.status_code == 409, name
        shown = Client(headers={"accept-language": "en"}).get(made[name])
        assert shown.status_code == 409
        assert shown["Cache-Control"] == "no-store"
        pages[name] = re.search(r"<h1>(.*?)</h1>", page.content.decode()).group(1)  # type: ignore[union-attr]

    with time_machine_at(days=14):
        told("expired")
    last = links_of(entry).order_by("id")[1]
    SignedLink.objects.filter(pk=last.pk).update(withdrawn_at=now())
    told("taken back")
    post(api_of(teacher), f"{URL}{entry.public_id}/moves/correct/", {"counts": {"pupils": 30}})
    told("changed")
    entry.refresh_from_db()
    made["answered"] = asked(entry)[1]
    seals["answered"] = opened(made["answered"])[1]
    post(api_of(partner_admin), f"{URL}{entry.public_id}/moves/confirm/")
    told("answered")
    post(api_of(teacher), f"{URL}{entry.public_id}/moves/withdraw/", {"reason": "By mistake."})
    made["void"], seals["void"] = made["answered"], seals["answered"]
    told("void")
    assert len(set(pages.values())) == 5, pages


def test_the_asking_side_stands_first_and_on_the_page_of_a_link_that_is_over(entry: Activity) -> None:
    _link, address = asked(entry)
    who, kind = entry.organiser.names["uz"], entry.type.names["en"]
    page = opened(address)[0].content.decode()
    assert 0 < page.index(f"<dd>{who}</dd>") < page.index(f"<dd>{kind}</dd>")
    answered(address)
    over = Client().get(address).content.decode()
    assert who in over and kind in over
    Activity.objects.filter(pk=entry.pk).update(content_hash="f" * 64)
    changed = Client().get(address).content.decode()
    assert who in changed and kind not in changed


def test_an_unknown_token_is_the_404_of_every_unknown_address(entry: Activity) -> None:
    _link, address = asked(entry)
    tokens = ("A" * 43, "x", "ж" * 43, address.split("/")[2].lower())
    bodies = set()
    for token in tokens:
        for page in (Client().get(f"/i/{token}/"), Client().post(f"/i/{token}/", {"answer": "confirm"})):
            assert page.status_code == 404
            bodies.add(re.sub(rb"[A-Za-z0-9_+/=%-]{20,}|" + token.encode(), b"", page.content).count(b"<"))
    assert len(bodies) == 1


def test_an_answer_without_the_seal_of_a_page_that_was_read_is_not_taken(entry: Activity, inside: Activity) -> None:
    _link, address = asked(entry)
    _other, elsewhere = asked(inside, role="parent")
    for seal in ("", "made:up", opened(elsewhere)[1]):
        assert Client().post(address, {"answer": "confirm", "seal": seal}).status_code == 422
    assert Client().post(address, {"seal": opened(address)[1]}).status_code == 422
    assert standing(entry) == ("logged", ["named"])


def test_inside_one_institution_a_parent_confirms(inside: Activity) -> None:
    _link, address = asked(inside, role="parent")
    page, _seal = opened(address)
    assert b'value="refuse"' not in page.content
    assert answered(address).status_code == 200
    inside.refresh_from_db()
    row = inside.participations.get()
    assert (inside.status, row.state, row.method, row.confirmed_by) == ("confirmed", "stands", "link", None)


def test_whoever_is_signed_in_where_it_was_logged_does_not_answer_the_link(
    entry: Activity, page_of: Any, teacher: User, institution_admin: User, partner_admin: User
) -> None:
    _link, address = asked(entry)
    _page, seal = opened(address)
    for user in (teacher, institution_admin):
        page, shown = opened(address, page_of(user))
        assert (page.status_code, shown) == (200, "")
        assert page_of(user).post(address, {"answer": "confirm", "seal": seal}).status_code == 403
    assert standing(entry) == ("logged", ["named"])
    assert page_of(partner_admin).post(address, {"answer": "confirm", "seal": seal}).status_code == 200


def test_no_line_of_the_log_holds_a_token(entry: Activity) -> None:
    _link, address = asked(entry)
    token = address.split("/")[2]
    for said in (f"Unprocessable Content: {address}", f"GET {address}?lang=ru"):
        record = logging.LogRecord("django.request", logging.WARNING, "", 1, said, None, None)
        assert token not in Json().format(record)


@pytest.mark.parametrize(
    "hostile",
    [{"answer": "lift"}, {"answer": ""}, {"answer": "confirm", "reason": "x" * 2001}, {"seal": "x" * 401}, {}],
    ids=lambda hostile: next(iter(hostile), "nothing"),
)
def test_hostile_answers_move_nothing(entry: Activity, hostile: dict[str, str]) -> None:
    _link, address = asked(entry)
    seal = opened(address)[1]
    assert Client().post(address, {"seal": seal, **hostile}).status_code == 422
    assert Client().put(address).status_code == 405 and Client().delete(address).status_code == 405
    assert standing(entry) == ("logged", ["named"])


def test_opening_a_link_asks_the_database_little(entry: Activity) -> None:
    _link, address = asked(entry)
    with CaptureQueriesContext(connection) as queries:
        Client().get(address)
    assert len(queries) <= 10
    assert all(query["sql"].startswith("SELECT") for query in queries)
