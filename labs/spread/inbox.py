"""What waits for a coordinator after a success: to say whom it is meant for."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labs.examinations.models import coordinated_by
from labs.verdicts.models import Value, Verdict
from lifecycle.waiting import Line, Queue, waits


def to_spread(user: Any) -> QuerySet[Verdict]:
    """Successes that are not spread yet, in laboratories that the person coordinates."""
    rows = Verdict.objects.filter(value=Value.SUCCESSFUL, decided_at__isnull=False, trial__project__status="assessed")
    found = rows.filter(trial__project__laboratory__in=coordinated_by(user))
    return found.select_related("trial__project").order_by("decided_at", "pk")


def spread_line(verdict: Verdict, user: Any) -> Line:
    return Line(
        title=verdict.trial.project.title, action=gettext("Spread it"), since=verdict.decided_at,
        url=reverse("pilot-spread", args=[verdict.trial.project.public_id]),
    )  # fmt: skip


waits(Queue("spread.start", _("Proven practices to spread"), to_spread, spread_line))
