"""A list of agreements that existed before: it comes in as drafts, asks what is unclear once, and counts for nothing yet."""

import datetime
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import User
from cooperation.agreements.actions import propose_agreement
from cooperation.agreements.models import Agreement, AgreementParty
from cooperation.intakes.listing import FILE
from cooperation.intakes.models import Intake
from exchange.jobs.models import Job
from exchange.jobs.running import run_waiting
from institutions.matching.models import NamePick
from institutions.registry.models import InstitutionName
from lifecycle.models import Event
from tests.factories import a_term, an_institution

pytestmark = pytest.mark.django_db
KEYS = itertools.count(1)
HEADS = "number;title;kind;starts_on;ends_on;parties;source"
Send = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def vocabulary(words: SimpleNamespace) -> SimpleNamespace:
    words.deed = a_term("obligation_kind", "deed", units=["yes_no"])
    return words


@pytest.fixture
def send(
    world: SimpleNamespace, vocabulary: SimpleNamespace, api_of: Callable[..., Any], institution_admin: User
) -> Send:
    """Sends rows of a list and runs the job; the job as the API shows it."""
    counter = iter(range(1000))

    def act(*rows: str, query: str = "", user: User | None = None, heads: str = HEADS) -> dict[str, Any]:
        api = api_of(user or institution_admin)
        file = SimpleUploadedFile("list.csv", "\n".join([heads, *rows]).encode())
        path = f"/api/v1/imports/agreements/{query}"
        made = api.post(path, {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=f"i{next(counter)}")
        assert made.status_code == 202, made.content
        run_waiting(timezone.now)
        job: dict[str, Any] = api.get(made.headers["Location"]).json()
        return job

    return act


def told(job: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(said["row"], said["column"], said["code"]) for said in job["errors"]]


COLUMNS = ("number", "title", "kind", "starts_on", "ends_on", "parties")
OTHER_HEADS = (
    "Shartnoma raqami;Shartnoma mavzusi;Hujjat turi;Imzolangan sana;Amal qilish muddati;Hamkor tashkilot nomi",
    "№ договора;Предмет договора;Вид документа;Дата подписания;Срок действия;Наименование партнёра",
    "Agreement No.;Title;Type of agreement;Date signed;Validity;Partner university",
)


@pytest.mark.parametrize("heads", OTHER_HEADS)
def test_a_list_under_the_heads_that_offices_use_is_understood(send: Send, heads: str, settings: Any) -> None:
    rows = Path(settings.BASE_DIR, "config/packs/uz/terms/import_head.csv").read_text(encoding="utf-8").splitlines()
    for code, *names in (row.split(",") for row in rows[1:]):
        term = a_term("import_head", code)
        term.names = dict(zip(("uz", "ru", "en"), names, strict=True))
        term.save()
        assert code.split(".")[1] in COLUMNS, code
    job = send(SOUND.rpartition(";")[0], heads=heads)
    assert (job["status"], job["result"]["created"]) == ("done", 1), job


SOUND = "12/2023;Open lessons;memorandum;01.09.2023 y.;5 лет;Beta university;register of 2023"


def test_a_row_becomes_a_draft_of_the_importing_side_that_nobody_else_sees(
    send: Send, world: SimpleNamespace, institution_admin: User, partner_admin: User
) -> None:
    job = send(SOUND)
    assert (job["status"], job["result"]["created"]) == ("done", 1), job
    draft = Agreement.objects.get()
    assert (draft.status, draft.title, draft.initiator) == ("draft", "Open lessons", world.a)
    assert (str(draft.starts_on), str(draft.ends_on)) == ("2023-09-01", "2028-08-31")
    assert draft.number != "12/2023" and "12/2023" in draft.latest.text and "register of 2023" in draft.latest.text
    assert [party.institution for party in draft.latest.parties.order_by("position")] == [world.a, world.b]
    assert Agreement.objects.visible_to(institution_admin).count() == 1
    assert Agreement.objects.visible_to(partner_admin).count() == 0
    assert Event.objects.about("agreement", draft.public_id).get().name == "draft"


def test_what_came_in_counts_for_nothing_until_every_party_has_signed_it_here(send: Send) -> None:
    send(SOUND)
    draft = Agreement.objects.get()
    assert draft.concluded_id is None and draft.in_force_from is None
    assert not AgreementParty.objects.exists()
    assert not draft.latest.signatures.exists()


def test_the_same_file_a_second_time_changes_nothing(send: Send) -> None:
    send(SOUND)
    again = send(SOUND)
    assert (again["result"]["created"], again["result"]["unchanged"]) == (0, 1)
    assert Agreement.objects.count() == 1


def test_a_draft_that_was_erased_comes_in_again(send: Send, institution_admin: User, api_of: Any) -> None:
    send(SOUND)
    draft = Agreement.objects.get()
    api = api_of(institution_admin)
    seen = api.get(f"/api/v1/agreements/{draft.public_id}/")
    gone = api.delete(
        f"/api/v1/agreements/{draft.public_id}/", HTTP_IDEMPOTENCY_KEY="e", HTTP_IF_MATCH=seen.headers["ETag"]
    )
    assert gone.status_code == 204
    assert send(SOUND)["result"]["created"] == 1
    assert Intake.objects.count() == Agreement.objects.count() == 1


def test_obligations_that_the_list_does_not_say_are_not_yet_defined(send: Send, vocabulary: SimpleNamespace) -> None:
    send(SOUND.replace("memorandum", "social_partnership"))
    term = Agreement.objects.get().latest.terms.get()
    assert term.not_yet_defined and term.kind == vocabulary.deed and "12/2023" in term.text


def test_every_fault_of_a_row_is_named_and_refuses_the_file(send: Send) -> None:
    job = send(SOUND, ";;nothing;31.02.2023;;;", SOUND, "7;x;memorandum;2024-01-01;2023-01-01;Beta university;")
    assert job["status"] == "failed"
    assert sorted(told(job)) == sorted([
        (3, "number", "required"), (3, "title", "required"), (3, "kind", "ask_kind"), (3, "starts_on", "invalid"),
        (3, "parties", "parties_too_few"), (4, "number", "duplicate"), (5, "ends_on", "dates_out_of_order"),
    ])  # fmt: skip
    assert not Agreement.objects.exists()


def test_a_wrong_year_is_told_once_with_the_days_that_can_be(send: Send) -> None:
    job = send("7;x;memorandum;12.03.2201;5 yil;Beta university;", query="?dry_run=true")
    assert told(job) == [(2, "starts_on", "out_of_range")]
    assert "2201" in job["errors"][0]["message"] and "1991" in job["errors"][0]["message"]


def test_heads_of_two_lines_with_one_joined_over_columns_are_read(
    institution_admin: User, api_of: Any, vocabulary: SimpleNamespace
) -> None:
    api = api_of(institution_admin)
    file = f"number;title;kind;Muddati;;parties;source\n;;;starts_on;ends_on;;\n{SOUND}"
    sent = SimpleUploadedFile("list.csv", file.encode())
    made = api.post("/api/v1/imports/agreements/", {"file": sent}, format="multipart", HTTP_IDEMPOTENCY_KEY="t")
    run_waiting(timezone.now)
    assert api.get(made.headers["Location"]).json()["result"]["created"] == 1


def test_a_workbook_of_the_old_kind_is_told_how_to_be_saved(institution_admin: User, api_of: Any) -> None:
    sent = SimpleUploadedFile("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    path = "/api/v1/imports/agreements/"
    made = api_of(institution_admin).post(path, {"file": sent}, format="multipart", HTTP_IDEMPOTENCY_KEY="t")
    assert made.status_code == 400 and ".xlsx" in made.json()["errors"][0]["message"]


def test_only_administrators_bring_lists_in(
    world: SimpleNamespace, api_of: Any, teacher: User, ministry_officer: User
) -> None:
    for user in (teacher, ministry_officer):
        file = SimpleUploadedFile("list.csv", b"number")
        path = "/api/v1/imports/agreements/"
        made = api_of(user).post(path, {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="x")
        assert made.status_code == 403


UNCLEAR = (
    "1;One;memorandum;01/09/2023;до согласия сторон;Betta universty;",
    "2;Two;memorandum;02/10/2023;до согласия сторон;Betta universty;",
    "3;Three;memorandum;2023-09-01;3 years with automatic prolongation;Nobody knows them Ltd;",
)


@pytest.fixture
def asked(send: Send) -> Job:
    """A checked list with a slash, an unclear term, a misspelled partner and one nobody knows."""
    return Job.objects.get(public_id=send(*UNCLEAR, query="?dry_run=true")["id"])


def said(client: Any, address: str, **fields: str) -> Any:
    """The form sent, with a key of its own."""
    return client.post(address, {"once_key": f"k{next(KEYS)}", **fields})


def fields_of(page: Any) -> dict[str, Any]:
    return {each.said: each for each in page.context["form"].asked}


def test_what_is_unclear_is_asked_once_for_all_rows_that_say_it(
    asked: Job, page_of: Any, institution_admin: User
) -> None:
    client = page_of(institution_admin)
    assert f"/imports/{asked.public_id}/questions/" in client.get(f"/en/imports/{asked.public_id}/").content.decode()
    assert "<strong>Starts:</strong>" in client.get(f"/en/imports/{asked.public_id}/").content.decode()
    questions = fields_of(client.get(f"/en/imports/{asked.public_id}/questions/"))
    assert {said: each.rows for said, each in questions.items()} == {
        "01/09/2023": 2, "до согласия сторон": 2, "Betta universty": 2, "Nobody knows them Ltd": 1,
    }  # fmt: skip


def test_an_answer_is_kept_and_the_next_list_is_not_asked_again(
    asked: Job, page_of: Any, institution_admin: User, world: SimpleNamespace, send: Send
) -> None:
    client = page_of(institution_admin)
    address = f"/en/imports/{asked.public_id}/questions/"
    questions = fields_of(client.get(address))
    partner, nobody = questions["Betta universty"], questions["Nobody knows them Ltd"]
    assert partner.choices[0][0] == world.b.public_id
    sent = {
        questions["01/09/2023"].name: "day_first", questions["до согласия сторон"].name: "none",
        partner.name: world.b.public_id, nobody.name: "nobody",
    }  # fmt: skip
    answer = said(client, address, **sent)
    assert answer.status_code == 302
    run_waiting(timezone.now)
    again = Job.objects.order_by("-pk")[0]
    assert again.options["dry_run"] and answer.url.endswith(f"/imports/{again.public_id}/")
    assert (again.result["created"], again.result["refused"]) == (2, 1)
    pick = NamePick.objects.get(house=world.a, said="Betta universty")
    assert (pick.institution, pick.picked_by) == (world.b, institution_admin)
    job = send(*UNCLEAR, query="?partial=true")
    assert (job["status"], told(job)) == ("done", [(4, "parties", "not_registered")])
    assert {str(each.starts_on) for each in Agreement.objects.all()} == {"2023-09-01", "2023-10-02"}


def test_answers_of_one_organisation_say_nothing_in_another(
    asked: Job, page_of: Any, institution_admin: User, partner_admin: User, world: SimpleNamespace, send: Send
) -> None:
    client, address = page_of(institution_admin), f"/en/imports/{asked.public_id}/questions/"
    said(client, address, **{fields_of(client.get(address))["01/09/2023"].name: "day_first"})
    mine = send("9;Nine;memorandum;01/09/2023;;Beta university;", query="?dry_run=true")
    theirs = send("9;Nine;memorandum;01/09/2023;;Alpha school;", query="?dry_run=true", user=partner_admin)
    assert told(mine) == []
    assert told(theirs) == [(2, "starts_on", "ask_day")]


def test_another_organisation_and_a_day_may_be_typed_and_a_wrong_one_is_named(
    asked: Job, page_of: Any, institution_admin: User, world: SimpleNamespace
) -> None:
    client, address = page_of(institution_admin), f"/en/imports/{asked.public_id}/questions/"
    questions = fields_of(client.get(address))
    partner, term = questions["Betta universty"].name, questions["до согласия сторон"].name
    wrong = said(
        client, address, **{partner: "other", f"{partner}_other": "nowhere", term: "other", f"{term}_other": "soon"}
    )
    assert wrong.status_code == 422
    assert {*wrong.context["form"].errors} == {f"{partner}_other", f"{term}_other"}
    assert b"soon" in wrong.content and b"nowhere" in wrong.content
    right = {f"{partner}_other": world.c.public_id, f"{term}_other": "2030-01-01"}
    assert said(client, address, **right).status_code == 302
    assert NamePick.objects.get(said="Betta universty").institution == world.c
    assert said(client, address).status_code == 422


def test_a_kind_that_lists_call_otherwise_is_asked_once(send: Send, page_of: Any, institution_admin: User) -> None:
    rows = [f"{at};One;Меморандум о намерениях;2023-09-01;;Beta university;" for at in (1, 2)]
    job = send(*rows, query="?dry_run=true")
    assert told(job) == [(2, "kind", "ask_kind"), (3, "kind", "ask_kind")]
    client, address = page_of(institution_admin), f"/en/imports/{job['id']}/questions/"
    asked = fields_of(client.get(address))["Меморандум о намерениях"]
    assert asked.rows == 2
    assert said(client, address, **{asked.name: "memorandum"}).status_code == 302
    assert send(*rows)["result"]["created"] == 2
    assert {each.kind.code for each in Agreement.objects.all()} == {"memorandum"}


def test_another_length_may_be_typed_and_the_one_in_the_wording_is_offered(
    send: Send, page_of: Any, institution_admin: User
) -> None:
    rows = ["1;One;memorandum;2023-09-01;imzolangan kundan 2 yil;Beta university;",
            "2;Two;memorandum;2023-10-01;до выполнения работ;Beta university;"]  # fmt: skip
    job = send(*rows, query="?dry_run=true")
    client, address = page_of(institution_admin), f"/en/imports/{job['id']}/questions/"
    questions = fields_of(client.get(address))
    offered, other = questions["imzolangan kundan 2 yil"], questions["до выполнения работ"]
    assert [value for value, _words in offered.choices[:2]] == ["months:24", "months:24:auto"]
    assert said(client, address, **{offered.name: "months:24", f"{other.name}_other": "4 yil"}).status_code == 302
    send(*rows)
    assert [str(each.ends_on) for each in Agreement.objects.order_by("pk")] == ["2025-08-31", "2027-09-30"]


def test_partners_without_a_semicolon_are_not_taken_for_one(send: Send, page_of: Any, institution_admin: User) -> None:
    job = send("1;One;memorandum;2023-09-01;;Beta university, Gamma college;", query="?dry_run=true")
    assert told(job) == [(2, "parties", "not_parted")]


def test_a_name_that_another_organisation_bore_before_is_asked(send: Send, world: SimpleNamespace) -> None:
    old = {"uz": "Beta university"}
    InstitutionName.objects.create(
        institution=world.c, names=old, valid=DateRange(datetime.date(2000, 1, 1), datetime.date(2015, 1, 1))
    )
    assert told(send(SOUND, query="?dry_run=true")) == [(2, "parties", "ask_party")]


def test_a_title_above_the_heads_a_line_of_numbers_and_the_total_are_passed_over(
    send: Send, institution_admin: User, api_of: Any
) -> None:
    file = "\n".join(["Hamkorlik shartnomalari ro'yxati;;;;;;", "", HEADS, "1;2;3;4;5;6;7", SOUND, ";Jami: 1 ta;;;;;"])
    api = api_of(institution_admin)
    sent = SimpleUploadedFile("list.csv", file.encode())
    made = api.post("/api/v1/imports/agreements/", {"file": sent}, format="multipart", HTTP_IDEMPOTENCY_KEY="t")
    run_waiting(timezone.now)
    job = api.get(made.headers["Location"]).json()
    assert (job["status"], job["result"]["created"], told(job)) == ("done", 1, [])


def test_heads_that_nothing_is_known_by_are_named_beside_the_missing_column(
    institution_admin: User, api_of: Any, vocabulary: SimpleNamespace
) -> None:
    api = api_of(institution_admin)
    heads = HEADS.replace("starts_on", "Imzolangan sana")
    sent = SimpleUploadedFile("list.csv", f"{heads}\n{SOUND}".encode())
    made = api.post("/api/v1/imports/agreements/", {"file": sent}, format="multipart", HTTP_IDEMPOTENCY_KEY="t")
    run_waiting(timezone.now)
    (error,) = api.get(made.headers["Location"]).json()["errors"]
    assert (error["row"], error["column"], error["code"]) == (1, "starts_on", "missing_column")
    assert "(starts_on)" in error["message"] and "“Imzolangan sana”" in error["message"]


def test_a_list_is_read_by_who_sent_it_and_nobody_else(asked: Job, page_of: Any, partner_admin: User) -> None:
    for page in ("questions", "agreements"):
        assert page_of(partner_admin).get(f"/en/imports/{asked.public_id}/{page}/").status_code == 404


def test_one_click_sends_the_drafts_and_what_one_lacks_keeps_no_other_back(
    send: Send, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    late = "13/2023;Too far;memorandum;2023-09-01;2075-01-01;Beta university;"
    job = send(SOUND, "13/2023;Two;memorandum;2023-09-01;;Beta university;", query="?partial=true")
    assert told(send(late, query="?dry_run=true"))[0][2] == "lasts_too_long"
    second = Agreement.objects.get(title="Two")
    second.latest.title = ""
    second.latest.save(update_fields=["title"])
    client, address = page_of(institution_admin), f"/en/imports/{job['id']}/agreements/"
    assert address in client.get(f"/en/imports/{job['id']}/").content.decode()
    page = said(client, address, send="yes")
    assert page.status_code == 200 and second.number in page.content.decode()
    assert [each.status for each in Agreement.objects.order_by("pk")] == ["proposed", "draft"]
    assert Agreement.objects.visible_to(partner_admin).count() == 1


def test_the_agreements_of_a_list_are_sorted_searched_and_handed_out_as_a_file(
    send: Send, page_of: Any, institution_admin: User, partner_admin: User, time_machine_at: Any
) -> None:
    with time_machine_at(hours=-1):
        send("99/2020;Of another list;memorandum;2020-09-01;;Beta university;")
    job = send(SOUND, "13/2023;About schools;social_partnership;2023-10-01;;Beta university;")
    client, address = page_of(institution_admin), f"/en/imports/{job['id']}/agreements/"

    def titles(query: str) -> list[str]:
        return [row["title"] for row in client.get(address + query).context["rows"]]

    assert titles("") == ["Open lessons", "About schools"]
    assert titles("?ordering=title") == titles("?ordering=-starts_on") == ["About schools", "Open lessons"]
    assert titles("?view=all&search=12/2023") == ["Open lessons"]
    assert titles("?view=undefined") == titles("?kind=social_partnership") == ["About schools"]
    assert titles("?status=proposed") == []
    file = client.get(f"{address}?view=undefined&format=csv")
    assert "13/2023" in file.content.decode() and "12/2023" not in file.content.decode()
    assert client.get(address + "?nothing=1").status_code == 400
    propose_agreement(Agreement.objects.get(title="Open lessons"), by=institution_admin, at=timezone.now())
    assert titles("?view=waiting") == ["About schools"]
    assert page_of(partner_admin).get(f"{address}?format=csv").status_code == 404


def test_the_file_of_a_list_asks_no_more_for_forty_rows_than_for_ten(
    send: Send, institution_admin: User, django_assert_max_num_queries: Any
) -> None:
    job = send(*[f"{at}/21;Subject;memorandum;2023-09-01;;Beta university;" for at in range(40)])
    with django_assert_max_num_queries(20):
        table = FILE.table(institution_admin, {"job": job["id"], "view": "all"}, datetime.date(2026, 11, 21))
        rows = list(table.rows)
    assert len(rows) == table.count == 40 and {row[1] for row in rows} == {f"{at}/21" for at in range(40)}


def test_a_list_is_taken_back_within_a_day_but_not_what_was_sent(
    send: Send, page_of: Any, institution_admin: User, time_machine_at: Any
) -> None:
    job = send(SOUND, "13/2023;Two;memorandum;2023-09-01;;Beta university;")
    client, address = page_of(institution_admin), f"/en/imports/{job['id']}/agreements/"
    first = Agreement.objects.order_by("pk")[0]
    propose_agreement(first, by=institution_admin, at=timezone.now())
    assert said(client, address, take_back="yes").status_code == 200
    assert [each.pk for each in Agreement.objects.all()] == [first.pk]
    Job.objects.filter(public_id=job["id"]).update(created_at=timezone.now() - datetime.timedelta(hours=25))
    Intake.objects.update(came_at=Job.objects.get(public_id=job["id"]).created_at)
    assert said(client, address, take_back="yes").status_code == 409


def test_a_thousand_rows_come_in_quickly_and_in_as_many_questions_as_two_hundred(
    send: Send, world: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    partners = [an_institution(world.near, f"Partner number {number}").names["en"] for number in range(40)]
    rows = [f"N{at};Subject {at};memorandum;2023-09-01;5 yil;{partners[at % 40]};list" for at in range(1000)]
    began = time.monotonic()
    with django_assert_max_num_queries(160):
        job = send(*rows)
    assert (job["status"], job["result"]["created"]) == ("done", 1000)
    assert Agreement.objects.count() == Intake.objects.count() == 1000
    assert time.monotonic() - began < 60
