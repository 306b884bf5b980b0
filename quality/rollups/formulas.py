"""How a value and its interval come from sums: in SQL for every cell, in Python for medians.

Shares carry the Wilson interval (95 %), medians the interval between order statistics. Decimals are exact and rounded
to eight places, so that the same rows give the same bytes wherever they are counted.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from math import comb

PLACES = Decimal("0.00000001")
Z = Decimal("1.959964")  # 97.5 % of the normal distribution lie below

# From `summed` (num, den, participations, reporting, expected, excused by version, place and kind) and `definition`
# (method, factor): the columns of a cell. Wilson: centre ± z·sqrt(p(1-p)/n + z²/4n²), over 1 + z²/n.
DERIVE = """
SELECT version_id, territory_id, kind_id AS institution_kind_id, num::numeric(22,4) AS numerator,
  den::numeric(22,4) AS denominator,
  CASE WHEN num IS NULL THEN NULL WHEN method IN ('sum', 'distinct') THEN num::numeric(24,8)
       WHEN den > 0 THEN round(factor * num / den, 8)::numeric(24,8) END AS value,
  CASE WHEN n > 0 THEN round(factor * greatest(centre - spread, 0), 8)::numeric(24,8) END AS low,
  CASE WHEN n > 0 THEN round(factor * least(centre + spread, 1), 8)::numeric(24,8) END AS high,
  participations::int AS participations, reporting::int AS reporting, expected::int AS expected,
  excused::int AS excused,
  CASE WHEN num IS NULL THEN CASE WHEN excused > 0 AND expected = 0 THEN 'not_applicable' ELSE 'missing' END
       WHEN method IN ('share', 'ratio') AND den = 0 THEN 'not_applicable' ELSE 'value' END AS state
FROM summed JOIN definition USING (version_id)
LEFT JOIN LATERAL (SELECT CASE WHEN method = 'share' THEN nullif(den, 0) END AS n) AS base ON true
LEFT JOIN LATERAL (
  SELECT (num / n + 1.9207294 / n) / (1 + 3.8414589 / n) AS centre,
         1.959964 * sqrt(greatest(num / n * (1 - num / n) / n + 0.96036472 / (n * n), 0))
           / (1 + 3.8414589 / n) AS spread
) AS wilson ON true
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
