"""Files as registries really are: what is wrong with one row is told of that row, and costs no other row anything."""

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from exchange.jobs.running import run_waiting
from exchange.sheets import AmbiguousDay, day_of
from institutions.registry.models import ExternalId, Institution
from institutions.territory.models import Territory

pytestmark = pytest.mark.django_db
HEADS = "scheme,external_id,kind,territory,name_uz,name_ru"
Send = Callable[..., dict[str, Any]]


@pytest.fixture
def send(world: SimpleNamespace, api_of: Callable[..., Any], ministry_officer: User) -> Send:
    """Sends a file and runs its job; the job as the API shows it."""
    counter = iter(range(1000))

    def act(content: bytes | str, query: str = "?partial=true", kind: str = "institutions") -> dict[str, Any]:
        api = api_of(ministry_officer)
        file = SimpleUploadedFile("file.csv", content if isinstance(content, bytes) else content.encode())
        path = f"/api/v1/imports/{kind}/{query}"
        made = api.post(path, {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=f"d{next(counter)}")
        assert made.status_code == 202, made.content
        run_waiting(timezone.now)
        job: dict[str, Any] = api.get(made.headers["Location"]).json()
        return job

    return act


def school(number: int, name: str = "") -> str:
    return f"reg,{number},school,911,{name or f'Maktab {number}'},Школа {number}"


def stored() -> list[str]:
    return sorted(ExternalId.objects.filter(scheme="reg").values_list("value", flat=True), key=int)


def told(job: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["column"], error["code"]) for error in job["errors"]]


def many(*rows: str) -> str:
    """The rows among others that are sound, so that the file as a whole is no rubbish."""
    return "\n".join([HEADS, *rows, *(school(number) for number in range(100, 120))])


@pytest.mark.parametrize(
    ("bad", "code"),
    [("Mak\x00tab", "unsafe"), ("Mak\x07tab", "unsafe"), ("M" * 10_001, "too_long"), ("M" * 300_000, "too_long")],
    ids=["nul", "bell", "long", "longer than a reader of CSV takes"],
)
def test_a_cell_that_cannot_be_taken_refuses_its_row_alone(send: Send, bad: str, code: str) -> None:
    job = send(many(school(1), school(2, bad), school(3)))
    assert told(job) == [(3, "name_uz", code)] and job["result"]["created"] == 22


def test_a_damaged_sign_in_sound_utf8_refuses_its_row_and_is_never_read_as_another_alphabet(send: Send) -> None:
    content = many(school(1), school(2, "Мактаб BAD"), school(3)).encode().replace(b"BAD", b"\xd0")
    job = send(content)
    assert told(job) == [(3, "name_uz", "unsafe")] and "2" not in stored()


def test_a_quote_that_is_never_closed_swallows_no_row(send: Send) -> None:
    job = send(many(school(1), school(2, '"Nur maktabi'), school(3), school(4, '"Ziyo maktabi'), school(5)))
    assert job["errors"] == [] and stored()[:5] == ["1", "2", "3", "4", "5"]
    assert Institution.objects.get(external_ids__value="2").names["uz"] == '"Nur maktabi'


def test_a_quote_open_to_the_end_of_the_file_swallows_nothing(send: Send) -> None:
    job = send("\n".join([HEADS, school(1), school(2, '"Nur'), *(school(number) for number in range(3, 200))]))
    assert job["errors"] == [] and len(stored()) == 199


def test_a_line_end_inside_quotes_is_one_row_as_a_spreadsheet_counts(send: Send) -> None:
    job = send(f'{HEADS}\n{school(1, "Birinchi")}\nreg,2,school,911,"Ikki\nqator, bitta nom",\nreg,3,zzz,911,Uch,\n')
    assert told(job) == [(4, "kind", "unknown")]
    assert Institution.objects.get(external_ids__value="2").names["uz"] == "Ikki qator, bitta nom"


def test_a_name_that_was_not_quoted_does_not_shift_the_cells_behind_it(
    send: Send, api_of: Callable[..., Any], ministry_officer: User
) -> None:
    job = send(f"{HEADS}\n{school(1)}\nreg,2,school,911,Maktab, Ikkinchi,Школа\n")
    assert told(job) == [(3, "", "extra_cells")] and stored() == ["1"]
    answer = api_of(ministry_officer).get(f"/api/v1/jobs/{job['id']}/file/")
    back = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    again = send("\n".join(";".join(str(cell).replace("\n", " ") for cell in row) for row in back.to_python()))
    assert told(again) == [(3, "", "extra_cells")]


@pytest.mark.parametrize("parted", [",", ";", "\t"])
def test_hundreds_of_empty_columns_behind_the_last_one_are_nothing(send: Send, parted: str) -> None:
    lines = [line.replace(",", parted) + parted * 300 for line in (HEADS, school(1), school(2))]
    assert send("\r\n".join(lines))["result"]["created"] == 2


def test_rows_above_the_heads_and_the_line_that_names_the_delimiter_are_passed_over(send: Send) -> None:
    job = send(f"\n\n{HEADS}\n{school(1)}\nreg,2,zzz,911,Ikki,\n")
    assert told(job) == [(5, "kind", "unknown")] and stored() == ["1"]
    semicolons = f"{HEADS}\n{school(3)}\n".replace(",", ";")
    assert send(f"sep=;\n{semicolons}")["result"]["created"] == 1


def test_rows_of_a_workbook_are_numbered_as_it_shows_them_wherever_its_heads_stand(send: Send) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in ((3, HEADS), (4, school(1)), (6, "reg,2,zzz,911,Ikki,")):
            sheet.write_row(at, 1, row.split(","))
    job = send(out.getvalue())
    assert told(job) == [(7, "kind", "unknown")] and stored() == ["1"]
    assert "zzz" in job["errors"][0]["message"]


def test_zeros_that_were_kept_as_a_formula_are_a_number(send: Send) -> None:
    send(f'{HEADS}\nreg,"=""0012""",school,911,Maktab,\n')
    assert stored() == ["0012"]


def test_every_refused_row_is_told_however_many_there_are(send: Send) -> None:
    rows = [f"reg,{number},zzz,911,Maktab {number}," for number in range(5_200)]
    job = send("\n".join([HEADS, *rows, school(9_999)]))
    assert job["result"] | {"ignored": []} == {
        "created": 1, "changed": 0, "unchanged": 0, "refused": 5_200, "warnings": 0, "ignored": [], "dry_run": False,
        "notes": [],
    }  # fmt: skip
    assert [error["row"] for error in job["errors"]] == list(range(2, 5_202))


@pytest.mark.parametrize(
    ("written", "day"),
    [("2020-09-01", "2020-09-01"), ("2020-09-01 00:00:00", "2020-09-01"), ("2020-09-01T00:00", "2020-09-01"),
     ("1.9.2020", "2020-09-01"), ("25/12/2020", "2020-12-25"), ("09/09/2020", "2020-09-09")],
)  # fmt: skip
def test_a_day_is_read_where_it_can_mean_one_day_only(written: str, day: str) -> None:
    assert str(day_of(written)) == day


def test_a_day_that_may_be_two_is_not_guessed() -> None:
    with pytest.raises(AmbiguousDay):
        day_of("01/09/2020")
    for written in ("2020-02-30", "31.04.2020", "12/25/2020", "44075", "2020-09-01 13:00", "1.9.20"):
        with pytest.raises(ValueError):
            day_of(written)


def test_places_below_a_refused_one_are_refused_with_it_and_the_others_come_in(send: Send) -> None:
    rows = ["T1,Region!,9,Bad level", "T11,district,T1,Below it", "T111,district,T11,Below that", "T2,region,9,Sound"]
    job = send("\n".join(["code,level,parent,name_en", *rows]), kind="territories")
    assert told(job) == [(2, "level", "invalid"), (3, "parent", "unknown"), (4, "parent", "unknown")]
    assert job["status"] == "done" and Territory.objects.filter(code__startswith="T").get().code == "T2"


def test_names_and_sources_that_are_too_long_are_told(send: Send, world: SimpleNamespace) -> None:
    long = "x" * 301
    assert told(send(f"code,level,parent,name_en\nT1,region,9,{long}", kind="territories")) == [
        (2, "name_en", "too_long")
    ]
    heads = "institution,category,on_date,number,source"
    job = send(f"{heads}\n{world.a.public_id},learners,2026-09-01,5,{long}", kind="headcounts")
    assert told(job) == [(2, "source", "too_long")] and job["status"] == "done"
