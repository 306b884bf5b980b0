"""People in minimal data, their positions with signing power, and memberships: who may act where, from when to when."""

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line
from institutions.registry.models import Institution, Unit
from institutions.registry.scope import HOUSE_ROLES, OFFICE_ROLES, Role, standings
from institutions.territory.models import Territory

if TYPE_CHECKING:
    from accounts.models import User


class Person(Identified):
    """Someone the platform must name: staff by name and position, learners by a pseudonym only."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="person")
    name = Line(_("Name"), max_length=200)
    home = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="people")

    disclosure = Disclosure(institution=("id", "public_id", "home"), personal=("name", "user"), subject="self")

    def __str__(self) -> str:
        return self.public_id


class PositionQuerySet(models.QuerySet["Position"]):
    def visible_to(self, user: "User") -> "PositionQuerySet":
        """Positions at the institutions one administers or oversees."""
        return self.filter(
            institution__in=Institution.objects.all().overseen_by(user, Role.INSTITUTION_ADMIN, *OFFICE_ROLES)
        )

    def held_on(self, day: datetime.date) -> "PositionQuerySet":
        return self.filter(valid__contains=day)

    def may_sign_on(self, day: datetime.date) -> "PositionQuerySet":
        return self.held_on(day).filter(may_sign=True)


class Position(Identified):
    """A post a person holds at an institution; `may_sign` is the dated power to sign for it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="positions")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="positions")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="positions")
    title = Line(_("Position"), max_length=200)
    may_sign = models.BooleanField(_("May sign"), default=False)
    valid = DateRangeField()

    objects: ClassVar[models.Manager["Position"]] = PositionQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "institution", "unit", "title", "may_sign", "valid"),
        personal=("person",),
        subject="person",
    )

    def __str__(self) -> str:
        return self.title


class MembershipStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def held_on(self, day: datetime.date) -> "MembershipQuerySet":
        """What opens anything on a day: active, begun, and not over, whether or not anybody has ended it yet."""
        return self.filter(status=MembershipStatus.ACTIVE, valid__contains=day)

    def roles_of(self, user: "User") -> set[str]:
        """Roles the person holds today, read with their places and once a request."""
        return {role for role, _institution, _territory in standings(user)}

    def lasting(self, day: datetime.date) -> "MembershipQuerySet":
        """Active ones that hold on this day or will."""
        return self.filter(status=MembershipStatus.ACTIVE, valid__overlap=DateRange(day, None, "[)"))

    def invited(self, email: str) -> "MembershipQuerySet":
        """Open invitations to this address."""
        return self.filter(status=MembershipStatus.INVITED, email__iexact=email)

    def visible_to(self, user: "User") -> "MembershipQuerySet":
        """Own memberships, and those of the institutions and territories one administers."""
        overseen = Institution.objects.all().overseen_by(user, Role.INSTITUTION_ADMIN, *OFFICE_ROLES)
        return self.filter(Q(user=user) | Q(institution__in=overseen))


class Membership(Identified):
    """A role of a person at an institution (house roles) or in a territory (offices), for a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="memberships")
    email = models.EmailField(blank=True)
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="memberships")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("Role"), max_length=24, choices=Role)
    status = models.CharField(max_length=16, choices=MembershipStatus, default=MembershipStatus.INVITED)
    valid = DateRangeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(null=True)
    invitation_hash = models.CharField(max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Membership"]] = MembershipQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "institution", "territory", "role", "status", "valid", "invited_at", "told_at"),
        personal=("user", "email", "invited_by"),
        secret=("invitation_hash",),
        subject="user",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(institution__isnull=True, territory__isnull=False, role__in=[*OFFICE_ROLES, Role.EXPERT])
                | Q(institution__isnull=False, territory__isnull=True, role__in=[*HOUSE_ROLES, Role.EXPERT]),
                name="membership_role_fits_place",
                violation_error_message=_("This role does not belong to this place."),
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(status__in=("invited", "declined", "lapsed")),
                name="membership_active_has_user",
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (models.functions.Coalesce("institution", 0), RangeOperators.EQUAL),
                    (models.functions.Coalesce("territory", 0), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=("active", "invited"), user__isnull=False),
                violation_error_message=_("This person already holds this role there."),
            ),
        ]
        indexes = [
            # every request asks for the active memberships of its user
            models.Index(fields=["user", "status"], name="membership_user"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.status}"

    def audience(self) -> dict[str, Any]:
        house = self.institution.public_id if self.institution else ""
        return {
            "title": str(self.role),
            "institution": house,
            "concerned": [house] if house else [],
            "members_only": False,
        }
