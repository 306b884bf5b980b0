"""What a person picks is kept for the spelling, in the institution it was picked for."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.spelling import search_key
from institutions.matching.models import NamePick
from institutions.registry.models import Institution
from institutions.registry.scope import Role, active_houses
from lifecycle.events import record


def pick_names(picks: Mapping[str, Institution | None], *, house: Institution, by: Any, at: datetime.datetime) -> None:
    """Names as they are written → who is meant (None: nobody in the register). Raises PermissionDenied."""
    if house.pk not in active_houses(by, Role.INSTITUTION_ADMIN):
        raise PermissionDenied("pick_names")
    rows = {search_key(said)[:400]: (said[:400], meant) for said, meant in picks.items() if search_key(said)}
    if not rows:
        return
    with transaction.atomic():
        NamePick.objects.bulk_create(
            [
                NamePick(house=house, key=key, said=said, institution=meant, picked_by=by, picked_at=at)
                for key, (said, meant) in rows.items()
            ],
            update_conflicts=True,
            unique_fields=["house", "key"],
            update_fields=["said", "institution", "picked_by", "picked_at"],
        )
        detail = {key: meant.public_id if meant else None for key, (_said, meant) in rows.items()}
        record(
            "pick", subject_type="names", subject_id=house.public_id, by=by, at=at, institution=house.public_id,
            concerned=[house.public_id], members_only=True, detail=detail,
        )  # fmt: skip
