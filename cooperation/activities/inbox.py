"""What waits for a person among activities: those that their institution was named in and has not confirmed."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.activities.models import Activity
from cooperation.activities.rules import member_houses
from lifecycle.waiting import Line, Queue, waits


def to_confirm(user: Any) -> QuerySet[Activity]:
    """What another side logged and this person may confirm, longest waiting first."""
    found: QuerySet[Activity] = Activity.objects.visible_to(user).waiting_for(user, member_houses(user))
    return found.select_related("type", "organiser").order_by("logged_at", "pk")


def confirm_line(activity: Activity, user: Any) -> Line:
    return Line(
        title=f"{name_now(activity.type.names)} · {day_short(activity.starts_on)}", action=gettext("Confirm"),
        url=reverse("activity-detail", args=[activity.public_id]), since=activity.logged_at,
        note=name_now(activity.organiser.names),
    )  # fmt: skip


waits(Queue("activities.confirm", _("Activities to confirm"), to_confirm, confirm_line, "/activities/?turn=mine"))
