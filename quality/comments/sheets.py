"""The list of those who answer, as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exchange.jobs.handlers import Exporter
from exchange.tables import Table
from quality.comments.filters import chosen
from quality.comments.models import PublicComment
from quality.comments.showing import table_of


def comment_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The rows of the list page as a table; what was said stands in it as on the public page."""
    return table_of(chosen(PublicComment.objects.visible_to(user), params).qs, [(gettext("Date"), on.isoformat())])


COMMENTS = Exporter(code="remarks", label=_("Remarks of readers"), table=comment_table)
