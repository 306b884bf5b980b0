"""The large demonstration world has the country's true size."""

import datetime
from collections import Counter

import pytest

from config.packs.loading import install
from config.packs.reading import Pack
from config.worlds.chance import dice
from config.worlds.ground import ground
from config.worlds.houses import Houses, country_houses
from config.worlds.naming import Namer

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def country():
    install("uz", NOW)
    here = ground(Pack.named("uz"), 7, NOW, NOW.date())
    houses = Houses(Namer(here.pack, dice(7, "names")), dice(7, "houses"), here.today, "UZ")
    return here, country_houses(houses, here)


def test_schools_are_as_many_as_published_in_every_region_and_every_district_has_some(country):
    here, made = country
    published = {
        row["territory"]: int(row["numerator"])
        for row in here.pack.rows("observations")
        if row["indicator"] == "CTX.01"
    }
    schools = [participant.places[-1][0] for participant in made if participant.kinds[-1][0] == "school"]
    assert len(schools) == published["17"] == 10130
    assert Counter(code[:4] for code in schools) == {code: count for code, count in published.items() if code != "17"}
    assert len(set(schools)) == 206


def test_preschools_and_authorities_are_there_in_the_countrys_number(country):
    _here, made = country
    kinds = Counter(participant.kinds[-1][0] for participant in made)
    assert abs(kinds["preschool"] - 30000) < 20
    assert kinds["district_department"] == 206 and kinds["local_authority"] == 206 + 14
    assert kinds["technikum"] > 600 and kinds["employer"] > 4000
    assert 45000 < len(made) < 46000
    assert all(participant.is_demo for participant in made)
    assert len({participant.key for participant in made}) == len(made)
