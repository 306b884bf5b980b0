"""Adoptions over the API: who uses what since when; reported by who uses it, confirmed by the source."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from accounts.wording import UNKNOWN
from cooperation.activities.models import Activity
from cooperation.adoptions import actions
from cooperation.adoptions.filters import AdoptionFilters
from cooperation.adoptions.models import Adoption
from cooperation.adoptions.rules import ADOPTION
from cooperation.adoptions.subjects import seen_subject
from cooperation.pages.records import READERS
from exchange.moving import Moving
from exchange.once import Once
from institutions.registry.models import Institution


class Use(StrictSerializer):
    """Since when, and how."""

    since = serializers.DateField(required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AdoptionFields(Use):
    """What is used; `institution` where the caller administers several, `activity` where confirmed joint work shows it."""

    subject_type = serializers.CharField(max_length=32)
    subject = serializers.CharField(max_length=26)
    institution = ScopedSlugField(Institution, required=False)
    activity = ScopedSlugField(Activity, required=False)


class ShowFields(StrictSerializer):
    """Confirmed work of both sides."""

    activity = ScopedSlugField(Activity)


class AdoptionRow(StrictSerializer):
    """An adoption: what is used, where, since when, how far that is confirmed, and by the source or by which activity."""

    id = serializers.CharField(read_only=True, source="public_id")
    subject_type = serializers.CharField(read_only=True)
    subject = serializers.CharField(read_only=True, source="subject_id")
    institution = serializers.CharField(read_only=True, source="institution.public_id")
    since = serializers.DateField(read_only=True)
    note = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    method = serializers.CharField(read_only=True)
    activity = serializers.CharField(read_only=True, source="activity.public_id", default=None)
    reported_at = serializers.DateTimeField(read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)


class AdoptionViewSet(Scoped, Once, Moving, StrictViewSet):
    """Adoptions: administrators report what their institution uses, the source confirms it."""

    scope = Adoption
    allowed_roles = READERS
    related = ("institution", "activity")
    serializer_class = AdoptionRow
    write_serializers = {"create": AdoptionFields}
    filterset_class = AdoptionFilters
    orderings = ("since", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = ADOPTION
    move_actions = {
        "report": actions.report_again,
        "confirm": actions.confirm_adoption,
        "show_work": actions.show_work,
        "sustain": actions.sustain_adoption,
        "drop": actions.drop_adoption,
    }
    move_serializers = {"report": Use, "show_work": ShowFields}

    def create(self, request: Any) -> Response:
        """Say that an institution uses this too."""
        data = self.checked(AdoptionFields)
        subject = seen_subject(request.user, data.pop("subject_type"), data.pop("subject"))
        if subject is None:
            raise ValidationError({"subject": UNKNOWN})
        return self.answer(actions.report_adoption(**data, subject=subject, by=request.user, at=now()), status=201)
