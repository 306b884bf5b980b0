"""Whether the board and the page of a pilot project stay as quick in a country with ten times as many projects.

50 and 500 laboratories with ten projects each, of which two were spread and are read by everybody; a coordinator of one
laboratory asks for the board and for one of its projects, once cold, then a hundred times: 95th percentile.
"""

import json
import statistics
import time

from benchmarks.scratch import scratch_database

from django.test import Client  # isort: skip
from accounts.models import User  # isort: skip
from benchmarks.country import build, quickly, vacuum  # isort: skip
from institutions.people.models import Membership  # isort: skip
from institutions.registry.models import Institution  # isort: skip
from labs.models import PilotProject  # isort: skip

HOUSES, FEW, MANY, EACH, VISITS = 1_200, 50, 500, 10, 100
STAGES = (
    "problem_identified", "object_defined", "direction_set", "in_development", "submitted", "accepted", "piloting",
    "assessed", "disseminating", "disseminated",
)  # fmt: skip
ROWS = """
INSERT INTO cooperation_agreement (public_id, number, title, status, initiator_id, in_force_from, search_key, version,
  created_at, modified_at)
  SELECT 'A' || lpad(id::text, 25, '0'), 'A-' || id, '', 'in_force', id, '2026-01-01', '', 1, now(), now()
  FROM institutions_institution ORDER BY id LIMIT {labs};
INSERT INTO institutions_cluster (public_id, names, agreement_key, coordinator_id, created_at, modified_at, search_key)
  SELECT 'C' || lpad(initiator_id::text, 25, '0'), '{{"en": "Cluster"}}', '', initiator_id, now(), now(), 'cluster'
  FROM cooperation_agreement;
INSERT INTO labs_laboratory (public_id, site_id, host_id, cluster_id, agreement_id, about, recommendations, status,
  created_at, opened_at, modified_at, proposed_by_id, version, search_key)
  SELECT 'L' || lpad(a.initiator_id::text, 25, '0'), a.initiator_id + 600, a.initiator_id, c.id, a.id, '', '', 'active',
         now(), now(), now(), (SELECT min(id) FROM accounts_user), 1, 'laboratory'
  FROM cooperation_agreement a JOIN institutions_cluster c ON c.coordinator_id = a.initiator_id;
INSERT INTO labs_pilotproject (public_id, laboratory_id, title, object, object_evidence, compatibility, status,
  opened_by_id, created_at, modified_at, version, search_key, deadline, first_deadline, published_at)
  SELECT 'P' || lpad((l.id * 100 + n)::text, 25, '0'), l.id, 'Project ' || n, 'Object', 'Evidence', 'Fits',
         (ARRAY['{stages}'])[n], l.proposed_by_id, now(), now() - n * interval '1 hour', 1, 'project',
         current_date + n, current_date + n, CASE WHEN n > 8 THEN now() END
  FROM labs_laboratory l, generate_series(1, {each}) n;
"""


def coordinator() -> Client:
    """Somebody signed in who coordinates the first laboratory."""
    user = User.objects.create_user("coordinator@example.org", "a good long passphrase", name="Coordinator")
    house = Institution.objects.order_by("pk")[0]
    Membership.objects.create(user=user, institution=house, role="coordinator", status="active", valid="[2020-01-01,)")
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def p95(browser: Client, path: str) -> float:
    """Milliseconds of the slowest of twenty visits, over a hundred of them."""
    times = []
    for _visit in range(VISITS + 1):
        began = time.perf_counter()
        assert browser.get(path).status_code == 200, path
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times[1:], n=20)[-1]


def measured(laboratories: int) -> tuple[float, float]:
    """The board and the page of one project, in a country with so many laboratories."""
    with scratch_database():
        build(HOUSES)
        browser = coordinator()
        quickly(ROWS.format(labs=laboratories, stages="','".join(STAGES), each=EACH))
        vacuum()
        key = PilotProject.objects.filter(status="in_development").order_by("laboratory__host", "pk")[0].public_id
        return p95(browser, "/en/labs/pilots/?view=all"), p95(browser, f"/en/labs/pilots/{key}/")


if __name__ == "__main__":
    few, many = measured(FEW), measured(MANY)
    found = {"pilot_board_flatness": round(many[0] / few[0], 3), "pilot_page_flatness": round(many[1] / few[1], 3)}
    print(json.dumps({**found, "pilot_board_p95_ms": round(few[0], 1), "pilot_page_p95_ms": round(few[1], 1)}))
