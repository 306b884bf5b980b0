"""The public page and the open file say what was approved; a difference planted on either is found."""

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from quality.reconciliation import published as approved
from quality.reconciliation.actions import compare_surfaces
from quality.reconciliation.models import Reconciliation
from quality.releases import public, publishing
from tests.quality.figures import the_moment
from tests.quality.test_releases import figures, published, second

__all__ = ["figures", "second"]


def differing() -> set[str]:
    run = compare_surfaces(the_moment(), seed=3, size=8)
    return set(Reconciliation.objects.filter(run=run).values_list("surface", flat=True))


@pytest.fixture
def out(figures: SimpleNamespace, ministry_officer: User, second: User) -> SimpleNamespace:
    """A year of head counts, small ones hidden, is published."""
    published(figures.year, ministry_officer, second)
    return figures


def test_what_is_public_is_what_was_approved(out: SimpleNamespace) -> None:
    compared = [line for line in approved.approved_lines(3, 8) for _surface in approved.PUBLIC]
    assert {line.expected for line in compared} >= {"suppressed"}
    assert differing() == set()


def test_another_figure_on_the_public_page_is_found(out: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = public.row_of

    def row_of(*told: Any) -> Any:
        row = real(*told)
        row["cells"][1]["text"] = f"{row['cells'][1]['text']}1"
        return row

    monkeypatch.setattr(public, "row_of", row_of)
    assert differing() == {"public_page"}


def test_another_figure_in_the_open_file_is_found(
    figures: SimpleNamespace, ministry_officer: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = publishing.csv_of
    monkeypatch.setattr(publishing, "csv_of", lambda content: real(content).replace("suppressed", "missing"))
    published(figures.year, ministry_officer, second)
    assert differing() == {"public_file"}
