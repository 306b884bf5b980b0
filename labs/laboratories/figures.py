"""What everybody may know of an opened laboratory, in figures: the public page and the widget say exactly this.

Problems, projects and verdicts lie above this thing and are reached by the relations of its row.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.wording import number
from labs.laboratories.models import Laboratory

VERDICT = "trials__verdict__value"


@dataclass(frozen=True)
class Row:
    """One figure with its word."""

    code: str
    label: str
    text: str


@dataclass(frozen=True)
class Group:
    """Figures that belong together; `none` is said where there are none."""

    code: str
    title: str
    rows: tuple[Row, ...]
    none: str


def words_of(path: str) -> dict[str, str]:
    """The words of a choice that is reached from a laboratory over relations, in the order of its codes."""
    model: Any = Laboratory
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return dict(model._meta.get_field(last).choices)


def counted_by(rows: Any, field: str, words: dict[str, str]) -> tuple[Row, ...]:
    """How many rows have each value; values nobody has are left out."""
    found = dict(rows.order_by().values_list(field).annotate(n=Count("pk", distinct=True)))
    return tuple(Row(code, str(word), number(found[code])) for code, word in words.items() if found.get(code))


def problems_of(laboratory: Laboratory) -> Group:
    """Problems by status; one that was merged stands in another."""
    words = {code: word for code, word in words_of("problems__status").items() if code != "merged"}
    rows = counted_by(laboratory.problems, "status", words)
    return Group("problems", _("Problems"), rows, _("No problem has been raised yet"))


def projects_of(laboratory: Laboratory) -> Group:
    """Projects by stage."""
    rows = counted_by(laboratory.projects, "status", words_of("projects__status"))
    return Group("projects", _("Projects by stage"), rows, _("No project has been opened yet"))


def verdicts_of(laboratory: Laboratory) -> Group:
    """Verdicts that everybody may read, failures as visible as successes."""
    told: Any = laboratory.projects.all()
    decided = told.filter(told.told(), trials__verdict__decided_at__isnull=False)
    rows = counted_by(decided, VERDICT, words_of(f"projects__{VERDICT}"))
    return Group("verdicts", _("Verdicts"), rows, _("No verdict has been published yet"))


def figures_of(laboratory: Laboratory) -> tuple[Group, ...]:
    """All of them, in the order of the chain."""
    return problems_of(laboratory), projects_of(laboratory), verdicts_of(laboratory)
