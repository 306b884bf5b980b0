"""The list of targets as a file."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.wording import period_name
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from quality.targets.filters import chosen
from quality.targets.models import Target
from quality.targets.showing import RELATED


def target_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The rows of the list page as a table."""
    found = chosen(user, Target.objects.visible_to(user).select_related(*RELATED), params).qs
    heads = [
        Head(_("Code")), Head(_("Indicator")), Head(_("Territory code")), Head(_("Territory")), Head(_("Period")),
        Head(_("Baseline"), "number"), Head(_("Target"), "number"), Head(_("Status")), Head(_("Set on"), "date"),
        Head(_("Approved on"), "date"),
    ]  # fmt: skip
    notes = [(gettext("Date"), on.isoformat())]
    return Table(gettext("Targets"), "targets", heads, _cells(found), found.count(), notes)


def _cells(found: Any) -> Iterator[list[Any]]:
    for each in found.order_by("-set_at", "-pk"):
        yield [
            each.indicator.code, name_now(each.indicator.names),
            each.territory.code if each.territory else each.institution.public_id, name_now(each.place.names),
            period_name(each.period), each.baseline, each.value, each.get_status_display(), each.set_at.date(),
            each.approved_at.date() if each.approved_at else None,
        ]  # fmt: skip


TARGETS = Exporter(code="targets", label=_("Targets"), table=target_table)
