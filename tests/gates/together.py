"""What institutions of the seeded world do together, in each relation to institution `a`."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from cooperation.activities.actions import confirm_activity, log_activity
from cooperation.activities.attaching import attach_photo
from cooperation.adoptions.actions import report_adoption
from cooperation.adoptions.subjects import Subject
from cooperation.agreements.models import Agreement, RevisionParty
from cooperation.agreements.statuses import AgreementStatus
from cooperation.obligations.actions import add_evidence
from cooperation.obligations.models import Obligation
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
from institutions.registry.models import Institution
from institutions.territory.models import Term
from tests.conftest import NOW
from tests.factories import a_member, a_picture

UNKNOWN = "0" * 26


def neighbour(a: Institution, b: Institution) -> Institution:
    """A verified institution of the region of a, neither a nor b."""
    region = a.territory.lineage[1]
    near = Institution.objects.filter(territory__lineage__contains=[region], status="verified")
    return near.exclude(pk__in=[a.pk, b.pk]).order_by("pk")[0]


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


def owed(**sides: Institution) -> Any:
    """What is still to be done between two sides, and nothing shows it yet, the first made first."""
    rows = Obligation.objects.filter(agreement__kind__code="integrative", status="open", evidence=None, **sides)
    return rows.order_by("pk")


def obligations(a: Institution, b: Institution) -> dict[str, str]:
    """What a owes b, what b owes a, one of the region without a and b, one without anybody of the region."""
    region = a.territory.lineage[1]
    party = RevisionParty.objects.filter
    near = party(institution__territory__lineage__contains=[region]).values("revision__agreement")
    ours = party(institution__in=[a, b]).values("revision__agreement")
    strange = Obligation.objects.exclude(agreement__in=ours).order_by("pk")
    return {
        "own": owed(responsible=a, beneficiary=b)[0].public_id,
        "partner": owed(responsible=b, beneficiary=a)[0].public_id,
        "region": strange.filter(agreement__in=near)[0].public_id,
        "elsewhere": strange.exclude(agreement__in=near)[0].public_id,
        "unknown": UNKNOWN,
    }


def evidence(world: dict[str, Any], a: Institution, b: Institution) -> dict[str, str]:
    """A file of a that is not handed in yet."""
    by = User.objects.get(email=world["users"]["institution_admin"]["username"])
    proof = add_evidence(owed(responsible=a, beneficiary=b)[1], by=by, at=NOW, file=("list.pdf", b"%PDF-1.7"))
    return {"own": proof.public_id, "unknown": UNKNOWN}


def activities(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """One inside a, one that b logged with a, one of the region without a, one of c: none is confirmed yet."""
    near = neighbour(a, b)
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


def photos(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """A photo of something inside a, and one of c."""
    made = {}
    for (relation, house), name in zip({"own": a, "elsewhere": c}.items(), ("teacher", "other_admin"), strict=True):
        by = User.objects.get(email=world["users"][name]["username"])
        kind = Term.objects.get(vocabulary="activity_type", code="seminar")
        activity = log_activity(by=by, at=NOW, type_=kind, organiser=house)
        made[relation] = attach_photo(activity, by=by, at=NOW, data=a_picture()).public_id
    return {**made, "unknown": UNKNOWN}


def projects(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """A draft of a, one that waits for a's answer, one of the region without a, one without anybody of the region."""
    near = neighbour(a, b)
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
    near = neighbour(a, b)

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
    near = neighbour(a, b)
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
