"""Confirming joint work by a personal link: no account, one answer, and opening it changes nothing."""

import itertools
import logging
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from config.logs import Json
from cooperation.activities.links import ask_by_link, links_of
from cooperation.activities.models import Activity, Participation
from cooperation.activities.rules import LINKS_A_DAY
from cooperation.confirmations.emails import tell_asked
from lifecycle.links import forget_addressees
from lifecycle.models import Event, SignedLink
from tests.factories import a_member, a_term

URL = "/api/v1/activities/"
KEYS = itertools.count(1)
SEAL = re.compile(r'name="seal" value="([^"]+)"')
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or f"link-{next(KEYS)}"}
    return client.post(path, body or {}, format="json", headers=headers)


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> None:
    a_term("cooperation_form", "F2")
    a_term("activity_type", "open_lesson", form="F2", interdependent=True)
    a_term("participant_category", "pupils")


@pytest.fixture
def entry(api_of: Any, teacher: User, world: SimpleNamespace) -> Activity:
    """An open lesson of a with b, logged by a's teacher."""
    partners = [{"institution": world.b.public_id}]
    body = {"type": "open_lesson", "starts_on": "2026-11-20", "partners": partners, "counts": {"pupils": 25}}
    return Activity.objects.get(public_id=post(api_of(teacher), URL, body).json()["id"])


@pytest.fixture
def inside(api_of: Any, teacher: User) -> Activity:
    """An open lesson that names nobody but a."""
    body = {"type": "open_lesson", "starts_on": "2026-11-20"}
    return Activity.objects.get(public_id=post(api_of(teacher), URL, body).json()["id"])


def asked(activity: Activity, **fields: Any) -> tuple[SignedLink, str]:
    fields = {"email": "boss@firm.example", **fields}
    link, token = ask_by_link(activity, by=activity.logged_by, at=now(), **fields)
    return link, f"/i/{token}/"


def opened(address: str, client: Client | None = None) -> tuple[Any, str]:
    """The page and its seal."""
    page = (client or Client()).get(address)
    found = SEAL.search(page.content.decode())
    return page, found.group(1) if found else ""


def answered(address: str, answer: str = "confirm", **fields: str) -> Any:
    _page, seal = opened(address)
    return Client(enforce_csrf_checks=True).post(address, {"answer": answer, "seal": seal, **fields})


def standing(activity: Activity) -> tuple[str, list[str]]:
    activity.refresh_from_db()
    rows = activity.participations.exclude(institution=activity.organiser).order_by("pk")
    return activity.status, list(rows.values_list("state", flat=True))


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


def test_no_line_of_the_log_holds_a_token(entry: Activity) -> None:
    _link, address = asked(entry)
    token = address.split("/")[2]
    for said in (f"Unprocessable Content: {address}", f"GET {address}?lang=ru"):
        record = logging.LogRecord("django.request", logging.WARNING, "", 1, said, None, None)
        assert token not in Json().format(record)


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
