"""What is done with figures: they are put, all of them or none."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from institutions.registry.entering import Entering
from institutions.registry.models import Institution
from lifecycle.events import record
from quality.observations.intake import Given
from quality.submissions.holding import refuse_closed

# One statement whatever the number of rows; a row that says what is already there is left untouched.
PUT = """
WITH given AS (
  SELECT * FROM unnest(%(versions)s::bigint[], %(periods)s::bigint[], %(houses)s::bigint[], %(places)s::bigint[],
    %(numerators)s::numeric[], %(denominators)s::numeric[], %(states)s::text[], %(published)s::text[])
    AS g(version_id, period_id, institution_id, territory_id, numerator, denominator, state, published)
), put AS (
  INSERT INTO quality_observation AS o (version_id, period_id, institution_id, territory_id, numerator, denominator,
                                        state, published, source, entered_by_id, entered_at)
  SELECT version_id, period_id, institution_id, territory_id, numerator, denominator, state, published, %(source)s,
         %(by)s, %(at)s
  FROM given
  ON CONFLICT (version_id, period_id, institution_id, territory_id) DO UPDATE SET
    (numerator, denominator, state, published, source, entered_by_id, entered_at) =
    (EXCLUDED.numerator, EXCLUDED.denominator, EXCLUDED.state, EXCLUDED.published, EXCLUDED.source,
     EXCLUDED.entered_by_id, EXCLUDED.entered_at)
  WHERE (o.numerator, o.denominator, o.state, o.published)
    IS DISTINCT FROM (EXCLUDED.numerator, EXCLUDED.denominator, EXCLUDED.state, EXCLUDED.published)
  RETURNING (xmax = 0) AS is_new, institution_id, territory_id, period_id
) SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
    array_agg(institution_id), array_agg(territory_id), array_agg(period_id) FROM put
"""


# Held until the commit: who is submitting the figures of one of these holds it alone. In the order of ids, and before
# any figure is touched, as whoever submits does too: so neither waits for the other in turn.
HOLD = "SELECT 1 FROM institutions_institution WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


@dataclass(frozen=True)
class Outcome:
    """How many figures were new, different, and already there."""

    created: int
    changed: int
    unchanged: int


def put_observations(given: Sequence[Given], *, by: Any, at: datetime.datetime, source: str = "") -> Outcome:
    """Write figures in one statement. Raises PermissionDenied for a place that is not this person's to enter, and
    WrongStatus where a figure would change that is submitted, approved or final: asked once nobody can submit it any more.
    """
    entering = Entering(by)
    places = {(type(row.place), row.place.pk): row.place for row in given}
    if by is not None and not all(entering.may(place) for place in places.values()):
        raise PermissionDenied("put_observations")
    unique = {row.key: row for row in given}
    rows = list(unique.values())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted({row.key[2] for row in rows if row.key[2] is not None})])
        cursor.execute(PUT, {**_columns(rows), "source": source, "by": by.pk if by else None, "at": at})
        created, changed, *places_written = cursor.fetchone()
        if created or changed:
            refuse_closed(sorted(set(zip(*places_written, strict=True)), key=str))
            _tell(rows, by, at, created, changed)
    return Outcome(created, changed, len(rows) - created - changed)


def _columns(rows: Sequence[Given]) -> dict[str, list[Any]]:
    keys = [row.key for row in rows]
    return {
        "versions": [key[0] for key in keys],
        "periods": [key[1] for key in keys],
        "houses": [key[2] for key in keys],
        "places": [key[3] for key in keys],
        "numerators": [row.numerator for row in rows],
        "denominators": [row.denominator for row in rows],
        "states": [str(row.state) for row in rows],
        "published": [row.published for row in rows],
    }


def _tell(rows: Sequence[Given], by: Any, at: datetime.datetime, created: int, changed: int) -> None:
    """One Event for one act, however many figures it put; whom it concerns is named up to a hundred institutions."""
    houses = sorted({row.place.public_id for row in rows if isinstance(row.place, Institution)})
    indicators = sorted({row.version.indicator.code for row in rows})
    record(
        "put",
        subject_type="observations",
        subject_id=rows[0].period.code,
        by=by,
        at=at,
        title=", ".join(indicators)[:300],
        institution=houses[0] if len(houses) == 1 else "",
        concerned=houses[:100],
        detail={"created": created, "changed": changed, "indicators": indicators},
    )
