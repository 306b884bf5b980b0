"""A submitted project and people to examine it, for tests of examinations."""

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from accounts.models import User
from institutions.territory.models import Term
from labs.examinations import actions, writing
from labs.models import BlindCopy, Examination, PilotProject, Review
from tests.factories import EVER, a_member, a_term, an_institution
from tests.labs.making import a_group, a_laboratory, a_project, a_version

DUE = datetime.date(2026, 12, 20)
CRITERIA = ("relevance", "novelty", "method", "feasibility", "resources", "ethics")


def the_rubric() -> list[Term]:
    """The criteria and levels of the pack."""
    for place in range(1, 5):
        a_term("examination_level", str(place))
    return [
        Term.objects.get_or_create(
            vocabulary="examination_criterion", code=code,
            defaults={"names": {"en": code.title()}, "valid": EVER, "pack": "test", "position": place},
        )[0]
        for place, code in enumerate(CRITERIA)
    ]  # fmt: skip


def a_submitted(world: SimpleNamespace, **fields: Any) -> SimpleNamespace:
    """A submitted project of a laboratory of b and a, its group and coordinator, and three experts from elsewhere."""
    lab = a_laboratory(world.b, world.a)
    project = a_project(lab, "submitted", **fields)
    group = a_group(project, world.a, world.b)
    blind = a_blind(project, group[0].user)
    experts = [a_member("expert", an_institution(world.far)) for _each in range(3)]
    return SimpleNamespace(
        lab=lab, project=project, group=group, author=group[0].user, blind=blind, coordinator=a_member("coordinator", world.b),
        experts=experts, rubric=the_rubric(),
    )  # fmt: skip


def a_blind(project: PilotProject, by: User, number: int = 1) -> BlindCopy:
    """The blind copy of a version of it."""
    version = a_version(project, by, number)
    content = {name: getattr(version, name) for name in ("aim", "method", "resources", "expected")}
    return BlindCopy.objects.create(
        source=version, code=f"HK{number:03d}{project.pk}", title="A way to read", content=content, masked=3,
        made_at=timezone.now(),
    )  # fmt: skip


def lines(level: int = 3, reason: str = "It is shown.") -> list[dict[str, Any]]:
    """Every line of the rubric."""
    return [{"criterion": each, "level": level, "reason": reason} for each in the_rubric()]


def an_open(cast: SimpleNamespace) -> Examination:
    return actions.open_examination(cast.project, by=cast.coordinator, at=timezone.now())


def a_review(cast: SimpleNamespace, examination: Examination, expert: User, accepted: bool = True) -> Review:
    """An invitation, accepted unless it is said otherwise."""
    made = actions.invite_expert(examination, by=cast.coordinator, at=timezone.now(), expert=expert, due_on=DUE)
    return writing.accept_review(made, by=expert, at=timezone.now()) if accepted else made


def in_examination(cast: SimpleNamespace, *levels: int) -> Examination:
    """A round under way: so many experts as levels are named have submitted them (two write where none is named)."""
    examination = an_open(cast)
    reviews = [a_review(cast, examination, expert) for expert in cast.experts[: max(2, len(levels))]]
    actions.start_examination(examination, by=cast.coordinator, at=timezone.now())
    for review, level in zip(reviews, levels, strict=False):
        writing.submit_review(
            review, by=review.expert, at=timezone.now(), scores=lines(level), comment=f"Level {level} in all."
        )
    return examination


def a_decided(cast: SimpleNamespace, decision: str = "accepted") -> Examination:
    return actions.decide_examination(
        in_examination(cast, 3, 4), by=cast.coordinator, at=timezone.now(), decision=decision
    )
