"""A seeded world for the gates: one of each kind of object in each relation to institution `a`."""

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import ApiToken, User
from cooperation.activities.actions import confirm_activity, log_activity
from cooperation.activities.attaching import attach_photo
from cooperation.adoptions.actions import report_adoption
from cooperation.adoptions.subjects import Subject
from cooperation.agreements.models import Agreement, RevisionParty
from cooperation.agreements.statuses import AgreementStatus
from cooperation.practices.actions import draft_practice
from cooperation.programmes.actions import approve_version, draft_programme, start_work
from cooperation.programmes.adopting import VERSIONS
from cooperation.programmes.models import JointProgramme
from cooperation.projects.actions import draft_project, propose_project
from cooperation.protocols.actions import draft_protocol
from cooperation.resources.actions import draft_resource
from cooperation.resources.attaching import attach_file
from cooperation.reviewing.actions import publish_reviewed, submit_for_review
from cooperation.trainings.actions import issue_certificates, name_person
from exchange.jobs.models import Job
from institutions.people.models import Membership, Position
from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.checks.actions import submit_figures
from quality.checks.finding import breaches_of
from quality.observations.actions import put_observations
from quality.observations.intake import Given
from quality.observations.models import Observation
from quality.releases.actions import draft_release, submit_release
from quality.releases.models import Release
from quality.rollups.models import Tally
from quality.submissions.actions import open_submission
from quality.targets.models import Target
from tests.conftest import CAST, NOW
from tests.factories import a_member, a_notice, a_picture, a_token, an_institution
from tests.labs.making import a_laboratory, a_problem, a_project

UNKNOWN = "0" * 26


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The demonstration world of seed 7, made once for the tests of a file and taken back after them."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        printed = StringIO()
        call_command("seed_world", "--seed", "7", "--json", stdout=printed, stderr=StringIO())
        world = json.loads(printed.getvalue())
        world["objects"] = objects_of(world)
        connection.check_constraints()  # once: what is pending would be checked anew at the end of every test
        world["people"] = {name: User.objects.get(email=world["users"][name]["username"]) for name in CAST}
        yield world
        transaction.set_rollback(True)


def objects_of(world: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Ids by kind of object and relation: own, partner, region, elsewhere, unknown."""
    houses = Institution.objects.in_bulk(world["institutions"].values(), field_name="public_id")
    a, b, c = (houses[world["institutions"][key]] for key in "abc")
    return {
        "institution": institutions(a, b, c),
        "agreement": agreements(a, b),
        "activity": activities(world, a, b, c),
        "photo": photos(world, a, b, c),
        "project": projects(world, a, b, c),
        **papers(world, a, b, c),
        "practice": reviewed(world, a, b, c, a_practice, elsewhere="in_review"),
        "resource": reviewed(world, a, b, c, a_resource, elsewhere="published"),
        "programme": (written := programmes(world, a, b, c)),
        "programme_version": versions(written),
        "adoption": adoptions(world, written, a, b, c),
        **chain(a, b, c),
        "job": jobs(world),
        "release": releases(world),
        "notice": notices(world),
        "territory": {"own": a.territory.code, "elsewhere": c.territory.code, "unknown": "nowhere"},
        "indicator": {"any": "COV.01", "unknown": "NO.99"},
        "period": {"any": Period.objects.order_by("code")[0].code, "unknown": "1900-01"},
        "target": {
            "approved": Target.objects.filter(status="approved").order_by("pk")[0].public_id,
            "waiting": Target.objects.filter(status="proposed").order_by("pk")[0].public_id,
            "unknown": UNKNOWN,
        },
        "observation": observations(a, c),
        "submission": submissions(world, a, b, c),
        "headcount": headcounts(a, c),
        "membership": members(a, c, "teacher"),
        "position": posts(a, c),
        "token": tokens(world),
        "examination": {"unknown": UNKNOWN},
        "review": {"unknown": UNKNOWN},
        **{kind: {"unknown": UNKNOWN} for kind in ("step", "trial", "amendment", "verdict")},
        "none": {"any": ""},
    }


def chain(a: Institution, b: Institution, c: Institution) -> dict[str, dict[str, str]]:
    """A laboratory of b in which a works, one of c that is only proposed; a raised problem in each; their clusters."""
    own, elsewhere = a_laboratory(b, a), a_laboratory(c, status="proposed")
    asked, other = a_problem(own, a, status="raised"), a_problem(elsewhere, status="raised")
    return {
        "laboratory": {"own": own.public_id, "elsewhere": elsewhere.public_id, "unknown": UNKNOWN},
        "problem": {"own": asked.public_id, "elsewhere": other.public_id, "unknown": UNKNOWN},
        "cluster": {"any": own.cluster.public_id, "unknown": UNKNOWN},
        "pilot": {"own": a_project(own).public_id, "elsewhere": a_project(elsewhere).public_id, "unknown": UNKNOWN},
    }  # fmt: skip


def releases(world: dict[str, Any]) -> dict[str, str]:
    """A draft of the officer who calls, one that another has sent, and one that is published."""
    first, second = (
        User.objects.get(email=world["users"][key]["username"]) for key in ("ministry_officer", "second_officer")
    )
    open_now = Tally.objects.exclude(period__releases__isnull=False).order_by("-period__ends_on", "period")
    free = list(
        Period.objects.filter(pk__in=open_now.values("period"), ends_on__lt=NOW.date()).order_by("-ends_on", "pk")[:2]
    )
    draft = draft_release(by=first, at=NOW, period=free[0])
    sent = submit_release(draft_release(by=second, at=NOW, period=free[1]), by=second, at=NOW)
    published = Release.objects.filter(status="published").order_by("pk")[0]
    return {
        "own": draft.public_id, "partner": sent.public_id, "published": published.public_id, "unknown": UNKNOWN,
    }  # fmt: skip


def notices(world: dict[str, Any]) -> dict[str, str]:
    """A notice of a's administrator and one of c's."""
    made = {}
    for relation, key in (("own", "institution_admin"), ("elsewhere", "other_admin")):
        made[relation] = a_notice(User.objects.get(email=world["users"][key]["username"])).public_id
    return {**made, "unknown": UNKNOWN}


def institutions(a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    region = a.territory.lineage[1]
    near = Institution.objects.filter(territory__lineage__contains=[region], status="verified").exclude(
        pk__in=[a.pk, b.pk]
    )
    hidden = an_institution(c.territory, "Not verified yet", status="applied", verified_at=None)
    return {
        "own": a.public_id,
        "partner": b.public_id,
        "region": near.order_by("pk")[0].public_id,
        "elsewhere": c.public_id,
        "hidden": hidden.public_id,
        "unknown": UNKNOWN,
    }


def agreements(a: Institution, b: Institution) -> dict[str, str]:
    """A draft of a, one in force between a and b, one of the region without a, one without anybody of the region."""
    region = a.territory.lineage[1]
    everything = Agreement.objects.filter(first_proposed_at__isnull=False).order_by("pk")
    party = RevisionParty.objects.filter
    with_a = party(institution=a).values("revision__agreement")
    with_b = party(institution=b).values("revision__agreement")
    near = party(institution__territory__lineage__contains=[region]).values("revision__agreement")
    drafts = Agreement.objects.filter(initiator=a, first_proposed_at__isnull=True, status=AgreementStatus.DRAFT)
    return {
        "own": drafts.order_by("pk")[0].public_id,
        "partner": everything.filter(pk__in=with_a, status="in_force").filter(pk__in=with_b)[0].public_id,
        "region": everything.filter(pk__in=near).exclude(pk__in=with_a).exclude(pk__in=with_b)[0].public_id,
        "elsewhere": everything.exclude(pk__in=near).exclude(pk__in=with_a)[0].public_id,
        "unknown": UNKNOWN,
    }


def activities(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """One inside a, one that b logged with a, one of the region without a, one of c: none is confirmed yet."""
    near = Institution.objects.get(public_id=institutions(a, b, c)["region"])
    writers = {a: "institution_admin", b: "partner_admin", c: "other_admin"}
    kind = Term.objects.get(vocabulary="activity_type", code="open_lesson")

    def logged(house: Institution, *partners: Institution) -> str:
        name = writers.get(house)
        by = User.objects.get(email=world["users"][name]["username"]) if name else a_member("teacher", house)
        found = log_activity(by=by, at=NOW, type_=kind, organiser=house, partners=list(partners))
        return found.public_id

    return {
        "own": logged(a), "partner": logged(b, a), "region": logged(near, b), "elsewhere": logged(c),
        "unknown": UNKNOWN,
    }  # fmt: skip


def projects(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """A draft of a, one that waits for a's answer, one of the region without a, one without anybody of the region."""
    near = Institution.objects.get(public_id=institutions(a, b, c)["region"])
    away = Institution.objects.filter(territory=c.territory, status="verified").exclude(pk=c.pk).order_by("pk")[0]
    role = Term.objects.get(vocabulary="party_role", code="partner")
    kind = Term.objects.get(vocabulary="output_kind", code="manual")
    leads = {a: "institution_admin", b: "partner_admin", c: "other_admin"}

    def planned(lead: Institution, partner: Institution, proposed: bool = True) -> str:
        name = leads.get(lead)
        by = User.objects.get(email=world["users"][name]["username"]) if name else a_member("institution_admin", lead)
        found = draft_project(
            by=by, at=NOW, lead=lead, title="Together", goal="Something.", starts_on=NOW.date(),
            ends_on=NOW.date() + datetime.timedelta(days=90), partners=[{"institution": partner, "role": role}],
            stages=[{"title": "First", "due_on": NOW.date()}], outputs=[{"title": "Book", "kind": kind}],
        )  # fmt: skip
        return (propose_project(found, by=by, at=NOW) if proposed else found).public_id

    return {
        "own": planned(a, b, proposed=False), "partner": planned(b, a), "region": planned(near, b),
        "elsewhere": planned(c, away), "unknown": UNKNOWN,
    }  # fmt: skip


def a_practice(by: User, house: Institution) -> Any:
    form = Term.objects.get(vocabulary="cooperation_form", code="F2")
    content = {"title": "In pairs", "form": form, "done": "Done so.", "outcome": "Came of it."}
    return draft_practice(by=by, at=NOW, institution=house, **content)


def a_resource(by: User, house: Institution) -> Any:
    content = {"title": "Library", "kind": "library", "rights": "institutions", "description": "Books."}
    made = draft_resource(by=by, at=NOW, institution=house, **content)
    return attach_file(made, by=by, at=NOW, name="list.pdf", data=b"%PDF-1.7")


def reviewed(
    world: dict[str, Any], a: Institution, b: Institution, c: Institution, make: Any, elsewhere: str
) -> dict[str, str]:
    """One of a's teacher in review, one that b published, one of the region in review, one of c."""
    near = Institution.objects.get(public_id=institutions(a, b, c)["region"])

    def written(house: Institution, status: str, writer: str = "") -> str:
        by = User.objects.get(email=world["users"][writer]["username"]) if writer else a_member("teacher", house)
        thing = submit_for_review(make(by, house), by=by, at=NOW)
        if status == "published":
            publish_reviewed(thing, by=speaker(world, house, a, b, c), at=NOW)
        return thing.public_id

    return {
        "own": written(a, "in_review", "teacher"), "partner": written(b, "published"),
        "region": written(near, "in_review"), "elsewhere": written(c, elsewhere), "unknown": UNKNOWN,
    }  # fmt: skip


def speaker(world: dict[str, Any], house: Institution, *cast: Institution) -> User:
    """Who administers an institution: one of the cast for a, b, c; somebody new for others."""
    names = dict(zip(cast, ("institution_admin", "partner_admin", "other_admin"), strict=True))
    if house not in names:
        return a_member("institution_admin", house)
    return User.objects.get(email=world["users"][names[house]]["username"])


def programmes(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """A draft of a, one of b in work that waits for a's answer, one of the region and one of c, both in work."""
    near = Institution.objects.get(public_id=institutions(a, b, c)["region"])
    away = Institution.objects.filter(territory=c.territory, status="verified").exclude(pk=c.pk).order_by("pk")[0]
    role = Term.objects.get(vocabulary="party_role", code="partner")
    fields = list(Term.objects.filter(vocabulary="isced_f", code="0112"))
    level = Term.objects.get(vocabulary="isced_level", code="6")

    def written(lead: Institution, member: Institution, started: bool = True) -> str:
        by = speaker(world, lead, a, b, c)
        found = draft_programme(
            by=by, at=NOW, lead=lead, title="Together", contents="Something.", level=level, fields_of_study=fields,
            members=[{"institution": member, "role": role}],
        )  # fmt: skip
        return (start_work(found, by=by, at=NOW) if started else found).public_id

    approved = JointProgramme.objects.get(public_id=written(c, away))
    approve_version(approved, by=speaker(world, c, a, b, c), at=NOW)
    return {
        "own": written(a, b, started=False), "partner": written(b, a), "region": written(near, b),
        "elsewhere": written(c, away), "approved": approved.public_id, "unknown": UNKNOWN,
    }  # fmt: skip


def versions(programmes: dict[str, str]) -> dict[str, str]:
    """A version that everybody may know, and one that is still in work."""
    found = {name: JointProgramme.objects.get(public_id=programmes[name]) for name in ("approved", "partner")}
    return {**{name: each.versions.get().public_id for name, each in found.items()}, "unknown": UNKNOWN}


def adoptions(
    world: dict[str, Any], programmes: dict[str, str], a: Institution, b: Institution, c: Institution
) -> dict[str, str]:
    """What b uses of c's, reported; that is known to whoever knows the programme."""
    version = VERSIONS.rows.get(programme__public_id=programmes["approved"])
    by = speaker(world, b, a, b, c)
    made = report_adoption(by=by, at=NOW, subject=Subject(VERSIONS, version), institution=b)
    return {"partner": made.public_id, "unknown": UNKNOWN}


def submissions(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """One of a that is open, of b, of the region and of c submitted; and the region of a as a whole."""
    period = Period.objects.get(code="2023-2024", pack=a.territory.pack)
    version = DefinitionVersion.objects.get(indicator__code="RES.04")
    near = Institution.objects.filter(territory__lineage__contains=[a.territory.lineage[1]], kind=b.kind)
    houses = {"own": a, "partner": b, "region": near.exclude(pk=b.pk).order_by("pk")[0], "elsewhere": c}
    made = {}
    for relation, house in houses.items():
        by = speaker(world, house, a, b, c)
        found = open_submission(institution=house, period=period, by=by, at=NOW)
        if relation != "own":
            put_observations([Given(version, period, house, Decimal(8), Decimal(10), "value")], by=by, at=NOW)
            told = {each.key: "So it is." for each in breaches_of(house, period)}
            submit_figures(found, by=by, at=NOW, explanations=told)
        made[relation] = found.public_id
    officer = User.objects.get(email=world["users"]["ministry_officer"]["username"])
    region = Territory.objects.get(pk=a.territory.lineage[1])
    place = open_submission(territory=region, period=period, by=officer, at=NOW)
    return {**made, "place": place.public_id, "unknown": UNKNOWN}


def photos(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """A photo of something inside a, and one of c."""
    made = {}
    for (relation, house), name in zip({"own": a, "elsewhere": c}.items(), ("teacher", "other_admin"), strict=True):
        by = User.objects.get(email=world["users"][name]["username"])
        kind = Term.objects.get(vocabulary="activity_type", code="seminar")
        activity = log_activity(by=by, at=NOW, type_=kind, organiser=house)
        made[relation] = attach_photo(activity, by=by, at=NOW, data=a_picture()).public_id
    return {**made, "unknown": UNKNOWN}


def papers(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, dict[str, str]]:
    """A training with a certificate and a discussion with its protocol: of a with b, and of c with itself."""
    types = {term.code: term for term in Term.objects.filter(vocabulary="activity_type")}
    found: dict[str, dict[str, str]] = {name: {} for name in ("training", "certificate", "discussion", "protocol")}
    sides = {"own": (a, "institution_admin", b, "partner_admin"), "elsewhere": (c, "other_admin", c, "")}
    for relation, (house, admin, other, answering) in sides.items():
        by = User.objects.get(email=world["users"][admin]["username"])
        answerer = (
            User.objects.get(email=world["users"][answering]["username"]) if answering else a_member("teacher", c)
        )
        told: dict[str, Any] = {"by": by, "at": NOW, "organiser": house, "partners": [other], "hours": Decimal(2)}
        training = log_activity(type_=types["training"], **told)
        name_person(training, by=by, at=NOW, name="Kanareyka Begona", home=house)
        confirm_activity(training, by=answerer, at=NOW)
        discussion = log_activity(type_=types["discussion"], **told)
        found["training"][relation] = training.public_id
        found["certificate"][relation] = issue_certificates(training, by=by, at=NOW)[0].public_id
        found["discussion"][relation] = discussion.public_id
        found["protocol"][relation] = draft_protocol(discussion, by=by, at=NOW, number="7").public_id
    return {name: {**ids, "unknown": UNKNOWN} for name, ids in found.items()}


def jobs(world: dict[str, Any]) -> dict[str, str]:
    """A job of a's administrator and one of c's."""
    made = {}
    for relation, key in (("own", "institution_admin"), ("elsewhere", "other_admin")):
        owner = User.objects.get(email=world["users"][key]["username"])
        made[relation] = Job.objects.create(kind="import.institutions", owner=owner, created_at=NOW).public_id
    return {**made, "unknown": UNKNOWN}


def headcounts(a: Institution, c: Institution) -> dict[str, str]:
    """The newest head counts of a and of c."""
    found = {own: house.headcounts.order_by("-on_date", "pk")[0] for own, house in (("own", a), ("elsewhere", c))}
    return {**{own: str(row.pk) for own, row in found.items()}, "unknown": "999999999999"}


def observations(a: Institution, c: Institution) -> dict[str, str]:
    """Figures of a and of c, and a published total."""
    version, period = DefinitionVersion.objects.order_by("pk")[0], Period.objects.order_by("-code")[0]
    made = {}
    for relation, house in (("own", a), ("elsewhere", c)):
        row, _new = Observation.objects.get_or_create(
            version=version,
            period=period,
            institution=house,
            defaults={"numerator": 3, "denominator": 4, "entered_at": NOW},
        )
        made[relation] = str(row.pk)
    total = Observation.objects.filter(territory__isnull=False).order_by("pk")[0]
    return {**made, "total": str(total.pk), "unknown": "999999999999"}


def members(a: Institution, c: Institution, role: str) -> dict[str, str]:
    """A teacher of a and somebody of c."""
    own = Membership.objects.filter(institution=a, role=role).order_by("pk")[0]
    other = Membership.objects.filter(institution=c).order_by("pk")[0]
    return {"own": own.public_id, "elsewhere": other.public_id, "unknown": UNKNOWN}


def posts(a: Institution, c: Institution) -> dict[str, str]:
    own, other = (Position.objects.filter(institution=house).order_by("pk")[0] for house in (a, c))
    return {"own": own.public_id, "elsewhere": other.public_id, "unknown": UNKNOWN}


def tokens(world: dict[str, Any]) -> dict[str, str]:
    """Tokens of a's administrator and of c's, beside those they call with."""
    made = {}
    for relation, key in (("own", "institution_admin"), ("elsewhere", "other_admin")):
        owner = User.objects.get(email=world["users"][key]["username"])
        a_token(owner)
        made[relation] = ApiToken.objects.filter(owner=owner).order_by("-pk")[0].public_id
    return {**made, "unknown": UNKNOWN}


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW + datetime.timedelta(seconds=1), tick=False):
        yield
