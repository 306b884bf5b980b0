"""Distinct activities at all levels: the engine against the best SQL one would write by hand, and a refresh against a
full count.

50 000 institutions, 1 000 000 confirmed activities of one year with two to four sides each, most of them near each
other. By hand: four ways to write it, the quickest counts. A refresh follows 1 000 new confirmations, each with its
Event and in a transaction of its own; reading the Events belongs to it.
"""

import datetime
import json
import time
from decimal import Decimal

from benchmarks.scratch import scratch_database

from django.db import connection, transaction  # isort: skip
from benchmarks.country import build, quickly, run, vacuum  # isort: skip
from benchmarks.rollups import best  # isort: skip
from accounts.models import User  # isort: skip
from lifecycle.events import record  # isort: skip
from lifecycle.outbox import consume  # isort: skip
from quality.catalogue.models import DefinitionVersion, Period  # isort: skip
from quality.rollups.actions import recount_changed, recount_everything  # isort: skip
from quality.rollups.counting import Moment, count_whole  # isort: skip
from quality.rollups.models import Before, Rollup, Run  # isort: skip

HOUSES, ACTIVITIES, CONFIRMATIONS, ROUNDS = 50_000, 1_000_000, 1_000, 5
WORDS = """
INSERT INTO institutions_term (vocabulary, code, names, valid, data, pack, position)
  VALUES ('cooperation_form', 'F1', '{"en": "Form"}', '[1990-01-01,)', '{}', 'made', 1);
INSERT INTO institutions_term (vocabulary, code, names, valid, data, pack, position)
  SELECT 'activity_type', 'type' || n, '{"en": "Type"}', '[1990-01-01,)',
         CASE WHEN n <= 4 THEN '{"interdependent": true}'::jsonb ELSE '{}' END, 'made', n FROM generate_series(1, 19) n;
INSERT INTO quality_period (kind, code, pack, starts_on, ends_on, due_on, closes_on)
  VALUES ('A', '2025-2026', 'made', '2025-09-01', '2026-08-31', '2026-09-10', '2026-10-10');
INSERT INTO quality_indicator (code, names, aspect, more_is_better, is_core, source, follows, position)
  VALUES ('ACT.03', '{"en": "Interdependent"}', 'process', true, false, 'computed', '', 1);
INSERT INTO quality_definitionversion (indicator_id, version, valid, numerator, denominator, unit, method, across,
  levels, periodicity, kinds, factor, decimals, person_based, counts_events,
  made_of)
  SELECT id, 1, '[2000-01-01,)', '{}', '{}', '{}', 'share', 'sum', '{I,D,R,C}', '{A}', '{}', 100, 1, false, false, '{}'
  FROM quality_indicator;
"""
# Nine of ten are confirmed; the rest wait.
LEDGER = """
INSERT INTO cooperation_activity (public_id, type_id, form_id, starts_on, organiser_id, note, status, content_hash,
  logged_by_id, logged_on, logged_at, confirmed_at, modified_at, version)
SELECT 'A' || lpad(n::text, 25, '0'), (SELECT min(id) FROM institutions_term WHERE vocabulary = 'activity_type') + n %% 19,
  (SELECT id FROM institutions_term WHERE vocabulary = 'cooperation_form'), '2025-09-01'::date + n %% 365,
  h.first + (n::bigint * 7919) %% %(houses)s, '', CASE WHEN n %% 10 = 0 THEN 'logged' ELSE 'confirmed' END,
  lpad(n::text, 64, '0'), (SELECT id FROM accounts_user), '2026-09-01', now(), now(), now(), 1
FROM generate_series(1, %(activities)s) n, (SELECT min(id) AS first FROM institutions_institution) h;
INSERT INTO cooperation_participation (activity_id, institution_id, on_date, state, logged_by_id, confirmed_hash, method)
SELECT a.id, h.first + (a.organiser_id - h.first + CASE side WHEN 0 THEN 0 WHEN 1 THEN 206 * (1 + a.id %% 40)
         WHEN 2 THEN 14 * (1 + a.id %% 200) ELSE a.id %% 997 END) %% %(houses)s,
       a.starts_on, CASE WHEN side = 3 OR (side > 0 AND a.status = 'logged') THEN 'named' ELSE 'stands' END,
       a.logged_by_id, '', ''
FROM cooperation_activity a CROSS JOIN LATERAL generate_series(0, 1 + (a.id %% 3)::int) side,
     (SELECT min(id) AS first FROM institutions_institution) h
ON CONFLICT DO NOTHING
"""
# LEFT JOIN where JOIN would say the same: the planner then looks every institution up once and remembers it.
PLACED = """
SELECT a.id, (t.data ->> 'interdependent') IS NOT NULL AS mutual, pl.territory_id, k.kind_id
FROM cooperation_activity a JOIN institutions_term t ON t.id = a.type_id
JOIN cooperation_participation p ON p.activity_id = a.id AND p.state = 'stands'
LEFT JOIN institutions_institutionplace pl ON pl.institution_id = p.institution_id AND pl.valid @> p.on_date
LEFT JOIN institutions_institutionkind k ON k.institution_id = p.institution_id AND k.valid @> p.on_date
WHERE a.status = 'confirmed' AND p.on_date BETWEEN '2025-09-01' AND '2026-08-31'
"""
TREE = """
SELECT t.id AS territory_id, above.id AS ancestor_id FROM institutions_territory t
JOIN institutions_territory above ON above.id = ANY(t.lineage)
"""
BY_HAND = {
    "count(DISTINCT)": f"""
WITH placed AS ({PLACED}), tree AS ({TREE})
SELECT ancestor_id, kind_id, count(DISTINCT id) FILTER (WHERE mutual) AS num, count(DISTINCT id) AS den, count(*) AS shares
FROM placed JOIN tree USING (territory_id) GROUP BY GROUPING SETS ((ancestor_id, kind_id), (ancestor_id))
""",  # noqa: S608
    "DISTINCT first": f"""
WITH placed AS ({PLACED}), tree AS ({TREE}), one AS (
  SELECT id, mutual, ancestor_id, kind_id, count(*) AS shares FROM placed JOIN tree USING (territory_id) GROUP BY 1, 2, 3, 4
), each AS (SELECT id, mutual, ancestor_id, sum(shares) AS shares FROM one GROUP BY 1, 2, 3)
SELECT ancestor_id, kind_id, count(*) FILTER (WHERE mutual) AS num, count(*) AS den, sum(shares) AS shares FROM one GROUP BY 1, 2
UNION ALL
SELECT ancestor_id, NULL, count(*) FILTER (WHERE mutual), count(*), sum(shares) FROM each GROUP BY 1
""",  # noqa: S608
    "sets first": f"""
WITH placed AS ({PLACED}), tree AS ({TREE}), each AS (
  SELECT id, mutual, array_agg(territory_id * 1000 + kind_id ORDER BY territory_id * 1000 + kind_id) AS leaves
  FROM placed GROUP BY 1, 2
), alike AS (
  SELECT row_number() OVER () AS id, mutual, leaves, count(*) AS n FROM each GROUP BY mutual, leaves
), inside AS (
  SELECT alike.id, mutual, n, ancestor_id, leaf % 1000 AS kind_id, count(*) AS shares
  FROM alike CROSS JOIN LATERAL unnest(leaves) leaf JOIN tree ON territory_id = leaf / 1000
  GROUP BY GROUPING SETS ((1, 2, 3, 4, 5), (1, 2, 3, 4))
)
SELECT ancestor_id, kind_id, sum(n) FILTER (WHERE mutual) AS num, sum(n) AS den, sum(n * shares) AS shares
FROM inside GROUP BY 1, 2
""",  # noqa: S608
    "sets of places": f"""
WITH placed AS ({PLACED}), tree AS ({TREE}), each AS (
  SELECT id, mutual, array_agg(territory_id * 1000 + kind_id ORDER BY territory_id * 1000 + kind_id) AS leaves
  FROM placed GROUP BY 1, 2
), alike AS (
  SELECT row_number() OVER () AS id, leaves, count(*) FILTER (WHERE mutual) AS num, count(*) AS n FROM each GROUP BY leaves
), inside AS (
  SELECT alike.id, any_value(num) AS num, any_value(n) AS n, ancestor_id, leaf % 1000 AS kind_id, count(*) AS shares
  FROM alike CROSS JOIN LATERAL unnest(leaves) leaf JOIN tree ON territory_id = leaf / 1000
  GROUP BY GROUPING SETS ((1, 4, 5), (1, 4))
)
SELECT ancestor_id, kind_id, sum(num) AS num, sum(n) AS den, sum(n * shares) AS shares FROM inside GROUP BY 1, 2
""",  # noqa: S608
}
NEW = """
SELECT id, public_id FROM cooperation_activity WHERE status = 'logged' ORDER BY md5(id::text) LIMIT %s
"""
MOMENT = Moment(datetime.date(2026, 11, 21), datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC))


def by_hand(sql: str) -> None:
    run("DROP TABLE IF EXISTS by_hand")
    run(f"CREATE TEMP TABLE by_hand AS {sql}".replace("%", "%%"))


def same_totals() -> None:
    """Both have counted the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(abs(r.numerator - COALESCE(h.num, 0)) + abs(r.denominator - h.den)"
            " + abs(r.participations - h.shares)) FROM by_hand h JOIN quality_rollup r ON r.territory_id = h.ancestor_id"
            " AND r.institution_kind_id IS NOT DISTINCT FROM h.kind_id"
        )
        assert cursor.fetchone() == (Rollup.objects.filter(reporting__gt=0).count(), Decimal(0))


def confirm() -> None:
    """A thousand activities are confirmed by all that were named, each in its transaction, with its Event."""
    with connection.cursor() as cursor:
        cursor.execute(NEW, [CONFIRMATIONS])
        for key, public_id in cursor.fetchall():
            with transaction.atomic():
                cursor.execute("UPDATE cooperation_participation SET state = 'stands' WHERE activity_id = %s", [key])
                cursor.execute("UPDATE cooperation_activity SET status = 'confirmed' WHERE id = %s", [key])
                record(
                    "confirm", subject_type="activity", subject_id=public_id, by=None, at=MOMENT.at,
                    status_before="logged", status_after="confirmed",
                )  # fmt: skip
    assert Before.objects.count() == CONFIRMATIONS


def refresh() -> float:
    """The tick after them."""
    confirm()
    began = time.perf_counter()
    recount_changed(MOMENT)
    return time.perf_counter() - began


def measure() -> dict[str, float | int]:
    """Both ratios on one set of rows."""
    build(HOUSES)
    quickly(WORDS)
    User.objects.create_user("writer@example.org", name="Writer")
    quickly(LEDGER.replace("%(houses)s", str(HOUSES)).replace("%(activities)s", str(ACTIVITIES)))
    vacuum()
    run("SET work_mem = '64MB'")  # as the engine gives itself
    version, period = DefinitionVersion.objects.select_related("indicator").get(), Period.objects.get(kind="A")
    engine = Run.objects.create(kind="bench", started_at=MOMENT.at)
    recount_everything(MOMENT)
    vacuum()
    hand = {name: best(lambda sql=sql: by_hand(sql), 2) for name, sql in BY_HAND.items()}  # type: ignore[misc]
    quickest = min(hand, key=lambda name: hand[name])
    same_totals()
    full = best(lambda: count_whole(period, [version], MOMENT, engine), ROUNDS)
    shortest = min(hand[quickest], best(lambda: by_hand(BY_HAND[quickest]), ROUNDS))
    consume("recount", lambda events: None, at=MOMENT.at)
    refreshed = min(refresh() for _round in range(ROUNDS))
    by_hand(BY_HAND[quickest])
    same_totals()
    return {
        "distinct_vs_sql": round(full / shortest, 3),
        "distinct_refresh_share": round(refreshed / full, 4),
        "distinct_participations": Rollup.objects.get(territory__depth=0, institution_kind=None).participations or 0,
        "distinct_full_s": round(full, 3),
        "distinct_refresh_s": round(refreshed, 4),
        **{f"distinct_by_hand {name}_s": round(seconds, 3) for name, seconds in hand.items()},
    }


if __name__ == "__main__":
    with scratch_database():
        print(json.dumps(measure()))
