"""Heads counted at an institution on a day: what indicators per head are divided by. Counts, never names."""

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from institutions.registry.models import Institution

if TYPE_CHECKING:
    from accounts.models import User

LASTS = 18  # months; an older count says nothing of today


class Category(models.TextChoices):
    """Who is counted: the heads that indicators are divided by."""

    TEACHING_STAFF = "teaching_staff", _("Teaching staff")
    TEACHERS_AND_TRAINERS = "teachers_and_trainers", _("Registered teachers and trainers")
    LEARNERS = "learners", _("Pupils and students")
    VOCATIONAL_GRADUATES = "vocational_graduates", _("Vocational graduates of the year")


def oldest(day: datetime.date) -> datetime.date:
    """The first day whose count may still stand for `day`: 18 months before it, or the last day of that month."""
    months = day.year * 12 + day.month - 1 - LASTS
    first = datetime.date(months // 12, months % 12 + 1, 1)
    following = (first + datetime.timedelta(days=31)).replace(day=1)
    return min(first + datetime.timedelta(days=day.day - 1), following - datetime.timedelta(days=1))


class HeadcountQuerySet(models.QuerySet["Headcount"]):
    def visible_to(self, user: "User") -> "HeadcountQuerySet":
        """A number of heads is known wherever its institution is."""
        return self.filter(institution__in=Institution.objects.visible_to(user))

    def standing(self, category: str, day: datetime.date) -> "HeadcountQuerySet":
        """What counts on a day: of each institution the latest on or before it, at most 18 months old."""
        newer = Headcount.objects.filter(
            institution=OuterRef("institution"), category=category, on_date__gt=OuterRef("on_date"), on_date__lte=day
        )
        return self.filter(~Exists(newer), category=category, on_date__gte=oldest(day), on_date__lte=day)


class Headcount(models.Model):
    """So many heads of a category at an institution on a day; `source` names the register, empty: typed by people."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_index=False, related_name="headcounts")
    category = models.CharField(max_length=24, choices=Category)
    on_date = models.DateField()
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    entered_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Headcount"]] = HeadcountQuerySet.as_manager()
    disclosure = Disclosure(
        public=("id", "institution", "category", "on_date", "number", "source", "entered_at"),
        personal=("entered_by",),
        subject="entered_by",
    )

    class Meta:
        constraints = [
            # also the way to the latest count of an institution
            models.UniqueConstraint(fields=["institution", "category", "on_date"], name="headcount_once"),
            models.CheckConstraint(
                condition=Q(number__gte=0),
                name="headcount_not_below_zero",
                violation_error_message=_("A number of heads is not below zero."),
            ),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="headcount_category_known"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.category} {self.on_date}"
