"""Whether the ministry's dashboard stays as quick in a country ten times as large: 95th percentile of whole requests.

The same country with 4 500 and with 45 000 institutions, a tenth of them in agreements; twelve months counted; the page
is asked for by a signed-in officer, cold once, then a hundred times.
"""

import json
import statistics
import time

from benchmarks.scratch import scratch_database

from django.test import Client  # isort: skip
from accounts.models import User  # isort: skip
from benchmarks.country import build, run, vacuum  # isort: skip
from benchmarks.rollups import MOMENT  # isort: skip
from institutions.people.models import Membership  # isort: skip
from institutions.territory.models import Territory  # isort: skip
from quality.rollups.actions import recount_everything  # isort: skip

FEW, MANY, VISITS = 4_500, 45_000, 100
CATALOGUE = """
INSERT INTO quality_indicator (code, names, aspect, more_is_better, is_core, source, follows, position)
  VALUES ('COV.01', '{"en": "Covered"}', 'condition', true, true, 'computed', '', 1);
INSERT INTO quality_definitionversion (indicator_id, version, valid, numerator, denominator, unit, method, across, levels,
  periodicity, kinds, factor, decimals, person_based, counts_events, made_of)
  SELECT id, 1, '[2000-01-01,)', '{}', '{}', '{}', 'share', 'last', '{D,R,C}', '{M}', '{}', 100, 1, false, false, '{}'
  FROM quality_indicator;
INSERT INTO cooperation_agreement (public_id, number, title, status, initiator_id, in_force_from, search_key, version,
  created_at, modified_at)
  SELECT 'A' || lpad(id::text, 25, '0'), 'A-' || id, '', 'in_force', id, '2026-01-01'::date + (id %% 300)::int, '', 1,
         now(), now() FROM institutions_institution WHERE id %% 10 = 0;
INSERT INTO cooperation_agreementparty (agreement_id, institution_id, signs, valid)
  SELECT id, initiator_id, true, daterange(in_force_from, NULL) FROM cooperation_agreement;
"""


def officer() -> Client:
    """A signed-in officer of the ministry."""
    user = User.objects.create_user("officer@example.org", "a good long passphrase", name="Officer")
    country = Territory.objects.get(depth=0)
    Membership.objects.create(
        user=user, territory=country, role="ministry_officer", status="active", valid="[2020-01-01,)"
    )
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def p95(institutions: int) -> float:
    """Seconds of the slowest of twenty visits, over a hundred of them."""
    with scratch_database():
        build(institutions)
        run(CATALOGUE)
        vacuum()
        recount_everything(MOMENT)
        vacuum()
        browser, times = officer(), []
        for _visit in range(VISITS + 1):
            began = time.perf_counter()
            answer = browser.get("/en/dashboard/")
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200
            assert b'data-card="COV.01"' in answer.content
        return statistics.quantiles(times[1:], n=20)[-1]


if __name__ == "__main__":
    few, many = p95(FEW), p95(MANY)
    found = {"dashboard_flatness": round(many / few, 3), "dashboard_p95_4500_s": round(few, 4)}
    print(json.dumps({**found, "dashboard_p95_45000_s": round(many, 4)}))
