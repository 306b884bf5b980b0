"""One of each kind of object of the seeded world in each relation to institution `a`."""

from typing import Any

from accounts.models import ApiToken, User
from exchange.jobs.models import Job
from institutions.people.models import Membership, Position
from institutions.registry.models import Institution
from quality.catalogue.models import Period
from quality.targets.models import Target
from tests.conftest import NOW
from tests.factories import a_notice, a_token, an_institution
from tests.gates.figures import headcounts, observations, releases, submissions
from tests.gates.together import (
    UNKNOWN,
    a_practice,
    a_resource,
    activities,
    adoptions,
    agreements,
    evidence,
    neighbour,
    obligations,
    papers,
    photos,
    programmes,
    projects,
    reviewed,
    versions,
)
from tests.labs.making import a_laboratory, a_problem, a_project


def objects_of(world: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Ids by kind of object and relation: own, partner, region, elsewhere, unknown."""
    houses = Institution.objects.in_bulk(world["institutions"].values(), field_name="public_id")
    a, b, c = (houses[world["institutions"][key]] for key in "abc")
    return {
        "institution": institutions(a, b, c),
        "agreement": agreements(a, b),
        "obligation": obligations(a, b),
        "evidence": evidence(world, a, b),
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
        **{kind: {"unknown": UNKNOWN} for kind in ("step", "trial", "amendment", "verdict", "work")},
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


def notices(world: dict[str, Any]) -> dict[str, str]:
    """A notice of a's administrator and one of c's."""
    made = {}
    for relation, key in (("own", "institution_admin"), ("elsewhere", "other_admin")):
        made[relation] = a_notice(User.objects.get(email=world["users"][key]["username"])).public_id
    return {**made, "unknown": UNKNOWN}


def institutions(a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    hidden = an_institution(c.territory, "Not verified yet", status="applied", verified_at=None)
    return {
        "own": a.public_id,
        "partner": b.public_id,
        "region": neighbour(a, b).public_id,
        "elsewhere": c.public_id,
        "hidden": hidden.public_id,
        "unknown": UNKNOWN,
    }


def jobs(world: dict[str, Any]) -> dict[str, str]:
    """A job of a's administrator and one of c's."""
    made = {}
    for relation, key in (("own", "institution_admin"), ("elsewhere", "other_admin")):
        owner = User.objects.get(email=world["users"][key]["username"])
        made[relation] = Job.objects.create(kind="import.institutions", owner=owner, created_at=NOW).public_id
    return {**made, "unknown": UNKNOWN}


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
