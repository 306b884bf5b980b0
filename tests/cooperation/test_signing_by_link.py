"""Signing an agreement by a personal link: no account, one answer, the mailbox confirmed, and opening changes nothing."""

import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from cooperation.agreements import actions, codes, emails, links, signing
from cooperation.agreements.models import Signature
from cooperation.agreements.proofs import LinkCode, SignatureProof
from institutions.people.models import Person, Position
from lifecycle.links import LinkClosed
from lifecycle.models import Event, SignedLink
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.signing import SIGNER, answered, asked, code_of, fresh, opened, post, sent_address, stage
from tests.factories import EVER, a_member, an_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None) -> SimpleNamespace:
    return stage()


def account_signs(story: SimpleNamespace, who: int = 0) -> None:
    agreement = fresh(story)
    signing.approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=story.people[who], at=now())


def test_a_signatory_without_account_signs_and_the_agreement_is_concluded(story: SimpleNamespace) -> None:
    account_signs(story)
    link, address = asked(story)
    done = answered(address)
    assert done.status_code == 200
    agreement = fresh(story)
    assert agreement.status == "in_force"
    signature = Signature.objects.get(revision=agreement.concluded, party__institution=story.houses[1])
    assert (signature.method, signature.person, signature.position) == ("link", None, "Director")
    assert signature.sha256 == agreement.concluded.content_hash
    assert signature.proof.shown == "d…@firm.example"
    event = Event.objects.about("agreement", agreement.public_id).get(name="approve", actor=None)
    assert event.detail["link"] == link.public_id and event.detail["method"] == "link"
    assert event.institution == story.houses[1].public_id
    assert SIGNER["email"] not in repr([vars(each) for each in Event.objects.all()])


def test_the_asker_never_sees_the_link_and_the_letter_brings_it(story: SimpleNamespace, page_of: Any) -> None:
    client, address = page_of(story.people[0]), f"/en/agreements/{story.agreement.public_id}/links/"
    done = client.post(address, {**SIGNER, "once_key": "ask"}, follow=True)
    assert done.status_code == 200 and "/i/" not in done.content.decode()
    assert SIGNER["email"] in done.content.decode()
    there = sent_address()
    assert mail.outbox[-1].to == [SIGNER["email"]]
    assert opened(there)[0].status_code == 200


def test_opening_it_fifty_times_has_no_effect_whatever(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    before = (SignedLink.objects.values().get(), Event.objects.count(), LinkCode.objects.count())
    for _time in range(25):
        assert Client().get(address).status_code == Client().head(address).status_code == 200
    assert before == (SignedLink.objects.values().get(), Event.objects.count(), LinkCode.objects.count())
    assert not mail.outbox


def test_the_page_holds_the_whole_text_and_is_kept_by_nobody(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    page, _seal = opened(address)
    text, shown = page.content.decode(), fresh(story).shown
    for said in ("The parties hold open lessons.", shown.content_hash[:8], "Revision 1", "Vali Aliyev", "Director"):
        assert said in text, said
    assert shown.parties.count() == 2 and all(party.official_name in text for party in shown.parties.all())
    for hidden in (SIGNER["email"], story.people[0].name, story.people[0].email, "/institutions/"):
        assert hidden not in text
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "noindex" in page["X-Robots-Tag"] and not page.cookies and "<script" not in text


def test_who_proposed_it_stands_on_every_page_until_the_link_is_taken_back(story: SimpleNamespace) -> None:
    link, address = asked(story)
    initiator = f"{fresh(story).initiator.names['uz']}<"  # the parties stand there under their official names
    assert initiator in opened(address)[0].content.decode()
    SignedLink.objects.filter(pk=link.pk).update(expires_at=now())
    old = Client().get(address).content.decode()
    assert initiator in old and fresh(story).number in old and "Together" in old
    links.withdraw_link(story.agreement, link, by=story.people[0], at=now())
    gone = Client().get(address).content.decode()
    assert initiator not in gone and fresh(story).number not in gone


def test_nothing_is_signed_or_declined_without_the_code_of_the_mailbox(story: SimpleNamespace) -> None:
    link, address = asked(story)
    code = code_of(address)
    _page, seal = opened(address)
    other = f"{(int(code) + 1) % 10**6:06d}"
    for answer in ("sign", "decline"):
        for wrong in ("", "12", other):
            assert post(address, answer, seal=seal, code=wrong, reason="No").status_code == 422
    with pytest.raises(PermissionDenied):
        links.sign_by_link(link, content_hash=link.content_hash, at=now())
    assert not Signature.objects.exists() and fresh(story).status == "proposed"


def test_a_code_takes_five_tries_even_where_the_sixth_is_right(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    code, (_page, seal) = code_of(address), opened(address)
    other = f"{(int(code) + 1) % 10**6:06d}"
    for _time in range(5):
        assert post(address, "sign", seal=seal, code=other).status_code == 422
    last = post(address, "sign", seal=seal, code=code)
    assert last.status_code == 422 and not Signature.objects.exists()
    assert LinkCode.objects.get().tries == 5


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(story: SimpleNamespace, time_machine_at: Any) -> None:
    _link, address = asked(story)
    first, (_page, seal) = code_of(address), opened(address)
    with time_machine_at(minutes=10):
        assert post(address, "sign", seal=seal, code=first).status_code == 422
    with time_machine_at(minutes=2):
        second = code_of(address)
        if first != second:
            assert post(address, "sign", seal=seal, code=first).status_code == 422
        assert post(address, "sign", seal=seal, code=second).status_code == 200


def test_codes_are_few_and_not_sent_twice_in_half_a_minute(story: SimpleNamespace) -> None:
    link, _address = asked(story)
    at = now()
    for number in range(codes.CODES_A_DAY):
        codes.make_code(link, at=at + number * codes.PAUSE)
        with pytest.raises(Unmet):
            codes.make_code(link, at=at + number * codes.PAUSE + datetime.timedelta(seconds=29))
    with pytest.raises(Unmet):
        codes.make_code(link, at=at + datetime.timedelta(hours=23))


def test_neither_code_nor_token_is_kept_anywhere(story: SimpleNamespace) -> None:
    link, address = asked(story)
    code = code_of(address)
    kept = repr([vars(link), *map(vars, LinkCode.objects.all()), *map(vars, Event.objects.all())])
    assert address.split("/")[2] not in kept and code not in kept


def test_declining_takes_a_reason_that_the_parties_read(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    code, (_page, seal) = code_of(address), opened(address)
    assert post(address, "decline", seal=seal, code=code).status_code == 422
    assert post(address, "decline", seal=seal, code=code, reason="Too early").status_code == 200
    assert fresh(story).status == "draft"
    event = Event.objects.about("agreement", story.agreement.public_id).get(name="decline")
    assert event.reason == "Too early" and event.institution == story.houses[1].public_id
    line = next(each for each in emails.partners(event) if each.user_id == story.people[0].pk)
    assert line.values["partner"] == story.houses[1].names


def test_a_link_takes_one_answer(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    code, (_page, seal) = code_of(address), opened(address)
    assert post(address, "sign", seal=seal, code=code).status_code == 200
    again = post(address, "decline", seal=seal, code=code, reason="No")
    assert again.status_code == 409 and "Your answer: signed" in again.content.decode()
    assert Client().get(address).status_code == 409
    assert fresh(story).status == "partly_approved"


def test_a_changed_revision_makes_it_void_and_the_answer_shows_the_difference(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    code, (_page, seal) = code_of(address), opened(address)
    actions.change_agreement(fresh(story), by=story.people[0], at=now(), title="Together, but differently")
    shown = opened(address)[0]
    assert shown.status_code == 409 and "has changed since" in shown.content.decode()
    late = post(address, "sign", seal=seal, code=code)
    assert late.status_code == 409 and "but differently" in late.content.decode()
    assert not Signature.objects.exists()


def test_a_seal_of_another_page_signs_nothing(db: None) -> None:
    story = stage(3, alone=2)
    _link, address = asked(story, 1)
    elsewhere = opened(asked(story, 2, email="other@firm.example")[1])[1]
    code = code_of(address)
    for seal in ("", "made:up", elsewhere):
        assert post(address, "sign", seal=seal, code=code).status_code == 422
    assert not Signature.objects.exists()


def test_each_link_that_answers_no_more_says_why(story: SimpleNamespace, time_machine_at: Any) -> None:
    made = {name: asked(story, email=f"{name}@firm.example") for name in ("expired", "back", "over")}
    heads = {}

    def told(name: str) -> None:
        page, _seal = opened(made[name][1])
        assert page.status_code == 409
        heads[name] = re.search(r"<h1>(.*?)</h1>", page.content.decode()).group(1)  # type: ignore[union-attr]

    with time_machine_at(hours=72):
        told("expired")
    links.withdraw_link(fresh(story), made["back"][0], by=story.people[0], at=now())
    told("back")
    answered(asked(story, email="quick@firm.example")[1])
    told("over")
    assert len(set(heads.values())) == 3, heads


def test_too_old_a_link_gives_one_fresh_one_to_the_same_address_and_the_asker_is_told(
    story: SimpleNamespace, time_machine_at: Any
) -> None:
    link, address = asked(story)
    with time_machine_at(hours=73):
        assert "fresh link" in opened(address)[0].content.decode()
        assert post(address, "fresh").status_code == 200
        again = post(address, "fresh")
        assert again.status_code == 409 and "It goes to the same address" in again.content.decode()
        assert "Nothing more is to do" not in again.content.decode()
        new = SignedLink.objects.exclude(pk=link.pk).get()
        assert (new.addressee_email, new.addressee_name) == (SIGNER["email"], SIGNER["name"])
        event = Event.objects.about("agreement", story.agreement.public_id).get(name="renew_link")
        assert [each.user_id for each in emails.who_asked(event)] == [story.people[0].pk]
        assert answered(sent_address()).status_code == 200


def test_a_fresh_link_is_given_neither_early_nor_for_another_revision(
    story: SimpleNamespace, time_machine_at: Any
) -> None:
    link, address = asked(story)
    assert post(address, "fresh").status_code == 422
    actions.change_agreement(fresh(story), by=story.people[0], at=now(), title="Another")
    with time_machine_at(hours=73), pytest.raises(LinkClosed):
        links.renew_link(link, at=now())
    assert SignedLink.objects.count() == 1


def test_an_organisation_that_has_people_here_answers_through_them(story: SimpleNamespace) -> None:
    a_member("institution_admin", story.houses[1])
    with pytest.raises(ValidationError) as error:
        asked(story)
    assert "institution" in error.value.error_dict


def test_whom_an_organisation_has_recorded_signs_under_the_recorded_office(story: SimpleNamespace) -> None:
    a_member("institution_admin", story.houses[1])
    person = Person.objects.create(name="Vali Aliyev", home=story.houses[1])
    Position.objects.create(person=person, institution=story.houses[1], title="First deputy", may_sign=True, valid=EVER)
    _link, address = asked(story, position="President")
    assert answered(address).status_code == 200
    assert Signature.objects.get().position == "First deputy"
    assert Position.objects.filter(institution=story.houses[1]).count() == 1


def test_signing_power_is_that_of_the_day_of_signing(story: SimpleNamespace) -> None:
    a_member("institution_admin", story.houses[1])
    person = Person.objects.create(name="Vali Aliyev", home=story.houses[1])
    post_ = Position.objects.create(
        person=person, institution=story.houses[1], title="Director", may_sign=True, valid=EVER
    )
    _link, address = asked(story)
    Position.objects.filter(pk=post_.pk).update(valid=DateRange(EVER.lower, now().date()))
    assert answered(address).status_code == 422
    assert not Signature.objects.exists()
    assert not SignedLink.objects.get().used_at


def test_a_declared_office_holds_for_the_day_of_the_signature_only(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    answered(address)
    declared, today = Position.objects.get(institution=story.houses[1]), now().date()
    assert declared.may_sign and declared.valid == DateRange(today, today + datetime.timedelta(days=1), "[)")
    assert Event.objects.get(name="declare_post").detail["link"]


def test_no_address_of_the_asking_side_or_of_another_party_is_taken(db: None) -> None:
    story = stage(3)
    a_member("teacher", story.houses[1], email="guest@other.example")
    local, _at, domain = story.people[0].email.partition("@")
    for email in (story.people[0].email, f"{local}+x@{domain}", "GUEST@other.example"):
        with pytest.raises(ValidationError) as error:
            asked(story, email=email)
        assert "email" in error.value.error_dict


def test_one_mailbox_signs_for_one_party_whether_by_link_or_with_the_account(db: None) -> None:
    story = stage(4, alone=3)
    first = asked(story, 1, email="one@firm.example")[1]
    second = asked(story, 2, email="One+again@firm.example")[1]
    assert answered(first).status_code == 200
    refused = answered(second)
    assert refused.status_code == 422 and "One person signs for one party" in refused.content.decode()
    third = asked(story, 3, email="late@firm.example")[1]
    type(story.people[0]).objects.filter(pk=story.people[0].pk).update(email="late+x@firm.example")
    story.people[0].refresh_from_db()
    assert answered(third).status_code == 200
    with pytest.raises(Unmet) as unmet:
        account_signs(story)
    assert unmet.value.conditions[0].code == "signed_for_another"
    assert Signature.objects.count() == 2


def test_the_database_keeps_one_mailbox_to_one_party(db: None) -> None:
    story = stage(3, alone=2)
    answered(asked(story, 1)[1])
    proof = SignatureProof.objects.get()
    party = fresh(story).shown.parties.get(institution=story.houses[2])
    other = Signature.objects.create(
        revision=fresh(story).shown, party=party, sha256=proof.signature.sha256, position="x", method="link",
        signed_at=now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureProof.objects.create(signature=other, revision=proof.revision, address_key=proof.address_key)


def test_what_stands_behind_a_signature_never_changes(story: SimpleNamespace) -> None:
    answered(asked(story)[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureProof.objects.update(shown="x")


def test_whoever_is_signed_in_at_another_party_answers_no_link(story: SimpleNamespace, page_of: Any) -> None:
    _link, address = asked(story)
    client = page_of(story.people[0])
    page, seal = opened(address, client)
    assert page.status_code == 200 and not seal
    for answer in ("code", "sign"):
        assert client.post(address, {"answer": answer, "seal": "x", "code": "123456"}).status_code == 403
    assert not mail.outbox


def test_only_administrators_of_a_party_ask_and_only_for_another_side_that_waits(db: None) -> None:
    story = stage(3)
    stranger = a_member("institution_admin", an_institution(story.houses[0].territory))
    with pytest.raises(PermissionDenied):
        links.ask_to_sign(fresh(story), by=stranger, at=now(), institution=story.houses[2], **SIGNER)
    with pytest.raises(ValidationError):
        asked(story, 0)
    actions.withdraw_agreement(fresh(story), by=story.people[0], at=now(), reason="No")
    with pytest.raises(WrongStatus):
        asked(story)


def test_links_of_an_agreement_are_few_and_an_address_is_asked_once(story: SimpleNamespace) -> None:
    for number in range(links.OPEN_LINKS):
        asked(story, email=f"{number}@firm.example")
        with pytest.raises((ValidationError, Unmet)):
            asked(story, email=f"{number}@firm.example")
    with pytest.raises(Unmet) as unmet:
        asked(story, email="one.more@firm.example")
    assert unmet.value.conditions[0].code == "too_many_links"


def test_the_parties_see_how_it_was_signed(story: SimpleNamespace, page_of: Any) -> None:
    answered(asked(story)[1])
    text = page_of(story.people[0]).get(f"/en/agreements/{story.agreement.public_id}/").content.decode()
    assert "By a personal link, d…@firm.example" in text
    assert SIGNER["email"] not in text


def test_a_mail_server_that_is_away_is_said_kindly(story: SimpleNamespace, settings: Any) -> None:
    _link, address = asked(story)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = post(address, "code")
    assert page.status_code == 503 and "could not be sent" in page.content.decode()


def test_opening_a_link_asks_the_database_little(story: SimpleNamespace) -> None:
    _link, address = asked(story)
    with CaptureQueriesContext(connection) as queries:
        Client().get(address)
    assert len(queries) <= 15, [each["sql"][:90] for each in queries]
    assert all(query["sql"].startswith("SELECT") for query in queries)
