"""The second country pack, held against its sources."""

import datetime
from collections import Counter

import pytest
from django.db import transaction

from config.packs.loading import install
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, OpenSpell
from institutions.territory.models import Territory, TerritoryParent
from quality.observations.models import Observation

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)
IN_TWO_REGIONS = {"Rotorua District": 2, "Taupo District": 2, "Stratford District": 2, "Waitaki District": 2}


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def nz(django_db_setup, django_db_blocker):
    """Installed once for the tests of this file, which only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield install("nz", NOW)
        transaction.set_rollback(True)


def school(number):
    return Institution.objects.get(external_ids__scheme="school_number", external_ids__value=str(number))


def kinds_by_year(number, *years):
    rows = InstitutionKind.objects.filter(institution=school(number))
    return [rows.get(valid__contains=datetime.date(year, 7, 1)).kind.code for year in years]


def test_each_pair_of_region_and_district_that_is_a_place_is_one_node():
    levels = Counter(Territory.objects.filter(pack="nz").values_list("level", flat=True))
    assert levels == {"country": 1, "region": 17, "district": 91}
    names = Counter(place.names["en"] for place in Territory.objects.filter(pack="nz", level="district"))
    assert len(names) == 87 and {name: count for name, count in names.items() if count > 1} == IN_TWO_REGIONS
    assert TerritoryParent.objects.count() == 108


def test_values_that_are_no_places_are_no_places():
    assert not Territory.objects.filter(names__en__in=["Not Applicable", "Correspondence School"]).exists()
    assert [school(number).territory.code for number in (472, 498)] == ["NZ", "NZ"]


def test_every_school_is_there_once_with_its_dated_attributes():
    assert Institution.objects.count() == 2910
    assert InstitutionPlace.objects.count() == 2910
    assert InstitutionKind.objects.count() > 2910
    assert not Institution.objects.exclude(country="NZ").exists()


def test_of_two_overlapping_periods_the_later_starting_one_wins():
    assert kinds_by_year(571, 2007, 2008, 2009, 2010) == ["composite", "composite", "secondary_year_7", "composite"]
    assert kinds_by_year(4142, 2004, 2005, 2009, 2010) == ["full_primary", "composite", "composite", "full_primary"]
    assert school(4142).status == "closed"


def test_installing_names_the_schools_whose_periods_overlap_and_no_others(nz):
    assert [note.split(";")[0] for note in nz.notes] == [
        "571 ACG Sunderland: periods overlap (2007-01-01 to 2008-01-01, 2008-01-01 to now, 2009-01-01 to 2010-01-01)",
        "4142 Hill Top School: periods overlap (2000-01-01 to 2011-01-01, 2005-01-01 to 2010-01-01)",
    ]
    assert nz.lines()[-2:] == nz.notes
    for number in (571, 4142):
        rows = Observation.objects.filter(institution=school(number)).values_list("period__code", flat=True)
        assert len(rows) == len(set(rows))


def test_place_and_kind_cover_every_open_day():
    for model in (InstitutionKind, InstitutionPlace):
        spans = {}
        for key, valid in model.objects.values_list("institution_id", "valid"):
            low, high = spans.get(key, (valid.lower, valid.upper))
            spans[key] = (
                min(low, valid.lower),
                None if high is None or valid.upper is None else max(high, valid.upper),
            )
        assert spans == {
            key: (valid.lower, valid.upper) for key, valid in OpenSpell.objects.values_list("institution_id", "valid")
        }


def test_the_rolls_of_a_year_add_up_to_the_published_pupils():
    rolls = Observation.objects.filter(version__indicator__code="CTX.02", period__pack="nz", period__code="2009")
    assert len(rolls) == 2580
    assert sum(roll.numerator for roll in rolls) == 760859
    assert Observation.objects.filter(period__code="2002").count() == 0
