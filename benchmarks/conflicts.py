"""How long the conflicts of interest of fifty experts take against a group with a million confirmed activities.

1 000 institutions; a group of five people who logged every activity of three years between them; fifty experts, each with
two hundred activities of their own, of which one in a hundred was confirmed by somebody of the group. Asked a hundred
times; the 95th percentile in milliseconds, with the plans of the two questions that read activities.
"""

import datetime
import json
import statistics
import sys
import time
from typing import Any

from benchmarks.scratch import scratch_database

from django.db import connection  # isort: skip
from django.db.backends.postgresql.psycopg_any import DateRange  # isort: skip
from django.utils import timezone  # isort: skip
from accounts.models import User  # isort: skip
from benchmarks.country import build, quickly, run, vacuum  # isort: skip
from cooperation.agreements.models import Agreement  # isort: skip
from institutions.clusters.models import Cluster  # isort: skip
from institutions.people.models import Membership  # isort: skip
from institutions.registry.models import Institution  # isort: skip
from institutions.territory.models import Term  # isort: skip
from labs.examinations.conflicts import ACTIVITIES, PROJECTS, conflicts_of, months_before  # isort: skip
from labs.models import Laboratory, PilotMember, PilotProject  # isort: skip

HOUSES, GROUP, EXPERTS, OWN, VISITS = 1_000, 5, 50, 200, 100
MILLION = 1_000_000
ON = datetime.date(2026, 11, 21)
WORDS = """
INSERT INTO institutions_term (vocabulary, code, names, valid, data, pack, position)
  VALUES ('cooperation_form', 'F1', '{"en": "Form"}', '[1990-01-01,)', '{}', 'made', 1),
         ('activity_type', 'lesson', '{"en": "Type"}', '[1990-01-01,)', '{}', 'made', 1),
         ('isced_f', '0111', '{"en": "Field"}', '[1990-01-01,)', '{}', 'made', 1);
"""
# The first %(experts)s × %(own)s are logged by experts, the rest by the group; one in a hundred of the former is confirmed by the group.
LEDGER = """
INSERT INTO cooperation_activity (public_id, type_id, form_id, starts_on, organiser_id, note, status, content_hash,
  logged_by_id, logged_on, logged_at, confirmed_at, modified_at, version)
SELECT 'A' || lpad(n::text, 25, '0'), (SELECT id FROM institutions_term WHERE vocabulary = 'activity_type'),
  (SELECT id FROM institutions_term WHERE vocabulary = 'cooperation_form'), '2023-11-22'::date + n %% 1095,
  h.first + n %% %(houses)s, '', 'confirmed', lpad(n::text, 64, '0'),
  CASE WHEN n <= %(experts)s * %(own)s THEN u.first + %(group)s + n %% %(experts)s ELSE u.first + n %% %(group)s END,
  '2026-11-21', now(), now(), now(), 1
FROM generate_series(1, %(activities)s) n, (SELECT min(id) AS first FROM institutions_institution) h,
  (SELECT min(id) AS first FROM accounts_user WHERE email LIKE 'bench%%') u;
INSERT INTO cooperation_participation (activity_id, institution_id, on_date, state, logged_by_id, confirmed_by_id, confirmed_hash,
  confirmed_at, method)
SELECT a.id, a.organiser_id, a.starts_on, 'stands', a.logged_by_id,
  CASE WHEN a.logged_by_id >= u.first + %(group)s AND a.id %% 100 = 0 THEN u.first END, 'x', now(), 'account'
FROM cooperation_activity a, (SELECT min(id) AS first FROM accounts_user WHERE email LIKE 'bench%%') u;
"""


def a_project() -> tuple[PilotProject, list[User]]:
    """A laboratory with a project, its group, and the experts asked about."""
    now, houses = timezone.now(), list(Institution.objects.order_by("pk")[:HOUSES])
    people = User.objects.bulk_create(
        User(email=f"bench{place}@example.org", name=f"Person {place}") for place in range(GROUP + EXPERTS)
    )
    Membership.objects.bulk_create(
        Membership(user=each, institution=houses[place % HOUSES], role="expert" if place >= GROUP else "teacher",
                   status="active", valid=DateRange(datetime.date(2020, 1, 1), None))
        for place, each in enumerate(people)
    )  # fmt: skip
    agreement = Agreement.objects.create(number="A-1", initiator=houses[0], created_at=now, modified_at=now)
    cluster = Cluster.objects.create(names={"en": "c"}, coordinator=houses[0], created_at=now, modified_at=now)
    lab = Laboratory.objects.create(
        site=houses[-1], host=houses[0], cluster=cluster, agreement=agreement, proposed_by=people[0], created_at=now,
        modified_at=now,
    )  # fmt: skip
    project = PilotProject.objects.create(
        title="p", laboratory=lab, opened_by=people[0], created_at=now, modified_at=now
    )
    field = Term.objects.get(vocabulary="isced_f")
    PilotMember.objects.bulk_create(
        PilotMember(project=project, user=each, institution=houses[place], field=field, part="researcher")
        for place, each in enumerate(people[:GROUP])
    )
    return project, people[GROUP:]


def plan_of(sql: str, values: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", values)
        return [row[0] for row in cursor.fetchall()]


def main(activities: int = MILLION) -> None:
    with scratch_database():
        build(HOUSES)
        run(WORDS)
        project, experts = a_project()
        quickly(LEDGER, activities=activities, houses=HOUSES, experts=EXPERTS, own=OWN, group=GROUP)
        vacuum()
        times = []
        for _visit in range(VISITS + 1):
            began = time.perf_counter()
            found = conflicts_of(experts, project, ON)
            times.append((time.perf_counter() - began) * 1000)
        assert sum(any(each.type == "activity" for each in told) for told in found.values()) > 0
        group = list(project.members.values_list("user_id", flat=True))
        asked = {"people": [each.pk for each in experts], "group": group, "since": months_before(ON), "on": ON}
        for name, sql in (("activities", ACTIVITIES), ("projects", PROJECTS)):
            print(name, *plan_of(sql, asked), sep="\n", file=sys.stderr)
    p95 = statistics.quantiles(times[1:], n=20)[-1]
    size = "1e6" if activities == MILLION else str(activities)
    print(json.dumps({f"conflict_check_ms_at_{size}": round(p95, 1), "first_ms": round(times[0], 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)
