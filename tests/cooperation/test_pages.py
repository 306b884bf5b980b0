"""Pages of agreements: the list, the record, signing, changing, refusing."""

import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from cooperation.agreements import actions
from cooperation.agreements.inbox import answer_line, draft_line, drafts, to_answer
from cooperation.agreements.models import Agreement, Signature
from cooperation.agreements.statuses import AgreementStatus
from tests.cooperation.conftest import sign
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
A = AgreementStatus


def url(agreement: Agreement, page: str = "") -> str:
    return f"/en/agreements/{agreement.public_id}/{page}"


def form_of(page: Any) -> dict[str, str]:
    """Hidden fields of a page, as a browser would send them back."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: value for name, value in found if name in ("once_key", "content_hash", "version")}


def send(client: Any, path: str, **data: Any) -> Any:
    page = client.get(path)
    assert page.status_code == 200, (page.status_code, path)
    hidden = form_of(page)
    if "content_hash" not in hidden and (
        found := re.search(r'name="content_hash" value="([0-9a-f]{64})"', page.content.decode())
    ):
        hidden["content_hash"] = found[1]
    return client.post(path, {**hidden, **data})


def test_the_list_says_whose_turn_it_is_and_since_when(
    page_of: Any, proposed: Agreement, partner_admin: User, institution_admin: User, time_machine_at: Any
) -> None:
    sign(proposed, institution_admin)
    with time_machine_at(days=3):
        theirs = page_of(institution_admin).get("/en/agreements/?view=all").content.decode()
        mine = page_of(partner_admin).get("/en/agreements/").content.decode()
    assert "Waiting for the partner for 3 days" in theirs
    assert "Waiting for you for 3 days" in mine
    assert "1 of 2 signed" in mine
    assert 'aria-current="true">Waiting for you <span class="number">1</span>' in mine


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_every_page_opens_in_every_language(
    language: str, page_of: Any, proposed: Agreement, make: Any, institution_admin: User
) -> None:
    client, other = page_of(institution_admin), make()
    paths = [
        "",
        "new/",
        *(f"{proposed.public_id}/{page}" for page in ("", "sign/", "change/", "decline/", "withdraw/", "revisions/1/")),
    ]
    paths += [f"{other.public_id}/{page}" for page in ("", "edit/", "check/", "erase/")]
    paths += [f"{other.public_id}/edit/{step}/" for step in ("parties", "subject", "dates", "terms", "document")]
    for path in paths:
        answer = client.get(f"/{language}/agreements/{path}")
        assert answer.status_code == 200, path
        assert f"/{language}/agreements/" in answer.content.decode()


def test_an_expert_has_no_list_and_a_stranger_an_empty_one(
    page_of: Any, proposed: Agreement, expert: User, stranger: User
) -> None:
    assert page_of(expert).get("/en/agreements/").status_code == 403
    assert page_of(expert).get(url(proposed)).status_code == 403
    assert page_of(stranger).get(url(proposed)).status_code == 404
    assert "There are no agreements yet" in page_of(stranger).get("/en/agreements/").content.decode()


@pytest.mark.parametrize("query", ["statuss=draft", "view=nonsense", "ordering=initiator", "format=exe", "cursor=x"])
def test_an_address_that_means_nothing_is_400(query: str, page_of: Any, institution_admin: User) -> None:
    assert page_of(institution_admin).get(f"/en/agreements/?{query}").status_code == 400


def test_the_list_filters_and_shows_the_filters_in_use(
    page_of: Any, concluded: Agreement, institution_admin: User, words: Any
) -> None:
    client = page_of(institution_admin)
    found = client.get("/en/agreements/?view=all&status=in_force&territory=91&search=alpha").content.decode()
    assert concluded.number in found
    assert found.count("Remove this filter") == 3
    none = client.get("/en/agreements/?view=all&status=draft").content.decode()
    assert "No agreement fits these filters" in none


@pytest.mark.parametrize(("form", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_list_goes_out_as_it_is_filtered(
    form: str, start: bytes, page_of: Any, concluded: Agreement, make: Any, institution_admin: User
) -> None:
    make(title="=1+1")
    answer = page_of(institution_admin).get(f"/en/agreements/?view=all&status=draft&format={form}")
    assert answer.status_code == 200
    assert answer.content.startswith(start)
    if form == "csv":
        text = answer.content.decode()
        assert concluded.number not in text
        assert "'=1+1" in text


def test_more_rows_and_more_parties_ask_no_more_questions(
    page_of: Any, make: Any, concluded: Agreement, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    make()

    def questions(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    few = questions("/en/agreements/?view=all")
    for _time in range(5):
        make()
    assert questions("/en/agreements/?view=all") == few


def test_signing_on_the_page_takes_the_password_again(
    page_of: Any, proposed: Agreement, partner_admin: User, institution_admin: User
) -> None:
    client = page_of(partner_admin)
    page = client.get(url(proposed, "sign/")).content.decode()
    assert proposed.shown.content_hash[:8] in page
    assert "The parties hold open lessons." in page
    for wrong in ({}, {"password": ""}, {"password": "wrong"}):
        refused = send(client, url(proposed, "sign/"), **wrong)
        assert refused.status_code == 422
        assert "<title>Error: " in refused.content.decode()
    assert not Signature.objects.exists()
    assert send(client, url(proposed, "sign/"), password=PASSWORD).status_code == 302
    assert send(page_of(institution_admin), url(proposed, "sign/"), password=PASSWORD).status_code == 302
    proposed.refresh_from_db()
    assert proposed.status == A.IN_FORCE
    assert "Concluded: everybody has signed" in client.get(url(proposed)).content.decode()


def test_a_text_that_changed_since_it_was_opened_cannot_be_signed(
    page_of: Any, proposed: Agreement, partner_admin: User, institution_admin: User
) -> None:
    client = page_of(partner_admin)
    read = proposed.shown.content_hash
    once = form_of(client.get(url(proposed, "sign/")))["once_key"]
    actions.change_agreement(proposed, by=institution_admin, at=timezone.now(), title="Seminars together")
    refused = client.post(url(proposed, "sign/"), {"once_key": once, "content_hash": read, "password": PASSWORD})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "<del>Open lessons together</del>" in page and "<ins>Seminars together</ins>" in page
    assert not Signature.objects.exists()


def test_a_double_click_signs_once(page_of: Any, proposed: Agreement, partner_admin: User) -> None:
    client = page_of(partner_admin)
    data = {"once_key": "twice", "content_hash": proposed.shown.content_hash, "password": PASSWORD}
    assert [client.post(url(proposed, "sign/"), data).status_code for _time in range(2)] == [302, 302]
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("page", ["sign/", "change/", "decline/", "withdraw/", "redraft/", "edit/", "check/", "erase/"])
@pytest.mark.parametrize("name", ["teacher", "ministry_officer", "employer"])
def test_pages_of_moves_are_closed_to_those_who_only_read(
    page: str, name: str, page_of: Any, proposed: Agreement, request: Any
) -> None:
    client = page_of(request.getfixturevalue(name))
    assert client.get(url(proposed)).status_code == 200
    assert client.get(url(proposed, page)).status_code in (403, 405)
    assert client.post(url(proposed, page), {"once_key": "x", "reason": "x"}).status_code == 403
    proposed.refresh_from_db()
    assert proposed.status == A.PROPOSED


def test_a_change_is_shown_before_it_is_sent(page_of: Any, proposed: Agreement, partner_admin: User) -> None:
    client = page_of(partner_admin)
    term = proposed.shown.terms.get()
    data = {
        "title": "Open lessons and seminars", "starts_on": "1.9.2026", "ends_on": "31 august 2028", "notice_days": "60",
        "renewal": "by_decision", "text": "The parties hold open lessons.",
        "terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "1", "terms-0-key": term.key, "terms-0-kind": "events",
        "terms-0-form": "F2", "terms-0-from_": proposed.initiator.public_id, "terms-0-to": "", "terms-0-quantity": "6",
    }  # fmt: skip
    preview = send(client, url(proposed, "change/"), **data, preview="1")
    page = preview.content.decode()
    assert preview.status_code == 200, page
    assert "<del>Open lessons together</del>" in page and "<ins>Open lessons and seminars</ins>" in page
    assert "Send the change" in page
    proposed.refresh_from_db()
    assert proposed.shown.number == 1
    assert send(client, url(proposed, "change/"), **data, send="1").status_code == 302
    proposed.refresh_from_db()
    assert (proposed.shown.number, proposed.title) == (2, "Open lessons and seminars")
    assert proposed.shown.terms.get().key == term.key
    assert proposed.shown.terms.get().quantity == 6


def test_refusing_asks_for_a_reason_that_only_the_parties_read(
    page_of: Any, proposed: Agreement, partner_admin: User, institution_admin: User, regional_officer: User
) -> None:
    client = page_of(partner_admin)
    assert send(client, url(proposed, "decline/"), reason="").status_code == 422
    assert send(client, url(proposed, "decline/"), reason="We have no rooms").status_code == 302
    assert "We have no rooms" in page_of(institution_admin).get(url(proposed)).content.decode()
    assert "We have no rooms" not in page_of(regional_officer).get(url(proposed)).content.decode()
    detail = page_of(institution_admin).get(url(proposed)).content.decode()
    assert "Prepare a new revision" in detail
    assert page_of(institution_admin).post(url(proposed, "redraft/"), {"once_key": "r"}).status_code == 302


def test_a_move_that_is_too_late_says_how_things_stand(
    page_of: Any, concluded: Agreement, institution_admin: User
) -> None:
    answer = page_of(institution_admin).get(url(concluded, "withdraw/"))
    assert answer.status_code == 409


def test_stored_script_stays_text(page_of: Any, make: Any, institution_admin: User) -> None:
    evil = '"><script>alert(1)</script>'
    draft = actions.propose_agreement(make(title=evil, text=evil), by=institution_admin, at=timezone.now())
    client = page_of(institution_admin)
    for path in ("/en/agreements/?view=all", url(draft), url(draft, "sign/"), url(draft, "change/")):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_inbox_holds_what_can_be_answered(
    proposed: Agreement, make: Any, partner_admin: User, institution_admin: User, teacher: User
) -> None:

    assert list(to_answer(partner_admin)) == [proposed]
    assert not to_answer(teacher).exists()
    other = make()
    assert list(drafts(institution_admin)) == [other]
    assert not drafts(teacher).exists()
    assert answer_line(to_answer(partner_admin).get(), partner_admin).url.endswith(f"{proposed.public_id}/")
    assert draft_line(drafts(institution_admin).get(), institution_admin).url.endswith("/edit/")
    sign(proposed, partner_admin)
    assert not to_answer(partner_admin).exists()


def test_a_line_of_the_inbox_names_what_is_asked_the_subject_the_parties_and_since_when(
    proposed: Agreement, page_of: Any, partner_admin: User
) -> None:
    Agreement.objects.filter(pk=proposed.pk).update(turn_since=timezone.now() - datetime.timedelta(days=3))
    page = page_of(partner_admin).get("/en/inbox/").content.decode()
    with translation.override("en"):
        line = answer_line(to_answer(partner_admin).get(), partner_admin)
        assert line.title == f"{proposed.number} · Open lessons together"
        assert " × " in line.note
        assert line.asked.startswith("Sign · waiting since ")
        assert line.asked.endswith("(3 days)")
        assert all(words in page for words in (line.title, line.note, line.asked))


def test_what_was_declined_says_so_in_the_inbox_the_list_and_its_rows(
    proposed: Agreement, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    sign(proposed, institution_admin)
    actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason="Other terms")
    client = page_of(institution_admin)
    page, rows = (client.get(path).content.decode() for path in (url(proposed), "/en/agreements/?view=all"))
    assert "1 of 2 signed" in page
    assert "no longer counts" in page
    assert "Not signed yet" not in page
    assert page.count("Declined") >= 1
    assert "Rejected" in page
    assert "Rejected" in rows
    assert "signed" not in rows.partition("<tbody")[2]
    with translation.override("en"):
        line = draft_line(drafts(institution_admin).get(), institution_admin)
    assert line.action == "Prepare a new revision"
    assert line.url.endswith(f"{proposed.public_id}/")


def test_a_refusal_is_not_counted_as_a_signature(
    proposed: Agreement, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason="Other terms")
    page = page_of(institution_admin).get(url(proposed)).content.decode()
    assert "0 of 2 signed" in page
    assert "Did not sign" in page


def test_anybody_checks_a_number_or_a_code_without_signing_in(page_of: Any, concluded: Agreement) -> None:
    nobody = page_of(None)
    for path in (
        f"verify/{concluded.number}/",
        f"v/{concluded.concluded.content_hash[:8]}/",
        f"v/{concluded.concluded.content_hash}/",
        f"verify/?q={concluded.number}",
    ):
        answer = nobody.get(f"/en/{path}")
        page = answer.content.decode()
        assert answer.status_code == 200, path
        assert 'data-finding="genuine"' in page
        assert concluded.concluded.content_hash in page
        assert "Open lessons together" not in page
        assert "example.org" not in page


def test_a_replaced_wording_is_superseded(
    page_of: Any, proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    old = proposed.shown.content_hash
    actions.change_agreement(proposed, by=partner_admin, at=timezone.now(), title="Seminars")
    assert page_of(None).get(f"/en/v/{old}/").status_code == 404
    sign(proposed, institution_admin)
    sign(proposed, partner_admin)
    assert 'data-finding="superseded"' in page_of(None).get(f"/en/v/{old[:12]}/").content.decode()


@pytest.mark.parametrize("asked", ["SH-2026-99999", "nonsense", "%00", "x" * 300, "' OR 1=1 --"])
def test_what_was_never_concluded_is_not_found(
    asked: str, page_of: Any, proposed: Agreement, world: SimpleNamespace
) -> None:
    nobody = page_of(None)
    assert nobody.get(f"/en/verify/{proposed.number}/").status_code == 404
    assert nobody.get(f"/en/v/{proposed.shown.content_hash}/").status_code == 404
    assert nobody.get(f"/en/v/{asked}/").status_code in (400, 404)
    assert nobody.get("/en/verify/", {"q": asked.replace("%00", "0")}).status_code == 404


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_the_check_speaks_four_languages(language: str, page_of: Any, concluded: Agreement) -> None:
    assert page_of(None).get(f"/{language}/verify/{concluded.number}/").status_code == 200
    short = page_of(None).get(f"/v/{concluded.concluded.content_hash[:8]}/", headers={"Accept-Language": language})
    assert short.status_code == 302
    assert short["Location"].startswith(f"/{language}/v/")
