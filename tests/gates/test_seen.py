"""What people see: nothing of rows they may not see, no personal value beyond its circle, and known fields only."""

import itertools
import json
import os
import re

import pytest
import yaml

from accounts.models import User
from cooperation.agreements.models import Agreement, Revision
from exchange.jobs.models import Job
from institutions.registry.models import Institution
from labs.laboratories.models import Laboratory
from lifecycle.models import Event
from quality.observations.models import Observation
from tests.conftest import NOW
from tests.factories import a_member, an_institution
from tests.gates.addresses import addresses, with_moves
from tests.gates.calling import callers, paths_of
from tests.gates.declared import HERE, PERMISSIONS

# one worker: what four people see of everything is gathered once
pytestmark = pytest.mark.django_db
OF_A = ("institution_admin", "teacher")
OTHERS = ("nobody", "stranger")
TOKEN = re.compile(rb"[A-Za-z0-9_+/=-]{20,}|name=\"opened\" value=\"\d+\"")  # and the moment a form was opened
READABLE = [each for each in with_moves(addresses()) if each.is_own and "GET" in each.methods]
MORE = {
    "api-institutions-list": (
        "count=true",
        "search=ta&count=true",
        "status=applied&count=true",
        "limit=200&ordering=-sort_key",
    ),
    "api-agreements-list": (
        "count=true",
        "search=SH&count=true",
        "status=draft&count=true",
        "limit=200&ordering=-number",
    ),
    "api-activities-list": ("count=true", "turn=mine&count=true", "limit=200&ordering=-logged_at"),
    "api-observations-list": ("count=true", "limit=200"),
    "api-headcounts-list": ("count=true",),
    "events": ("limit=200",),
    "institution-list": ("q=ta",),
    "agreement-list": ("q=SH",),
    "search": ("q=ta", "q=SH-2026"),
}
OWN_USE = {"api-tokens-list", "api-tokens-detail", "tokens"}  # show when one's own token was last used: just now
MADE_ANEW = {  # a job with its own id, papers with their own moment
    "api-indicators-values-file", "activity-portfolio", "certificate-paper", "protocol-paper",
    "agreement-paper", "api-agreements-document",
}  # fmt: skip
SNAPSHOT = HERE / "fields.yml"


def gathered(world, people):
    """Every GET of these people as {(person, path): (status, body)}."""
    found = {}
    known = {caller.name: caller for caller in callers(world)}
    for address, name in itertools.product(READABLE, people):
        if address.name in {"readyz", "livez", "api-schema", *OWN_USE}:
            continue
        paths = paths_of(address, PERMISSIONS.get(address.name, {}).get("object", "none"), world)
        for path, query in itertools.product(paths.values(), ("", *MORE.get(address.name, ()))):
            asked = f"{path}?{query}" if query else path
            answer = known[name].call(address, "GET", asked)
            body = answer.content if not answer.streaming else b""
            found[address.name, name, asked] = (answer.status_code, body)
    return found


@pytest.fixture(scope="module")
def seen(seeded):
    return gathered(seeded, (*OF_A, *OTHERS))


def comparable(body):
    return body if body[:1] in b"{[" else TOKEN.sub(b"", body)


def change_what_a_cannot_see(world):
    """Another world for everybody but a's people: names, titles, figures, new rows, new people, jobs and events."""
    people = [User.objects.get(pk=world["people"][name].pk) for name in OF_A]
    agreements, houses, figures = set(), set(), set()
    for person in people:
        agreements |= set(Agreement.objects.visible_to(person).values_list("pk", flat=True))
        houses |= set(Institution.objects.visible_to(person).values_list("pk", flat=True))
        figures |= set(Observation.objects.visible_to(person).values_list("pk", flat=True))
    founding = Laboratory.objects.values("agreement")  # named on the page of its laboratory, to everybody
    unseen = Agreement.objects.exclude(pk__in=agreements).exclude(pk__in=founding)
    assert unseen.count() > 50
    unseen.update(title="Changed where nobody sees it", modified_at=NOW, version=99, turn_since=NOW)
    Revision.objects.filter(agreement__in=unseen, status="draft").update(title="Changed as well", text="x" * 500)
    hidden = Institution.objects.exclude(pk__in=houses)
    assert hidden.exists()
    hidden.update(names={"en": "Tamper", "uz": "Tamper"}, search_key="tamper ta sh", sort_key="aaa", modified_at=NOW)
    Observation.objects.filter(state="value").exclude(pk__in=figures).update(numerator=1, denominator=77)
    far = Institution.objects.get(public_id=world["institutions"]["c"])
    an_institution(far.territory, "Ta new one", status="applied", verified_at=None)
    a_member("teacher", far, name="Ta New Person")
    Job.objects.create(kind="institutions", owner=world["people"]["partner_admin"], created_at=NOW, title="Ta")
    Event.objects.create(subject_type="agreement", subject_id="0" * 26, name="draft", happened_at=NOW, title="Ta",
                         concerned=[far.public_id], institution=far.public_id)  # fmt: skip


def test_rows_that_may_not_be_seen_change_nothing_that_is_seen(seeded, seen):
    """Counts, order, texts and versions of every answer to every one of a's people stay as they were."""
    change_what_a_cannot_see(seeded)
    again = gathered(seeded, OF_A)
    assert len(again) > 120
    changed = [
        key
        for key, (status, body) in again.items()
        if key[0] not in MADE_ANEW and (status, comparable(body)) != (seen[key][0], comparable(seen[key][1]))
    ]
    assert not changed, changed


def test_no_answer_is_a_fault(seen):
    assert not [key for key, (status, _body) in seen.items() if status >= 500]


def test_personal_values_reach_their_own_circle_only(seeded, seen):
    """The people of `a` and `c` are strangers to each other, and everybody is to whoever holds no role."""
    canaries = seeded["canaries"]
    of_c = [key for key in canaries if key.startswith("other")]
    assert of_c and len(canaries) >= 9
    circles = {"nobody": list(canaries), "stranger": [key for key in canaries if key != "stranger"]}
    circles |= dict.fromkeys(OF_A, of_c)
    leaks = []
    for (address, name, path), (_status, body) in seen.items():
        text = body.decode("utf-8", "replace")
        for other in circles.get(name, ()):
            leaks += [
                (address, name, path, other, kind) for kind, value in canaries[other].items() if value and value in text
            ]
    assert not leaks, leaks[:20]


def fields_in(value, place=""):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (
                [f"{place}{name}"] if not isinstance(inner, dict | list) else fields_in(inner, f"{place}{name}.")
            )
    elif isinstance(value, list):
        for inner in value:
            yield from fields_in(inner, place)
    elif place:
        yield place.rstrip(".")


def read_fields(seen):
    """The fields each door of the API gave to each person, where it gave any."""
    found = {}
    for (address, name, _path), (status, body) in seen.items():
        if (
            address.startswith(("api-", "me", "events"))
            and status == 200
            and body[:1] == b"{"
            and address != "api-root"
        ):
            names = set(fields_in(json.loads(body).get("results", json.loads(body))))
            found.setdefault(address, {}).setdefault(name, set()).update(names)
    return {
        address: {name: sorted(fields) for name, fields in people.items()} for address, people in sorted(found.items())
    }


def test_each_door_gives_the_fields_of_the_reviewed_snapshot(seen):
    """HK_WRITE_SNAPSHOT=1 writes it anew; the difference is reviewed like code."""
    now = {}
    for address, people in read_fields(seen).items():
        everything = sorted(set().union(*people.values()))
        now[address] = everything
    if os.environ.get("HK_WRITE_SNAPSHOT"):
        SNAPSHOT.write_text(
            yaml.safe_dump(now, allow_unicode=True, width=110, default_flow_style=None), encoding="utf-8"
        )
    kept = yaml.safe_load(SNAPSHOT.read_text(encoding="utf-8"))
    new = {address: sorted(set(fields) - set(kept.get(address, []))) for address, fields in now.items()}
    assert not {address: fields for address, fields in new.items() if fields}
