"""What is done with head counts: they are put, all of them or none."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from institutions.headcounts.intake import Given, Key
from institutions.headcounts.models import Headcount
from institutions.registry.entering import Entering
from lifecycle.events import record


@dataclass(frozen=True)
class Outcome:
    """How many counts were new, different, and already there."""

    created: int
    changed: int
    unchanged: int


def put_headcounts(given: Sequence[Given], *, by: Any, at: datetime.datetime) -> Outcome:
    """Write counts in one statement. Raises PermissionDenied if one of them is not this person's to enter."""
    entering = Entering(by)
    if by is not None and not all(entering.may(house) for house in {row.institution for row in given}):
        raise PermissionDenied("put_headcounts")
    rows = list({row.key: row for row in given}.values())
    with transaction.atomic():
        was = stored(rows)
        fresh = [row for row in rows if was.get(row.key) != row.number]
        Headcount.objects.bulk_create(
            [
                Headcount(
                    institution=row.institution, category=row.category, on_date=row.on_date, number=row.number,
                    source=row.source, entered_by=by, entered_at=at,
                )
                for row in fresh
            ],
            update_conflicts=True,
            unique_fields=["institution", "category", "on_date"],
            update_fields=["number", "source", "entered_by", "entered_at"],
            batch_size=5_000,
        )  # fmt: skip
        changed = sum(row.key in was for row in fresh)
        if fresh:
            _tell(fresh, by, at, len(fresh) - changed, changed)
    return Outcome(len(fresh) - changed, changed, len(rows) - len(fresh))


def stored(rows: Sequence[Given]) -> dict[Key, int]:
    """What is known already of what these rows say."""
    found = Headcount.objects.filter(
        institution__in={row.institution.pk for row in rows}, on_date__in={row.on_date for row in rows}
    )
    return {
        (house, kind, day): n
        for house, kind, day, n in found.values_list("institution", "category", "on_date", "number")
    }


def _tell(rows: Sequence[Given], by: Any, at: datetime.datetime, created: int, changed: int) -> None:
    """One Event for one act; its subject is the first day from which figures may be others."""
    houses = sorted({row.institution.public_id for row in rows})
    record(
        "put",
        subject_type="headcounts",
        subject_id=min(row.on_date for row in rows).isoformat(),
        by=by,
        at=at,
        title=", ".join(sorted({row.category for row in rows})),
        institution=houses[0] if len(houses) == 1 else "",
        concerned=houses[:100],
        detail={"created": created, "changed": changed},
    )
