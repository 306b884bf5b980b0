"""Comparing what is stored with what every surface says, for a sample of cells that a seed chooses."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Max, Min
from django.utils import translation

from institutions.territory.models import Territory, TerritoryParent
from quality.reconciliation.models import Reconciliation
from quality.reconciliation.published import PUBLIC, approved_lines
from quality.reconciliation.surfaces import IN_WORDS, SURFACES, Cell
from quality.rollups.checked import SURFACES as KIND
from quality.rollups.checked import last_whole
from quality.rollups.counting import Moment
from quality.rollups.models import Rollup, Run

SAMPLE = 40


def compare_surfaces(moment: Moment, seed: int, size: int = SAMPLE) -> Run:
    """One run: how many figures were compared, and each that differs, with those of the last recount from the rows.

    The same seed over the same cells asks the same.
    """
    run = Run.objects.create(kind=KIND, started_at=moment.at, note=f"seed {seed}")
    found, compared = [], 0
    with translation.override("en"):  # whoever starts it, the words are those of one language
        for cell, surfaces in asked(moment, seed, size):
            for surface, ask in surfaces.items():
                told = ask(cell)
                if told is None:  # the surface does not show this cell
                    continue
                compared += 1
                wanted = cell.expected_text if surface in IN_WORDS else cell.expected
                if told != wanted:
                    found.append(
                        Reconciliation(run=run, surface=surface, key=cell.key, expected=wanted, found=told[:100])
                    )
    Reconciliation.objects.bulk_create(found)
    whole = last_whole()
    run.compared, run.differing = (
        compared + (whole.compared if whole else 0),
        len(found) + (whole.differing if whole else 0),
    )
    run.finished_at = moment.at
    run.save(update_fields=["compared", "differing", "finished_at"])
    return run


def asked(moment: Moment, seed: int, size: int) -> Iterator[tuple[Any, Mapping[str, Callable[[Any], str | None]]]]:
    """Stored cells and published figures, each with the surfaces that show it."""
    yield from ((cell, SURFACES) for cell in sample(moment, seed, size))
    yield from ((line, PUBLIC) for line in approved_lines(seed, size))


def sample(moment: Moment, seed: int, size: int) -> Iterator[Cell]:
    """Cells at random, each once; found by their key, so that the number of cells costs nothing."""
    stored = Rollup.objects.filter(basis="as_was")
    edges = stored.aggregate(first=Min("pk"), last=Max("pk"))
    if edges["first"] is None:
        return
    dice, seen = random.Random(seed), set()  # noqa: S311
    for _n in range(size):
        at = dice.randint(edges["first"], edges["last"])
        related = stored.select_related("version__indicator", "period", "territory", "institution_kind")
        row = related.filter(pk__gte=at).order_by("pk").first()
        if row is not None and row.pk not in seen:
            seen.add(row.pk)
            yield Cell(row, _above(row), moment.at)


def _above(row: Rollup) -> Territory | None:
    """The place under which the dashboard of the period shows this one."""
    lines = TerritoryParent.objects.filter(child=row.territory_id, valid__contains=row.period.ends_on)
    found = lines.select_related("parent").order_by("pk").first()
    return found.parent if found else None
