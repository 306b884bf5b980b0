"""How often a page asks the database: a ceiling for each kind of page, in a world with rows of everything."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db
RECORD, LIST, QUICK_LOG, INBOX, DASHBOARD = 15, 15, 8, 22, 12
AGREED = 17  # above the 15 of a record: what is in force shows promised beside done
PILOT = 22  # above the 15 of a record: eight rooms show what they hold of it
A, B, TEACHER, MINISTRY = "institution_admin", "partner_admin", "teacher", "ministry_officer"
PAGES = [
    (TEACHER, "activities/new/", QUICK_LOG),
    (TEACHER, "activities/mine/", RECORD), (TEACHER, "me/contribution/", RECORD),
    (A, "inbox/", INBOX), (B, "inbox/", INBOX), (MINISTRY, "inbox/", INBOX),
    (A, "projects/{project[own]}/", RECORD), (A, "projects/{project[partner]}/", RECORD),
    (A, "programmes/{programme[own]}/", RECORD), (A, "programmes/{programme[partner]}/", RECORD),
    (B, "programmes/{programme[approved]}/", RECORD),
    (A, "practices/{practice[own]}/", RECORD), (A, "practices/{practice[partner]}/", RECORD),
    (A, "resources/{resource[own]}/", RECORD), (A, "resources/{resource[partner]}/", RECORD),
    (A, "activities/{activity[own]}/", RECORD), (A, "activities/{activity[partner]}/", RECORD),
    (B, "adoptions/{adoption[partner]}/", RECORD),
    (A, "labs/{laboratory[own]}/", RECORD), (MINISTRY, "labs/{laboratory[own]}/", RECORD),
    (A, "labs/pilots/{pilot[own]}/", PILOT), (B, "labs/pilots/{pilot[own]}/", PILOT),
    (A, "labs/pilots/?view=all", LIST), (MINISTRY, "labs/pilots/?view=all", LIST),
    (A, "labs/problems/{problem[own]}/", RECORD), (A, "institutions/clusters/{cluster[any]}/", RECORD),
    (A, "agreements/{agreement[own]}/", RECORD), (B, "agreements/{agreement[partner]}/", AGREED),
    (A, "obligations/{obligation[own]}/", RECORD), (B, "obligations/{obligation[own]}/", RECORD),
    (A, "agreements/{agreement[partner]}/renewal/", AGREED),
    (A, "indicators/COV.01/", RECORD), (A, "indicators/RES.04/", RECORD), (MINISTRY, "indicators/COV.01/", RECORD),
    (A, "scorecard/?show=all", DASHBOARD), (MINISTRY, "scorecard/?show=all", DASHBOARD),
    (A, "targets/", LIST), (MINISTRY, "targets/", LIST), (MINISTRY, "targets/{target[waiting]}/", RECORD),
    (A, "comments/", LIST), (MINISTRY, "comments/{comment[own]}/", RECORD),
    *((who, f"{name}/?view=all", LIST) for who in (A, MINISTRY)
      for name in ("projects", "programmes", "practices", "resources", "activities", "adoptions", "agreements", "obligations",
                   "labs", "labs/problems", "labs/steps", "institutions/clusters")),
]  # fmt: skip


@pytest.mark.parametrize(("who", "address", "most"), PAGES, ids=[f"{who} {address}" for who, address, _most in PAGES])
def test_a_page_keeps_to_its_questions(who: str, address: str, most: int, seeded: dict[str, Any]) -> None:
    client = Client()
    client.force_login(seeded["people"][who], backend="django.contrib.auth.backends.ModelBackend")
    path = f"/en/{address.format(**seeded['objects'])}"
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    assert len(asked) <= most, "\n".join(query["sql"][:300] for query in asked)
