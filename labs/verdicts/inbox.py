"""What waits for a person in an assessment: to propose a verdict, or to agree to the words of another."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labs.verdicts import presenting
from labs.verdicts.models import Verdict
from lifecycle.waiting import Line, Queue, waits


def to_judge(user: Any) -> QuerySet[Verdict]:
    """Open verdicts on whose panel the person sits and has not agreed to the words as they stand."""
    mine = Q(seats__user=user.pk) & (Q(words_hash="") | ~Q(seats__agreed_hash=F("words_hash")))
    found: QuerySet[Verdict] = Verdict.objects.filter(mine, decided_at=None)
    return found.select_related("trial__project").order_by("modified_at", "pk")


def verdict_line(verdict: Verdict, user: Any) -> Line:
    action = gettext("Agree to the verdict") if verdict.words_hash else gettext("Propose the verdict")
    return Line(
        title=verdict.trial.project.title, action=action, url=presenting.page(verdict), since=verdict.modified_at
    )


waits(Queue("verdicts.judge", _("Trials to judge"), to_judge, verdict_line))
