"""The openness index: what is missing or too old is named on the institution's page, and counted as GOV.03."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client

from accounts.clock import now
from accounts.models import User
from institutions.headcounts.models import Headcount
from institutions.registry.models import Institution
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.quality.figures import a_month, an_indicator, the_moment


def heads(house: Institution, category: str, day: datetime.date) -> None:
    Headcount.objects.create(institution=house, category=category, on_date=day, number=10, entered_at=now())


def test_required_fields_that_are_there_and_not_too_old_are_counted(world: SimpleNamespace) -> None:
    version = an_indicator("GOV.03", "share", factor=100, periodicity=["M"], levels=["I", "D", "R", "C"])
    month = a_month(2026, 10)
    Institution.objects.filter(pk=world.a.pk).update(names={"uz": "Maktab", "ru": "Школа"})
    Institution.objects.filter(pk__in=[world.b.pk, world.c.pk]).update(names={"uz": "Oʻquv yurti"})
    heads(world.a, "learners", datetime.date(2026, 9, 1))
    heads(world.a, "teaching_staff", datetime.date(2025, 10, 31))  # one day too old on the last of October
    heads(world.b, "learners", datetime.date(2025, 11, 1))
    recount_changed(the_moment())
    cell = Rollup.objects.get(version=version, period=month, territory=world.country, institution_kind=None)
    assert (cell.numerator, cell.denominator) == (3 + 2 + 1, 12)
    own = Rollup.objects.get(version=version, period=month, territory=world.near, institution_kind=None)
    assert (own.numerator, own.denominator, own.value) == (3, 4, 75)


def test_what_is_missing_is_one_click_away_for_who_can_enter_it(
    world: SimpleNamespace, institution_admin: User, teacher: User, page_of: Callable[..., Client]
) -> None:
    heads(world.a, "learners", datetime.date(2025, 1, 1))
    address = f"/en/institutions/{world.a.public_id}/"
    page = page_of(institution_admin).get(address).content.decode()
    part = page[page.index("required public fields") :]
    assert "older than 12 months: 01/01/2025" in part or "older than 12 months: 1" in part
    assert f"{address}headcounts/new/" in part
    assert "Enter it" not in page_of(teacher).get(address).content.decode()
