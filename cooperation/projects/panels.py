"""Joint projects on the page of an institution."""

import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.wording import number
from cooperation.projects.models import JointProject
from cooperation.projects.presenting import RELATED, ROW_PREFETCH, rows_of
from cooperation.projects.rules import UNDER_WAY, admin_houses
from institutions.registry.blocks import Block, block
from institutions.registry.models import Institution

FEW = 5


def of_institution(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
    """The latest projects of an institution that the reader may see, and how many run."""
    seen = JointProject.objects.visible_to(user).of_institution(institution)
    latest = seen.select_related(*RELATED).prefetch_related(*ROW_PREFETCH).order_by("-modified_at", "-pk")[:FEW]
    rows = rows_of(latest, admin_houses(user), on)
    if not rows:
        return None
    running = seen.filter(status__in=UNDER_WAY).count()
    return {
        "rows": rows,
        "running": _("Under way: %(count)s") % {"count": number(running)},
        "all_url": f"/{get_language()}/projects/?view=all&institution={institution.public_id}",
    }


block(Block("projects", gettext_lazy("Joint projects"), "cooperation/_institution_projects.html", of_institution))
