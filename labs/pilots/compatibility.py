"""How the goals of a project fit those of the others in its cluster: the same way, or against each other (LAB-2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from labs.pilots.models import ENDED, PilotGoal, PilotProject
from lifecycle.canonical import canonical_json, content_hash

UMBRELLA = "quality"  # the direction whose goals the others serve


@dataclass(frozen=True)
class Clash:
    """A goal of another project on the same indicator. `against`: it is to move the other way."""

    goal: PilotGoal
    against: bool
    umbrella: bool
    is_open: bool  # whether the reader may open the other project

    @property
    def project(self) -> PilotProject:
        return self.goal.project


def clashes_of(project: PilotProject, wanted: Iterable[tuple[int | None, str]], user: Any) -> list[Clash]:
    """Goals of other living projects of the cluster on these indicators (by key, with sense); contradictions first."""
    senses: dict[int, set[str]] = {}
    for indicator, sense in wanted:
        if indicator is not None:
            senses.setdefault(indicator, set()).add(sense)
    others = PilotGoal.objects.filter(indicator__in=senses).exclude(project=project).exclude(project__status__in=ENDED)
    rows = others.filter(project__laboratory__cluster=project.laboratory.cluster_id)
    rows = rows.select_related("indicator", "project__direction", "project__laboratory__site").order_by("pk")
    seen = set(PilotProject.objects.visible_to(user).filter(goals__in=rows).values_list("pk", flat=True))
    found = [
        Clash(
            goal, against=senses[goal.indicator_id] != {goal.sense},
            umbrella=goal.project.direction is not None and goal.project.direction.code == UMBRELLA,
            is_open=goal.project_id in seen,
        )
        for goal in rows if goal.indicator_id is not None
    ]  # fmt: skip
    return sorted(found, key=lambda clash: (not clash.against, not clash.umbrella, clash.goal.pk))


def goals_in(project: PilotProject) -> list[tuple[int | None, str]]:
    """The goals of a project as they are compared."""
    return [(goal.indicator_id, goal.sense) for goal in project.goals.all()]


def seen_mark(clashes: Iterable[Clash]) -> str:
    """What a form hands back, to tell that this very list was read before the answer was given."""
    return content_hash(canonical_json([[clash.goal.pk, clash.against] for clash in clashes]))
