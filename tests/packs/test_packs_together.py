"""Two country packs in one database."""

import datetime

import pytest

from config.packs.loading import install
from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory
from quality.catalogue.models import Indicator, Period

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def test_both_packs_lie_side_by_side_and_share_words_without_changing_them():
    install("uz", NOW)
    before = dict(Term.objects.values_list("pk", "names"))
    added = install("nz", NOW)
    assert dict(Term.objects.filter(pack="uz").values_list("pk", "names")) == before
    assert added.tables["terms"]["created"] == 13
    assert Territory.objects.filter(level="country").count() == 2
    assert Indicator.objects.count() == 50
    assert Period.objects.filter(code="2026-11").count() == 2
    assert install("uz", NOW).touched == install("nz", NOW).touched == 0


def test_the_order_of_installation_changes_nothing_that_is_said():
    install("nz", NOW)
    install("uz", NOW)
    assert Term.objects.get(vocabulary="participant_kind", code="hei").names["uz"] == "Oliy taʼlim tashkiloti"
    assert Indicator.objects.count() == 50 and Institution.objects.count() == 3000
