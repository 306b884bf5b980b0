"""Papers of the cast, by the product's own actions: a training with its certificates, a seminar with its protocol."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from cooperation.activities.actions import confirm_activity, log_activity
from cooperation.activities.models import Activity
from cooperation.protocols.actions import draft_protocol, sign_protocol
from cooperation.trainings.actions import issue_certificates, name_person
from institutions.people.models import Membership
from institutions.registry.models import Institution
from institutions.territory.models import Term

DAY, HOURS, AGO = datetime.timedelta(days=1), Decimal(36), 30


def write_papers(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """What the pack's list tells; a pack without one has none."""
    told = data.get("papers")
    if told is None:
        return
    _train(here, told, houses, users)
    _record(here, told, houses, users)


def _train(here: Ground, told: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """b trains people of a, who get certificates when a has confirmed it."""
    at, office = here.now - AGO * DAY, users["partner_admin"]
    teachers = Term.objects.get(vocabulary="participant_category", code="teachers")
    training = log_activity(
        by=users["partner_teacher"], at=at, type_=Term.objects.get(vocabulary="activity_type", code="training"),
        partners=[houses["a"]], hours=HOURS, counts={teachers: len(told["trained"]) + 1},
    )  # fmt: skip
    for name in told["trained"]:
        name_person(training, by=office, at=at + DAY, name=name, home=houses["a"])
    own = Membership.objects.get(user=users["teacher"])
    name_person(training, by=office, at=at + DAY, member=own, hours=HOURS / 2)
    confirm_activity(training, by=users["institution_admin"], at=at + 2 * DAY, thanks=told["thanks"])
    issue_certificates(training, by=office, at=at + 3 * DAY)


def _record(here: Ground, told: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """The protocol of the seminar that b held with a, signed by both who have to."""
    seminars = Activity.objects.filter(organiser=houses["b"], type__code="seminar", logged_by=users["partner_teacher"])
    seminar = seminars.order_by("-starts_on", "-pk")[0]
    signers = {"chair": users["partner_admin"], "secretary": users["partner_teacher"]}
    offices = {
        name: {"member": Membership.objects.get(user=user), "position": told[name]} for name, user in signers.items()
    }
    protocol = draft_protocol(
        seminar, by=users["partner_admin"], at=here.now - 3 * DAY, number=told["number"], place=told["place"], **offices,
        present=[{"name": name, "position": position} for name, position in told["present"]],
        items=[dict(zip(("title", "author", "remarks", "decision"), item, strict=True)) for item in told["items"]],
        result=told["result"],
    )  # fmt: skip
    for user in signers.values():
        sign_protocol(protocol, by=user, at=here.now - 2 * DAY, content_hash=protocol.content_hash)
