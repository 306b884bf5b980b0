"""Drift: what the database enforces and what the document says are what the code says today."""

import json
import re

import pytest
from django.conf import settings
from django.db import connection
from drf_spectacular.generators import SchemaGenerator

from accounts.doors import StrictViewSet
from config.problems import PROBLEMS
from cooperation.activities.rules import ACTIVITY
from cooperation.adoptions.rules import ADOPTION
from cooperation.agreements.rules import AGREEMENT, REVISION_PAIRS
from cooperation.obligations.rules import OBLIGATION
from cooperation.practices.rules import PRACTICE
from cooperation.programmes.rules import PROGRAMME
from cooperation.projects.rules import PROJECT
from cooperation.protocols.rules import PROTOCOL
from cooperation.resources.rules import RESOURCE
from cooperation.trainings.rules import CERTIFICATE
from exchange.jobs.rules import JOB
from institutions.people.rules import MEMBERSHIP
from institutions.registry.rules import INSTITUTION
from labs.examinations.rules import EXAMINATION, REVIEW
from labs.implementation.rules import STEP
from labs.laboratories.rules import LABORATORY
from labs.pilots.rules import PILOT
from labs.problems.rules import PROBLEM
from labs.trials.rules import AMENDMENT, TRIAL
from lifecycle.transitions import LIFECYCLES
from quality.releases.rules import RELEASE
from quality.submissions.rules import SUBMISSION
from quality.targets.rules import TARGET
from tests.gates.addresses import addresses

TABLES = {
    "cooperation_activity": ACTIVITY.pairs(),
    "cooperation_adoption": ADOPTION.pairs(),
    "cooperation_certificate": CERTIFICATE.pairs(),
    "cooperation_protocol": PROTOCOL.pairs(),
    "cooperation_agreement": AGREEMENT.pairs(),
    "cooperation_jointprogramme": PROGRAMME.pairs(),
    "cooperation_jointproject": PROJECT.pairs(),
    "cooperation_obligation": OBLIGATION.pairs(),
    "cooperation_practice": PRACTICE.pairs(),
    "cooperation_resource": RESOURCE.pairs(),
    "cooperation_revision": REVISION_PAIRS,
    "exchange_job": JOB.pairs(),
    "institutions_institution": INSTITUTION.pairs(),
    "institutions_membership": MEMBERSHIP.pairs(),
    "labs_examination": EXAMINATION.pairs(),
    "labs_implementationstep": STEP.pairs(),
    "labs_laboratory": LABORATORY.pairs(),
    "labs_pilotproject": PILOT.pairs(),
    "labs_problem": PROBLEM.pairs(),
    "labs_review": REVIEW.pairs(),
    "labs_trial": TRIAL.pairs(),
    "labs_trialamendment": AMENDMENT.pairs(),
    "quality_submission": SUBMISSION.pairs(),
    "quality_release": RELEASE.pairs(),
    "quality_target": TARGET.pairs(),
}
pytestmark = pytest.mark.django_db


def asked(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_life_cycle_is_guarded_in_the_database():
    guarded = {
        row[0] for row in asked("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%\\_told'")
    }
    assert guarded == set(TABLES)
    assert len(LIFECYCLES) == len(set(TABLES) - {"cooperation_revision"})


@pytest.mark.parametrize("table", TABLES)
def test_moves_in_the_database_are_those_of_the_table(table):
    [[source]] = asked("SELECT prosrc FROM pg_proc WHERE proname = %s", f"{table}_move")
    pairs = set(re.findall(r"\('([a-z_]+)', '([a-z_]+)'\)", source))
    assert pairs == {(str(before), str(after)) for before, after in TABLES[table]}


@pytest.mark.parametrize("table", TABLES)
def test_statuses_in_the_database_cover_the_table(table):
    [[text]] = asked("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", f"{table}_status_known")
    known = set(re.findall(r"'([a-z_]+)'", text))
    assert {status for pair in TABLES[table] for status in pair} <= known


def test_the_record_is_append_only():
    found = {
        row[0] for row in asked("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%\\_no\\_change'")
    }
    assert {"lifecycle_event", "lifecycle_frozencontent", "cooperation_signature"} <= found


def test_the_document_lists_exactly_the_parameters_that_doors_take():
    document = json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))
    checked = 0
    for address in addresses():
        actions = getattr(address.view, "actions", None)
        listing = actions and issubclass(address.door, StrictViewSet) and actions.get("get") == "list"
        if not (address.is_api and listing) or "format" in address.parameters:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route).replace("^", "").replace("$", "")
        told = {each["name"] for each in document["paths"][f"/{path}"]["get"]["parameters"] if each["in"] == "query"}
        view = address.door()
        view.action, view.request = "list", type("Request", (), {"method": "GET"})()
        assert told - {"format"} == view.known_parameters() - {"format"}, path
        checked += 1
    assert checked >= 5


def test_every_code_of_a_refusal_has_its_page():
    for code, problem in PROBLEMS.items():
        assert problem.title and problem.advice, code
        assert str(problem.status)[0] in "45"


def test_safety_settings_stand():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.X_FRAME_OPTIONS == "DENY"
    assert "'unsafe-inline'" not in str(settings.CONTENT_SECURITY_POLICY)
    assert settings.REST_FRAMEWORK["DEFAULT_PARSER_CLASSES"] == ["accounts.strict.StrictJSON"]
