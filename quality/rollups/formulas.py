"""How a value and its interval come from sums: in SQL for every cell, in Python for medians.

Shares carry the Wilson interval (95 %), medians the interval between order statistics. Sums and values are exact
decimals rounded to eight places. The edges of an interval are worked out in IEEE doubles, whose four operations and square
root are exactly defined, and rounded the same: so the same rows give the same bytes wherever they are counted.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from math import comb

PLACES = Decimal("0.00000001")
Z = Decimal("1.959964")  # 97.5 % of the normal distribution lie below

# From `summed` (num, den, participations, reporting, expected, excused by version, place and kind) and `definition`
# (method, factor): the columns of a cell; `id` is that of the stored cell where it is known already.
# OFFSET 0: each step is worked out once a cell, not wherever the next ones name it (a decimal is turned into a double
# through its text). Wilson: centre ± z·sqrt(p(1-p)/n + z²/4n²), over 1 + z²/n.
DERIVE = """
SELECT id, version_id, territory_id, kind_id AS institution_kind_id, num::numeric(22,4) AS numerator,
  den::numeric(22,4) AS denominator,
  CASE WHEN num IS NULL THEN NULL WHEN method IN ('sum', 'distinct') THEN num::numeric(24,8)
       WHEN den > 0 THEN round(factor * num / den, 8)::numeric(24,8) END AS value,
  (factor * CASE WHEN n > 0 THEN greatest(centre - spread, 0) END)::numeric(24,8) AS low,
  (factor * CASE WHEN n > 0 THEN least(centre + spread, 1) END)::numeric(24,8) AS high,
  participations::int AS participations, reporting::int AS reporting, expected::int AS expected,
  excused::int AS excused,
  CASE WHEN num IS NULL THEN CASE WHEN excused > 0 AND expected = 0 THEN 'not_applicable' ELSE 'missing' END
       WHEN method IN ('share', 'ratio') AND den = 0 THEN 'not_applicable' ELSE 'value' END AS state
FROM (
  SELECT *, (k / n + 1.9207294 / n) / (1 + 3.8414589 / n) AS centre,
         1.959964 * sqrt(greatest(k / n * (1 - k / n) / n + 0.96036472 / (n * n), 0)) / (1 + 3.8414589 / n) AS spread
  FROM (
    SELECT *, CASE WHEN method = 'share' AND den > 0 THEN den::float8 END AS n, num::float8 AS k
    FROM summed JOIN definition USING (version_id) OFFSET 0
  ) AS base OFFSET 0
) AS wilson
"""


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle of sorted values, the mean of the two middle ones where their number is even."""
    half = len(values) // 2
    middle = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    return middle.quantize(PLACES, ROUND_HALF_UP)


def median_interval(values: Sequence[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    """The 95 % interval between order statistics of sorted values; below six values there is none."""
    rank = order_rank(len(values))
    return (values[rank - 1].quantize(PLACES), values[-rank].quantize(PLACES)) if rank else (None, None)


@cache
def order_rank(count: int) -> int:
    """The highest rank whose lower tail under Binomial(count, ½) is at most 2.5 %; 0 when there is none."""
    if count > 400:  # the normal approximation is exact enough from here on
        with localcontext(prec=30):
            return int((Decimal(count) - Z * Decimal(count).sqrt()) / 2)
    tail, rank = 0, 0
    while (tail := tail + comb(count, rank)) * 40 <= 2**count:
        rank += 1
    return rank
