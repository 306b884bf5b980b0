"""The rubric: the criteria and levels that the country's words name, and what a review still lacks by it."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import name_now
from institutions.territory.models import Term
from labs.examinations.models import Review
from lifecycle.transitions import Condition

CRITERIA, LEVELS = "examination_criterion", "examination_level"
LOWEST, HIGHEST = 1, 4


def criteria_on(day: datetime.date) -> list[Term]:
    """What a project is judged by on this day, in order."""
    return _words(CRITERIA, day)


def levels_on(day: datetime.date) -> list[Term]:
    """What each level means; its code is the level."""
    return _words(LEVELS, day)


def _words(vocabulary: str, day: datetime.date) -> list[Term]:
    return list(Term.objects.filter(vocabulary=vocabulary, valid__contains=day).order_by("position", "pk"))


def lacking(review: Review, day: datetime.date) -> Iterator[Condition]:
    """Lines without a level or a reason; at first the rubric itself."""
    said: dict[int, Any] = {score.criterion_id: score for score in review.scores.all()}
    criteria = criteria_on(day)
    if not criteria:
        yield Condition("rubric", _("No criterion of examination is set up."))
    for criterion in criteria:
        score, told = said.get(criterion.pk), {"criterion": name_now(criterion.names)}
        if score is None or score.level is None:
            yield Condition("level", _("Choose a level: %(criterion)s") % told, f"/level_{criterion.code}")
        if score is None or not score.reason.strip():
            yield Condition("reason", _("Give the reason: %(criterion)s") % told, f"/reason_{criterion.code}")
