"""Who stood where on a day: every institution with its place and kind, and the tree of places, by the dated rows.

Written into temporary tables of the transaction that counts, so that all indicators of a period read one picture.
"""

import datetime
from typing import Any

# An institution that lay nowhere on the day (closed before the period ended, or a figure older than its first
# place) stands at its last place before, else at its first: what it reported is not lost.
STANDING = """
CREATE TEMP TABLE hk_standing ON COMMIT DROP AS
SELECT i.id AS institution_id, p.territory_id, k.kind_id, (s.id IS NOT NULL) AS active
FROM institutions_institution i
LEFT JOIN institutions_institutionplace p ON p.institution_id = i.id AND p.valid @> %(day)s::date
LEFT JOIN institutions_institutionkind k ON k.institution_id = i.id AND k.valid @> %(day)s::date
LEFT JOIN institutions_openspell s ON s.institution_id = i.id AND s.valid @> %(day)s::date
WHERE i.verified_at IS NOT NULL
"""
NEAREST = """
UPDATE hk_standing SET {column} = near.{column} FROM (
  SELECT DISTINCT ON (row.institution_id) row.institution_id, row.{column}
  FROM {table} row JOIN hk_standing s ON s.institution_id = row.institution_id AND s.{column} IS NULL
  ORDER BY row.institution_id, (lower(row.valid) <= %(day)s::date) DESC,
    CASE WHEN lower(row.valid) <= %(day)s::date THEN %(day)s::date - lower(row.valid)
         ELSE lower(row.valid) - %(day)s::date END, row.id
) near WHERE near.institution_id = hk_standing.institution_id
"""
TREE = """
CREATE TEMP TABLE hk_tree ON COMMIT DROP AS
WITH RECURSIVE up(territory_id, ancestor_id) AS (
  SELECT id, id FROM institutions_territory WHERE pack = %(pack)s
  UNION ALL
  SELECT up.territory_id, tp.parent_id FROM up
  JOIN institutions_territoryparent tp ON tp.child_id = up.ancestor_id AND tp.valid @> %(day)s::date
) SELECT territory_id, ancestor_id FROM up
"""
# Places that have a line of their own on the day, whether or not anything is known of them.
SHOWN = """
CREATE TEMP TABLE hk_shown ON COMMIT DROP AS
SELECT id AS territory_id FROM institutions_territory WHERE pack = %(pack)s AND valid @> %(day)s::date
"""


def prepare(cursor: Any, day: datetime.date, pack: str) -> None:
    """Fill the tables hk_standing, hk_tree and hk_shown of this transaction for the places of one country pack."""
    values = {"day": day, "pack": pack}
    cursor.execute("DROP TABLE IF EXISTS hk_standing, hk_tree, hk_shown, hk_fresh, hk_part, hk_changes")
    cursor.execute(STANDING, values)
    dated = {"territory_id": "institutions_institutionplace", "kind_id": "institutions_institutionkind"}
    for column, table in dated.items():
        cursor.execute(NEAREST.format(column=column, table=table), values)
    cursor.execute(TREE, values)
    cursor.execute(SHOWN, values)
    cursor.execute("ANALYZE hk_standing, hk_tree, hk_shown")
