"""The cycle of a submission: in, back, approved level by level with its gaps, final, opened again; closed is closed."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from quality.catalogue.models import Method
from quality.checks.actions import submit_figures
from quality.checks.models import ValidationRule
from quality.observations.actions import put_observations
from quality.observations.intake import Given
from quality.observations.models import FormerFigure, Observation
from quality.submissions import actions, tasks
from quality.submissions.models import Submission, SubmissionStatus
from tests.conftest import NOW
from tests.factories import a_member, an_institution
from tests.quality.figures import a_figure, a_year, an_indicator

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]


@pytest.fixture
def year(world: SimpleNamespace) -> SimpleNamespace:
    """An indicator that everybody enters, and the year for which it is due."""
    pupils = an_indicator("CTX.02")
    load = an_indicator("CTX.04", Method.RATIO)
    return SimpleNamespace(pupils=pupils, load=load, period=a_year(2025), next=a_year(2026), **vars(world))


def opened(year: SimpleNamespace, house: Any, by: User) -> Submission:
    return actions.open_submission(institution=house, period=year.period, by=by, at=NOW)


def submitted(year: SimpleNamespace, house: Any, by: User, figure: int = 120) -> Submission:
    found = opened(year, house, by)
    a_figure(year.pupils, year.period, house, figure)
    return submit_figures(found, by=by, at=NOW)


def put(year: SimpleNamespace, house: Any, by: User, figure: int) -> Any:
    from_ = Given(year.pupils, year.period, house, figure, None, "value")
    return put_observations([from_], by=by, at=NOW)


def test_the_whole_way_leaves_an_event_at_every_step(
    year: SimpleNamespace, institution_admin: User, regional_officer: User, ministry_officer: User
) -> None:
    found = submitted(year, year.a, institution_admin)
    actions.return_submission(found, by=regional_officer, at=NOW, reason="Look", comments=[(year.pupils, "Too many")])
    assert found.remarks.get().text == "Too many"
    submit_figures(found, by=institution_admin, at=NOW)
    assert found.remarks.get().settled_at == NOW
    actions.approve_submission(found, by=regional_officer, at=NOW)
    assert (found.approved_by, found.approved_for) == (regional_officer, year.north)
    actions.lock_submission(found, by=ministry_officer, at=NOW)
    actions.reopen_submission(found, by=ministry_officer, at=NOW, reason="A mistake was found")
    assert (found.status, found.approved_at, found.locked_at) == (SubmissionStatus.OPEN, None, None)
    told = [event.name for event in Event.objects.about("submission", found.public_id)]
    assert told == ["submit", "return", "submit", "approve", "lock", "reopen"]


@pytest.mark.parametrize(
    ("move", "who"),
    [("submit", "regional_officer"), ("submit", "teacher"), ("submit", "integrator"), ("submit", "partner_admin"),
     ("approve", "institution_admin"), ("approve", "partner_admin"), ("lock", "regional_officer"),
     ("lock", "institution_admin"), ("reopen", "institution_admin")],
)  # fmt: skip
def test_who_may_not_move_is_refused(
    move: str, who: str, year: SimpleNamespace, institution_admin: User, request: pytest.FixtureRequest
) -> None:
    found = submitted(year, year.a, institution_admin)
    act: Callable[..., Any] = submit_figures if move == "submit" else getattr(actions, f"{move}_submission")
    with pytest.raises(PermissionDenied):
        act(found, by=request.getfixturevalue(who), at=NOW, **({"reason": "So"} if move == "reopen" else {}))


def test_an_office_of_another_region_may_not_approve(year: SimpleNamespace, institution_admin: User) -> None:
    found = submitted(year, year.a, institution_admin)
    with pytest.raises(PermissionDenied):
        actions.approve_submission(found, by=a_member("regional_officer", territory=year.south), at=NOW)


def test_a_move_from_the_wrong_status_is_not_now(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    found = opened(year, year.a, institution_admin)
    with pytest.raises(WrongStatus):
        actions.approve_submission(found, by=regional_officer, at=NOW)
    with pytest.raises(WrongStatus):
        actions.reopen_submission(found, by=regional_officer, at=NOW, reason="So")
    submitted(year, year.b, a_member("institution_admin", year.b))
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=found.pk).update(status=SubmissionStatus.LOCKED)


def test_nothing_can_be_submitted_empty(year: SimpleNamespace, institution_admin: User) -> None:
    with pytest.raises(Unmet) as refused:
        submit_figures(opened(year, year.a, institution_admin), by=institution_admin, at=NOW)
    assert [condition.code for condition in refused.value.conditions] == ["empty"]


@pytest.mark.parametrize("status", ["submitted", "approved", "locked"])
def test_figures_of_a_closed_submission_cannot_be_changed(
    status: str, year: SimpleNamespace, institution_admin: User, regional_officer: User, ministry_officer: User
) -> None:
    found = submitted(year, year.a, institution_admin)
    if status != "submitted":
        actions.approve_submission(found, by=regional_officer, at=NOW)
    if status == "locked":
        actions.lock_submission(found, by=ministry_officer, at=NOW)
    for user in (institution_admin, regional_officer, ministry_officer):
        with pytest.raises(WrongStatus) as refused, transaction.atomic():
            put(year, year.a, user, 130)
        assert refused.value.current_status == status
    assert Observation.objects.get().numerator == 120
    assert put(year, year.a, institution_admin, 120).unchanged == 1


def test_the_same_list_over_the_api_is_refused_whole_and_names_the_status(
    year: SimpleNamespace, institution_admin: User, ministry_officer: User, api_of: Api
) -> None:
    submitted(year, year.a, institution_admin)
    rows = [
        {"indicator": "CTX.02", "institution": house.public_id, "period": "2025-2026", "numerator": 7}
        for house in (year.c, year.a)
    ]
    refused = api_of(ministry_officer).put("/api/v1/observations/", rows, format="json")
    assert (refused.status_code, refused.json()["current_status"]) == (409, "submitted")
    assert Observation.objects.count() == 1


def test_returned_figures_can_be_corrected_and_the_old_number_is_kept(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    found = submitted(year, year.a, institution_admin)
    actions.return_submission(found, by=regional_officer, at=NOW, reason="Look again")
    put(year, year.a, institution_admin, 125)
    former = FormerFigure.objects.get()
    assert (former.numerator, former.observation.numerator) == (120, 125)


def test_one_silent_institution_does_not_block_its_region(
    year: SimpleNamespace, institution_admin: User, regional_officer: User, ministry_officer: User
) -> None:
    actions.approve_submission(submitted(year, year.a, institution_admin), by=regional_officer, at=NOW)
    region = actions.open_submission(territory=year.north, period=year.period, by=regional_officer, at=NOW)
    with pytest.raises(Unmet) as refused:
        actions.approve_submission(region, by=regional_officer, at=NOW)
    assert len(refused.value.conditions) == 1
    with pytest.raises(Unmet):
        actions.approve_submission(region, by=regional_officer, at=NOW, gaps=[year.b.public_id, year.a.public_id])
    region.refresh_from_db()
    assert region.status == SubmissionStatus.OPEN
    actions.approve_submission(region, by=regional_officer, at=NOW, gaps=[year.b.public_id])
    assert (region.status, region.gaps) == (SubmissionStatus.APPROVED, [year.b.public_id])
    with pytest.raises(PermissionDenied):
        actions.reopen_submission(region, by=regional_officer, at=NOW, reason="Mine")
    actions.reopen_submission(region, by=ministry_officer, at=NOW, reason="The level above may")


def test_a_period_that_closed_is_locked_once_late_or_in_time(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    approved = submitted(year, year.a, institution_admin)
    actions.approve_submission(approved, by=regional_officer, at=NOW)
    waiting = submitted(year, year.b, a_member("institution_admin", year.b))
    tasks.lock_closed(year.period.closes_on.isoformat())
    approved.refresh_from_db()
    assert approved.status == SubmissionStatus.APPROVED
    for day in (year.period.closes_on + datetime.timedelta(days=1), NOW.date()):
        tasks.lock_closed(day.isoformat())
        approved.refresh_from_db(), waiting.refresh_from_db()
        assert (approved.status, waiting.status) == (SubmissionStatus.LOCKED, SubmissionStatus.SUBMITTED)
    assert Event.objects.filter(name="lock").count() == 1


def test_on_time_is_said_by_the_first_submission(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    found = opened(year, year.a, institution_admin)
    assert found.on_time is None
    a_figure(year.pupils, year.period, year.a, 120)
    due = datetime.datetime.combine(year.period.due_on, datetime.time(18), tzinfo=datetime.UTC)
    submit_figures(found, by=institution_admin, at=due)
    actions.return_submission(found, by=regional_officer, at=NOW, reason="Look")
    submit_figures(found, by=institution_admin, at=NOW)
    assert (found.on_time, found.submitted_at) == (True, NOW)
    late = submitted(year, year.b, a_member("institution_admin", year.b))
    assert late.on_time is False


def test_every_breach_is_told_at_once_and_explaining_all_lets_it_pass(
    year: SimpleNamespace, institution_admin: User, api_of: Api
) -> None:
    for code, left in (("few", "CTX.02.numerator"), ("load", "CTX.04.numerator")):
        ValidationRule.objects.create(
            code=code, names={"en": code}, left=left, operator="<=", right="100", missing="skip_if_any_missing"
        )
    a_figure(year.pupils, year.period, year.a, 120), a_figure(year.load, year.period, year.a, 130, 100)
    api = api_of(institution_admin)
    made = api.post("/api/v1/submissions/", {"institution": year.a.public_id, "period": "2025-2026"},
                    format="json", HTTP_IDEMPOTENCY_KEY="1")  # fmt: skip
    assert (made.status_code, made.json()["status"], made.json()["moves"]) == (201, "open", ["submit"])
    address = f"/api/v1/submissions/{made.json()['id']}/moves/submit/"
    refused = api.post(address, {}, format="json", HTTP_IDEMPOTENCY_KEY="2")
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/explanations/few", "/explanations/load"]
    told = [{"breach": code, "text": "A new building"} for code in ("few", "load")]
    half = api.post(address, {"explanations": told[:1]}, format="json", HTTP_IDEMPOTENCY_KEY="3")
    assert (half.status_code, len(half.json()["errors"])) == (422, 1)
    done = api.post(address, {"explanations": told}, format="json", HTTP_IDEMPOTENCY_KEY="4")
    assert (done.status_code, done.json()["status"], done.json()["on_time"]) == (200, "submitted", False)
    assert {(each["breach"], each["left"]) for each in done.json()["breaches"]} == {("few", "120"), ("load", "130")}


def test_an_explanation_holds_for_the_figures_it_was_given_for(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    ValidationRule.objects.create(code="few", names={"en": "few"}, left="CTX.02.numerator", operator="<=", right="100")
    found = opened(year, year.a, institution_admin)
    a_figure(year.pupils, year.period, year.a, 120)
    submit_figures(found, by=institution_admin, at=NOW, explanations={"few": "A new building"})
    actions.return_submission(found, by=regional_officer, at=NOW, reason="Look")
    submit_figures(found, by=institution_admin, at=NOW)
    actions.return_submission(found, by=regional_officer, at=NOW, reason="Look")
    put(year, year.a, institution_admin, 140)
    with pytest.raises(Unmet):
        submit_figures(found, by=institution_admin, at=NOW)


def test_the_list_shows_what_each_reader_may_see(
    year: SimpleNamespace, institution_admin: User, regional_officer: User, ministry_officer: User, expert: User,
    stranger: User, partner_admin: User, api_of: Api,
) -> None:  # fmt: skip
    submitted(year, year.a, institution_admin)
    actions.open_submission(territory=year.north, period=year.period, by=regional_officer, at=NOW)
    seen = {
        user: len(api_of(user).get("/api/v1/submissions/").json()["results"])
        for user in (institution_admin, regional_officer, ministry_officer, expert, stranger, partner_admin)
    }
    assert list(seen.values()) == [1, 2, 2, 0, 0, 0]


def test_who_approved_is_known_to_that_level_and_above(
    year: SimpleNamespace, institution_admin: User, regional_officer: User, ministry_officer: User, api_of: Api
) -> None:
    found = submitted(year, year.a, institution_admin)
    actions.approve_submission(found, by=ministry_officer, at=NOW)
    address = f"/api/v1/submissions/{found.public_id}/"
    told = [api_of(user).get(address).json() for user in (institution_admin, regional_officer, ministry_officer)]
    assert [each["approved_for"] for each in told] == [None, None, "9"]
    assert all(each["approved_at"] for each in told)


@pytest.mark.parametrize(
    "body",
    [{}, {"period": "2025-2026"}, {"institution": "own", "period": "1900"}, {"institution": "own", "period": "\u0000"},
     {"institution": "own", "territory": "91", "period": "2025-2026"}, {"institution": ["x"], "period": 5},
     {"institution": "own", "period": "2025-2026", "status": "locked"}, {"institution": "0" * 26, "period": "2025-2026"}],
)  # fmt: skip
def test_hostile_beginnings_are_refused_in_words(
    body: dict[str, Any], year: SimpleNamespace, institution_admin: User, api_of: Api
) -> None:
    sent = {name: year.a.public_id if value == "own" else value for name, value in body.items()}
    refused = api_of(institution_admin).post(
        "/api/v1/submissions/", sent, format="json", HTTP_IDEMPOTENCY_KEY=repr(body)[:100].encode().hex()[:90]
    )
    assert refused.status_code in (400, 403), refused.content
    assert not Submission.objects.exists()


def test_a_comment_names_an_indicator_of_the_period_once(
    year: SimpleNamespace, institution_admin: User, regional_officer: User, api_of: Api
) -> None:
    found = submitted(year, year.a, institution_admin)
    address = f"/api/v1/submissions/{found.public_id}/moves/return/"
    one = {"indicator": "CTX.02", "text": "Too many"}
    for at, comments in enumerate([[one, one], [{"indicator": "NO.01", "text": "x"}]]):
        refused = api_of(regional_officer).post(
            address, {"reason": "Look", "comments": comments}, format="json", HTTP_IDEMPOTENCY_KEY=f"r{at}"
        )
        assert refused.status_code == 400
    done = api_of(regional_officer).post(
        address, {"reason": "Look", "comments": [one]}, format="json", HTTP_IDEMPOTENCY_KEY="ok"
    )
    assert done.json()["remarks"][0]["text"] == "Too many"


def test_the_list_costs_the_same_however_long_it_is(
    year: SimpleNamespace, institution_admin: User, ministry_officer: User, api_of: Api
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api_of(ministry_officer).get("/api/v1/submissions/").status_code == 200
        return len(queries)

    submitted(year, year.a, institution_admin)
    few = count()
    for _n in range(3):
        house = an_institution(year.near)
        submitted(year, house, a_member("institution_admin", house))
    assert count() == few
