"""Obligations at the doors: the block on the agreement, the list, the page of one, the API, what waits, what is told."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q

from accounts.models import User
from config.notices import TABLE
from config.roles import WEB
from cooperation.activities import actions as activities
from cooperation.agreements.actions import propose_agreement
from cooperation.agreements.models import Agreement
from cooperation.obligations import actions
from cooperation.obligations.models import Evidence, Obligation
from cooperation.obligations.reminding import remind
from exchange.notices.models import Notice
from lifecycle.models import Event
from tests.conftest import NOW
from tests.cooperation.conftest import sign
from tests.factories import a_member, a_signatory, a_term

KEYS = itertools.count(1)
URL = "/api/v1/obligations/"
DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(make: Any, content: dict[str, Any], institution_admin: User, partner_admin: User) -> Obligation:
    """a owes b four open lessons by the end of November."""
    terms = [{**content["terms"][0], "due_on": datetime.date(2026, 11, 30)}]
    draft = make(terms=terms, starts_on=datetime.date(2026, 9, 1))
    propose_agreement(draft, by=institution_admin, at=NOW - 60 * DAY)
    for person in (institution_admin, partner_admin):
        sign(draft, person, NOW - 60 * DAY)
    return Obligation.objects.select_related("agreement").get(agreement=draft)


def post(client: Any, path: str, body: Any = None) -> Any:
    headers = {"Idempotency-Key": f"obligation-{next(KEYS)}", "Accept-Language": "en"}
    return client.post(path, body or {}, format="json", headers=headers)


def test_the_api_tells_what_is_owed_in_the_names_of_the_contract(
    row: Obligation, api_of: Any, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    (listed,) = api_of(partner_admin).get(URL).json()["results"]
    assert {name: listed[name] for name in ("id", "agreement", "kind", "responsible", "beneficiary", "quantity", "unit", "due_on", "status", "evidence")} == {
        "id": row.public_id, "agreement": row.agreement.public_id, "kind": "events", "responsible": world.a.public_id,
        "beneficiary": world.b.public_id, "quantity": "4", "unit": "events", "due_on": "2026-11-30", "status": "open",
        "evidence": [],
    }  # fmt: skip
    one = api_of(institution_admin).get(f"{URL}{row.public_id}/").json()
    assert one["moves"] == ["submit"]
    assert api_of(partner_admin).get(f"{URL}{row.public_id}/").json()["moves"] == ["accept", "waive"]


@pytest.mark.parametrize(("query", "found"), [
    ("status=open", 1), ("status=fulfilled", 0), ("overdue=true", 0), ("overdue=false", 1), ("turn=mine", 0),
    ("responsible={a}", 1), ("responsible={b}", 0), ("agreement={agreement}", 1), ("kind=events", 1),
])  # fmt: skip
def test_the_list_is_filtered(
    row: Obligation, api_of: Any, partner_admin: User, world: SimpleNamespace, query: str, found: int
) -> None:
    a_term("obligation_kind", "events")
    asked = query.format(a=world.a.public_id, b=world.b.public_id, agreement=row.agreement.public_id)
    assert len(api_of(partner_admin).get(f"{URL}?{asked}").json()["results"]) == found


def test_parameters_that_mean_nothing_are_refused_by_name(row: Obligation, api_of: Any, partner_admin: User) -> None:
    for query in ("overdue=perhaps", "status=late", "agreement=nothing", "colour=red"):
        answer = api_of(partner_admin).get(f"{URL}?{query}")
        assert answer.status_code == 400, query
        assert query.partition("=")[0] in answer.content.decode()


def test_both_sides_move_it_over_the_api(
    row: Obligation, api_of: Any, institution_admin: User, partner_admin: User
) -> None:
    a, b, moves = api_of(institution_admin), api_of(partner_admin), f"{URL}{row.public_id}/moves/"
    assert post(a, f"{moves}submit/").status_code == 422
    bad = post(a, f"{moves}submit/", {"evidence": [{"link": "not a link"}]})
    assert (bad.status_code, "link" in bad.content.decode()) == (400, True)
    sent = post(a, f"{moves}submit/", {"evidence": [{"link": "https://example.org/list.pdf", "quantity": 4}]})
    assert (sent.status_code, sent.json()["status"]) == (200, "submitted"), sent.content
    assert sent.json()["evidence"][0]["quantity"] == "4"
    assert post(a, f"{moves}accept/").status_code == 403
    assert post(b, f"{moves}return/").status_code == 400
    back = post(b, f"{moves}return/", {"reason": "Two are missing"})
    assert (back.status_code, back.json()["status"]) == (200, "returned")
    assert post(b, f"{moves}return/", {"reason": "Again"}).status_code == 409
    assert post(a, f"{moves}submit/").json()["status"] == "submitted"
    done = post(b, f"{moves}accept/")
    assert (done.status_code, done.json()["status"], done.json()["delivered_on"]) == (200, "fulfilled", "2026-11-21")


def test_a_stranger_finds_neither_it_nor_its_evidence(
    row: Obligation, api_of: Any, page_of: Any, institution_admin: User, world: SimpleNamespace
) -> None:
    other = a_member("institution_admin", world.c)
    proof = actions.add_evidence(row, by=institution_admin, at=NOW, file=("plan.pdf", b"%PDF-1.7"))
    assert api_of(other).get(URL).json()["results"] == []
    for address in (f"/en/obligations/{row.public_id}/", f"/en/obligations/evidence/{proof.public_id}/file/"):
        assert page_of(other).get(address).status_code == 404
    loaded = page_of(institution_admin).get(f"/en/obligations/evidence/{proof.public_id}/file/")
    assert b"".join(loaded.streaming_content) == b"%PDF-1.7" and loaded["Content-Security-Policy"] == "sandbox"


def test_the_agreement_shows_promised_and_delivered_and_each_row_leads_to_its_evidence(
    row: Obligation, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    page = page_of(partner_admin).get(f"/en/agreements/{row.agreement.public_id}/").content.decode()
    assert "Promised and delivered" in page and "0 of 4" in page and f"/en/obligations/{row.public_id}/" in page
    one = page_of(partner_admin).get(f"/en/obligations/{row.public_id}/").content.decode()
    assert "Due on" in one and "counted here by itself" in one


def test_the_pages_take_evidence_hand_in_and_accept(
    row: Obligation, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    a, b, path = page_of(institution_admin), page_of(partner_admin), f"/en/obligations/{row.public_id}/"
    assert b.get(f"{path}evidence/").status_code == 403
    empty = a.post(f"{path}evidence/", {"once_key": "1"})
    assert empty.status_code == 422 and "Give one thing" in empty.content.decode()
    kept = a.post(f"{path}evidence/", {"once_key": "2", "link": "nowhere", "quantity": "many", "note": "Kept words"})
    assert kept.status_code == 422 and "Kept words" in kept.content.decode()
    file = SimpleUploadedFile("list.pdf", b"%PDF-1.7")
    assert a.post(f"{path}evidence/", {"once_key": "3", "file": file, "quantity": "4"}).status_code == 302
    assert a.post(f"{path}submit/", {"once_key": "4"}).status_code == 302
    assert "Accept" in b.get(path).content.decode()
    assert b.post(f"{path}return/", {"once_key": "5", "reason": ""}).status_code == 422
    assert b.post(f"{path}accept/", {"once_key": "6"}).status_code == 302
    assert Obligation.objects.get().status == "fulfilled"
    assert "list.pdf" in b.get(path).content.decode()


def test_evidence_is_taken_back_before_it_is_handed_in(
    row: Obligation, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    proof = actions.add_evidence(row, by=institution_admin, at=NOW, link="https://example.org/a")
    drop = f"/en/obligations/evidence/{proof.public_id}/drop/"
    assert page_of(partner_admin).post(drop, {"once_key": "1"}).status_code == 403
    assert page_of(institution_admin).post(drop, {"once_key": "2"}).status_code == 302
    assert not Evidence.objects.exists()


def test_the_list_has_views_and_goes_out_as_a_file(
    row: Obligation, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    a, b = page_of(institution_admin), page_of(partner_admin)
    assert "0 of 4" in a.get("/en/obligations/?view=own").content.decode()
    assert "There is nothing in this view" in b.get("/en/obligations/?view=own").content.decode()
    assert "There is nothing in this view" in a.get("/en/obligations/?view=overdue").content.decode()
    actions.submit_obligation(row, by=institution_admin, at=NOW, evidence=[{"link": "https://example.org/a"}])
    assert "Waiting for acceptance" in b.get("/en/obligations/").content.decode()
    sent = b.get("/en/obligations/?view=all&format=csv")
    text = b"".join(sent.streaming_content).decode() if sent.streaming else sent.content.decode()
    assert row.agreement.number in text and "30" in text


def test_what_waits_stands_in_the_inbox_of_who_has_to_act(
    row: Obligation, page_of: Any, institution_admin: User, partner_admin: User, time_machine_at: Any
) -> None:
    with time_machine_at(days=10):
        assert "Overdue obligations" in page_of(institution_admin).get("/en/inbox/").content.decode()
        actions.submit_obligation(row, by=institution_admin, at=NOW, evidence=[{"link": "https://example.org/a"}])
        assert "Overdue obligations" not in page_of(institution_admin).get("/en/inbox/").content.decode()
        assert "Obligations to accept" in page_of(partner_admin).get("/en/inbox/").content.decode()


def told(event: Event) -> set[int]:
    return {each.user_id for telling in TABLE[event.subject_type, event.name] for each in telling.who(event)}


def last(name: str) -> Event:
    found = Event.objects.filter(subject_type="obligation", name=name).order_by("pk").last()
    assert found is not None
    return found


def test_lateness_is_told_first_to_who_owes_it_then_to_its_head_then_to_everybody(
    row: Obligation, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    head = a_member("coordinator", world.a)
    a_signatory(head, world.a)
    expected = {1: {institution_admin.pk}, 7: {institution_admin.pk, head.pk},
                30: {institution_admin.pk, head.pk, partner_admin.pk}}  # fmt: skip
    for days, who in expected.items():
        remind(row.due_on + days * DAY, at=NOW + days * DAY)
        assert told(last("overdue")) >= who
        assert (partner_admin.pk in told(last("overdue"))) == (days == 30)
        assert (head.pk in told(last("overdue"))) == (days >= 7)


def test_handing_in_asks_the_other_side_and_its_answer_is_told_back(
    row: Obligation, institution_admin: User, partner_admin: User
) -> None:
    actions.submit_obligation(
        row, by=institution_admin, at=NOW, evidence=[{"link": "https://example.org/a", "quantity": 4}]
    )
    assert partner_admin.pk in told(last("submit")) and institution_admin.pk not in told(last("submit"))
    actions.accept_obligation(row, by=partner_admin, at=NOW)
    assert institution_admin.pk in told(last("accept")) and partner_admin.pk not in told(last("accept"))
    assert not Notice.objects.filter(~Q(subject_type="obligation"), telling__startswith="obligation").exists()


def ask(statement: str, *values: Any, by: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {by}")
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


FULFIL = "UPDATE cooperation_obligation SET status = 'fulfilled', delivered_on = '2026-11-21' WHERE id = %s"
WRONG = [
    "UPDATE cooperation_obligation SET status = 'returned' WHERE id = %s",  # no such move
    "UPDATE cooperation_obligation SET status = 'lost' WHERE id = %s",
    "UPDATE cooperation_obligation SET delivered_on = '2026-11-21' WHERE id = %s",
    "UPDATE cooperation_obligation SET term_key = 'other' WHERE id = %s",
    "UPDATE cooperation_obligation SET beneficiary_id = responsible_id WHERE id = %s",
    "UPDATE cooperation_obligation SET late_after = due_on - 1 WHERE id = %s",
    FULFIL,
]


@pytest.mark.parametrize("statement", WRONG)
def test_the_database_keeps_the_law_of_obligations_by_itself(row: Obligation, statement: str) -> None:
    with pytest.raises((DatabaseError, IntegrityError)):
        ask(statement, row.pk, by=WEB.name)


EVENT = """
INSERT INTO lifecycle_event (subject_type, subject_id, title, name, status_before, status_after, position, institution,
  concerned, members_only, reason, reason_code, detail, request_id, happened_at)
VALUES ('obligation', %s, '', 'cover', '', '', '', '', '{}', false, '', '', '{}', '', now())
"""
PROOF = """
INSERT INTO cooperation_evidence (public_id, obligation_id, subject_type, subject_id, link, file, file_name, file_sha256,
  note, quantity, state, submitted_on, added_at)
VALUES (%s, %s, '', '', 'https://example.org/', '', '', '', '', %s, %s, %s, now())
"""


@pytest.mark.parametrize(("quantity", "state", "day", "holds"), [
    (4, "accepted", "2026-11-21", True), (3, "accepted", "2026-11-21", False), (4, "offered", "2026-11-21", False),
    (4, "void", "2026-11-21", False), (4, "accepted", "2026-11-22", False),
])  # fmt: skip
def test_nothing_is_fulfilled_but_by_accepted_evidence_that_was_there_by_its_day(
    row: Obligation, quantity: int, state: str, day: str, holds: bool
) -> None:
    def everything() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {WEB.name}")
            cursor.execute(EVENT, [row.public_id])
            cursor.execute(PROOF, ["p" * 26, row.pk, quantity, state, day])
            cursor.execute(FULFIL, [row.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    if holds:
        everything()
        with pytest.raises(DatabaseError, match="without accepted evidence"):
            ask("UPDATE cooperation_evidence SET state = 'void' WHERE obligation_id = %s", row.pk, by=WEB.name)
        with pytest.raises(DatabaseError, match="without accepted evidence"):
            ask("DELETE FROM cooperation_evidence WHERE obligation_id = %s", row.pk, by=WEB.name)
    else:
        with pytest.raises(DatabaseError, match="without accepted evidence"):
            everything()


def test_work_confirmed_over_the_api_closes_what_was_promised(
    row: Obligation, entry: Any, api_of: Any, partner_admin: User
) -> None:
    Obligation.objects.filter(pk=row.pk).update(quantity=1)
    activities.correct_activity(entry, by=entry.logged_by, at=NOW, agreement=Agreement.objects.get(pk=row.agreement_id))
    entry.refresh_from_db()
    sent = post(
        api_of(partner_admin),
        f"/api/v1/activities/{entry.public_id}/moves/confirm/",
        {"content_hash": entry.content_hash},
    )
    assert sent.status_code == 200, sent.content
    one = api_of(partner_admin).get(f"{URL}{row.public_id}/").json()
    assert one["status"] == "fulfilled" and one["evidence"][0]["subject"] == entry.public_id
