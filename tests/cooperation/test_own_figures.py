"""The home of an institution: after what waits, its own figures beside the median of its peers, each a list of that length."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from cooperation.activities.panels import own_figures
from cooperation.agreements.models import Agreement
from tests.conftest import NOW
from tests.factories import an_institution
from tests.quality.activities import an_activity
from tests.quality.figures import concluded, in_force

pytestmark = pytest.mark.django_db


def agreed(*houses: Any) -> None:
    """An agreement in force with the revision that lists show."""
    agreement = in_force(*houses, since="2026-01-10")
    made = concluded(*houses, proposed="2026-01-01", concluded="2026-01-10", agreement=agreement)
    Agreement.objects.filter(pk=agreement.pk).update(shown=made, latest=made, concluded=made)


def figures(page: Any) -> list[tuple[str, str, str]]:
    """Label, number and address of each figure."""
    text = page.get("/en/inbox/").content.decode()
    found = re.findall(r'<dt>([^<]+)</dt><dd><a class="number" href="([^"]+)">([^<]+)<', text)
    return [(label, said, url.replace("&amp;", "&")) for label, url, said in found]


def test_own_figures_stand_beside_the_median_of_peers_of_the_region(
    world: SimpleNamespace, institution_admin: Any, page_of: Any
) -> None:
    peers = [an_institution(world.near, f"Peer {n}", kind=world.a.kind.code) for n in range(5)]
    agreed(world.a, world.b)
    for peer in peers[:3]:
        agreed(peer, world.b)
    in_force(world.a, world.c, since="2025-01-10", until="2026-02-01")
    an_activity("2026-10-05", world.a, world.b)
    an_activity("2026-10-06", world.a, peers[0])
    an_activity("2024-10-06", world.a, peers[0])
    page = page_of(institution_admin)
    text = page.get("/en/inbox/").content.decode()
    assert [said for _label, said, _url in figures(page)] == ["1", "2"]
    assert re.findall(r"median ([0-9.,]+)", text) == ["1", "0"]
    assert re.search(r"median of \d+ other organisations of the same kind in the region", text)


def test_each_own_figure_opens_into_a_list_of_that_length(
    world: SimpleNamespace, institution_admin: Any, page_of: Any
) -> None:
    agreed(world.a, world.b)
    an_activity("2026-10-05", world.a, world.b)
    an_activity("2026-10-06", world.a, world.b, status="logged")
    page = page_of(institution_admin)
    for label, said, url in figures(page):
        answer = page.get(url)
        assert (answer.status_code, said) == (200, "1"), (label, url)
        assert answer.content.decode().count('<tr role="row">') == 2, label  # its head and the one


def test_with_fewer_than_five_peers_nothing_is_compared(
    world: SimpleNamespace, institution_admin: Any, page_of: Any
) -> None:
    text = page_of(institution_admin).get("/en/inbox/").content.decode()
    assert "too few organisations of the same kind" in text
    assert "median" not in text


def test_an_office_has_no_own_figures(world: SimpleNamespace, ministry_officer: Any, page_of: Any) -> None:
    assert "Our figures" not in page_of(ministry_officer).get("/en/inbox/").content.decode()


def test_own_figures_cost_few_queries_however_many_peers(
    world: SimpleNamespace, institution_admin: Any, page_of: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        an_institution(world.near, f"Peer {n}", kind=world.a.kind.code)
    with django_assert_max_num_queries(7):
        own_figures(institution_admin, world.a, NOW.date())
