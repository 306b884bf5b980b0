"""ACT.04: programmes approved or revised in the period, and those of them that an external partner confirmed."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from cooperation.programmes.models import JointProgramme
from institutions.registry.models import Institution
from quality.catalogue.models import Across, Method
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import a_term
from tests.quality.figures import a_month, an_indicator, the_moment

pytestmark = pytest.mark.django_db


def a_programme(lead: Institution, *days: str, partner: Institution | None = None, state: str = "confirmed") -> Any:
    """A programme with a version approved on each of the days, its partner in the group of the last."""
    now = timezone.now()
    made = JointProgramme.objects.create(
        title="Together", lead=lead, status="approved", created_at=now, modified_at=now
    )
    for number, day in enumerate(days, 1):
        last = number == len(days)
        version = made.versions.create(
            number=number, state="approved" if last else "superseded", content_hash="0" * 64, opened_at=now,
            approved_on=datetime.date.fromisoformat(day),
        )  # fmt: skip
        if partner and last:
            sure = {"confirmed_at": now, "confirmed_hash": "0" * 64} if state == "confirmed" else {}
            role = a_term("party_role", "partner")
            version.members.create(institution=partner, role=role, state=state, **sure)
    return made


def test_programmes_count_once_a_period_and_with_a_partner_that_confirmed(world: SimpleNamespace) -> None:
    version = an_indicator("ACT.04", Method.SHARE, periodicity=["M"], factor=100, across=Across.SUM)
    october, november = a_month(2026, 10), a_month(2026, 11)
    a_programme(world.a, "2026-10-02", "2026-10-20", partner=world.b)
    a_programme(world.b, "2026-10-31", partner=world.a, state="invited")
    a_programme(world.c, "2026-11-01", partner=world.a)
    recount_changed(the_moment())

    def sums(period: Any, place: Any) -> tuple[Any, Any]:
        row = Rollup.objects.get(version=version, period=period, territory=place, institution_kind=None)
        return row.numerator, row.denominator

    assert sums(october, world.country) == (1, 2)
    assert sums(october, world.north) == (1, 2)
    assert sums(november, world.country) == (1, 1)
    assert sums(november, world.south) == (1, 1)
