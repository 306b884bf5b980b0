"""Pages and API of a concluded agreement's life: each move is asked about, says what is lacking, and is made once."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.clock import today
from accounts.models import User
from cooperation.agreements import revising
from cooperation.agreements.copying import copy_agreement
from cooperation.agreements.models import Agreement, AgreementParty
from tests.cooperation.conftest import sign
from tests.cooperation.test_pages import send, url
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
KEYS = itertools.count(1)


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


def both_sign(agreement: Agreement, *people: User) -> Agreement:
    for person in people:
        sign(fresh(agreement), person)
    return fresh(agreement)


def move(client: Any, agreement: Agreement, name: str, **body: Any) -> Any:
    path = f"/api/v1/agreements/{agreement.public_id}/moves/{name}/"
    return client.post(path, body, format="json", headers={"Idempotency-Key": f"living-{next(KEYS)}"})


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_every_page_of_its_life_opens_in_every_language(
    language: str, page_of: Any, concluded: Agreement, institution_admin: User
) -> None:
    names = ("renew", "propose_suspension", "propose_termination", "propose_annulment", "give_notice")
    client = page_of(institution_admin)
    for page in ("amend/", "copy/", *(f"moves/{name}/" for name in names)):
        answer = client.get(f"/{language}/agreements/{concluded.public_id}/{page}")
        assert answer.status_code == 200, page


def test_a_change_is_shown_clause_by_clause_before_it_is_sent_and_on_the_page(
    page_of: Any, concluded: Agreement, institution_admin: User, partner_admin: User
) -> None:
    client = page_of(institution_admin)
    term = concluded.concluded.terms.get()
    data = {
        "title": "Closed lessons together", "text": "The parties hold open lessons.", "starts_on": "01.09.2026",
        "ends_on": "31.08.2027", "notice_days": "90", "renewal": "automatic", "renewal_months": "12",
        "terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "1", "terms-0-key": term.key, "terms-0-kind": "events",
        "terms-0-quantity": "4", "terms-0-not_yet_defined": "on",
    }  # fmt: skip
    seen = send(client, url(concluded, "amend/"), **data, preview="1").content.decode()
    assert "<del>Open lessons together</del>" in seen
    assert "<ins>Closed lessons together</ins>" in seen
    assert fresh(concluded).shown == concluded.concluded
    assert send(client, url(concluded, "amend/"), **data, send="1").status_code == 302
    assert fresh(concluded).shown.terms.get().not_yet_defined
    refused = page_of(partner_admin).post(
        url(concluded, "sign/"),
        {"content_hash": fresh(concluded).shown.content_hash, "password": PASSWORD, "once_key": "once-living"},
    )
    assert refused.status_code == 422
    assert "not defined yet" in refused.content.decode()


def test_an_open_change_stands_beside_what_holds(
    page_of: Any, concluded: Agreement, institution_admin: User, partner_admin: User
) -> None:
    revising.amend_agreement(fresh(concluded), by=institution_admin, at=timezone.now(), title="Closed lessons")
    page = page_of(partner_admin).get(url(concluded)).content.decode()
    assert "<del>Open lessons together</del>" in page
    assert "<ins>Closed lessons</ins>" in page
    assert "Revision 1 stays as it was concluded" in page
    assert "Waiting for you" in page
    assert "Give notice to leave" in page
    assert "End early" not in page
    mine = page_of(partner_admin).get("/en/agreements/").content.decode()
    assert concluded.number in mine


def test_a_renewal_takes_one_field_and_a_signature(
    page_of: Any, concluded: Agreement, institution_admin: User, partner_admin: User
) -> None:
    client = page_of(institution_admin)
    asked = client.get(url(concluded, "moves/renew/")).content.decode()
    assert 'value="31.08.2028"' in asked
    refused = send(client, url(concluded, "moves/renew/"), ends_on="31.08.2027")
    assert refused.status_code == 422
    assert "#id_ends_on" in refused.content.decode()
    assert send(client, url(concluded, "moves/renew/"), ends_on="31.08.2028").status_code == 302
    renewed = both_sign(concluded, institution_admin, partner_admin)
    assert (renewed.status, renewed.ends_on) == ("in_force", datetime.date(2028, 8, 31))


def test_last_years_agreement_becomes_a_draft_with_two_fields(
    page_of: Any, concluded: Agreement, institution_admin: User
) -> None:
    answer = send(page_of(institution_admin), url(concluded, "copy/"), starts_on="01.09.2027", ends_on="31.08.2028")
    assert answer.status_code == 302
    draft = Agreement.objects.exclude(pk=concluded.pk).get()
    assert answer["Location"].endswith(f"/agreements/{draft.public_id}/check/")
    assert (draft.status, draft.title, draft.starts_on) == ("draft", concluded.title, datetime.date(2027, 9, 1))
    old, new = concluded.concluded.terms.get(), draft.latest.terms.get()
    assert (old.quantity, old.kind) == (new.quantity, new.kind)
    assert old.key != new.key


def test_due_dates_move_on_with_the_copy_and_stay_inside_it(
    concluded: Agreement, institution_admin: User, words: SimpleNamespace
) -> None:
    term = {"kind": words.events, "quantity": 1, "unit": "events", "due_on": datetime.date(2027, 8, 31)}
    now = timezone.now()
    revising.amend_agreement(fresh(concluded), by=institution_admin, at=now, terms=[term])
    Agreement.objects.filter(pk=concluded.pk).update(concluded=fresh(concluded).shown)
    draft = copy_agreement(fresh(concluded), by=institution_admin, at=now)
    assert draft.latest.terms.get().due_on == datetime.date(2028, 8, 30)
    assert draft.ends_on == datetime.date(2028, 8, 31)


def test_a_notice_says_everything_that_is_lacking_at_its_fields(
    page_of: Any, concluded: Agreement, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    early = f"{today() + DAY:%d.%m.%Y}"
    answer = send(client, url(concluded, "moves/give_notice/"), reason="No means", document="7", effective_on=early)
    assert answer.status_code == 422
    assert "#id_effective_on" in answer.content.decode()
    empty = send(client, url(concluded, "moves/give_notice/"))
    assert empty.status_code == 422
    assert empty.content.decode().count('class="field-error"') >= 3
    day = today() + 90 * DAY
    given = {"reason": "No means", "document": "Letter 7", "effective_on": f"{day:%d.%m.%Y}"}
    assert send(client, url(concluded, "moves/give_notice/"), **given).status_code == 302
    assert fresh(concluded).leaves_on == day
    page = client.get(url(concluded)).content.decode()
    assert "leaves on" in page
    assert "Take the notice back" in page
    assert send(client, url(concluded, "moves/take_back_notice/")).status_code == 302
    assert AgreementParty.objects.filter(leaves_on__isnull=False).count() == 0


def test_the_reason_of_an_early_end_is_read_before_it_is_signed(
    page_of: Any, concluded: Agreement, institution_admin: User, partner_admin: User
) -> None:
    given = {"reason": "The school moves", "effective_on": f"{today() + DAY:%d.%m.%Y}"}
    answer = send(page_of(institution_admin), url(concluded, "moves/propose_termination/"), **given)
    assert answer.status_code == 302
    page = page_of(partner_admin).get(url(concluded, "sign/")).content.decode()
    assert "End the agreement early" in page
    assert "The school moves" in page


def test_an_unknown_move_is_not_there_and_one_of_another_time_is_refused(
    page_of: Any, concluded: Agreement, institution_admin: User, teacher: User
) -> None:
    client = page_of(institution_admin)
    assert client.get(url(concluded, "moves/conclude/")).status_code == 404
    assert client.get(url(concluded, "moves/propose_resumption/")).status_code == 409
    assert page_of(teacher).get(url(concluded, "moves/give_notice/")).status_code == 403


def test_the_whole_life_over_the_api(
    api_of: Any, concluded: Agreement, institution_admin: User, partner_admin: User
) -> None:
    a, b = api_of(institution_admin), api_of(partner_admin)
    assert move(a, concluded, "amend", title="Other", reason="Clearer").status_code == 200
    body = a.get(f"/api/v1/agreements/{concluded.public_id}/").json()
    assert {"approve", "change", "revert", "decline"} <= set(body["moves"])
    assert body["status"] == "in_force"
    assert len(body["turn"]) == 2
    blocked = move(b, concluded, "propose_suspension", reason="Repairs", document="No 1")
    assert (blocked.status_code, blocked.json()["errors"][0]["code"]) == (422, "revision_open")
    assert move(b, concluded, "revert").status_code in (403, 409)
    assert move(a, concluded, "revert").status_code == 200
    assert move(b, concluded, "propose_suspension", reason="Repairs", document="No 1").status_code == 200
    for client in (a, b):
        shown = client.get(f"/api/v1/agreements/{concluded.public_id}/").json()["content_hash"]
        assert move(client, concluded, "approve", content_hash=shown).status_code == 200
    assert fresh(concluded).status == "suspended"
    missing = move(a, concluded, "propose_resumption")
    assert missing.status_code == 400
    assert move(a, concluded, "renew", ends_on="2029-08-31").status_code == 409
    copied = a.post(
        "/api/v1/agreements/", {"copy_of": concluded.public_id}, format="json",
        headers={"Idempotency-Key": f"living-{next(KEYS)}"},
    )  # fmt: skip
    assert (copied.status_code, copied.json()["title"], copied.json()["starts_on"]) == (
        201, concluded.title, "2027-09-01",
    )  # fmt: skip
