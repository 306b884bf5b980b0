"""Who stood where on a day: every institution with its place and kind, and the tree of places, by the dated rows."""

import datetime
from typing import Any

from institutions.territory.models import Term
from quality.catalogue.models import DefinitionVersion

# An institution that lay nowhere on the day (closed before the period ended, or a figure older than its first
# place) stands at its last place before, else at its first: what it reported is not lost.
NEAREST = """
(SELECT near.{column} FROM {table} near WHERE near.institution_id = i.id
 ORDER BY (lower(near.valid) <= %(day)s::date) DESC,
   CASE WHEN lower(near.valid) <= %(day)s::date THEN %(day)s::date - lower(near.valid)
        ELSE lower(near.valid) - %(day)s::date END, near.id LIMIT 1)
"""
PLACE = NEAREST.format(column="territory_id", table="institutions_institutionplace")
KIND = NEAREST.format(column="kind_id", table="institutions_institutionkind")
STANDING = f"""
SELECT i.id AS institution_id, COALESCE(p.territory_id, {PLACE}) AS territory_id,
       COALESCE(k.kind_id, {KIND}) AS kind_id, s.id IS NOT NULL AS active,
       p.id IS NULL OR k.id IS NULL AS lost
FROM institutions_institution i
LEFT JOIN institutions_institutionplace p ON p.institution_id = i.id AND p.valid @> %(day)s::date
LEFT JOIN institutions_institutionkind k ON k.institution_id = i.id AND k.valid @> %(day)s::date
LEFT JOIN institutions_openspell s ON s.institution_id = i.id AND s.valid @> %(day)s::date
WHERE i.verified_at IS NOT NULL
"""  # noqa: S608
HOUSES = f"CREATE TEMP TABLE hk_standing ON COMMIT DROP AS {STANDING}"
# The few that stood nowhere, as nothing or not open on the day; all others are found by plain joins.
STRAYS = f"""
CREATE TEMP TABLE hk_stray ON COMMIT DROP AS {STANDING} AND (p.id IS NULL OR k.id IS NULL OR s.id IS NULL)
"""
ACTIVE = """
CREATE TEMP TABLE hk_active ON COMMIT DROP AS
SELECT p.territory_id, k.kind_id, count(*)::int AS active
FROM institutions_institution i
JOIN institutions_institutionplace p ON p.institution_id = i.id AND p.valid @> %(day)s::date
JOIN institutions_institutionkind k ON k.institution_id = i.id AND k.valid @> %(day)s::date
JOIN institutions_openspell s ON s.institution_id = i.id AND s.valid @> %(day)s::date
WHERE i.verified_at IS NOT NULL GROUP BY 1, 2
UNION ALL SELECT territory_id, kind_id, count(*)::int FROM hk_stray WHERE active GROUP BY 1, 2
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
TABLES = "hk_standing, hk_stray, hk_active, hk_tree, hk_shown, hk_leaf, hk_fresh, hk_part, hk_changes, hk_differing, hk_path, hk_alike, hk_base"
FORGET = f"DROP TABLE IF EXISTS {TABLES}"


def plant(cursor: Any, day: datetime.date, pack: str) -> None:
    """The tree of one country pack on a day, in temporary tables of this transaction."""
    values = {"day": day, "pack": pack}
    cursor.execute(FORGET)
    cursor.execute(TREE, values)
    cursor.execute(SHOWN, values)
    cursor.execute("ANALYZE hk_tree, hk_shown")


def stand(cursor: Any, day: datetime.date) -> None:
    """Every institution by itself, for indicators that are counted from records."""
    cursor.execute("DROP TABLE IF EXISTS hk_standing")
    cursor.execute(HOUSES, {"day": day})
    cursor.execute("ANALYZE hk_standing")


Vocabulary = tuple[dict[str, int], dict[str, int]]  # ids of kinds by code: education organisations, and all


def kinds_of(version: DefinitionVersion, education: dict[str, int], everything: dict[str, int]) -> list[int]:
    """Ids of the kinds of institutions a definition speaks of; none named means all education organisations."""
    return (
        [everything[code] for code in version.kinds if code in everything]
        if version.kinds
        else list(education.values())
    )


def vocabulary() -> Vocabulary:
    """Kinds of participants by code: those of education organisations, and all."""
    terms = list(Term.objects.filter(vocabulary="participant_kind").order_by("pk"))
    education = {term.code: term.pk for term in terms if "E" in (term.data.get("flags") or ())}
    return education, {term.code: term.pk for term in terms}
