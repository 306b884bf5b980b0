"""One value for several periods by the rule of the indicator, and years pooled where one is made of too few."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from scipy import stats

from quality.catalogue.models import Across, DefinitionVersion, Method
from quality.rollups.actions import recount_changed
from tests.quality.activities import an_activity, heads, interdependence, per_head, types
from tests.quality.figures import a_figure, a_month, a_year, an_indicator, concluded, in_force, lead_time, the_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(ministry_officer: Any, api_of: Any) -> Callable[..., Any]:
    """One value over the API."""

    def asked(code: str, **params: str) -> Any:
        query = "&".join(f"{name}={value}" for name, value in {"territory": "9", **params}.items())
        return api_of(ministry_officer).get(f"/api/v1/indicators/{code}/values/?{query}").json()["results"]

    return asked


def test_sums_are_added_and_then_divided(world: SimpleNamespace, ask: Any) -> None:
    interdependence()
    for month in (8, 9, 10):
        a_month(2026, month)
    mutual, other = types()
    for day, type_ in (("2026-09-02", mutual), ("2026-09-03", other), ("2026-09-04", other), ("2026-10-05", mutual)):
        an_activity(day, world.a, world.b, type_=type_)
    recount_changed(the_moment())
    (line,) = ask("ACT.03", across="true", **{"from": "2026-09", "to": "2026-10"})
    assert (line["numerator"], line["denominator"], line["value"]) == ("2", "4", "50")  # not (33,3 + 100) / 2
    assert (line["period_from"], line["period"]) == ("2026-09", "2026-10")
    wanted = stats.binomtest(2, 4).proportion_ci(0.95, "wilson")
    assert float(line["low"]) == pytest.approx(100 * wanted.low, abs=1e-4)
    assert float(line["high"]) == pytest.approx(100 * wanted.high, abs=1e-4)


def test_the_last_day_counts_where_a_state_is_told(world: SimpleNamespace, ask: Any) -> None:
    an_indicator("COV.01", Method.SHARE, periodicity=["M"], factor=100)
    a_month(2026, 9), a_month(2026, 10)
    in_force(world.a, world.c, since="2026-08-01", until="2026-10-10")
    recount_changed(the_moment())
    (line,) = ask("COV.01", across="true", **{"from": "2026-09-01", "to": "2026-10-31"})
    assert (line["numerator"], line["denominator"]) == ("0", "3")


def test_the_same_institution_is_counted_once_over_the_whole_window(world: SimpleNamespace, ask: Any) -> None:
    an_indicator("COV.02", Method.SHARE, across=Across.DISTINCT, periodicity=["M"], factor=100)
    a_month(2026, 9), a_month(2026, 10)
    an_activity("2026-09-02", world.a)
    an_activity("2026-10-02", world.a, world.c)
    recount_changed(the_moment())
    (line,) = ask("COV.02", across="true", **{"from": "2026-09", "to": "2026-10"})
    assert (line["numerator"], line["denominator"]) == ("2", "3")


def test_a_rate_is_recounted_from_the_rows_of_the_window_with_its_exact_interval(
    world: SimpleNamespace, ask: Any
) -> None:
    version = per_head()
    DefinitionVersion.objects.filter(pk=version.pk).update(counts_events=True)
    a_month(2026, 9), a_month(2026, 10)
    for house in (world.a, world.b, world.c):
        heads(house, a_month(2026, 8).starts_on if house == world.a else a_month(2026, 7 if house == world.b else 6).starts_on, 40)  # fmt: skip
    for day in ("2026-09-02", "2026-09-09", "2026-10-02"):
        an_activity(day, world.a, world.b)
    recount_changed(the_moment())
    (line,) = ask("ACT.01", across="true", **{"from": "2026-09", "to": "2026-10"})
    assert (line["numerator"], line["denominator"], line["value"]) == ("3", "120", "2.5")
    wanted = [stats.chi2.ppf(0.025, 6) / 2 / 1.2, stats.chi2.ppf(0.975, 8) / 2 / 1.2]
    assert [float(line["low"]), float(line["high"])] == pytest.approx(wanted)
    (month,) = ask("ACT.01", period="2026-09")
    assert float(month["high"]) == pytest.approx(stats.chi2.ppf(0.975, 6) / 2 / 1.2)


def test_a_median_is_taken_from_all_rows_of_the_window(world: SimpleNamespace, ask: Any) -> None:
    lead_time()
    a_month(2026, 9), a_month(2026, 10)
    for first, last in (("2026-09-01", "2026-09-02"), ("2026-09-01", "2026-09-03"), ("2026-10-01", "2026-10-21")):
        concluded(world.a, world.b, proposed=first, concluded=last)
    recount_changed(the_moment())
    (line,) = ask("AGR.03", across="true", **{"from": "2026-09", "to": "2026-10"})
    assert line["value"] == "2"  # neither the mean of 1,5 and 20 nor the last one
    assert line["reporting"] == 3


def test_a_window_wants_a_place(world: SimpleNamespace, ask: Any, ministry_officer: Any, api_of: Any) -> None:
    lead_time()
    answer = api_of(ministry_officer).get("/api/v1/indicators/AGR.03/values/?across=true")
    assert answer.status_code == 400
    assert ask("AGR.03", across="true") == []


def test_few_are_pooled_over_up_to_three_years_and_it_is_said(
    world: SimpleNamespace, ask: Any, ministry_officer: Any, page_of: Any
) -> None:
    version = an_indicator("RES.05", Method.RATIO, factor=100, periodicity=["A"])
    share = an_indicator("RES.04", Method.SHARE, factor=100, periodicity=["A"])
    for first, top, base in ((2021, 9, 10), (2022, 4, 11), (2023, 5, 12), (2024, 6, 13)):
        year = a_year(first)
        for each in (version, share):
            a_figure(each, year, world.a, top, base)
    recount_changed(the_moment())
    for code in ("RES.04", "RES.05"):
        lines = {line["period"]: line["pooled"] for line in ask(code)}
        assert lines["2021-2022"] is None
        assert lines["2022-2023"]["periods"] == ["2021-2022", "2022-2023"]
        last = lines["2024-2025"]
        assert last["periods"] == ["2022-2023", "2023-2024", "2024-2025"]
        assert (last["numerator"], last["denominator"]) == ("15", "36")
        assert Decimal(last["value"]) == Decimal("41.66666667")
    wanted = stats.binomtest(15, 36).proportion_ci(0.95, "wilson")
    assert float(ask("RES.04")[0]["pooled"]["low"]) == pytest.approx(100 * wanted.low, abs=1e-4)
    page = page_of(ministry_officer).get("/en/indicators/RES.04/?territory=9").content.decode()
    assert "Pooled, since one period is made of fewer than 30" in page
    assert "41.7" in page


def test_enough_are_not_pooled_and_a_hidden_year_is_not_given_away(world: SimpleNamespace, ask: Any, api_of: Any, institution_admin: Any) -> None:  # fmt: skip
    share = an_indicator("RES.04", Method.SHARE, factor=100, periodicity=["A"], person_based=True)
    a_figure(share, a_year(2021), world.c, 2, 12)
    a_figure(share, a_year(2022), world.c, 6, 13)
    a_figure(share, a_year(2023), world.c, 20, 40)
    recount_changed(the_moment())
    lines = {line["period"]: line for line in ask("RES.04", territory="921")}
    assert lines["2022-2023"]["pooled"] is not None
    assert lines["2023-2024"]["pooled"] is None
    found = api_of(institution_admin).get("/api/v1/indicators/RES.04/values/?territory=921").json()["results"]
    outside = {line["period"]: line for line in found}
    assert outside["2021-2022"]["state"] == "suppressed"
    assert outside["2022-2023"]["pooled"] is None
    DefinitionVersion.objects.filter(pk=share.pk).update(across=Across.SUM)
    window = api_of(institution_admin).get("/api/v1/indicators/RES.04/values/?territory=921&across=true")
    assert window.json()["results"][0]["state"] == "suppressed"
