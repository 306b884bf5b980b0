"""The first country pack, held against the counts its sources state."""

import datetime
import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from config.packs.loading import install
from config.packs.reading import Pack
from institutions.registry.models import Institution, InstitutionPlace
from institutions.territory.models import Term, Territory, TerritoryParent
from lifecycle.models import Event
from quality.catalogue.models import DefinitionVersion, Indicator, Period
from quality.observations.models import Observation

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)
DECREED = {"COV", "AGR", "ACT", "PRC", "RES", "LAB", "GOV"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def uz():
    return install("uz", NOW)


def test_the_country_has_14_regions_and_206_districts_and_cities(uz):
    levels = Counter(Territory.objects.filter(pack="uz").values_list("level", flat=True))
    assert levels == {"country": 1, "region": 14, "district": 206}
    kinds = Counter(place.data["type"] for place in Territory.objects.filter(pack="uz", level="district"))
    assert kinds == {"district": 163, "city": 31, "city_district": 12}


def test_heading_rows_of_the_classifier_are_no_places(uz):
    assert not Territory.objects.filter(code__in=["1703200", "1703400", "1726260"]).exists()
    assert not [place for place in Territory.objects.all() if "tumanlari" in place.names.get("uz", "")]


def test_every_place_has_three_names_and_one_parent_on_every_day(uz):
    places = list(Territory.objects.filter(pack="uz"))
    assert all(set(place.names) == {"uz", "ru", "en"} for place in places)
    assert TerritoryParent.objects.count() == 220
    capital = Territory.objects.get(code="1726262")
    assert capital.lineage == [Territory.objects.get(code=code).pk for code in ("17", "1726", "1726262")]


def test_a_name_of_mixed_alphabets_is_mended_and_its_old_spelling_still_found(uz):
    city = Territory.objects.get(code="1724410")
    assert city.names["ru"] == "Ширин" and city.data["old_names"] == "Шиpин"
    assert "shirin" in city.search_key


def test_no_name_carries_a_typewriter_apostrophe(uz):
    wrong = set("'`‘’")
    for model in (Territory, Institution, Term, Indicator):
        for row in model.objects.all():
            assert not wrong & set(row.names.get("uz", "")), row.names


def test_the_90_heis_lie_in_their_regions_and_three_at_the_country(uz):
    heis = Institution.objects.all()
    assert Counter(heis.values_list("kind__code", flat=True)) == {"hei": 60, "hei_branch": 30}
    nowhere = heis.filter(territory__code="17").values_list("external_ids__value", flat=True)
    assert sorted(nowhere) == ["325", "378", "400"]
    assert InstitutionPlace.objects.count() == 90
    assert Event.objects.filter(subject_type="institution", name="import").count() == 90


def test_the_load_coefficient_equals_the_published_one_for_every_place(uz):
    published = {
        row["territory"]: row["published"] for row in Pack.named("uz").rows("observations") if row["published"]
    }
    loads = Observation.objects.filter(version__indicator__code="CTX.04").select_related("territory")
    assert len(loads) == len(published) == 15
    for load in loads:
        assert str(round(load.numerator / load.denominator, 1)) == published[load.territory.code]


def test_the_published_totals_are_the_sums_of_their_regions(uz):
    for code, total in (("CTX.01", 10130), ("CTX.02", 6246491), ("CTX.03", 5154501)):
        rows = Observation.objects.filter(version__indicator__code=code, period__code="2021-2022")
        by_level = {
            level: sum(row.numerator for row in rows.filter(territory__level=level)) for level in ("country", "region")
        }
        assert by_level == {"country": total, "region": total}


def test_the_catalogue_has_the_42_indicators_13_of_them_core_and_the_context(uz):
    codes = Counter(code.split(".")[0] for code in Indicator.objects.values_list("code", flat=True))
    assert sum(codes[group] for group in DECREED) == 42 and codes["CTX"] == 8
    assert Indicator.objects.filter(is_core=True).count() == 13
    for version in DefinitionVersion.objects.all():
        assert set(version.numerator) == {"uz", "ru", "en"}
        assert not version.denominator or set(version.denominator) == {"uz", "ru", "en"}


def test_vocabularies_are_complete_in_three_languages(uz):
    sizes = Counter(Term.objects.values_list("vocabulary", flat=True))
    assert sizes["cooperation_form"] == 39 and sizes["participant_kind"] == 24 and sizes["agreement_kind"] == 12
    assert (
        sizes["activity_type"] == 19
        and sizes["obligation_kind"] == 12
        and sizes["isced_f"] == 120
        and sizes["isic"] == 21
    )
    assert not [term for term in Term.objects.all() if set(term.names) != {"uz", "ru", "en"}]


def test_a_closed_kind_names_its_heir_and_ends_with_the_school_year(uz):
    kinds = Term.objects.filter(vocabulary="participant_kind")
    assert kinds.get(code="college").replaced_by.code == "technikum"
    assert kinds.filter(code="college", valid__contains=datetime.date(2025, 8, 31)).exists()
    assert not kinds.filter(code="college", valid__contains=datetime.date(2025, 9, 1)).exists()


def test_periods_are_months_two_terms_and_years_without_a_gap(uz):
    year = Period.objects.get(pack="uz", code="2026-2027")
    assert (year.starts_on, year.ends_on) == (datetime.date(2026, 9, 1), datetime.date(2027, 8, 31))
    for kind, count in (("T", 2), ("M", 12)):
        parts = Period.objects.filter(pack="uz", kind=kind, starts_on__gte=year.starts_on, ends_on__lte=year.ends_on)
        days = sum((part.ends_on - part.starts_on).days + 1 for part in parts)
        assert (len(parts), days) == (count, 365)
    assert Period.objects.filter(pack="uz", code="2026-11", kind="M").exists()
    assert Period.objects.filter(pack="uz", code="2026-2027-T1", kind="T").exists()


def test_installing_twice_changes_nothing(uz):
    assert uz.touched > 500
    assert install("uz", NOW).touched == 0


def test_a_dry_run_says_what_it_would_do_and_writes_nothing():
    printed = StringIO()
    call_command("install_pack", "uz", "--dry-run", "--json", stdout=printed)
    assert json.loads(printed.getvalue())["tables"]["territories"]["created"] == 221
    assert not Territory.objects.exists() and not Term.objects.exists()


def test_a_place_renamed_in_the_pack_is_renamed_and_none_is_removed(uz):
    Territory.objects.filter(code="1703").update(names={"uz": "Eski nom"})
    valid = Territory.objects.get(code="17").valid
    added = {"names": {"uz": "X"}, "search_key": "x", "sort_key": "x", "valid": valid, "pack": "uz"}
    Territory.objects.create(code="local", level="district", depth=2, **added)
    again = install("uz", NOW)
    assert again.tables["territories"]["changed"] == 1
    assert Territory.objects.get(code="1703").names["uz"] == "Andijon viloyati"
    assert Territory.objects.filter(code="local").exists()
