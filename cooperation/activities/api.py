"""Activities over the API: list, log, correct, and the moves of the other side."""

from decimal import Decimal
from typing import Any

from django.http import JsonResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.activities import actions, links
from cooperation.activities.filters import ActivityFilters
from cooperation.activities.models import Activity, ActivityStatus
from cooperation.activities.rules import ACTIVITY, is_logging_side
from cooperation.agreements.models import Agreement
from cooperation.pages.records import READERS
from exchange.moving import Moving, NoFields, Reason
from exchange.once import Once, keep
from institutions.people.models import Membership
from institutions.registry.models import Institution
from institutions.territory.fields import TermField
from institutions.territory.models import Term
from lifecycle.canonical import plain

MOST_PARTNERS, MOST_PEOPLE, LEAST_HOURS = 50, 100_000, Decimal("0.01")


class Named(ScopedSlugField):
    """An institution of a list: those that are found were read together."""

    def to_internal_value(self, data: Any) -> Any:
        return self.context.get("named", {}).get(data) or super().to_internal_value(data)


class PartnerList(serializers.ListSerializer):
    """Partners, read by one query."""

    def to_internal_value(self, data: Any) -> Any:
        keys = [row["institution"] for row in data if isinstance(row, dict) and isinstance(row.get("institution"), str)]
        rows = Institution.objects.visible_to(self.context["request"].user).filter(public_id__in=keys[:MOST_PARTNERS])
        self.context["named"] = {house.public_id: house for house in rows}
        return super().to_internal_value(data)


class PartnerFields(StrictSerializer):
    """A partner as it is sent."""

    institution = Named(Institution)

    class Meta:
        list_serializer_class = PartnerList


class CountsField(serializers.DictField):
    """How many took part, by category: codes of the vocabulary `participant_category`, whole numbers."""

    child = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE)

    def to_internal_value(self, data: Any) -> dict[Term, int]:
        numbers = super().to_internal_value(data)
        found = {term.code: term for term in Term.objects.filter(vocabulary="participant_category", code__in=numbers)}
        unknown = {code: ["There is no such category."] for code in numbers if code not in found}
        if unknown:
            raise serializers.ValidationError(unknown)
        return {found[code]: number for code, number in numbers.items()}


class ContentFields(StrictSerializer):
    """What was done; on a correction what is not given stays."""

    type = TermField("activity_type", source="type_")
    form = TermField("cooperation_form", required=False)
    starts_on = serializers.DateField(required=False)
    hours = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=LEAST_HOURS, max_value=1000, required=False, allow_null=True
    )
    agreement = ScopedSlugField(Agreement, required=False, allow_null=True)
    partners = PartnerFields(many=True, required=False, max_length=MOST_PARTNERS)
    counts = CountsField(required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def validate_partners(self, partners: list[dict[str, Any]]) -> list[Institution]:
        """The institutions themselves."""
        return [partner["institution"] for partner in partners]


class LogFields(ContentFields):
    """A new entry: `organiser` where the caller works at several; how many seconds the entry took, if known."""

    organiser = ScopedSlugField(Institution, required=False)
    entry_seconds = serializers.IntegerField(min_value=0, max_value=86_400, required=False)
    on_behalf_of = ScopedSlugField(Membership, required=False)

    def validate_on_behalf_of(self, membership: Membership) -> Any:
        """The person for whom an administrator enters, by their membership."""
        return membership.user


class ConfirmFields(StrictSerializer):
    """A confirmation; with the hash of what was read it is refused when that has changed since. `thanks` is optional."""

    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)
    thanks = serializers.CharField(max_length=300, required=False, allow_blank=True)


class LinkFields(StrictSerializer):
    """Whom to ask by a personal link: on whose side, by which address; inside one institution as whom."""

    institution = ScopedSlugField(Institution, required=False)
    role = serializers.ChoiceField(choices=links.Addressee.choices, required=False)
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)


class LinkRow(StrictSerializer):
    """A link that was made; its address stands in the answer that made it and nowhere else."""

    id = serializers.CharField(read_only=True, source="public_id")
    institution = serializers.CharField(read_only=True)
    role = serializers.CharField(read_only=True, source="addressee_role")
    expires_at = serializers.DateTimeField(read_only=True)
    url = serializers.CharField(read_only=True, default="")


class PartnerRow(StrictSerializer):
    """A partner as it is read."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    state = serializers.CharField(read_only=True)
    confirmed_at = serializers.DateTimeField(read_only=True, allow_null=True)


def parts_of(activity: Activity) -> tuple[Any, Any]:
    """Participations and counts: as they were just written, else as they are read."""
    return activity.written or (activity.participations.all(), activity.counts.all())


class ActivityRow(StrictSerializer):
    """An activity; never who logged it."""

    id = serializers.CharField(read_only=True, source="public_id")
    type = serializers.CharField(read_only=True, source="type.code")
    form = serializers.CharField(read_only=True, source="form.code")
    starts_on = serializers.DateField(read_only=True)
    hours = serializers.SerializerMethodField()
    agreement = serializers.CharField(read_only=True, allow_null=True, source="agreement.public_id", default=None)
    organiser = serializers.CharField(read_only=True, source="organiser.public_id")
    partners = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    note = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    counted = serializers.SerializerMethodField()
    content_hash = serializers.CharField(read_only=True)
    logged_at = serializers.DateTimeField(read_only=True)
    confirmed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_hours(self, activity: Activity) -> str | None:
        return None if activity.hours is None else plain(activity.hours)

    def get_partners(self, activity: Activity) -> list[dict[str, Any]]:
        rows = [row for row in parts_of(activity)[0] if row.institution_id != activity.organiser_id]
        return list(PartnerRow(sorted(rows, key=lambda row: row.pk), many=True).data)

    def get_counts(self, activity: Activity) -> dict[str, int]:
        return {row.category.code: row.number for row in parts_of(activity)[1]}

    def get_counted(self, activity: Activity) -> bool:
        return activity.status == ActivityStatus.CONFIRMED


class ActivityViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Activities: whoever reads gets the visible ones; members log, the other side confirms."""

    scope = Activity
    allowed_roles = READERS
    related = ("type", "form", "agreement", "organiser")
    prefetch = ("participations__institution", "counts__category")
    serializer_class = ActivityRow
    write_serializers = {"create": LogFields}
    filterset_class = ActivityFilters
    orderings = ("starts_on", "logged_at", "modified_at")
    default_ordering = "-starts_on"
    modified_field = "modified_at"
    lifecycle = ACTIVITY
    move_actions = {
        "confirm": actions.confirm_activity,
        "dispute": actions.dispute_activity,
        "refuse": actions.refuse_activity,
        "lift": actions.lift_dispute,
        "correct": actions.correct_activity,
        "withdraw": actions.withdraw_activity,
    }
    move_serializers = {
        "confirm": ConfirmFields,
        "dispute": Reason,
        "refuse": NoFields,
        "lift": Reason,
        "correct": ContentFields,
        "withdraw": Reason,
    }

    def move(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Make a move; a correction may leave out whatever stays."""
        if self.kwargs["move"] != "correct":
            return super().move(request, *args, **kwargs)
        data = self.checked(ContentFields, partial=True)
        actions.correct_activity(self.subject, by=request.user, at=now(), **data)
        return self.answer(self.subject)

    def may_change(self, user: Any, subject: Any) -> bool:
        """Asking by a link belongs to the logging side."""
        if self.action == "links":
            return is_logging_side(user, subject)
        return super().may_change(user, subject)

    @extend_schema(request=LinkFields, responses={201: LinkRow})
    @action(detail=True, methods=["post"], url_path="links", url_name="links")
    def links(self, request: Any, **kwargs: Any) -> Response:
        """Ask somebody without an account to confirm; a repeated request gets the link without its address."""
        link, token = links.ask_by_link(self.subject, **self.checked(LinkFields), by=request.user, at=now())
        body = {name: value for name, value in LinkRow(link).data.items() if name != "url"}
        if self._once is not None:
            keep(self._once, JsonResponse(body, status=201))
            self._once = None
        address = request.build_absolute_uri(reverse("link-answer", args=[token]))
        return Response({**body, "url": address}, status=201, headers={"Cache-Control": "no-store"})

    def again(self, subject: Any) -> Any:
        """What was logged in this very transaction, by one who sees it, is known whole."""
        return subject if subject.written else super().again(subject)

    def create(self, request: Any) -> Response:
        """Log an activity once for all sides."""
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        activity = actions.log_activity(**self.checked(LogFields), by=request.user, at=now(), client_key=key)
        return self.answer(activity, status=201)
