"""Accepting what was promised without an account: one answer, to exactly what was handed in, never by one's own side."""

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.clock import now
from cooperation.confirmations.emails import tell_asked
from cooperation.obligations import actions, links
from cooperation.obligations.models import Evidence, Obligation
from institutions.people.models import Membership, Position
from lifecycle.links import LinkClosed
from lifecycle.models import Event, SignedLink
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.links import SEAL
from tests.cooperation.owing import agree, owed, promise, sides
from tests.factories import a_member

pytestmark = pytest.mark.django_db
WHOM = "director@nursery.example"
PDF = b"%PDF-1.7 report"


@pytest.fixture
def stage(db: None) -> SimpleNamespace:
    return sides()


@pytest.fixture
def row(stage: SimpleNamespace) -> Obligation:
    """Handed in to a side whose people have all left the platform."""
    found = owed(agree(stage, promise(stage, "materials"), promise(stage, "deed")), kind__code="materials")
    actions.add_evidence(found, by=stage.people[0], at=now(), file=("report.pdf", PDF), quantity=Decimal(2))
    actions.submit_obligation(found, by=stage.people[0], at=now())
    leave(stage.houses[1])
    return found


def leave(house: Any) -> None:
    Membership.objects.filter(institution=house).update(valid="[2000-01-01,2026-02-01)")
    Position.objects.filter(institution=house).update(may_sign=False)


def asked(row: Obligation, stage: SimpleNamespace, **fields: Any) -> tuple[SignedLink, str]:
    link, token = links.ask_by_link(row, by=stage.people[0], at=now(), **{"email": WHOM, **fields})
    return link, f"/i/{token}/"


def answered(address: str, answer: str, **fields: str) -> Any:
    seal = SEAL.search(Client().get(address).content.decode())
    sent = {"answer": answer, "seal": seal.group(1) if seal else "", **fields}
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(address, sent)


def test_a_side_without_accounts_accepts_with_one_tap(row: Obligation, stage: SimpleNamespace) -> None:
    link, address = asked(row, stage)
    page = Client(headers={"accept-language": "en"}).get(address)
    said = page.content.decode()
    assert page.status_code == 200 and "report.pdf" in said and row.agreement.number in said
    assert stage.people[0].email not in said and WHOM not in said and not page.cookies and "<script" not in said
    assert answered(address, "accept").status_code == 200
    row.refresh_from_db()
    assert (row.status, row.delivered_on) == ("fulfilled", row.evidence.get().submitted_on)
    event = Event.objects.get(subject_id=row.public_id, name="accept")
    assert event.actor is None
    assert (event.detail["link"], event.detail["asked"]) == (link.public_id, stage.houses[1].public_id)
    link.refresh_from_db()
    assert link.outcome == "accepted"
    assert answered(address, "accept").status_code == 409


def test_the_page_and_the_letter_say_what_was_promised_by_whom_and_to_whom(
    row: Obligation, stage: SimpleNamespace
) -> None:
    Obligation.objects.filter(pk=row.pk).update(text="")
    row.refresh_from_db()
    _link, address = asked(row, stage)
    page = Client(headers={"accept-language": "en"}).get(address).content.decode()
    tell_asked(now())
    kind, letter = row.kind.names["en"], mail.outbox[-1].body
    assert f"<dd>{kind}</dd>" in page and f": {kind}: 2 materials\n" in letter
    for said in ("2 materials", row.agreement.number, "Together"):
        assert said in letter and said in page, said
    for house in stage.houses:
        assert house.names["en"] in page and house.names["uz"] in letter
    assert "If you do not know this organisation" in page


def test_once_answered_the_page_still_says_what_it_was_about_and_once_taken_back_it_does_not(
    row: Obligation, stage: SimpleNamespace
) -> None:
    link, address = asked(row, stage, email="b@nursery.example")
    links.withdraw_link(row, link, by=stage.people[0], at=now())
    reader, who = Client(headers={"accept-language": "en"}), stage.houses[0].names["en"]
    gone = reader.get(address).content.decode()
    assert row.agreement.number not in gone and who not in gone
    _link, address = asked(row, stage)
    for page in (answered(address, "accept"), reader.get(address)):
        assert row.agreement.number in page.content.decode() and who in page.content.decode()


def test_what_is_missing_is_said_and_it_goes_back(row: Obligation, stage: SimpleNamespace) -> None:
    _link, address = asked(row, stage)
    empty = answered(address, "return")
    assert empty.status_code == 422 and empty.content.decode().count("Say what is missing") == 2  # on top, by the field
    assert 'href="#reason"' in empty.content.decode()
    assert answered(address, "return", reason="One box is missing").status_code == 200
    row.refresh_from_db()
    assert row.status == "returned"
    assert Event.objects.get(subject_id=row.public_id, name="return").reason == "One box is missing"


def test_what_does_not_reach_the_promise_is_not_accepted_and_the_link_stays(
    row: Obligation, stage: SimpleNamespace
) -> None:
    Evidence.objects.filter(obligation=row).update(quantity=Decimal(1))
    link, address = asked(row, stage)
    page = Client().get(address).content.decode()
    assert 'value="accept"' not in page and 'value="return"' in page
    late = answered(address, "accept")
    assert late.status_code == 409 and "waive the rest" not in late.content.decode()
    assert "Less was handed in than was promised" in late.content.decode()
    row.refresh_from_db()
    link.refresh_from_db()
    assert (row.status, link.used_at) == ("submitted", None)


def test_its_files_open_by_the_link_and_by_no_other(row: Obligation, stage: SimpleNamespace) -> None:
    _link, address = asked(row, stage)
    found = re.search(rf'href="({re.escape(address)}[0-9A-Z]+/)"', Client().get(address).content.decode())
    assert found
    file = Client().get(found.group(1))
    assert b"".join(file.streaming_content) == PDF and file["Cache-Control"] == "no-store"
    other = Obligation.objects.exclude(pk=row.pk).get()
    proof = actions.add_evidence(other, by=stage.people[0], at=now(), file=("else.pdf", PDF), quantity=Decimal(1))
    assert Client().get(f"{address}{proof.public_id}/").status_code == 404
    answered(address, "accept")
    assert Client().get(found.group(1)).status_code == 404


def test_more_evidence_closes_the_link(row: Obligation, stage: SimpleNamespace) -> None:
    link, address = asked(row, stage)
    Evidence.objects.filter(obligation=row).update(quantity=Decimal(20))
    assert Client().get(address).status_code == 409
    with pytest.raises(LinkClosed):
        links.answer_link(link, "accept", at=now(), content=link.content_hash)


def test_a_side_that_works_here_is_not_asked_by_a_link(row: Obligation, stage: SimpleNamespace) -> None:
    _link, address = asked(row, stage)
    a_member("institution_admin", stage.houses[1])
    assert not links.can_ask_by_link(stage.people[0], row, now().date())
    with pytest.raises(ValidationError) as refused:
        asked(row, stage, email="other@nursery.example")
    assert "institution" in refused.value.message_dict
    assert answered(address, "accept").status_code == 200  # who was asked in time may still answer


def test_nobody_accepts_their_own_work(row: Obligation, stage: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        links.ask_by_link(row, by=stage.people[1], at=now(), email=WHOM)
    local, _at, domain = stage.teachers[0].email.partition("@")
    for own in (stage.people[0].email, stage.teachers[0].email, f"{local}+x@{domain}"):
        with pytest.raises(ValidationError):
            asked(row, stage, email=own)
    link, address = asked(row, stage)
    mine = Client()
    mine.force_login(stage.teachers[0])
    page = mine.get(address).content.decode()
    assert 'value="accept"' not in page
    assert mine.post(address, {"answer": "accept", "seal": SEAL.search(Client().get(address).content.decode())[1]})
    with pytest.raises(PermissionDenied):
        links.answer_link(link, "accept", at=now(), content=link.content_hash, by=stage.teachers[0])
    row.refresh_from_db()
    assert row.status == "submitted"


def test_a_link_of_something_else_answers_nothing_here(row: Obligation, stage: SimpleNamespace) -> None:
    link, _address = asked(row, stage)
    SignedLink.objects.filter(pk=link.pk).update(institution=stage.houses[0].public_id)
    with pytest.raises(LinkClosed):
        links.answer_link(link, "accept", at=now(), content=link.content_hash)


def test_a_link_that_was_taken_back_or_is_too_old_answers_no_more(row: Obligation, stage: SimpleNamespace) -> None:
    link, address = asked(row, stage)
    with pytest.raises(ValidationError):
        asked(row, stage)
    with pytest.raises(PermissionDenied):
        links.withdraw_link(row, link, by=stage.people[1], at=now())
    links.withdraw_link(row, link, by=stage.people[0], at=now())
    assert Client().get(address).status_code == 409
    old, _address = asked(row, stage)
    with pytest.raises(LinkClosed):
        links.answer_link(old, "accept", at=old.expires_at, content=old.content_hash)
    actions.return_obligation(
        row, by=None, at=now(), reason="Not enough", link=asked(row, stage, email="b@nursery.example")[0]
    )
    with pytest.raises(WrongStatus):
        asked(row, stage, email="c@nursery.example")


def test_five_links_are_open_at_once(row: Obligation, stage: SimpleNamespace) -> None:
    for number in range(5):
        asked(row, stage, email=f"p{number}@nursery.example")
    with pytest.raises(Unmet):
        asked(row, stage)


def test_it_is_asked_on_a_page_and_goes_out_by_mail(row: Obligation, stage: SimpleNamespace, client: Client) -> None:
    client.force_login(stage.people[0])
    detail = f"/en/obligations/{row.public_id}/"
    assert f"{detail}links/" in client.get(detail).content.decode()
    said = client.post(f"{detail}links/", {"email": WHOM, "name": "Director", "once_key": "a-first-key"}, follow=True)
    assert "Director" in said.content.decode() and "/i/" not in said.content.decode()
    wrong = client.post(f"{detail}links/", {"email": stage.people[0].email, "once_key": "another-key"})
    assert wrong.status_code == 422 and stage.people[0].email in wrong.content.decode()
    assert tell_asked(now()) == 1 and mail.outbox[-1].to == [WHOM]
    sent = re.search(r"/i/[^/]+/", mail.outbox[-1].body)
    assert sent and Client().get(sent.group()).status_code == 200
    link = SignedLink.objects.get()
    client.post(f"{detail}links/{link.public_id}/withdraw/", {"once_key": "a-third-key"})
    assert Client().get(sent.group()).status_code == 409
    assert datetime.timedelta(days=13) < link.expires_at - now()
