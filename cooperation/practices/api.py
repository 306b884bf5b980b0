"""The catalogue of practices over the API."""

from typing import Any

from rest_framework import serializers

from accounts.scoped import ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.activities.models import Activity
from cooperation.practices import actions
from cooperation.practices.filters import PracticeFilters
from cooperation.practices.models import Practice
from cooperation.practices.rules import PRACTICE
from cooperation.reviewing.records import ContentFields, ReviewedRow, ReviewedViewSet
from institutions.territory.fields import TermField


class PracticeFields(StrictSerializer):
    """The content of a practice; every part may be left out when saving."""

    title = serializers.CharField(max_length=300)
    form = TermField("cooperation_form", required=False, allow_null=True)
    done = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    outcome = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    activity = ScopedSlugField(Activity, required=False, allow_null=True)


class PracticeDraftFields(PracticeFields, ContentFields):
    """A new practice; `institution` where the caller belongs to several."""


class PracticeRow(ReviewedRow):
    """A practice in a list."""

    form = serializers.CharField(read_only=True, allow_null=True, source="form.code", default=None)


class PracticeDetail(PracticeRow):
    """A practice in full: here its author has the credit."""

    author = serializers.CharField(read_only=True, source="author.name")
    done = serializers.CharField(read_only=True)
    outcome = serializers.CharField(read_only=True)
    activity = serializers.SerializerMethodField()

    def get_activity(self, practice: Practice) -> str | None:
        """The joint activity it came from, where the reader may see it."""
        user = self.context["request"].user
        seen: Any = Activity.objects.visible_to(user).filter(pk=practice.activity_id)
        return seen.values_list("public_id", flat=True).first() if practice.activity_id else None


class PracticeViewSet(ReviewedViewSet):
    """What worked at one institution, so that others can do it too."""

    scope = Practice
    related = ("institution", "form", "author")
    serializer_class = PracticeDetail
    row_serializer_class = PracticeRow
    write_serializers = {"create": PracticeDraftFields, "partial_update": PracticeFields}
    filterset_class = PracticeFilters
    lifecycle = PRACTICE
    draft = staticmethod(actions.draft_practice)
    save = staticmethod(actions.save_practice)
