"""PUB-7: a reader says without an account that a public page is wrong, and everybody reads the answer."""

import datetime
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.clock import now
from accounts.sealing import sealed, unsealed
from exchange.notices.actions import note_events
from exchange.notices.models import Notice
from exchange.notices.telling import the_book
from lifecycle.models import Event
from lifecycle.transitions import WrongStatus
from quality.comments import actions
from quality.comments.emails import mail_answers
from quality.comments.inbox import to_answer
from quality.comments.models import PublicComment
from quality.comments.rules import by_time, share_in_time
from quality.comments.subjects import find_about, plain_path
from tests.factories import a_member

LIST, NEW = "/en/public/comments/", "/en/public/comments/new/"
WRONG = "The employer of this agreement closed in May."
DAY = datetime.timedelta(days=1)


def address_of(agreement):
    return f"public/agreements/{agreement.number}/"


@pytest.fixture
def comment(concluded):
    return remark(concluded)


def remark(agreement, at=None, key="k1", contact="reader@example.net"):
    return actions.receive_comment(
        at=at or now(), address=address_of(agreement), text=WRONG, form_key=key, language="ru", contact=contact
    )


def link_on(page):
    found = re.search(r'href="([^"]*comments/new/[^"]*)"', page.content.decode())
    assert found, "no way to say that something is wrong"
    return found[1].replace("&amp;", "&")


def send(client, path, **said):
    seal = re.search(r'name="seal" value="([^"]+)"', client.get(path).content.decode())[1]
    return client.post(path, {"seal": seal, "text": WRONG, **said})


def test_from_the_page_to_the_answer_without_account_and_cookie(concluded, page_of, institution_admin):
    reader = page_of(None)
    path = link_on(reader.get(f"/en/public/agreements/{concluded.number}/"))
    sent = send(reader, path, contact="reader@example.net")
    assert sent.status_code == 302
    page = reader.get(sent.url)
    assert "Thank you" in page.content.decode() and "6 Dec 2026" in page.content.decode()
    assert not page.cookies and not sent.cookies
    assert WRONG not in page.content.decode(), "what was said waits for its answer"
    comment = PublicComment.objects.get()
    assert comment.institution == concluded.initiator
    house = page_of(institution_admin)
    assert WRONG in house.get(f"/en/comments/{comment.public_id}/").content.decode()
    form = house.get(f"/en/comments/{comment.public_id}/correct/").content.decode()
    key = re.search(r'name="once_key" value="([^"]+)"', form)[1]
    done = house.post(
        f"/en/comments/{comment.public_id}/correct/",
        {"once_key": key, "reason": "It was. The end is entered.", "is_told": "on"},
    )
    assert done.status_code == 302
    text = reader.get(sent.url.split("?")[0]).content.decode()
    assert "It was. The end is entered." in text and WRONG in text and "Corrected" in text
    assert "reader@example.net" not in text and institution_admin.email not in text


@pytest.mark.parametrize(
    ("said", "told"),
    [({"text": ""}, "say it in a sentence"), ({"text": "wrong"}, "at least 10 characters"),
     ({"contact": "nowhere"}, "write it as name@example.org"), ({"seal": "none"}, "open for very long")],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_nothing_typed_is_lost(concluded, page_of, said, told):
    path = f"{NEW}?page=/en/{address_of(concluded)}"
    sent = {"text": WRONG, "contact": "reader@example.net"} | said
    page = send(page_of(None), path, **sent)
    text = page.content.decode()
    assert page.status_code == 422 and told in text
    assert sent["text"] in text and sent["contact"] in text
    assert not PublicComment.objects.exists()


def test_one_form_is_one_remark_however_often_it_is_sent(concluded, page_of):
    client, path = page_of(None), f"{NEW}?page=/en/{address_of(concluded)}"
    seal = re.search(r'name="seal" value="([^"]+)"', client.get(path).content.decode())[1]
    first, second = (client.post(path, {"seal": seal, "text": WRONG}) for _each in range(2))
    assert first.url == second.url and PublicComment.objects.count() == 1


def test_a_form_speaks_of_the_page_it_was_opened_for(concluded, page_of):
    client, path = page_of(None), f"{NEW}?page=/en/{address_of(concluded)}"
    seal = re.search(r'name="seal" value="([^"]+)"', client.get(path).content.decode())[1]
    assert client.post(f"{NEW}?page=/en/public/territories/9/", {"seal": seal, "text": WRONG}).status_code in (404, 422)
    assert not PublicComment.objects.exists()


def test_many_remarks_of_one_connection_wait_an_hour(concluded, page_of):
    client, path = page_of(None), f"{NEW}?page=/en/{address_of(concluded)}"
    assert [send(client, path).status_code for _each in range(6)] == [302] * 5 + [429]
    assert PublicComment.objects.count() == 5


@pytest.mark.parametrize("page", ["", "/en/", "/en/agreements/", "/en/public/agreements/SH-1900-00001/",
                                  "https://elsewhere.example.org/", "//[", "/xx/public/", "/en/public/territories/none/"])  # fmt: skip
def test_only_public_pages_that_exist_can_be_commented(concluded, page_of, page):
    assert page_of(None).get(NEW, {"page": page}).status_code == 404
    assert find_about(plain_path(page)) is None
    with pytest.raises(ValidationError):
        actions.receive_comment(at=now(), address=plain_path(page), text=WRONG, form_key="x", language="uz")


def test_those_who_answer_are_told_and_find_it_waiting(comment, institution_admin, teacher, world):
    note_events(Event.objects.order_by("pk"), at=now(), book=the_book())
    assert set(Notice.objects.filter(telling="comment.received").values_list("recipient", flat=True)) == {
        institution_admin.pk
    }
    ministry = a_member("ministry_officer", territory=world.country, email="answers@example.org")
    assert list(to_answer(institution_admin)) == list(to_answer(ministry)) == [comment]
    assert list(to_answer(teacher)) == []


def test_neither_strangers_nor_other_organisations_answer(comment, teacher, expert, foreign_admin, page_of):
    for person in (None, teacher, expert, foreign_admin):
        with pytest.raises(PermissionDenied):
            actions.answer_comment(comment, by=person, at=now(), reason="No.")
    assert page_of(teacher).get(f"/en/comments/{comment.public_id}/").status_code in (403, 404)


def test_an_answer_is_given_once_and_stays(comment, institution_admin):
    actions.acknowledge_comment(comment, by=institution_admin, at=now())
    with pytest.raises(ValidationError):
        actions.answer_comment(comment, by=institution_admin, at=now(), reason=" ")
    actions.answer_comment(comment, by=institution_admin, at=now(), reason="It is right.")
    with pytest.raises(WrongStatus):
        actions.correct_comment(comment, by=institution_admin, at=now(), reason="Again.")
    for change in ({"answer": "Other"}, {"text": "Other words"}, {"status": "received"}, {"is_told": False}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PublicComment.objects.filter(pk=comment.pk).update(**change)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_names_a_person_is_kept_back(comment, institution_admin, page_of):
    actions.decline_comment(comment, by=institution_admin, at=now(), reason="No remark on this page.", is_told=False)
    for path in (f"{LIST}{comment.public_id}/", f"{LIST}?format=csv"):
        text = page_of(None).get(path).content.decode()
        assert "No remark on this page." in text and WRONG not in text, path


def test_the_writer_gets_the_answer_in_their_language_and_is_forgotten(comment, institution_admin):
    assert comment.contact and "reader@" not in comment.contact and unsealed(comment.contact) == "reader@example.net"
    assert mail_answers(now()) == 0
    actions.answer_comment(comment, by=institution_admin, at=now(), reason="It is right.")
    assert (mail_answers(now()), mail_answers(now())) == (1, 0)
    sent = mail.outbox[-1]
    assert sent.to == ["reader@example.net"] and "It is right." in sent.body and "/ru/public/comments/" in sent.body
    assert (actions.forget_contacts(now() + 89 * DAY), actions.forget_contacts(now() + 91 * DAY)) == (0, 1)
    comment.refresh_from_db()
    assert comment.contact == ""


def test_a_contact_sealed_with_a_lost_key_is_nothing(settings):
    kept = sealed("reader@example.net")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    assert unsealed(kept) == "reader@example.net"
    settings.SECRET_KEY_FALLBACKS = []
    assert unsealed(kept) == ""


def test_the_share_answered_in_time_is_its_rows(concluded, institution_admin, page_of):
    """Received so many days ago, answered so many days later (None: not yet) → in time, late, or neither."""
    cases = [
        (40, 1, "no"),
        (40, 15, "no"),
        (40, 16, "yes"),
        (40, None, "yes"),
        (16, None, "yes"),
        (15, None, ""),
        (1, None, ""),
    ]
    for place, (ago, after, _late) in enumerate(cases):
        made = remark(concluded, at=now() - ago * DAY, key=f"k{place}")
        if after is not None:
            actions.answer_comment(made, by=institution_admin, at=now() - (ago - after) * DAY, reason="It is right.")
    rows = PublicComment.objects.all()
    for late in ("no", "yes"):
        wanted = [f"k{place}" for place, case in enumerate(cases) if case[2] == late]
        assert sorted(by_time(rows, now(), late=late == "yes").values_list("form_key", flat=True)) == wanted
        listed = page_of(None).get(f"{LIST}?late={late}").content.decode()
        assert f"{len(wanted)} remarks" in listed
    assert share_in_time(rows, now()) == (2, 5)
    assert "2 of 5" in page_of(None).get(LIST).content.decode()


def test_the_list_asks_as_much_of_the_database_for_ten_as_for_one(concluded, page_of, django_assert_max_num_queries):
    remark(concluded)
    client = page_of(None)
    client.get(LIST)
    with django_assert_max_num_queries(8):
        client.get(LIST)
    for place in range(9):
        remark(concluded, key=f"m{place}")
    with django_assert_max_num_queries(8):
        client.get(LIST)


def test_the_api_shows_and_answers_but_never_who_wrote(comment, institution_admin, api_of, teacher):
    api = api_of(institution_admin)
    row = api.get("/api/v1/comments/").json()["results"][0]
    assert (
        row["id"] == comment.public_id
        and row["text"] == WRONG
        and row["due_on"] == str(timezone.localdate() + 15 * DAY)
    )
    assert "contact" not in row and "reader@" not in str(row)
    path = f"/api/v1/comments/{comment.public_id}/moves/answer/"
    assert (
        api.post(path, {"reason": "It is right."}, format="json", HTTP_IDEMPOTENCY_KEY="a1").json()["status"]
        == "answered"
    )
    assert api_of(teacher).get(f"/api/v1/comments/{comment.public_id}/").status_code in (403, 404)
