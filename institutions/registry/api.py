"""Institutions over the API: the list, one of them, registration and moves."""

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Guarded, StrictViewSet
from accounts.names import all_names, name_in
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from exchange.jobs.bulk import InBulk
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.registry import actions, registering
from institutions.registry.filters import InstitutionFilters
from institutions.registry.models import Institution, Ownership, SuccessionKind
from institutions.registry.reading import COLUMNS, InstitutionRow, dressed
from institutions.registry.rules import INSTITUTION
from institutions.registry.sheets import INSTITUTION_LIST
from institutions.territory.models import Term, Territory

FIELDS = (
    "id",
    "name",
    "kind",
    "status",
    "territory",
    "ownership",
    "external_ids",
    "opened_on",
    "closed_on",
    "successors",
)


class ExternalNumber(StrictSerializer):
    """A number in another register."""

    scheme = serializers.RegexField(r"^[a-z0-9][a-z0-9_.-]{0,15}\Z")
    value = serializers.CharField(max_length=64)


class InstitutionLine(StrictSerializer):
    """An institution as lists show it."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True, help_text="In the language of Accept-Language.")
    kind = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    territory = serializers.CharField(read_only=True, help_text="Code of the territory it lies in today.")
    ownership = serializers.CharField(read_only=True)
    external_ids = ExternalNumber(many=True, read_only=True)
    opened_on = serializers.DateField(read_only=True, allow_null=True)
    closed_on = serializers.DateField(read_only=True, allow_null=True, help_text="The first day it was no longer open.")
    successors = serializers.ListField(child=serializers.CharField(), read_only=True)


class InstitutionDetail(InstitutionLine):
    """One institution, with its names in all languages."""

    names = serializers.DictField(child=serializers.CharField(), read_only=True)
    short_name = serializers.CharField(read_only=True)
    country = serializers.CharField(read_only=True)


class Names(StrictSerializer):
    """A name in one language or several."""

    uz = serializers.CharField(max_length=300, required=False)
    ru = serializers.CharField(max_length=300, required=False)
    en = serializers.CharField(max_length=300, required=False)

    def get_fields(self) -> dict[str, Any]:
        """The tag of the second script is no word of Python."""
        return {**super().get_fields(), "uz-Cyrl": serializers.CharField(max_length=300, required=False)}


def kinds_only(rows: Any) -> Any:
    """Of all vocabularies the kinds of participants."""
    return rows.filter(vocabulary="participant_kind")


class RegisterFields(StrictSerializer):
    """An application."""

    names = Names()
    short_name = serializers.CharField(max_length=100, required=False, default="")
    kind = ScopedSlugField(Term, slug_field="code", narrow=kinds_only)
    territory = ScopedSlugField(Territory, slug_field="code")
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, default="")
    ownership = serializers.ChoiceField(choices=Ownership.choices, required=False, default=Ownership.STATE)
    opened_on = serializers.DateField(required=False)
    external_ids = serializers.ListField(child=ExternalNumber(), required=False, max_length=10, default=list)
    no_number_because = serializers.CharField(max_length=300, required=False, default="")


class VerifyFields(StrictSerializer):
    """Likely duplicates were looked at."""

    duplicates_decided = serializers.BooleanField(required=False, default=False)


class ResubmitFields(StrictSerializer):
    """Corrections, if any."""

    names = Names(required=False)
    short_name = serializers.CharField(max_length=100, required=False)


class DocumentedReason(Reason):
    """A reason with its document."""

    document = serializers.CharField(max_length=300, required=False, default="")


class CloseFields(DocumentedReason):
    """When it closes and who takes over."""

    on = serializers.DateField(required=False)
    heirs = serializers.ListField(child=ScopedSlugField(Institution), required=False, max_length=20, default=list)
    kind = serializers.ChoiceField(choices=SuccessionKind.choices, required=False, default=SuccessionKind.SUCCESSOR)
    shares = serializers.ListField(
        child=serializers.DecimalField(max_digits=5, decimal_places=4, min_value=Decimal("0.0001"), max_value=Decimal(1)),
        required=False, max_length=20, default=list,
    )  # fmt: skip


class ReopenFields(DocumentedReason):
    """From which day it is open again."""

    on = serializers.DateField(required=False)


def dated(action: Any) -> Any:
    """An action that needs to know today as well."""

    def act(subject: Any, *, by: Any, at: Any, **data: Any) -> None:
        action(subject, by=by, at=at, today=today(), **data)

    return act


def plain(row: InstitutionRow, language: str | None, wanted: set[str] | None = None) -> dict[str, Any]:
    """A row as JSON; a plain dictionary, because a list is read thousands of times as often as it is changed."""
    body = {
        "id": row.id,
        "name": name_in(row.names, language),
        "kind": row.kind,
        "status": row.status,
        "territory": row.territory,
        "ownership": row.ownership,
        "external_ids": row.external_ids,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "successors": row.successors,
    }
    return {name: value for name, value in body.items() if name in wanted} if wanted else body


class InstitutionViewSet(InBulk, Scoped, Once, Guarded, Moving, StrictViewSet):
    """Participants of all kinds."""

    scope = Institution
    lifecycle = INSTITUTION
    serializer_class = InstitutionDetail
    row_serializer_class = InstitutionLine
    write_serializers = {"create": RegisterFields}
    filterset_class = InstitutionFilters
    orderings = ("sort_key", "modified_at")
    default_ordering = "sort_key"
    modified_field = "modified_at"
    related = ("kind", "territory")
    exporter = INSTITUTION_LIST
    move_actions = {
        "verify": dated(registering.verify_institution),
        "resubmit": registering.resubmit_institution,
        "return": actions.return_institution,
        "reject": actions.reject_institution,
        "suspend": actions.suspend_institution,
        "reinstate": actions.reinstate_institution,
        "close": dated(actions.close_institution),
        "reopen": dated(actions.reopen_institution),
    }
    move_serializers = {
        "verify": VerifyFields,
        "resubmit": ResubmitFields,
        "suspend": DocumentedReason,
        "reinstate": DocumentedReason,
        "return": DocumentedReason,
        "reject": DocumentedReason,
        "close": CloseFields,
        "reopen": ReopenFields,
    }

    def create(self, request: Request) -> Response:
        """Register an institution; an office of its territory verifies it."""
        data = self.checked(RegisterFields)
        house = registering.register_institution(**data, by=request.user, at=now(), today=today())
        return self.answer(house, status=201)

    def get_list_queryset(self) -> Any:
        return Institution.objects.visible_to(self.request.user).values(*COLUMNS)  # type: ignore[attr-defined]

    def get_search(self, queryset: Any, text: str) -> Any:
        """Nearest first, unless another order is asked for."""
        if self.request.query_params.get("ordering"):
            return queryset.search(text)
        self.default_ordering = "-search_rank,sort_key"
        return queryset.ranked(text)

    def present_rows(self, rows: list[Any], context: dict[str, Any]) -> Any:
        language = get_language()
        return [plain(row, language, context.get("fields")) for row in dressed(rows)]

    def present(self, subject: Institution, context: dict[str, Any]) -> dict[str, Any]:
        row = dressed([{**dict.fromkeys(COLUMNS), **columns_of(subject)}])[0]
        body = {
            **plain(row, get_language()),
            "names": all_names(subject.names),
            "short_name": subject.short_name,
            "country": subject.country,
            "moves": self.moves_for(subject, context["request"]),
        }
        wanted = context.get("fields")
        return {name: value for name, value in body.items() if name in wanted} if wanted else body


def columns_of(house: Institution) -> dict[str, Any]:
    """An institution as a row of COLUMNS."""
    return {
        "pk": house.pk,
        "public_id": house.public_id,
        "names": house.names,
        "kind__code": house.kind.code,
        "status": house.status,
        "territory__code": house.territory.code,
        "ownership": house.ownership,
        "sort_key": house.sort_key,
    }
