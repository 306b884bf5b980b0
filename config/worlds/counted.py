"""The figures of a world just made: counted once from its rows, so that nothing need read its whole history first."""

from django.db import connection

from config.worlds import worked
from config.worlds.signed import TABLES
from exchange.copying import take_statistics
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, OpenSpell
from quality.rollups.actions import recount_changed
from quality.rollups.counting import Moment
from quality.rollups.models import Run

FILLED = (
    *TABLES,
    *worked.TABLES,
    Institution,
    InstitutionKind,
    InstitutionPlace,
    OpenSpell,
)  # whose statistics the count relies on
TO_THE_END = """
INSERT INTO lifecycle_cursor (name, xact, event_id)
SELECT 'recount', xact::text::bigint, id FROM lifecycle_event ORDER BY lifecycle_event.xact DESC, id DESC LIMIT 1
ON CONFLICT (name) DO UPDATE SET xact = EXCLUDED.xact, event_id = EXCLUDED.event_id
"""


def count_world(moment: Moment) -> Run | None:
    """Move the counting reader to the end of the record and make every count that was never made; what takes long is
    taken up by the background. None when another process counts."""
    with connection.cursor() as cursor:
        cursor.execute(TO_THE_END)
    take_statistics(*FILLED)
    return recount_changed(moment)
