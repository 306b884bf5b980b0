"""Head counts: put over the API and by file, typed where no register tells them, shown with source and day."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from exchange.jobs.running import run_waiting
from institutions.headcounts.actions import put_headcounts
from institutions.headcounts.intake import Given
from institutions.headcounts.models import Category, Headcount, oldest
from institutions.registry.models import ExternalId
from lifecycle.models import Event
from tests.factories import EVER

pytestmark = pytest.mark.django_db
TEACHING = Category.TEACHING_STAFF


def count_of(house: Any, day: str, number: int, source: str = "") -> None:
    given = Given(house, TEACHING, datetime.date.fromisoformat(day), number, source)
    put_headcounts([given], by=None, at=timezone.now())


def row(house: Any, **changes: Any) -> dict[str, Any]:
    return {
        "institution": house.public_id, "category": "teaching_staff", "on_date": "2026-09-01", "number": 40, **changes
    }  # fmt: skip


def put(api: Any, rows: Any, key: str = "k1") -> Any:
    return api.put("/api/v1/headcounts/", rows, format="json", headers={"Idempotency-Key": key})


def test_an_administrator_puts_head_counts_once_and_corrects_them(
    world: SimpleNamespace, institution_admin: Any, api_of: Any
) -> None:
    api = api_of(institution_admin)
    assert put(api, [row(world.a)]).json() == {"created": 1, "changed": 0, "unchanged": 0}
    assert put(api, [row(world.a)], "k2").json() == {"created": 0, "changed": 0, "unchanged": 1}
    assert put(api, [row(world.a, number=41, source="Register")], "k3").json()["changed"] == 1
    (line,) = api.get("/api/v1/headcounts/?category=teaching_staff&from=2026-09-01&to=2026-09-01").json()["results"]
    assert (line["number"], line["source"], line["institution"]) == (41, "Register", world.a.public_id)
    assert Event.objects.filter(subject_type="headcounts", subject_id="2026-09-01").count() == 2


def test_a_head_count_of_another_institution_is_refused(
    world: SimpleNamespace, institution_admin: Any, teacher: Any, api_of: Any
) -> None:
    assert put(api_of(institution_admin), [row(world.a), row(world.c)]).status_code == 403
    assert put(api_of(teacher), [row(world.a)]).status_code == 403
    assert not Headcount.objects.exists()


def test_what_is_wrong_is_named_by_row_and_field_and_nothing_is_written(
    world: SimpleNamespace, institution_admin: Any, api_of: Any
) -> None:
    api = api_of(institution_admin)
    told = put(api, [row(world.a), row(world.a, on_date="2030-01-01"), row(world.a, institution="reg:none")])
    assert told.status_code == 400
    assert {error["pointer"] for error in told.json()["errors"]} == {"/1/on_date", "/2/institution"}
    for wrong in ({"number": -1}, {"number": 2.5}, {"category": "cats"}, {"on_date": "soon"}):
        assert put(api, [row(world.a, **wrong)], str(wrong)).status_code == 400, wrong
    assert put(api, [], "none").status_code == 400
    assert not Headcount.objects.exists()


def test_a_file_of_head_counts_comes_in_once(world: SimpleNamespace, ministry_officer: Any, api_of: Any) -> None:
    ExternalId.objects.create(institution=world.a, scheme="reg", value="1", valid=EVER)
    text = "institution,category,on_date,number,source\nreg:1,teaching_staff,01.09.2026,48,Register\n"
    bad = text + "reg:1,teaching_staff,2026-09-01,50,\nreg:2,cats,x,many,\n"
    api, found = api_of(ministry_officer), []
    for number, content in enumerate((bad, text, text, text.replace("48", "49"))):
        file = SimpleUploadedFile("heads.csv", content.encode(), content_type="text/csv")
        made = api.post(
            "/api/v1/imports/headcounts/", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=f"f{number}"
        )
        run_waiting(timezone.now)
        found.append(api.get(made["Location"]).json())
    faults = {(error["row"], error["column"]) for error in found[0]["errors"]}
    assert faults == {(3, "on_date"), (4, "institution"), (4, "category"), (4, "on_date"), (4, "number")}
    assert [job["result"]["created"] for job in found[1:]] == [1, 0, 0]
    assert [job["result"]["unchanged"] for job in found[1:]] == [0, 1, 0]
    assert found[3]["result"]["changed"] == 1
    assert Headcount.objects.values_list("number", "source").get() == (49, "Register")


def test_the_page_shows_the_latest_count_with_day_and_source_and_asks_only_for_what_no_register_tells(
    world: SimpleNamespace, institution_admin: Any, teacher: Any, page_of: Any
) -> None:
    address = f"/en/institutions/{world.a.public_id}/"
    entering = f"{address}headcounts/new/"
    page = page_of(institution_admin)
    assert "missing, not zero" in page.get(address).content.decode()
    answer = page.post(entering, {"category": "learners", "on_date": "2026-09-01", "number": "700", "once_key": "p1"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    count_of(world.a, "2025-09-01", 30, "Register")
    count_of(world.a, "2026-09-01", 40, "Register")
    shown = page.get(address).content.decode()
    assert "source: Register" in shown
    assert ">40<br>" in shown
    assert ">30<br>" not in shown
    assert "entered by people" in shown
    form = page.get(entering).content.decode()
    assert 'value="learners"' in form
    assert 'value="teaching_staff"' not in form
    assert "Known from a register, nobody enters it: Teaching staff." in form
    refused = page.post(entering, {"category": "learners", "on_date": "2030-01-01", "number": "-4", "once_key": "p2"})
    assert refused.status_code == 422
    assert Headcount.objects.count() == 3
    reader = page_of(teacher)
    assert entering not in reader.get(address).content.decode()
    assert reader.get(entering).status_code == 403


def test_the_latest_count_on_or_before_the_day_stands_for_18_months(world: SimpleNamespace) -> None:
    for day, number in (("2025-02-28", 1), ("2026-03-01", 2), ("2026-12-01", 3)):
        count_of(world.a, day, number)

    def standing(day: str) -> list[int]:
        found = Headcount.objects.standing(TEACHING, datetime.date.fromisoformat(day))
        return list(found.values_list("number", flat=True))

    assert standing("2025-02-27") == []
    assert standing("2026-02-28") == [1]
    assert standing("2026-03-01") == [2]
    assert standing("2026-11-30") == [2]
    assert standing("2026-12-01") == [3]
    assert standing("2028-06-01") == [3]
    assert standing("2028-06-02") == []
    assert oldest(datetime.date(2026, 8, 31)) == datetime.date(2025, 2, 28)


def test_the_database_keeps_one_count_a_day_and_none_below_zero(world: SimpleNamespace) -> None:
    count_of(world.a, "2026-09-01", 4)
    again = {"institution": world.a, "category": TEACHING, "entered_at": timezone.now()}
    for number, day in ((4, 1), (-1, 2)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Headcount.objects.create(on_date=datetime.date(2026, 9, day), number=number, **again)
