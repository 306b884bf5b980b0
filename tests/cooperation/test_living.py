"""Whether an agreement lives is told by its confirmed joint work, on the page as over the API."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.agreements.models import Agreement
from cooperation.agreements.standing import living_status, read_parts
from cooperation.agreements.statuses import AgreementStatus
from tests.quality.activities import an_activity
from tests.quality.figures import TODAY, in_force

pytestmark = pytest.mark.django_db
ON = TODAY


def ago(days: int) -> str:
    return (ON - datetime.timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("in_force_days", "last_days", "expected"),
    [
        (0, None, "new"), (89, None, "new"), (90, None, "dormant"), (400, None, "dormant"), (20, 5, "active"),
        (400, 90, "active"), (400, 91, "at_risk"), (400, 180, "at_risk"), (400, 181, "dormant"),
    ],
)  # fmt: skip
def test_the_living_status_follows_the_last_confirmed_work(
    world: SimpleNamespace, in_force_days: int, last_days: int | None, expected: str
) -> None:
    agreement = in_force(world.a, world.b, since=ago(in_force_days))
    if last_days is not None:
        an_activity(ago(last_days), world.a, world.b, agreement=agreement)
    assert living_status(Agreement.objects.get(pk=agreement.pk), ON) == expected


def test_work_that_nobody_confirmed_keeps_no_agreement_alive(world: SimpleNamespace) -> None:
    agreement = in_force(world.a, world.b, since=ago(200))
    for status in ("logged", "disputed", "withdrawn", "unconfirmed"):
        an_activity(ago(5), world.a, world.b, agreement=agreement, status=status)
    assert living_status(Agreement.objects.get(pk=agreement.pk), ON) == "dormant"
    over = in_force(world.a, world.b, since=ago(200), until=ago(20))
    assert over.status == AgreementStatus.ENDED
    assert living_status(over, ON) is None


def test_a_page_of_agreements_reads_their_last_work_in_one_query(world: SimpleNamespace) -> None:
    asked = []
    for count in (2, 6):
        for _number in range(count):
            an_activity(ago(5), world.a, agreement=in_force(world.a, world.b, since=ago(200)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = read_parts(Agreement.objects.order_by("pk"))
            assert {living_status(row, ON) for row in rows} == {"active"}
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_word_stands_on_the_list_and_on_the_page(
    concluded: Agreement, page_of: Any, api_of: Any, institution_admin: Any
) -> None:
    Agreement.objects.filter(pk=concluded.pk).update(in_force_from=ago(200))
    api = api_of(institution_admin).get(f"/api/v1/agreements/{concluded.public_id}/")
    assert api.json()["living"] == "dormant"
    for address in (f"/en/agreements/{concluded.public_id}/", "/en/agreements/?view=all"):
        assert "Dormant" in page_of(institution_admin).get(address).content.decode()
