"""What happens to people of an activity: named, taken off again, given a certificate, which may be revoked."""

import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.identity import new_public_id
from cooperation.activities.models import OPEN, Activity
from cooperation.activities.rules import ACTIVITY
from cooperation.trainings.models import HOSTED, ActivityPerson, ActivityPersonQuerySet, Certificate
from cooperation.trainings.rules import (
    CERTIFICATE,
    before_issuing,
    can_issue,
    can_name,
    sides,
    takes_people,
)
from institutions.people.models import Membership, Person
from institutions.registry.models import Institution
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.canonical import plain as plain_number
from lifecycle.events import record
from lifecycle.transitions import Unmet, WrongStatus, held

MARK = "C"


def name_person(
    activity: Activity, *, by: Any, at: datetime.datetime, name: str = "", member: Membership | None = None,
    home: Institution | None = None, host: Institution | None = None, hours: Decimal | None = None,
) -> ActivityPerson:  # fmt: skip
    """Names somebody who was trained, or who taught as a guest: a member of an institution, or a name with its own.

    Without `hours` they are those of the activity. Raises PermissionDenied, WrongStatus, ValidationError.
    """
    with held(activity):
        permit_naming(activity, by)
        houses = sides(activity)
        if member is not None:
            home = member.institution
        home = _home(home, houses)
        host = _host(activity, home, host, houses)
        hours = _hours(activity, hours)
        person = _person(name, member, home)
        if activity.people.filter(person=person).exists():
            raise ValidationError({"name": ValidationError(_("This person is named already."), code="once")})
        _must_fit(activity)
        place = ActivityPerson(activity=activity, person=person, home=home, host=host, hours=hours, named_at=at)
        place.save(force_insert=True)
        ACTIVITY.tell("name_person", activity, by=by, at=at, detail={"person": place.public_id})
    return place


def people_of(activity: Activity) -> ActivityPersonQuerySet:
    """Everybody named in an activity."""
    rows: ActivityPersonQuerySet = ActivityPerson.objects.filter(activity=activity)
    return rows


def permit_naming(activity: Activity, by: Any) -> None:
    """Raises PermissionDenied or WrongStatus for whoever may not name people here, now."""
    if can_name(by, activity):
        return
    if not takes_people(activity):
        raise WrongStatus(activity.status, (), _("People are named in trainings and guest lessons only."))
    if activity.status not in OPEN:
        raise WrongStatus(activity.status, ACTIVITY.available(activity, by))
    raise PermissionDenied("name_person")


def _home(home: Institution | None, houses: list[Institution]) -> Institution:
    """Where the person works: one of the institutions of the activity."""
    if home is None:
        raise ValidationError({"home": ValidationError(_("Say where the person works."), code="required")})
    if home not in houses:
        message = _("Choose an organisation that takes part in the activity.")
        raise ValidationError({"home": ValidationError(message, code="no_side")})
    return home


def _host(
    activity: Activity, home: Institution, host: Institution | None, houses: list[Institution]
) -> Institution | None:
    """Where a guest taught: the other institution; to be said where there are several."""
    if activity.type.code != HOSTED:
        return None
    others = [house for house in houses if house != home]
    if host is None and len(others) == 1:
        return others[0]
    if host not in others:
        message = _("Say at which other organisation of the activity the guest taught.")
        raise ValidationError({"host": ValidationError(message, code="no_host")})
    return host


def _hours(activity: Activity, hours: Decimal | None) -> Decimal:
    """At most those of the activity, for these the other side confirms."""
    if activity.hours is None:
        message = _("Correct the activity first: how many hours did it take? The other side confirms them.")
        raise ValidationError({"hours": ValidationError(message, code="no_hours")})
    if hours is not None and hours > activity.hours:
        message = _("The activity took %(hours)s hours; nobody was there longer.")
        told = {"hours": plain_number(activity.hours)}
        raise ValidationError({"hours": ValidationError(message, code="too_many", params=told)})
    return hours or activity.hours


def _person(name: str, member: Membership | None, home: Institution) -> Person:
    """The account's person, or somebody without an account known by name at that institution."""
    if member is not None and member.user is not None:
        return Person.objects.get_or_create(user=member.user, defaults={"name": member.user.name, "home": home})[0]
    if not name.strip():
        raise ValidationError({"name": ValidationError(_("Type the name."), code="required")})
    known = Person.objects.filter(user__isnull=True, home=home, name=name.strip()).order_by("pk").first()
    return known or Person.objects.create(name=name.strip(), home=home)


def _must_fit(activity: Activity) -> None:
    """Never more people than were counted, where anybody counted."""
    counted = sum(activity.counts.values_list("number", flat=True))
    if counted and people_of(activity).standing().count() >= counted:
        message = _("%(number)s took part and as many are named. Correct the activity if more did.")
        raise ValidationError({"name": ValidationError(message, code="too_many_people", params={"number": counted})})


def drop_person(place: ActivityPerson, *, by: Any, at: datetime.datetime) -> None:
    """Takes a name off; not one that a certificate was issued to."""
    with held(place.activity):
        permit_naming(place.activity, by)
        if place.certificates.exists():
            message = _("A certificate was issued to this person. Revoke it; the name stays with it.")
            raise WrongStatus(place.activity.status, (), message)
        ACTIVITY.tell("drop_person", place.activity, by=by, at=at, detail={"person": place.public_id})
        place.delete()


def issue_certificates(activity: Activity, *, by: Any, at: datetime.datetime) -> list[Certificate]:
    """One for everybody who was trained and has none for what is confirmed now; twice is once.

    Raises PermissionDenied, Unmet (not confirmed, nobody named).
    """
    with held(activity):
        if not can_issue(by, activity):
            raise PermissionDenied("issue")
        if unmet := list(before_issuing(activity)):
            raise Unmet(unmet)
        bare = people_of(activity).bare(activity.content_hash).select_related("person", "home").order_by("pk")
        made = [_issued(activity, place, at) for place in bare]
        for certificate in made:
            record("issue", subject_type=CERTIFICATE.subject_type, subject_id=certificate.public_id, by=by, at=at,
                   status_after=certificate.status, **certificate.audience())  # fmt: skip
        if made:
            ACTIVITY.tell("issue_certificates", activity, by=by, at=at, detail={"number": len(made)})
    return made


def _issued(activity: Activity, place: ActivityPerson, at: datetime.datetime) -> Certificate:
    number = _new_number(at.year)
    content = {
        "number": number,
        "name": place.person.name,
        "home": _house(place.home),
        "organiser": _house(activity.organiser),
        "confirmed_by": [_house(house) for house in sides(activity) if house != activity.organiser],
        "type": {"code": activity.type.code, "names": activity.type.names},
        "starts_on": activity.starts_on.isoformat(),
        "hours": plain_number(place.hours),
        "activity": activity.content_hash,
    }
    return Certificate.objects.create(
        number=number, place=place, content=content, content_hash=content_hash(canonical_json(content)),
        activity_hash=activity.content_hash, issued_at=at,
    )  # fmt: skip


def _house(house: Institution) -> dict[str, Any]:
    return {"id": house.public_id, "names": house.names}


def _new_number(year: int) -> str:
    """C-2026-7K3F-9QXM: forty bits of chance, so that nobody finds other certificates by counting on."""
    chance = new_public_id()[-8:]
    return f"{MARK}-{year}-{chance[:4]}-{chance[4:]}"


def revoke_certificate(
    certificate: Certificate, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Certificate:
    """It holds no more; its number says so from now on."""
    with held(certificate.place.activity):
        CERTIFICATE.apply("revoke", certificate, by=by, at=at, reason=reason, reason_code=reason_code)
    return certificate
