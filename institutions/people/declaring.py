"""A signatory whom nobody recorded: they say themselves which post they hold, by what they sign without an account."""

import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from institutions.people.models import Membership, Person, Position
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.events import record

DAY = datetime.timedelta(days=1)


def has_people_of_its_own(institution: Institution, on: datetime.date) -> bool:
    """Whether somebody with an account answers for it on that day: an administrator, or who may sign."""
    members = Membership.objects.held_on(on).filter(institution=institution, role=Role.INSTITUTION_ADMIN)
    signing = Position.objects.may_sign_on(on).filter(institution=institution, person__user__isnull=False)
    return members.exists() or signing.exists()


def recorded_signatories(institution: Institution, on: datetime.date) -> list[Position]:
    """Positions with signing power on that day whose holders have no account."""
    rows = Position.objects.may_sign_on(on).filter(institution=institution, person__user__isnull=True)
    return list(rows.select_related("person").order_by("pk"))


@transaction.atomic
def declare_post(
    *, institution: Institution, name: str, title: str, at: datetime.datetime, on: datetime.date, **told: Any
) -> Position:
    """A post for one day, as its holder declares it by signing; it gives no power on any other day."""
    person = Person.objects.create(name=name, home=institution)
    post = Position.objects.create(
        person=person, institution=institution, title=title, may_sign=True, valid=DateRange(on, on + DAY, "[)")
    )
    record(
        "declare_post", subject_type="position", subject_id=post.public_id, by=None, at=at,
        detail={"may_sign": True, **told}, institution=institution.public_id, concerned=[institution.public_id],
    )  # fmt: skip
    return post
