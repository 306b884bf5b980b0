"""A register as a file: what spreadsheets and people do to numbers, names, days and places is told, never guessed."""

import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from exchange.jobs.running import run_waiting
from institutions.registry.models import ExternalId, Institution
from tests.factories import a_term

pytestmark = pytest.mark.django_db
HEADS = "scheme;external_id;kind;territory;name_uz;ownership;opened_on;closed_on;valid_from;valid_to"
Send = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def send(world: SimpleNamespace, api_of: Callable[..., Any], ministry_officer: User) -> Send:
    """Sends rows of a register and runs the job; the job as the API shows it."""
    counter = iter(range(1000))

    def act(*rows: str, query: str = "?partial=true", user: User | None = None) -> dict[str, Any]:
        api = api_of(user or ministry_officer)
        file = SimpleUploadedFile("file.csv", "\n".join([HEADS, *rows]).encode())
        path = f"/api/v1/imports/institutions/{query}"
        made = api.post(path, {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=f"r{next(counter)}")
        run_waiting(timezone.now)
        job: dict[str, Any] = api.get(made.headers["Location"]).json()
        return job

    return act


def told(job: dict[str, Any], what: str = "errors") -> list[tuple[int, str, str]]:
    return [(said["row"], said["column"], said["code"]) for said in job[what]]


def numbers() -> set[str]:
    return set(ExternalId.objects.filter(scheme="reg").values_list("value", flat=True))


@pytest.mark.parametrize(
    ("number", "code"),
    [("1.23E+11", "shortened"), ("3,5E+07", "shortened"), ("1e+15", "shortened"), ("1001.0", "invalid"),
     ("=1+1", "invalid"), ("@7", "invalid"), ("1" * 65, "too_long"), ("", "required")],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_has_spoilt_is_no_number(send: Send, number: str, code: str) -> None:
    assert told(send(f"reg;{number};school;911;Maktab")) == [(2, "external_id", code)] and not numbers()


def test_letters_in_a_number_are_no_shortening(send: Send) -> None:
    assert send("reg;0010E12;school;911;Maktab", "reg;AB-7/1;school;911;Boshqa")["errors"] == []


def test_zeros_that_were_lost_make_no_second_institution(send: Send) -> None:
    assert send("reg;0012;school;911;Bir", "reg;12;school;911;Ikki")["errors"][0]["row"] == 3
    job = send("reg;12;school;911;Ikki", "reg;00012;school;911;Uch", "reg;0012;school;911;Bir")
    assert told(job) == [(2, "external_id", "zeros"), (3, "external_id", "zeros")] and numbers() == {"0012"}
    assert "0012" in job["errors"][0]["message"] and job["result"]["unchanged"] == 1


def test_blanks_of_any_kind_are_one_blank(send: Send) -> None:
    send("reg; 12\u00a034 ;school;911\u00a0;Birinchi\u00a0  maktab")
    house = Institution.objects.get(external_ids__value="12 34")
    assert house.names["uz"] == "Birinchi maktab"
    assert send("reg;12 34;school;911;Birinchi maktab")["result"]["unchanged"] == 1


@pytest.mark.parametrize("name", ["NULL", "NaN", "-", "...", "№"])
def test_what_programs_write_for_nothing_is_no_name(send: Send, name: str) -> None:
    assert (2, "name_uz", "invalid") in told(send(f"reg;1;school;911;{name}"))


@pytest.mark.parametrize(
    ("opened", "closed", "fault"),
    [("01/09/2010", "", ("opened_on", "ambiguous")), ("31.02.2010", "", ("opened_on", "invalid")),
     ("", "9999-12-31", ("closed_on", "too_late")), ("0999-01-01", "", ("opened_on", "too_early")),
     ("2010-09-01", "2010-09-01", ("closed_on", "before_opening"))],
)  # fmt: skip
def test_a_day_that_cannot_be_is_told(send: Send, opened: str, closed: str, fault: tuple[str, str]) -> None:
    assert told(send(f"reg;1;school;911;Maktab;;{opened};{closed}")) == [(2, *fault)]


def test_the_name_of_a_place_is_answered_with_its_code(send: Send) -> None:
    job = send("reg;1;school;Joy 911;Maktab", "reg;2;school;911.0;Maktab", "reg;3;school;Atlantida;Maktab")
    messages = [error["message"] for error in job["errors"]]
    assert "911" in messages[0] and "911" in messages[1].split(":")[-1] and "Atlantida" in messages[2]


def test_ownership_and_kind_are_understood_in_words(send: Send) -> None:
    job = send("reg;1;SCHOOL;911;Bir;Non-state", "reg;2;school;911;Ikki;Государственная", "reg;3;school;911;Uch;meniki")
    assert told(job) == [(4, "ownership", "unknown")]
    assert Institution.objects.get(external_ids__value="1").ownership == "non_state"


def test_a_kind_in_words_needs_the_same_office_as_its_code(send: Send, regional_officer: User) -> None:
    academy = a_term("participant_kind", "academy", verified_by="country")
    type(academy).objects.filter(pk=academy.pk).update(names={"uz": "Milliy akademiya"})
    job = send("reg;1;academy;911;Bir", "reg;2;Milliy akademiya;911;Ikki", user=regional_officer)
    assert told(job) == [(2, "kind", "national"), (3, "kind", "national")]


def test_a_sound_row_is_no_repetition_of_a_refused_one(send: Send) -> None:
    job = send("reg;1;zzz;911;Bir", "reg;1;school;911;Bir", "reg;1;school;912;Boshqa nom")
    assert told(job) == [(2, "kind", "unknown"), (4, "external_id", "duplicate")] and numbers() == {"1"}


def test_institutions_of_one_name_in_one_place_are_taken_and_told(
    send: Send, page_of: Callable[..., Any], ministry_officer: User
) -> None:
    job = send("reg;1;school;911;5-son Oʻzbek maktabi", "reg;2;school;911;5-сон Ўзбек мактаби", "reg;3;school;912;Besh")
    assert job["errors"] == [] and told(job, "warnings") == [(3, "name_uz", "namesake")]
    assert job["result"]["warnings"] == 1 and job["result"]["created"] == 3
    page = page_of(ministry_officer).get(f"/en/imports/{job['id']}/").content.decode()
    assert 'id="group-warned"' in page and job["warnings"][0]["message"] in page
    assert told(send("reg;9;school;911;5-son o'zbek maktabi"), "warnings") == [(2, "name_uz", "namesake")]


DATED = (
    "reg;7;school;911;Yetti;;;;2007-01-01;2008-01-01",
    "reg;7;lyceum;911;Yetti;;;;2008-01-01;",
    "reg;7;school;921;Yetti;;;;2009-01-01;2010-01-01",
)


def test_periods_of_one_institution_that_overlap_are_told_and_every_day_counts_once(send: Send) -> None:
    a_term("participant_kind", "lyceum", flags=["E"])
    job = send(*DATED)
    assert job["errors"] == [] and told(job, "warnings") == [(3, "valid_from", "overlap"), (4, "valid_from", "overlap")]
    assert "4" in job["warnings"][0]["message"] and "2009-01-01" in job["warnings"][0]["message"]
    house = Institution.objects.get(external_ids__value="7")
    kinds = [(row.kind.code, row.valid.lower.year) for row in house.kinds.order_by("valid")]
    places = [(row.territory.code, row.valid.lower.year) for row in house.places.order_by("valid")]
    assert kinds == [("school", 2007), ("lyceum", 2008), ("school", 2009), ("lyceum", 2010)]
    assert places == [("911", 2007), ("921", 2009), ("911", 2010)]
    assert (house.kind.code, house.territory.code, house.status) == ("lyceum", "911", "verified")
    assert house.spells.get().valid.lower == datetime.date(2007, 1, 1)
    again = send(*DATED)
    assert (again["result"]["unchanged"], again["result"]["changed"]) == (3, 0)
    moved = send(*(row.replace("921", "912") for row in DATED))
    assert moved["result"]["changed"] == 3
    assert [row.territory.code for row in house.places.order_by("valid")] == ["911", "912", "911"]


def test_a_history_of_which_a_row_is_refused_is_not_taken_in_part(send: Send) -> None:
    job = send(DATED[0], DATED[1].replace("lyceum", "zzz"), DATED[2], "reg;8;school;911;Sakkiz")
    assert told(job) == [(2, "external_id", "incomplete"), (3, "kind", "unknown"), (4, "external_id", "incomplete")]
    assert numbers() == {"8"}


def test_rows_of_a_history_say_from_when_they_hold(send: Send) -> None:
    job = send(DATED[0], "reg;7;school;911;Yetti", "reg;8;school;911;Sakkiz;;;;;2010-01-01", DATED[0])
    assert told(job) == [
        (2, "external_id", "incomplete"), (3, "valid_from", "required"), (4, "valid_from", "required"),
        (5, "external_id", "duplicate"),
    ]  # fmt: skip


def run(path: Path, *words: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("import_institutions", str(path), *words, "--json", stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.real_clock
def test_the_command_tells_every_refused_row_and_ends_as_it_found(
    world: SimpleNamespace, ministry_officer: User, tmp_path: Path
) -> None:
    file = tmp_path / "register.csv"
    file.write_text(f"{HEADS}\nreg;1;school;911;Bir\nreg;2;zzz;911;Ikki\n", encoding="utf-8")
    code, dry = run(file, "--dry-run")
    assert (code, dry["status"], told(dry)) == (1, "done", [(3, "kind", "unknown")])
    assert run(file)[0] == 1 and not numbers()
    assert run(file, "--partial")[0] == 0 and numbers() == {"1"}
    file.write_text(f"{HEADS}\nreg;1;school;911;Bir\n", encoding="utf-8")
    code, again = run(file, "--dry-run")
    assert (code, again["result"]["unchanged"]) == (0, 1)


def test_the_command_asks_in_whose_name_where_nobody_holds_the_office(
    world: SimpleNamespace, ministry_officer: User, tmp_path: Path
) -> None:
    file = tmp_path / "register.csv"
    file.write_text(f"{HEADS}\n", encoding="utf-8")
    ministry_officer.memberships.all().delete()
    with pytest.raises(CommandError, match="--as"):
        call_command("import_institutions", str(file))
