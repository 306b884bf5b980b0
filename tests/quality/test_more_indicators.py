"""COV.04, COV.09, ACT.05 and ACT.07 on random records, each against a count by hand."""

import datetime
import random
from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from cooperation.projects.models import JointProject
from institutions.people.models import Person
from institutions.registry.models import Institution
from lifecycle.events import record
from quality.catalogue.models import Across, Method
from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.heeding import heed
from quality.rollups.models import Rollup, Tally
from quality.values.rows import DENOMINATOR, Behind, total, visible
from tests.factories import a_term, an_institution
from tests.quality.activities import an_activity, becomes, heads, path
from tests.quality.figures import TODAY, a_figure, a_month, a_year, an_indicator, in_force, the_moment

pytestmark = pytest.mark.django_db
LEVELS: dict[str, Any] = {"periodicity": ["A"], "levels": ["I", "D", "R", "C"]}


@pytest.fixture
def houses(world: SimpleNamespace) -> list[Institution]:
    """Schools, a university and colleges in three districts, two houses from abroad, and an employer."""
    world.b.kind.data = {"flags": ["E"], "stage": 3}
    world.b.kind.save()
    made = [an_institution(place, kind=kind) for place in (world.near, world.far) for kind in ("school", "technikum")]
    abroad = [
        an_institution(world.near, kind="hei", country="KZ"),
        an_institution(world.far, kind="works", country="TR"),
    ]
    abroad[1].kind.data = {"flags": ["W"]}
    abroad[1].kind.save()
    return [world.a, world.b, world.c, *made, *abroad]


def cells(code: str, year: Any) -> dict[str, tuple[Any, Any]]:
    rows = Rollup.objects.filter(version__indicator__code=code, period=year, institution_kind=None)
    return {row.territory.code: (row.numerator, row.denominator) for row in rows.select_related("territory")}


def summed(found: dict[Institution, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Sums of places, place by place; places in which nothing is are nought."""
    sums: dict[str, list[int]] = {code: [0, 0] for code in ("9", "91", "92", "911", "912", "921")}
    for house, (top, base) in found.items():
        for place in path(house.territory, TODAY):
            sums[place.code][0] += top
            sums[place.code][1] += base
    return {code: (top, base) for code, (top, base) in sums.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_partners_of_agreements_are_counted_by_kind_and_by_country(houses: list[Institution], seed: int) -> None:
    dice, year = random.Random(seed), a_year(2026)  # noqa: S311
    an_indicator("COV.04", Method.RATIO, **LEVELS)
    an_indicator("COV.09", Method.SHARE, factor=100, **LEVELS)
    signed = []
    for _n in range(7):
        parties = dice.sample(houses, dice.choice((2, 2, 3)))
        until = dice.choice((None, None, "2026-10-01"))
        in_force(*parties, since="2026-02-01", until=until)
        signed += [parties] if until is None else []
    recount_changed(the_moment())
    education = [house for house in houses if house.kind.data.get("flags") != ["W"]]
    partners = {house: {other for row in signed if house in row for other in row} - {house} for house in education}
    assert cells("COV.04", year) == summed({h: (len({p.kind_id for p in partners[h]}), 1) for h in education})
    abroad = {h: (int(any(p.country != h.country for p in partners[h])), 1) for h in education}
    assert cells("COV.09", year) == summed(abroad)
    day = Tally.objects.get(version__indicator__code="COV.09").day
    version = Rollup.objects.filter(version__indicator__code="COV.09")[0].version
    country = Behind(version, year, day, houses[0].territory.__class__.objects.get(code="9"))
    assert total(country) == sum(top for top, _base in abroad.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_people_trained_are_counted_once_inside_every_place(houses: list[Institution], seed: int, ministry_officer: Any) -> None:  # fmt: skip
    dice, year = random.Random(seed), a_year(2026)  # noqa: S311
    version = an_indicator("ACT.05", Method.SHARE, factor=100, across=Across.DISTINCT, **LEVELS)
    schools = houses[:7]
    staffed = [house for house in schools if dice.random() < 0.8]
    for house in staffed:
        heads(house, datetime.date(2026, 9, 1), 20)
    kind = a_term("activity_type", "training", form="F12")
    people = [Person.objects.create(name=f"Person {n}", home=dice.choice(schools)) for n in range(12)]
    named: dict[str, set[int]] = defaultdict(set)
    for _n in range(8):
        status = dice.choice(("confirmed", "confirmed", "logged"))
        sides = dice.sample(schools, 4)
        activity = an_activity(dice.choice(("2026-09-05", "2026-10-06", "2026-08-01")), *sides[:3], type_=kind, status=status, named=sides[3:])  # fmt: skip
        for person in dice.sample(people, 5):
            activity.people.create(person=person, home=person.home, hours=Decimal(2), named_at=timezone.now())
            counts = status == "confirmed" and activity.starts_on >= year.starts_on and person.home in sides[:3]
            if counts and person.home in staffed:
                for place in path(person.home.territory, TODAY):
                    named[place.code].add(person.pk)
    recount_changed(the_moment())
    bases = summed(dict.fromkeys(staffed, (0, 20)))
    wanted = {code: (len(named[code]), base) if base else (None, None) for code, (_top, base) in bases.items()}
    assert cells("ACT.05", year) == wanted
    country = Behind(version, year, TODAY, houses[0].territory.__class__.objects.get(code="9"))
    assert total(country) == len(named["9"])
    assert not visible(country, ministry_officer).exists()  # an officer reads numbers, not names
    assert total(Behind(version, year, TODAY, country.territory, part=DENOMINATOR)) == len(staffed)


def test_a_training_counts_once_confirmed_and_no_more_once_withdrawn(world: SimpleNamespace) -> None:
    year, kind = a_year(2026), a_term("activity_type", "training", form="F12")
    an_indicator("ACT.05", Method.SHARE, factor=100, across=Across.DISTINCT, **LEVELS)
    heads(world.a, datetime.date(2026, 9, 1), 10)
    first = an_activity("2026-09-05", world.a, world.b, type_=kind)
    person = Person.objects.create(name="Anna", home=world.a)
    first.people.create(person=person, home=world.a, hours=Decimal(2), named_at=timezone.now())
    second = an_activity("2026-09-06", world.a, world.b, type_=kind, status="logged")
    other = Person.objects.create(name="Olim", home=world.a)
    second.people.create(person=other, home=world.a, hours=Decimal(2), named_at=timezone.now())
    recount_changed(the_moment())
    assert cells("ACT.05", year)["9"] == (1, 10)
    becomes(second, "confirmed")
    recount_changed(the_moment())
    recount_changed(the_moment())
    assert cells("ACT.05", year)["9"] == (2, 10)
    becomes(second, "withdrawn")
    recount_changed(the_moment())
    recount_changed(the_moment())
    assert cells("ACT.05", year)["9"] == (1, 10)
    run = recount_everything(the_moment())
    assert run is not None
    assert run.differing == 0


def test_vocational_institutions_count_by_a_role_they_accepted_in_a_project_of_higher_education(
    houses: list[Institution],
) -> None:
    year, dice = a_year(2026), random.Random(5)  # noqa: S311
    an_indicator("ACT.07", Method.SHARE, factor=100, kinds=["technikum"], **LEVELS)
    higher = [house for house in houses if house.kind.code == "hei"]
    vocational = [house for house in houses if house.kind.code == "technikum"]
    now, role, inside = timezone.now(), a_term("party_role", "partner"), set()
    for _n in range(60):
        lead, status = dice.choice(houses), dice.choice(("running", "completed", "paused", "proposed", "stopped"))
        start = dice.choice((datetime.date(2025, 1, 1), datetime.date(2026, 10, 1), datetime.date(2027, 1, 1)))
        end = start + datetime.timedelta(days=dice.choice((60, 700)))
        made = JointProject.objects.create(
            title="Together", lead=lead, status=status, starts_on=start, ends_on=end, created_at=now, modified_at=now
        )
        partner, state = dice.choice([h for h in houses if h != lead]), dice.choice(("accepted", "accepted", "invited"))
        answered = {} if state == "invited" else {"answered_at": now}
        made.partners.create(institution=partner, role=role, state=state, **answered)
        counts = lead in higher and state == "accepted" and status in ("running", "completed", "paused")
        if counts and start <= TODAY and end >= year.starts_on:
            inside.add(partner)
    recount_changed(the_moment())
    assert cells("ACT.07", year) == summed({house: (int(house in inside), 1) for house in vocational})
    assert any(house in inside for house in vocational)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_unbroken_chain_leads_to_the_next_two_stages_inside_the_region(
    houses: list[Institution], world: SimpleNamespace, seed: int
) -> None:
    dice, year = random.Random(seed), a_year(2026)  # noqa: S311
    stages = {"preschool": 0, "school": 1, "technikum": 2, "university": 3, "works": 4}
    made = [an_institution(place, kind=kind) for place in (world.near, world.far) for kind in stages for _twice in "ab"]
    for house in made:
        house.kind.data = {"flags": ["E"], "stage": stages[house.kind.code]}
        house.kind.save()
    an_indicator("COV.05", Method.SHARE, factor=100, **{**LEVELS, "kinds": ["preschool", "school"]})
    signed = []
    for _n in range(60):
        parties = dice.sample(made, 2)
        until = dice.choice((None, None, None, "2026-10-01"))
        in_force(*parties, since="2026-02-01", until=until)
        signed += [parties] if until is None else []
    recount_changed(the_moment())

    def stage(house: Institution) -> int:
        return stages[house.kind.code]

    def region(house: Institution) -> str:
        return path(house.territory, TODAY)[1].code if len(path(house.territory, TODAY)) > 1 else ""

    def linked(house: Institution) -> list[Institution]:
        others = [other for row in signed if house in row for other in row if other != house]
        return [other for other in others if region(other) == region(house)]

    ways = ((0, 1, 2), (0, 1, 3), (1, 2, 3), (1, 3, 4))
    wanted = {
        house: (
            int(any(
                stage(house) == first and stage(other) == second and stage(far) == third
                for other in linked(house) for far in linked(other) for first, second, third in ways
            )), 1,
        )
        for house in [*made, *houses] if house.kind.code in ("preschool", "school")
    }  # fmt: skip
    assert cells("COV.05", year) == summed(wanted)
    assert any(top for top, _base in wanted.values())


def test_teachers_taking_part_are_counted_once_whatever_they_did(houses: list[Institution]) -> None:
    year, school, other = a_year(2026), houses[0], houses[2]
    an_indicator("ACT.02", Method.SHARE, factor=100, across=Across.DISTINCT, **LEVELS)
    for house in (school, other):
        heads(house, datetime.date(2026, 9, 1), 20)
    people = [Person.objects.create(name=f"Person {n}", home=school) for n in range(3)]
    for kind, status in (("training", "confirmed"), ("guest_lesson", "confirmed"), ("seminar", "logged")):
        activity = an_activity(
            "2026-09-05", school, other, type_=a_term("activity_type", kind, form="F12"), status=status
        )
        named = people if status == "logged" else people[:2]
        for person in named:
            activity.people.create(person=person, home=school, hours=Decimal(2), named_at=timezone.now())
    recount_changed(the_moment())
    assert cells("ACT.02", year)["9"] == (2, 40)


def test_reporting_completeness_asks_of_each_kind_what_it_enters(houses: list[Institution]) -> None:
    month = a_month(2026, 10)
    first, second = (
        an_indicator(code, periodicity=["M"], levels=["I", "D", "R", "C"]) for code in ("OBS.01", "OBS.02")
    )
    technical = an_indicator("OBS.03", periodicity=["M"], levels=["I", "D", "R", "C"], kinds=["technikum"])
    an_indicator("GOV.02", Method.SHARE, factor=100, periodicity=["M"], levels=["I", "D", "R", "C"])
    school, other = houses[0], next(house for house in houses if house.kind.code == "technikum")
    for version, house in ((first, school), (second, school), (first, other), (technical, other)):
        a_figure(version, month, house, 5)
    a_figure(second, month, other, None, state="not_applicable")
    recount_changed(the_moment())
    found = cells("GOV.02", month)
    asked = [house for house in houses if house.kind.data.get("flags") != ["W"]]
    wanted = {house: [0, 3 if house.kind.code == "technikum" else 2] for house in asked}
    wanted[school][0], wanted[other] = 2, [2, 2]
    assert found == summed({house: (top, base) for house, (top, base) in wanted.items()})
    a_figure(first, month, next(house for house in asked if house not in (school, other)), 7)
    heed([record("put", subject_type="observations", subject_id=month.code, by=None, at=the_moment().at)])
    recount_changed(the_moment())
    assert cells("GOV.02", month)["9"][0] == found["9"][0] + 1
