"""What waits for an officer of a region: activities drawn last month and this month that nobody has called about."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.clock import now
from accounts.names import name_now
from accounts.wording import day_short
from cooperation.activities.models import Activity
from cooperation.audit.listing import beside
from cooperation.audit.models import AuditNote, AuditResult
from cooperation.audit.rules import month_of, on_the_list
from institutions.registry.scope import Role, holds
from lifecycle.waiting import Line, Queue, waits


def to_call(user: Any) -> QuerySet[Activity]:
    """The own region's list without an answer, oldest first; a ministry reads the lists of its regions on the page."""
    if not holds(user, Role.REGIONAL_OFFICER):
        return Activity.objects.none()
    month = month_of(now())
    heard = AuditNote.objects.filter(activity=OuterRef("pk")).exclude(result=AuditResult.NOT_REACHED)
    found: QuerySet[Activity] = on_the_list(user, beside(month, -1), month).exclude(Exists(heard))
    return found.select_related("type", "organiser").order_by("confirmed_at", "pk")


def call_line(activity: Activity, user: Any) -> Line:
    month = month_of(activity.confirmed_at) if activity.confirmed_at else ""
    return Line(
        title=f"{name_now(activity.type.names)} · {day_short(activity.starts_on)}", action=gettext("Call the partner"),
        url=f"{reverse('audit')}?month={month}", since=activity.confirmed_at, note=name_now(activity.organiser.names),
    )  # fmt: skip


waits(Queue("audit.calls", _("Activities to ask after"), to_call, call_line, "/activities/audit/"))
