"""The pages of figures: the sheet with the state of each number, its history, and the desk of the office."""

import secrets
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from quality.catalogue.models import Method
from quality.checks.actions import submit_figures
from quality.checks.models import ValidationRule
from quality.observations.models import Observation
from quality.submissions import actions
from quality.submissions.models import Submission
from tests.conftest import NOW
from tests.factories import a_member, an_institution
from tests.quality.figures import a_figure, a_year, an_indicator

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(world: SimpleNamespace) -> SimpleNamespace:
    """Two indicators that everybody enters for a year that has ended."""
    pupils, load = an_indicator("CTX.02"), an_indicator("CTX.04", Method.RATIO)
    return SimpleNamespace(pupils=pupils, load=load, period=a_year(2025), **vars(world))


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sheet(year: SimpleNamespace, house: Any = None) -> str:
    return f"/en/observations/{(house or year.a).public_id}/2025-2026/"


def post(user: User, address: str, **fields: Any) -> Any:
    sent = {name.replace("__", ".", 1).replace("_", "-"): value for name, value in fields.items()}
    return as_(user).post(address, {"once_key": secrets.token_hex(8), **sent})


def test_figures_are_saved_together_without_a_script(year: SimpleNamespace, institution_admin: User) -> None:
    answer = post(institution_admin, sheet(year), CTX__02_numerator="1 234,5", CTX__04_numerator="3",
                  CTX__04_denominator="4", act="save")  # fmt: skip
    assert answer.status_code == 302
    assert {(str(row.numerator), row.state) for row in Observation.objects.all()} == {
        ("1234.5000", "value"), ("3.0000", "value")
    }  # fmt: skip
    page = as_(institution_admin).get(sheet(year)).content.decode()
    assert "1234.5" in page
    assert "Saved, not counted yet" in page
    assert "Alpha school" in page


def test_wrong_figures_come_back_as_typed_and_nothing_is_saved(year: SimpleNamespace, institution_admin: User) -> None:
    answer = post(institution_admin, sheet(year), CTX__02_numerator="many", CTX__04_numerator="3", act="save")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="many"' in page
    assert 'value="3"' in page
    assert page.count("Indicator CTX.02: A number") == 2  # on top, and beside the number
    assert "Indicator CTX.04: This indicator is a quotient" in page
    assert not Observation.objects.exists()


def test_one_line_is_saved_by_itself_and_an_incomplete_one_waits(
    year: SimpleNamespace, institution_admin: User
) -> None:
    line = f"{sheet(year)}CTX.04/"
    client = as_(institution_admin)
    half = client.post(line, {"CTX.04-numerator": "3", "CTX.04-state": "value"})
    assert (half.status_code, Observation.objects.count()) == (200, 0)
    assert "field-error" not in half.content.decode()
    bad = client.post(line, {"CTX.04-numerator": "3", "CTX.04-denominator": "x"})
    assert bad.status_code == 422
    whole = client.post(line, {"CTX.04-numerator": "3", "CTX.04-denominator": "4", "CTX.02-numerator": "7"})
    assert whole.status_code == 200
    assert "not counted yet" in whole.content.decode()
    assert [row.version.indicator.code for row in Observation.objects.all()] == ["CTX.04"]


def test_four_kinds_of_nothing_stay_apart(year: SimpleNamespace, institution_admin: User) -> None:
    post(institution_admin, sheet(year), CTX__02_numerator="0", CTX__04_state="not_applicable", act="save")
    states = dict(Observation.objects.values_list("version__indicator__code", "state"))
    assert states == {"CTX.02": "value", "CTX.04": "not_applicable"}
    post(institution_admin, sheet(year), CTX__02_state="missing", CTX__02_numerator="0", act="save")
    assert Observation.objects.get(version=year.pupils).numerator is None


def test_what_somebody_else_changed_meanwhile_is_said_before_it_is_overwritten(
    year: SimpleNamespace, institution_admin: User
) -> None:
    row = a_figure(year.pupils, year.period, year.a, 120)
    stale = post(institution_admin, sheet(year), CTX__02_numerator="99", CTX__02_was="2020-01-01", act="save")
    assert stale.status_code == 422
    assert "somebody else entered 120 meanwhile" in stale.content.decode()
    assert row.entered_at.isoformat() in stale.content.decode()
    again = post(institution_admin, sheet(year), CTX__02_numerator="99", CTX__02_was=row.entered_at.isoformat())
    assert again.status_code == 302


def test_submitting_shows_every_breach_with_its_field_and_keeps_what_was_typed(
    year: SimpleNamespace, institution_admin: User
) -> None:
    ValidationRule.objects.create(code="few", names={"en": "Few pupils"}, left="CTX.02.numerator", operator="<=",
                                  right="100")  # fmt: skip
    refused = post(institution_admin, sheet(year), CTX__02_numerator="120", act="submit")
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Few pupils" in page
    assert 'id="id_explain-few"' in page
    assert 'value="120"' in page
    assert not Observation.objects.exists()
    fields = {"once_key": "k", "CTX.02-numerator": "120", "explain-few": "A new building", "act": "submit"}
    done = as_(institution_admin).post(sheet(year), fields)
    assert done.status_code == 302
    found = Submission.objects.get()
    assert (found.status, found.breaches.get().explanation) == ("submitted", "A new building")


def test_a_closed_sheet_shows_figures_and_refuses_them_naming_the_status(
    year: SimpleNamespace, institution_admin: User
) -> None:
    post(institution_admin, sheet(year), CTX__02_numerator="120", act="submit")
    page = as_(institution_admin).get(sheet(year)).content.decode()
    assert 'name="CTX.02-numerator"' not in page
    assert "Submitted" in page
    for address in (sheet(year), f"{sheet(year)}CTX.02/"):
        refused = post(institution_admin, address, CTX__02_numerator="7", act="save")
        assert refused.status_code == 409, address
    assert Observation.objects.get().numerator == 120


def test_the_office_returns_with_a_comment_beside_the_number(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    post(institution_admin, sheet(year), CTX__02_numerator="120", act="submit")
    report = f"/en/submissions/{Submission.objects.get().public_id}/"
    empty = as_(regional_officer).post(f"{report}return/", {"once_key": "a", "about-CTX.02": "Too many"})
    assert empty.status_code == 422
    assert "Too many" in empty.content.decode()
    done = as_(regional_officer).post(
        f"{report}return/", {"once_key": "b", "reason": "Look again", "about-CTX.02": "Too many"}
    )
    assert done.status_code == 302
    page = as_(institution_admin).get(sheet(year)).content.decode()
    assert "Commented" in page
    assert "Too many" in page
    inbox = as_(institution_admin).get("/en/inbox/").content.decode()
    assert "Correct the figures and submit them again" in inbox


def test_the_office_approves_and_the_timeline_tells_who_to_those_above(
    year: SimpleNamespace, institution_admin: User, regional_officer: User, ministry_officer: User
) -> None:
    post(institution_admin, sheet(year), CTX__02_numerator="120", act="submit")
    report = f"/en/submissions/{Submission.objects.get().public_id}/"
    assert "Approve the figures or return them" in as_(regional_officer).get("/en/inbox/").content.decode()
    assert post(ministry_officer, f"{report}approve/").status_code == 302
    told = {
        user: as_(user).get(report).content.decode() for user in (institution_admin, regional_officer, ministry_officer)
    }
    assert [ministry_officer.name in page for page in told.values()] == [False, False, True]
    assert "Place 9" in told[ministry_officer]
    assert as_(ministry_officer).get(f"{report}lock/").status_code == 200
    assert post(ministry_officer, f"{report}lock/").status_code == 302
    assert post(ministry_officer, f"{report}reopen/").status_code == 422
    assert post(ministry_officer, f"{report}reopen/", reason="A mistake").status_code == 302


def test_a_place_is_approved_with_its_gaps_seen(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    post(institution_admin, sheet(year), CTX__02_numerator="120", act="submit")
    actions.approve_submission(Submission.objects.get(), by=regional_officer, at=NOW)
    address = "/en/submissions/places/91/2025-2026/"
    page = as_(regional_officer).get(address)
    assert "Beta university" in page.content.decode()
    assert post(regional_officer, address, gaps=page.context["digest"]).status_code == 422
    assert post(regional_officer, address, gaps="old", seen="yes").status_code == 422
    assert post(regional_officer, address, gaps=page.context["digest"], seen="yes").status_code == 302
    approved = Submission.objects.get(territory=year.north)
    assert (approved.status, approved.gaps) == ("approved", [year.b.public_id])
    assert as_(regional_officer).get(address).status_code == 302
    assert "Beta university" in as_(regional_officer).get(f"/en/submissions/{approved.public_id}/").content.decode()


def test_the_list_tells_who_is_missing_late_and_how_complete_it_is(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    (
        a_figure(year.pupils, year.period, year.a, 120),
        a_figure(year.load, year.period, year.b, None, state="not_applicable"),
    )
    found = actions.open_submission(institution=year.a, period=year.period, by=institution_admin, at=NOW)
    submit_figures(found, by=institution_admin, at=NOW)
    page = as_(regional_officer).get("/en/submissions/?period=2025-2026")
    assert [row["name"] for row in page.context["rows"]] == ["Alpha school", "Beta university"]
    total = page.context["summary"]["total"]
    assert (total["values"], total["reporting"], total["on_time"], total["approved"]) == (
        "1 of 3", "1 of 2", "0 of 2", "0 of 2",
    )  # fmt: skip
    missing = as_(regional_officer).get("/en/submissions/?period=2025-2026&state=none")
    assert [row["name"] for row in missing.context["rows"]] == ["Beta university"]
    file = as_(regional_officer).get("/en/submissions/?period=2025-2026&format=csv&late=yes").content.decode()
    assert "Alpha school" in file
    assert "Gamma" not in file
    for ordering in ("sort_key", "-status_now", "first_submitted_at"):
        assert as_(regional_officer).get(f"/en/submissions/?ordering={ordering}").status_code == 200


def test_history_names_the_organisation_and_both_figures(
    year: SimpleNamespace, institution_admin: User, regional_officer: User
) -> None:
    post(institution_admin, sheet(year), CTX__02_numerator="120", act="save")
    was = Observation.objects.get().entered_at.isoformat()
    post(regional_officer, sheet(year), CTX__02_numerator="125", CTX__02_was=was, act="save")
    page = as_(institution_admin).get(f"{sheet(year)}CTX.02/").content.decode()
    assert "120 → 125" in page
    assert "Office of Place 91" in page
    assert regional_officer.name not in page


@pytest.mark.parametrize("who", ["partner_admin", "expert", "stranger", "employer"])
def test_figures_of_others_are_not_there(who: str, year: SimpleNamespace, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    for address in (sheet(year), f"{sheet(year)}CTX.02/"):
        assert as_(user).get(address).status_code == 404
        assert post(user, address, CTX__02_numerator="1").status_code == 404


def test_a_teacher_reads_and_writes_nothing(year: SimpleNamespace, teacher: User) -> None:
    page = as_(teacher).get(sheet(year))
    assert page.status_code == 200
    assert 'name="CTX.02-numerator"' not in page.content.decode()
    assert post(teacher, sheet(year), CTX__02_numerator="1", act="save").status_code == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [("nowhere/", 404), ("2025-2026/NO.01/", 404), ("2025-2026/\u0000/", 400), ("1900-01/", 404)],
)
def test_unknown_periods_and_indicators_are_not_found(
    address: str, status: int, year: SimpleNamespace, institution_admin: User
) -> None:
    assert as_(institution_admin).get(f"/en/observations/{year.a.public_id}/{address}").status_code == status


@pytest.mark.parametrize("typed", ["-1", "1e9", "NaN", "٣", "9" * 20, "1,2,3", "\u0000", "<b>7</b>"])
def test_hostile_figures_are_refused_in_words(typed: str, year: SimpleNamespace, institution_admin: User) -> None:
    answer = post(institution_admin, sheet(year), CTX__02_numerator=typed, act="save")
    assert answer.status_code in (400, 422)
    assert not Observation.objects.exists()
    assert "<b>7" not in answer.content.decode()


def test_the_list_asks_as_often_for_many_as_for_few(year: SimpleNamespace, ministry_officer: User) -> None:
    def count() -> int:
        client = as_(ministry_officer)
        client.get("/en/submissions/?period=2025-2026")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/en/submissions/?period=2025-2026").status_code == 200
        return len(queries)

    few = count()
    for _n in range(6):
        house = an_institution(year.near)
        a_figure(year.pupils, year.period, house, 120)
        by = a_member("institution_admin", house)
        submit_figures(actions.open_submission(institution=house, period=year.period, by=by, at=NOW), by=by, at=NOW)
    assert count() == few


def test_my_own_reports_stand_by_period(
    year: SimpleNamespace, institution_admin: User, ministry_officer: User, stranger: User
) -> None:
    page = as_(institution_admin).get("/en/observations/").content.decode()
    assert sheet(year) in page
    assert "Not begun" in page
    assert as_(ministry_officer).get("/en/observations/").status_code == 302
    assert "No figures are asked of you" in as_(stranger).get("/en/observations/").content.decode()
