"""Obligations over the API: read by whoever reads the agreement, handed in by one side, accepted by the other."""

from typing import Any

from rest_framework import serializers

from accounts.doors import StrictViewSet
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from cooperation.obligations import actions
from cooperation.obligations.filters import ObligationFilters
from cooperation.obligations.models import Evidence, Obligation
from cooperation.obligations.rules import OBLIGATION
from cooperation.obligations.showing import RELATED, plain_number
from cooperation.pages.records import READERS
from exchange.moving import Moving
from exchange.once import Once


class EvidenceFields(StrictSerializer):
    """One proof as it is sent: a thing of the platform by type and id, or a link."""

    subject_type = serializers.CharField(max_length=32, required=False)
    subject = serializers.CharField(max_length=26, required=False)
    link = serializers.URLField(max_length=500, required=False)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class SubmitFields(StrictSerializer):
    """Handing in: what shows it, beside what is there already."""

    evidence = EvidenceFields(many=True, required=False, max_length=50)


class EvidenceRow(StrictSerializer):
    """One proof as it is read."""

    id = serializers.CharField(read_only=True, source="public_id")
    subject_type = serializers.CharField(read_only=True)
    subject = serializers.CharField(read_only=True, source="subject_id")
    link = serializers.CharField(read_only=True)
    file = serializers.CharField(read_only=True, source="file_name")
    quantity = serializers.SerializerMethodField()
    state = serializers.CharField(read_only=True)
    submitted_on = serializers.DateField(read_only=True)
    note = serializers.CharField(read_only=True)

    def get_quantity(self, proof: Evidence) -> str | None:
        return plain_number(proof.quantity)


class ObligationRow(StrictSerializer):
    """An obligation: what one party owes another by a day, and what shows that it was done."""

    id = serializers.CharField(read_only=True, source="public_id")
    agreement = serializers.CharField(read_only=True, source="agreement.public_id")
    term = serializers.CharField(read_only=True, source="term_key")
    kind = serializers.CharField(read_only=True, source="kind.code")
    form = serializers.CharField(read_only=True, allow_null=True, source="form.code", default=None)
    responsible = serializers.CharField(read_only=True, source="responsible.public_id")
    beneficiary = serializers.CharField(read_only=True, allow_null=True, source="beneficiary.public_id", default=None)
    quantity = serializers.SerializerMethodField()
    unit = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    delivered_on = serializers.DateField(read_only=True, allow_null=True)
    status = serializers.CharField(read_only=True)
    evidence = EvidenceRow(many=True, read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_quantity(self, row: Obligation) -> str | None:
        return plain_number(row.quantity)


class ObligationViewSet(Scoped, Once, Moving, StrictViewSet):
    """Obligations: they come from concluded agreements; both sides move them."""

    scope = Obligation
    allowed_roles = READERS
    related = RELATED
    prefetch = ("evidence",)
    serializer_class = ObligationRow
    write_serializers: dict[str, Any] = {}
    filterset_class = ObligationFilters
    orderings = ("due_on", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = OBLIGATION
    move_actions = {
        "submit": actions.submit_obligation,
        "accept": actions.accept_obligation,
        "return": actions.return_obligation,
        "waive": actions.waive_obligation,
    }
    move_serializers = {"submit": SubmitFields}
