"""What waits for a person in an assessment: to propose a verdict, or to agree to the words of another."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labs.examinations.models import coordinated_by
from labs.pilots.models import PilotMember, PilotStatus
from labs.trials.models import OVER, Trial
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


def to_seat(user: Any) -> QuerySet[Trial]:
    """Trials that are over and have no panel, in laboratories that the person coordinates; not of an own group."""
    mine = PilotMember.objects.filter(user=user.pk).values("project")
    rows = Trial.objects.filter(verdict=None, project__status=PilotStatus.IN_ASSESSMENT, status__in=OVER)
    found = rows.filter(project__laboratory__in=coordinated_by(user)).exclude(project__in=mine)
    return found.select_related("project").order_by("modified_at", "pk")


def seat_line(trial: Trial, user: Any) -> Line:
    return Line(
        title=trial.project.title, action=gettext("Name the panel"), since=trial.modified_at,
        url=reverse("verdict-panel", args=[trial.project.public_id]),
    )  # fmt: skip


waits(Queue("verdicts.seat", _("Panels to name"), to_seat, seat_line))
waits(Queue("verdicts.judge", _("Trials to judge"), to_judge, verdict_line))
