"""What an institution wrote for others, on its page: one block for each kind of thing, built the same."""

import datetime
from typing import Any

from django.urls import reverse

from cooperation.reviewing.models import Reviewed
from institutions.registry.blocks import Block
from institutions.registry.models import Institution

FEW = 5


def shared_block(model: type[Reviewed], label: Any, table: str, row_of: Any, related: tuple[str, ...]) -> Block:
    """The latest published ones; nothing where there is none."""

    def shown(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
        seen: Any = model.objects.visible_to(user).published().of_institution(institution)
        latest = seen.select_related(*related).order_by("-published_at", "-pk")[:FEW]
        rows = [row_of(thing) for thing in latest]
        if not rows:
            return None
        address = reverse(f"{model.subject_type}-list")
        return {
            "rows": rows,
            "table": table,
            "all_url": f"{address}?view=published&institution={institution.public_id}",
        }

    return Block(f"{model.subject_type}s", label, "cooperation/_institution_shared.html", shown)
