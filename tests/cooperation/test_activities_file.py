"""Activities from a file: logged as by hand, once however often the file comes, and waiting for the other side."""

import itertools
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.clock import now
from accounts.models import User
from cooperation.activities.models import Activity
from exchange.jobs.running import run_waiting
from institutions.registry.models import ExternalId
from tests.factories import a_term

KEYS = itertools.count(1)
HEAD = "type,starts_on,organiser,partners,participants,note\n"
pytestmark = pytest.mark.django_db


@pytest.fixture
def send(api_of: Any, world: SimpleNamespace, institution_admin: User) -> Any:
    a_term("cooperation_form", "F2")
    lesson = a_term("activity_type", "open_lesson", form="F2")
    lesson.names = {"en": "Open lesson", "uz": "Ochiq dars", "ru": "Открытый урок"}
    lesson.save()
    a_term("activity_type", "other")
    for code in ("pupils", "teachers", "others"):
        a_term("participant_category", code)
    ExternalId.objects.create(institution=world.b, scheme="hemis", value="77", valid="[2000-01-01,)")
    client = api_of(institution_admin)

    def act(rows: str, query: str = "") -> dict[str, Any]:
        file = SimpleUploadedFile("activities.csv", (HEAD + rows).encode(), content_type="text/csv")
        made = client.post(
            f"/api/v1/imports/activities/{query}", {"file": file}, format="multipart",
            HTTP_IDEMPOTENCY_KEY=f"file-{next(KEYS)}",
        )  # fmt: skip
        assert made.status_code == 202, made.content
        run_waiting(now)
        return dict(json.loads(client.get(made["Location"]).content))

    return act


def test_rows_are_logged_once_and_wait_for_the_partner(send: Any, world: SimpleNamespace) -> None:
    rows = "Ochiq dars,2026-11-20,,hemis:77,pupils: 25; teachers: 2,Algebra\nopen_lesson,19.11.2026,,,12,\n"
    done = send(rows)
    assert (done["status"], done["result"]["created"], done["result"]["refused"]) == ("done", 2, 0)
    first = Activity.objects.get(starts_on="2026-11-20")
    assert (first.status, first.organiser, first.note) == ("logged", world.a, "Algebra")
    assert dict(first.counts.values_list("category__code", "number")) == {"pupils": 25, "teachers": 2}
    assert list(first.participations.exclude(institution=world.a).values_list("institution", "state")) == [
        (world.b.pk, "named")
    ]
    again = send(rows)
    assert (again["result"]["created"], again["result"]["unchanged"], Activity.objects.count()) == (0, 2, 2)


def test_the_same_line_twice_in_a_file_is_two_activities_however_often_it_comes(send: Any) -> None:
    row = "open_lesson,2026-11-20,,hemis:77,pupils: 25,\n"
    send(row + row)
    send(row + row)
    assert Activity.objects.count() == 2


def test_everything_wrong_with_a_row_is_named_and_nothing_is_logged(send: Any, world: SimpleNamespace) -> None:
    rows = f"juggling,2026-12-01,{world.b.public_id},nobody,many,\nother,2026-11-20,,,3,\nopen_lesson,,,,,\n"
    refused = send(rows)
    assert refused["status"] == "failed"
    assert {(error["row"], error["column"]) for error in refused["errors"]} == {
        (2, "type"), (2, "starts_on"), (2, "organiser"), (2, "partners"), (2, "participants"), (3, "type"),
        (4, "starts_on"),
    }  # fmt: skip
    assert not Activity.objects.exists()


def test_a_dry_run_logs_nothing(send: Any) -> None:
    assert send("open_lesson,2026-11-20,,hemis:77,25,\n", "?dry_run=true")["result"]["created"] == 1
    assert not Activity.objects.exists()
