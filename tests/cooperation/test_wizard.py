"""The five steps of a draft: any order, saved by themselves, for two editors, without a script."""

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import AgreementStatus
from tests.cooperation.test_pages import form_of, send, url
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def start(page_of: Any, institution_admin: User, world: SimpleNamespace, words: SimpleNamespace) -> Agreement:
    """A draft begun on the page with b as the partner."""
    client = page_of(institution_admin)
    answer = send(
        client,
        "/en/agreements/new/",
        kind="social_partnership",
        own_role="lead",
        partner=world.b.public_id,
        partner_role="partner",
    )
    assert answer.status_code == 302, answer.content
    made = Agreement.objects.get()
    assert answer["Location"] == url(made, "edit/subject/")
    return made


def test_opening_the_first_step_makes_nothing(page_of: Any, institution_admin: User, words: Any) -> None:
    assert page_of(institution_admin).get("/en/agreements/new/").status_code == 200
    assert not Agreement.objects.exists()


def test_a_draft_is_filled_step_by_step_and_sent(
    page_of: Any, start: Agreement, institution_admin: User, world: SimpleNamespace
) -> None:
    client = page_of(institution_admin)
    assert send(client, url(start, "edit/subject/"), title="Open lessons", text="Twice a term.").status_code == 302
    assert (
        send(client, url(start, "edit/dates/"), starts_on="1.9.26", ends_on="2027-08-31", notice_days="60").status_code
        == 302
    )
    rows = {
        "terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-0-kind": "events", "terms-0-form": "F2",
        "terms-0-from_": world.a.public_id, "terms-0-to": world.b.public_id, "terms-0-quantity": "1 200,5", "terms-0-due_on": "31.08.2027",
    }  # fmt: skip
    assert send(client, url(start, "edit/terms/"), **rows)["Location"] == url(start, "edit/document/")
    assert send(client, url(start, "edit/document/"), renewal="by_decision")["Location"] == url(start, "check/")
    check = client.get(url(start, "check/")).content.decode()
    assert "Still missing" not in check
    assert check.count("Ready") == 5
    assert send(client, url(start, "check/")).status_code == 302
    start.refresh_from_db()
    assert start.status == AgreementStatus.PROPOSED
    term = start.shown.terms.get()
    assert (str(term.quantity), term.unit, str(term.due_on)) == ("1200.5000", "events", "2027-08-31")
    assert (start.shown.notice_days, start.shown.renewal) == (60, "by_decision")


def test_sending_too_early_names_the_missing_steps_and_leads_to_them(
    page_of: Any, start: Agreement, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    refused = send(client, url(start, "check/"))
    page = refused.content.decode()
    assert refused.status_code == 422
    for step in ("subject", "dates", "terms"):
        assert f'href="{url(start, f"edit/{step}/")}"' in page
    assert "Say in one line what the agreement is about." in page
    assert client.get(url(start, "edit/")).content.decode().count("Not started") >= 3


def test_wrong_answers_stay_in_the_field_and_say_what_to_do(
    page_of: Any, start: Agreement, institution_admin: User
) -> None:
    refused = send(
        page_of(institution_admin),
        url(start, "edit/dates/"),
        starts_on="soon",
        ends_on="31.13.2027",
        notice_days="many",
    )
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="soon"' in page and 'value="31.13.2027"' in page
    for message in ("Starts: enter a day", "Ends: enter a day", "Notice in days: enter a whole number"):
        assert message in page
    assert "<title>Error: " in page


def test_the_draft_saves_itself_and_tells_its_new_version(
    page_of: Any, start: Agreement, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    version = form_of(client.get(url(start, "edit/subject/")))["version"]
    saved = client.post(url(start, "save/subject/"), {"title": "Half a ti", "text": "", "version": version})
    assert saved.status_code == 200
    assert saved.json()["version"] == int(version) + 1
    start.refresh_from_db()
    assert start.title == "Half a ti"
    stale = client.post(url(start, "save/subject/"), {"title": "Other", "text": "", "version": version})
    assert stale.status_code == 409


def test_two_editors_see_both_values_before_one_of_them_wins(
    page_of: Any, start: Agreement, institution_admin: User, world: SimpleNamespace
) -> None:
    other = page_of(a_member("institution_admin", world.a))
    mine = page_of(institution_admin)
    read = form_of(mine.get(url(start, "edit/subject/")))
    assert send(other, url(start, "edit/subject/"), title="Theirs", text="").status_code == 302
    refused = mine.post(url(start, "edit/subject/"), {**read, "title": "Mine", "text": ""})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "<del>Theirs</del>" in page and "<ins>Mine</ins>" in page
    assert 'value="Mine"' in page
    kept = form_of(refused)
    assert mine.post(url(start, "edit/subject/"), {**kept, "title": "Mine", "text": ""}).status_code == 302
    start.refresh_from_db()
    assert start.title == "Mine"


def test_without_a_script_a_typed_name_finds_the_partner_or_offers_several(
    page_of: Any, start: Agreement, institution_admin: User, world: SimpleNamespace
) -> None:
    client = page_of(institution_admin)
    found = send(
        client,
        url(start, "edit/parties/"),
        kind="social_partnership",
        own_role="lead",
        partner_text="gamma college",
        add="1",
    )
    assert found["Location"] == url(start, "edit/parties/")
    assert start.latest.parties.count() == 3
    none = send(client, url(start, "edit/parties/"), kind="social_partnership", partner_text="xyzzy qwerty")
    assert none.status_code == 422
    removed = send(
        client, url(start, "edit/parties/"), kind="social_partnership", own_role="lead", remove=world.c.public_id
    )
    assert removed.status_code == 302
    assert set(start.latest.parties.values_list("institution", flat=True)) == {world.a.pk, world.b.pk}


def test_an_unknown_partner_reads_like_any_unknown_id(page_of: Any, start: Agreement, institution_admin: User) -> None:
    refused = send(
        page_of(institution_admin), url(start, "edit/parties/"), kind="social_partnership", partner="01UNKNOWN"
    )
    assert refused.status_code == 422
    assert "There is no such id." in refused.content.decode()


def test_obligations_are_struck_out_one_by_one(page_of: Any, draft: Agreement, institution_admin: User) -> None:
    term = draft.latest.terms.get()
    rows = {"terms-TOTAL_FORMS": "2", "terms-INITIAL_FORMS": "1", "terms-0-key": term.key, "terms-0-kind": "events",
            "terms-0-DELETE": "on", "terms-1-kind": ""}  # fmt: skip
    assert send(page_of(institution_admin), url(draft, "edit/terms/"), **rows).status_code == 302
    assert not draft.latest.terms.exists()


@pytest.mark.parametrize("page", ["edit/", "edit/subject/", "check/", "erase/"])
@pytest.mark.parametrize(
    ("name", "status"), [("teacher", 403), ("partner_admin", 404), ("ministry_officer", 403), ("stranger", 404)]
)
def test_a_draft_is_written_by_its_administrators_alone(
    page: str, name: str, status: int, page_of: Any, draft: Agreement, request: Any
) -> None:
    client = page_of(request.getfixturevalue(name))
    assert client.get(url(draft, page)).status_code == status
    assert client.post(url(draft, "save/subject/"), {"title": "x"}).status_code == status
    draft.refresh_from_db()
    assert draft.title == "Open lessons together"


def test_what_was_sent_is_no_draft_any_more(page_of: Any, proposed: Agreement, institution_admin: User) -> None:
    client = page_of(institution_admin)
    assert client.get(url(proposed, "edit/subject/")).status_code == 409
    assert client.post(url(proposed, "save/subject/"), {"title": "x"}).status_code == 409


def test_a_draft_is_removed_on_a_page_of_its_own(page_of: Any, draft: Agreement, institution_admin: User) -> None:
    assert send(page_of(institution_admin), url(draft, "erase/")).status_code == 302
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("step", ["nonsense", "parties-x"])
def test_there_are_five_steps_and_no_other(step: str, page_of: Any, draft: Agreement, institution_admin: User) -> None:
    assert page_of(institution_admin).get(url(draft, f"edit/{step}/")).status_code == 404


@pytest.mark.parametrize("data", [
    {"terms-TOTAL_FORMS": "x"}, {}, {"terms-TOTAL_FORMS": "100000", "terms-INITIAL_FORMS": "0"},
    {"terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-0-kind": "nonsense"},
    {"terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-0-kind": "events", "terms-0-quantity": "NaN"},
    {"terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-0-kind": "events", "terms-0-from_": "01UNKNOWN"},
    {"terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-0-kind": "events", "terms-0-key": "01OTHERS"},
])  # fmt: skip
def test_hostile_rows_are_refused_without_harm(
    data: dict[str, str], page_of: Any, draft: Agreement, institution_admin: User
) -> None:
    answer = send(page_of(institution_admin), url(draft, "edit/terms/"), **data)
    assert answer.status_code in (400, 422), answer.status_code
    assert draft.latest.terms.count() == 1
