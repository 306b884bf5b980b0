"""The list of releases as a file."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.wording import moment, period_name
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from quality.releases.filters import chosen
from quality.releases.models import Release
from quality.releases.rules import can_publish


def release_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The rows of the list page as a table."""
    found = chosen(Release.objects.visible_to(user).select_related("period"), params).qs
    heads = [
        Head(_("Period")), Head(_("Version"), "number"), Head(_("Status")), Head(_("Publish on"), "date"),
        Head(_("Published")), Head(_("Reason for the correction")), Head(_("What changed")),
    ]  # fmt: skip
    notes = [(gettext("Date"), on.isoformat())]
    return Table(gettext("Releases"), "releases", heads, _cells(found), found.count(), notes)


def _cells(found: Any) -> Iterator[list[Any]]:
    for each in found.order_by("-modified_at", "-pk"):
        yield [
            period_name(each.period), each.version, each.get_status_display(), each.publish_on,
            moment(each.published_at) if each.published_at else "", each.reason, each.changes,
        ]  # fmt: skip


RELEASES = Exporter(code="releases", label=_("Releases"), table=release_table, may=can_publish)
