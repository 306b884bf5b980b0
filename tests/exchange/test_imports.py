"""Files that come in: read in every writing, checked whole, returned with all faults, written once or not at all."""

import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from exchange.jobs import running
from exchange.jobs.models import Job, JobRow
from exchange.jobs.running import give_up_silent, run_waiting
from institutions.registry.models import Institution
from institutions.territory.models import Territory, TerritoryParent
from lifecycle.models import Event

pytestmark = pytest.mark.django_db
HEADS = "scheme,external_id,kind,territory,name_uz,name_ru,name_en,ownership,opened_on,closed_on"
ONE = "reg,1,school,911,Birinchi maktab,Первая школа,First school,state,2020-09-01,"
TWO = "reg,2,hei,912,Ikkinchi universitet,Второй университет,Second university,non_state,01.09.2010,2021-01-01"


def book(rows):
    """A workbook of these rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.fixture
def send(api_of, ministry_officer):
    """Sends a file and runs its job: (answer of the door, the job as the API shows it)."""
    counter = iter(range(1000))

    def act(content, query="", kind="institutions", user=None, name="file.csv"):
        api = api_of(user or ministry_officer)
        file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
        path = f"/api/v1/imports/{kind}/{query}"
        answer = api.post(path, {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=f"f{next(counter)}")
        if answer.status_code != 202:
            return answer, {}
        assert answer.headers["Location"].endswith(f"/jobs/{answer.json()['id']}/")
        run_waiting(timezone.now)
        return answer, api.get(answer.headers["Location"]).json()

    return act


def counts(job):
    return {name: job["result"][name] for name in ("created", "changed", "unchanged", "refused")}


def test_a_file_is_written_once_and_changes_nothing_the_second_time(world, send):
    first = send(f"{HEADS}\n{ONE}\n{TWO}\n")[1]
    assert (first["status"], counts(first)) == ("done", {"created": 2, "changed": 0, "unchanged": 0, "refused": 0})
    before = list(Institution.objects.order_by("pk").values())
    again = send(f"{HEADS}\n{ONE}\n{TWO}\n")[1]
    assert (again["status"], counts(again)) == ("done", {"created": 0, "changed": 0, "unchanged": 2, "refused": 0})
    assert list(Institution.objects.order_by("pk").values()) == before
    second = Institution.objects.get(external_ids__value="2")
    assert (second.status, second.ownership, str(second.spells.get().valid.lower)) == (
        "closed",
        "non_state",
        "2010-09-01",
    )
    assert Event.objects.about("institution", second.public_id).get().name == "import"


def test_a_dry_run_counts_and_writes_nothing(world, send):
    before = Institution.objects.count()
    job = send(f"{HEADS}\n{ONE}\n", "?dry_run=true")[1]
    assert job["status"] == "done" and counts(job)["created"] == 1 and Institution.objects.count() == before


def test_one_refused_row_refuses_the_file_and_all_its_faults_are_named(world, send):
    bad = "reg,,zzz,000,,,,mine,soon,2001-01-01"
    job = send(f"{HEADS}\n{ONE}\n{bad}\n")[1]
    assert job["status"] == "failed" and counts(job) == {"created": 0, "changed": 0, "unchanged": 0, "refused": 1}
    assert {error["column"] for error in job["errors"]} == {
        "external_id",
        "kind",
        "territory",
        "name_uz",
        "ownership",
        "opened_on",
    }
    assert all(error["row"] == 3 and error["code"] and error["message"] for error in job["errors"])
    assert not Institution.objects.filter(external_ids__value="1").exists()


def test_the_valid_rows_are_taken_by_choice(world, send):
    job = send(f"{HEADS}\n{ONE}\nreg,9,zzz,911,a,b,c,,,\n", "?partial=true")[1]
    assert job["status"] == "done" and counts(job)["created"] == 1 and counts(job)["refused"] == 1


def test_the_returned_file_names_every_fault_in_its_row_and_comes_back_corrected(world, send, api_of, ministry_officer):
    job = send(f"{HEADS}\n{ONE}\nreg,3,zzz,911,a,b,c,,,\n")[1]
    answer = api_of(ministry_officer).get(f"/api/v1/jobs/{job['id']}/file/")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert rows[2][:4] == ["reg", "3", "zzz", "911"] and "kind:" in rows[2][10] and rows[1][-1] == ""
    rows[2][2] = "school"
    corrected = send(book(rows), name="file.xlsx")[1]
    assert corrected["status"] == "done" and counts(corrected)["created"] == 2


def test_a_change_is_dated_and_the_old_value_stays(world, send):
    send(f"{HEADS}\n{ONE}\n")
    job = send(f"{HEADS}\nreg,1,school,921,Yangi nom,Первая школа,First school,state,2020-09-01,\n")[1]
    house = Institution.objects.get(external_ids__value="1", external_ids__scheme="reg")
    assert counts(job)["changed"] == 1 and house.territory.code == "921" and house.names["uz"] == "Yangi nom"
    places = house.places.order_by("valid").values_list("territory__code", "valid")
    assert [(code, str(valid.upper)) for code, valid in places] == [("911", "2026-11-21"), ("921", "None")]
    assert house.dated_names.filter(names__uz="Birinchi maktab", valid__endswith="2026-11-21").exists()


HEADS_UZ = "Reyestr;Reyestrdagi raqam;Tur;Hudud kodi;name_ru"
ROW = "reg;5;school;911;Школа № 5"


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffscheme;external_id;kind;territory;name_ru\n".encode() + ROW.encode(),
        f"scheme;external_id;kind;territory;name_ru\n{ROW}".encode("cp1251", "replace"),
        f"\ufeffscheme;external_id;kind;territory;name_ru\n{ROW}".encode("utf-16"),
        "name_ru,territory,kind,external_id,scheme\nШкола № 5,911,school,5,reg".encode(),
        f"scheme;external_id;kind;territory;name_ru\r{ROW}\r".encode(),
        f"SCHEME;External id;KIND;Territory;Name_RU;extra\n{ROW};x".encode(),
        book([["scheme", "external_id", "kind", "territory", "name_ru"], ["reg", 5, "school", 911, "Школа № 5"]]),
    ],
    ids=["bom", "cp1251", "utf16", "any order", "lone cr", "other cases", "xlsx numbers"],
)
def test_files_of_every_writing_say_the_same(world, send, content):
    job = send(content)[1]
    assert (job["status"], counts(job)["created"]) == ("done", 1), job
    assert Institution.objects.get(external_ids__value="5").names["ru"] == "Школа № 5"


def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"%PDF-1.7 whatever", 400),
        (b"PK\x03\x04broken", 400),
        (archive(**{"readme.txt": "no workbook"}), 400),
        (archive(**{"[Content_Types].xml": "x", "xl__sheet.xml": "a" * 70_000_000}), 413),
        (archive(**{"[Content_Types].xml": "x", **{f"xl__s{n}.xml": "" for n in range(200)}}), 413),
        (archive(**{"[Content_Types].xml": "x", "xl__inner.zip": "x"}), 400),
        (b"scheme,external_id\nreg,\xd0\xbf\xd1\x80\xff\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", 400),
        (b"a,b\n\x00,c", 400),
    ],
    ids=["empty", "pdf", "broken archive", "no workbook", "bomb", "many sheets", "nested", "damaged utf-8", "nul"],
)
def test_a_hostile_file_is_refused_at_the_door(world, send, content, status):
    answer, _job = send(content)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"].startswith("application/problem+json") and not Job.objects.exists()


@pytest.mark.parametrize(
    "content",
    ["kind,territory\nschool,911\n", f"{HEADS}\n", f"{HEADS},kind\n{ONE},x\n"],
    ids=["missing", "no rows", "twice"],
)
def test_a_file_without_its_columns_fails_with_a_reason(world, send, content):
    job = send(content)[1]
    assert job["status"] == "failed" and job["errors"][0]["row"] == 1 and job["reason"]


def test_formulas_are_text_on_the_way_in_and_out(world, send, api_of, ministry_officer):
    send(f'{HEADS}\nreg,7,school,911,"=cmd()",,,state,,\n')
    assert Institution.objects.get(external_ids__value="7").names["uz"] == "=cmd()"
    out = (
        api_of(ministry_officer)
        .get("/api/v1/institutions/?external_id=reg:7", HTTP_ACCEPT="text/csv")
        .content.decode("utf-8-sig")
    )
    assert "'=cmd()" in out and "\n=" not in out


@pytest.mark.parametrize("who", ["institution_admin", "teacher", "stranger", "integrator", "expert"])
def test_who_verifies_nothing_imports_nothing(world, send, cast, who):
    assert send(f"{HEADS}\n{ONE}\n", user=cast[who])[0].status_code == 403


def test_a_regional_office_enters_only_its_own_territory(world, send, regional_officer):
    job = send(f"{HEADS}\n{ONE}\n{ONE.replace('911', '921').replace('reg,1', 'reg,8')}\n", user=regional_officer)[1]
    assert [(error["row"], error["code"]) for error in job["errors"]] == [(3, "not_yours")]


def test_a_right_that_was_lost_stops_the_job(world, api_of, ministry_officer):
    file = SimpleUploadedFile("a.csv", f"{HEADS}\n{ONE}\n".encode())
    api_of(ministry_officer).post(
        "/api/v1/imports/institutions/", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="x"
    )
    ministry_officer.memberships.all().update(role="authority_officer")
    run_waiting(timezone.now)
    assert Job.objects.get().status == "failed" and not Institution.objects.filter(external_ids__value="1").exists()


def test_the_same_number_twice_in_a_file_is_named(world, send):
    job = send(f"{HEADS}\n{ONE}\n{ONE}\n")[1]
    assert job["errors"] == [
        {"row": 3, "column": "external_id", "code": "duplicate", "message": job["errors"][0]["message"]}
    ]


TREE = "code,level,parent,name_en,valid_from,valid_to"


def test_a_tree_comes_in_any_order_and_changes_nothing_twice(world, send):
    rows = f"{TREE}\nX11,district,X1,Deep,2000-01-01,\nX1,region,X,Middle,2000-01-01,\nX,country,,Top,2000-01-01,\n"
    assert counts(send(rows, kind="territories")[1])["created"] == 3
    assert Territory.objects.get(code="X11").depth == 2
    assert counts(send(rows, kind="territories")[1]) == {"created": 0, "changed": 0, "unchanged": 3, "refused": 0}


def test_a_cycle_is_refused_by_its_whole_chain(world, send):
    job = send(f"{TREE}\nY1,region,Y2,One,,\nY2,region,Y3,Two,,\nY3,region,Y1,Three,,\n", kind="territories")[1]
    assert job["status"] == "failed" and {error["code"] for error in job["errors"]} == {"cycle"}
    assert all(code in job["errors"][0]["message"] for code in ("Y1", "Y2", "Y3"))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("Z,country,,A,,\nW,country,,B,,", "two_roots"),
        ("Z1,region,Z1,A,,", "cycle"),
        ("Z1,region,nowhere,A,,", "unknown"),
        ("91,region,911,A,,", "cycle"),
        ("Z1,region,9,A,2020-01-01,2019-01-01", "before_start"),
        ("Z1,region,9,,,", "required"),
        ("Z1,region,9,A,,\nZ1,region,91,A,,", "overlap"),
        ("Z/1,region,9,A,,", "invalid"),
    ],
)
def test_a_tree_that_is_none_is_refused(world, send, rows, code):
    job = send(f"{TREE}\n{rows}\n", kind="territories")[1]
    assert job["status"] == "failed" and code in {error["code"] for error in job["errors"]}, job["errors"]
    assert not Territory.objects.filter(code__in=("Z", "W", "Z1")).exists()


def test_parents_of_a_place_are_dated(world, send):
    send(
        f"{TREE}\nM1,district,91,Mobile,2000-01-01,2010-01-01\nM1,district,92,Mobile,2010-01-01,\n", kind="territories"
    )
    rows = TerritoryParent.objects.filter(child__code="M1").order_by("valid").values_list("parent__code", "valid")
    assert [(code, str(valid.lower)) for code, valid in rows] == [("91", "2000-01-01"), ("92", "2010-01-01")]
    assert Territory.objects.get(code="M1").lineage[1] == world.south.pk


def test_an_office_of_a_region_imports_no_tree(world, send, regional_officer):
    assert send(f"{TREE}\nM1,district,91,A,,\n", kind="territories", user=regional_officer)[0].status_code == 403


def test_a_job_is_its_owners_alone(world, send, api_of, regional_officer):
    job = send(f"{HEADS}\n{ONE}\n", "?dry_run=true")[1]
    for path in (f"/api/v1/jobs/{job['id']}/", f"/api/v1/jobs/{job['id']}/file/"):
        assert api_of(regional_officer).get(path).status_code == 404


def test_a_waiting_job_is_cancelled_and_an_ended_one_is_not(world, api_of, ministry_officer):
    api = api_of(ministry_officer)
    file = SimpleUploadedFile("a.csv", f"{HEADS}\n{ONE}\n".encode())
    made = api.post(
        "/api/v1/imports/institutions/", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="x"
    ).json()
    path = f"/api/v1/jobs/{made['id']}/moves/cancel/"
    assert api.post(path, {}, format="json", HTTP_IDEMPOTENCY_KEY="y").json()["status"] == "cancelled"
    assert run_waiting(timezone.now) == 0
    assert api.post(path, {}, format="json", HTTP_IDEMPOTENCY_KEY="z").status_code == 409


def test_a_job_whose_worker_died_is_taken_up_again(world, send, api_of, ministry_officer, time_machine_at):
    file = SimpleUploadedFile("a.csv", f"{HEADS}\n{ONE}\n".encode())
    api_of(ministry_officer).post(
        "/api/v1/imports/institutions/", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="x"
    )
    job = running.claim(timezone.now())
    running._unlock(job)
    with time_machine_at(minutes=1):
        run_waiting(timezone.now)
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("done", 2)


def test_a_silent_job_fails_after_ten_minutes(world, api_of, ministry_officer, time_machine_at):
    file = SimpleUploadedFile("a.csv", f"{HEADS}\n{ONE}\n".encode())
    api_of(ministry_officer).post(
        "/api/v1/imports/institutions/", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="x"
    )
    job = running.claim(timezone.now())
    running._unlock(job)
    with time_machine_at(minutes=11):
        give_up_silent(timezone.now())
    job.refresh_from_db()
    assert job.status == "failed" and job.reason


def test_the_page_goes_from_the_file_over_the_check_to_the_register(world, page_of, ministry_officer):
    page = page_of(ministry_officer)
    assert page.get("/en/imports/").status_code == 200
    bad = page.post("/en/imports/?kind=institutions", {"once_key": "p0"})
    assert bad.status_code == 422 and "choose a CSV or Excel file" in bad.content.decode()
    file = SimpleUploadedFile("a.csv", f"{HEADS}\n{ONE}\n".encode())
    checked = page.post("/en/imports/?kind=institutions", {"file": file, "once_key": "p1"})
    run_waiting(timezone.now)
    shown = page.get(checked.headers["Location"]).content.decode()
    assert 'data-count="created">1<' in shown and not Institution.objects.filter(external_ids__value="1").exists()
    done = page.post(checked.headers["Location"] + "apply/", {"once_key": "p2"})
    run_waiting(timezone.now)
    assert Institution.objects.filter(external_ids__value="1").exists()
    assert page.get(done.headers["Location"]).status_code == page.get("/en/files/").status_code == 200
    assert JobRow.objects.filter(state="created").exists()


def test_a_template_lists_the_allowed_codes(world, page_of, ministry_officer, teacher):
    answer = page_of(ministry_officer).get("/en/imports/template/institutions/")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    words = [cell for row in sheets.get_sheet_by_index(1).to_python() for cell in row]
    assert {"school", "911", "state"} <= set(words)
    assert page_of(teacher).get("/en/imports/template/institutions/").status_code == 403


def test_a_long_list_becomes_a_job_and_then_a_file(world, api_of, ministry_officer, monkeypatch):
    monkeypatch.setattr("exchange.jobs.actions.AT_ONCE", 1)
    api = api_of(ministry_officer)
    answer = api.get("/api/v1/institutions/?territory=91", HTTP_ACCEPT="text/csv")
    assert answer.status_code == 202
    run_waiting(timezone.now)
    file = api.get(answer.headers["Location"] + "file/")
    assert b"".join(file.streaming_content).decode("utf-8-sig").count("\n") == 3
