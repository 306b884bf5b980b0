"""Practices: what worked at one institution, written down so that others can do it too (product 3.5, ACT-8)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.spelling import Text
from cooperation.activities.models import Activity
from cooperation.reviewing.models import SHARED, Reviewed
from institutions.territory.models import Term


class Practice(Reviewed):
    """What was done and what came of it; `activity` is the joint activity it came from, where there was one."""

    subject_type: ClassVar[str] = "practice"

    form = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    done = Text(_("What was done"), blank=True)
    outcome = Text(_("What came of it"), blank=True)
    activity = models.ForeignKey(Activity, null=True, on_delete=models.PROTECT, related_name="practices")

    disclosure = Disclosure(
        institution=(*SHARED, "form", "done", "outcome", "activity"),
        personal=("author", "reviewed_by"),
        subject="author",
    )
