"""What waits for an office among laboratories: proposals to open."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from labs.laboratories.models import Laboratory
from labs.laboratories.presenting import page, title_of
from lifecycle.waiting import Line, Queue, waits


def to_open(user: Any) -> QuerySet[Laboratory]:
    """Proposals in the territory of the person's office, longest waiting first."""
    rows: Any = Laboratory.objects.all()
    found: QuerySet[Laboratory] = rows.visible_to(user).waiting_for(user)
    return found.select_related("site", "host").order_by("modified_at", "pk")


def laboratory_line(laboratory: Laboratory, user: Any) -> Line:
    """A laboratory by its name and host."""
    return Line(
        title=title_of(laboratory), action=gettext("Open the laboratory"), url=page(laboratory),
        since=laboratory.created_at, note=name_now(laboratory.host.names),
    )  # fmt: skip


waits(Queue("laboratories.open", _("Laboratories"), to_open, laboratory_line, "/labs/?turn=mine"))
