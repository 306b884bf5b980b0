"""A made-up country for measurements: 14 regions, 206 districts, institutions of twelve kinds, written by SQL."""

from django.db import connection

KINDS = 12
COUNTRY = """
INSERT INTO institutions_term (vocabulary, code, names, valid, data, pack, position)
  SELECT 'participant_kind', 'kind' || n, jsonb_build_object('en', 'Kind ' || n), '[1990-01-01,)', '{"flags": ["E"]}',
         'made', n
  FROM generate_series(1, %(kinds)s) n;
INSERT INTO institutions_territory (code, level, depth, names, search_key, sort_key, valid, lineage, pack, data)
  SELECT 'c' || lpad(n::text, 3, '0'), CASE WHEN n = 0 THEN 'country' WHEN n <= 14 THEN 'region' ELSE 'district' END,
         CASE WHEN n = 0 THEN 0 WHEN n <= 14 THEN 1 ELSE 2 END, jsonb_build_object('en', 'Place ' || n), 'place ' || n,
         lpad(n::text, 3, '0'), '[1990-01-01,)', '{}', 'made', '{}'
  FROM generate_series(0, 220) n;
INSERT INTO institutions_territoryparent (child_id, parent_id, valid, document)
  SELECT child.id, parent.id, '[1990-01-01,)', '' FROM institutions_territory child JOIN institutions_territory parent
    ON parent.code = 'c' || lpad((CASE WHEN child.depth = 1 THEN 0
                                       ELSE 1 + (right(child.code, 3)::int - 15) %% 14 END)::text, 3, '0')
  WHERE child.depth > 0;
WITH RECURSIVE down AS (
  SELECT id, ARRAY[id] AS path FROM institutions_territory WHERE depth = 0
  UNION ALL
  SELECT tp.child_id, down.path || tp.child_id FROM down
  JOIN institutions_territoryparent tp ON tp.parent_id = down.id
) UPDATE institutions_territory t SET lineage = down.path FROM down WHERE down.id = t.id;
"""
# Six of ten are of the commonest kind, two of the next, the rest spread: as preschools and schools are.
INSTITUTIONS = """
WITH kind AS (SELECT id, position FROM institutions_term WHERE vocabulary = 'participant_kind'),
place AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM institutions_territory WHERE depth = 2)
INSERT INTO institutions_institution (public_id, names, short_name, search_key, sort_key, kind_id, territory_id,
  ownership, country, languages, status, is_demo, version, registered_at, verified_at, modified_at)
SELECT 'I' || lpad(number::text, 25, '0'),
  jsonb_build_object('en', 'Institution ' || number, 'uz', 'Tashkilot ' || number), '', 'institution ' || number,
  lpad(number::text, 8, '0'), kind.id, place.id, 'state', 'UZ', '{}', 'verified', true, 1, now(), now(), now()
FROM generate_series(1, %(count)s) AS s(number)
JOIN place ON place.n = number %% 206
JOIN kind ON kind.position
  = CASE WHEN number %% 10 < 6 THEN 1 WHEN number %% 10 < 8 THEN 2 ELSE 3 + (number / 10) %% 10 END;
INSERT INTO institutions_openspell (institution_id, valid, document)
  SELECT id, '[2000-01-01,)', '' FROM institutions_institution;
INSERT INTO institutions_institutionkind (institution_id, kind_id, valid, document)
  SELECT id, kind_id, '[2000-01-01,)', '' FROM institutions_institution;
INSERT INTO institutions_institutionplace (institution_id, territory_id, valid, document)
  SELECT id, territory_id, '[2000-01-01,)', '' FROM institutions_institution;
"""
MONTHS = """
INSERT INTO quality_period (kind, code, pack, starts_on, ends_on, due_on, closes_on)
  SELECT 'M', to_char(day, 'YYYY-MM'), 'made', day, (day + interval '1 month - 1 day')::date,
         (day + interval '1 month + 9 days')::date, (day + interval '2 months')::date
  FROM generate_series('2026-01-01'::date, '2026-12-01', interval '1 month') day;
"""


def run(sql: str, **values: object) -> None:
    """One or more statements."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def quickly(sql: str, **values: object) -> None:
    """Without triggers, where this session may leave them out; the first count of everything needs none of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        may_leave_out = cursor.fetchone() == (True,)
        if may_leave_out:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        if may_leave_out:
            cursor.execute("SET session_replication_role = origin")


def build(institutions: int) -> None:
    """The country with so many institutions and twelve months."""
    run(COUNTRY, kinds=KINDS)
    run(INSTITUTIONS, count=institutions)
    run(MONTHS)
    vacuum()


def vacuum() -> None:
    """Statistics as autovacuum would have them."""
    run("VACUUM ANALYZE")
