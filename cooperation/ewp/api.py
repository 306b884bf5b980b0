"""EWP over the API: an agreement as its XML, a file into drafts, and the approval statistics."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door
from accounts.listing import read_flag
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer, StrictUpload
from cooperation.agreements.models import Agreement
from cooperation.agreements.standing import revision_for
from cooperation.ewp import actions
from cooperation.ewp.counting import approvals
from cooperation.ewp.exporting import outgoing
from cooperation.ewp.handing import XML, as_file
from cooperation.ewp.parsing import NotEwp, read_iias
from cooperation.ewp.trees import MAX_BYTES
from cooperation.ewp.writing import write_iias
from cooperation.pages.records import READERS
from exchange.once import Once
from institutions.registry.scope import houses
from lifecycle.transitions import Unmet


class EwpFile(StrictSerializer):
    """A file of EWP's agreements interface."""

    form_encoded = True
    file = serializers.FileField(max_length=255)


class EwpDraft(StrictSerializer):
    """An agreement of the file: what it is here, and what stayed outside. Without `id` nothing was written."""

    id = serializers.CharField(read_only=True, allow_null=True)
    number = serializers.CharField(read_only=True, allow_null=True)
    title = serializers.CharField(read_only=True)
    partner = serializers.CharField(read_only=True)
    mobilities = serializers.IntegerField(read_only=True)
    left_out = serializers.IntegerField(read_only=True)
    hash_holds = serializers.BooleanField(read_only=True)


class EwpDrafts(StrictSerializer):
    """The agreements of a file."""

    drafts = EwpDraft(many=True, read_only=True)


class Approvals(StrictSerializer):
    """Agreements of two partners with SCHAC codes that were sent, by who has approved."""

    fetchable = serializers.IntegerField(read_only=True)
    unapproved = serializers.IntegerField(read_only=True)
    local_unapproved_partner_approved = serializers.IntegerField(read_only=True)
    local_approved_partner_unapproved = serializers.IntegerField(read_only=True)
    both_approved = serializers.IntegerField(read_only=True)


class AgreementEwpDoor(Scoped, Door):
    """One agreement as EWP reads it."""

    scope = Agreement
    allowed_roles = READERS
    related = ("latest", "shown", "concluded")
    http_method_names = ["get"]

    @extend_schema(responses={(200, XML): OpenApiTypes.STR})
    def get(self, request: Any, public_id: str) -> Any:
        """The XML; 422 with everything that keeps the agreement from going out."""
        revision = revision_for(self.subject, houses(request.user))
        found = outgoing(self.subject, revision, houses(request.user))
        if found.iia is None:
            raise Unmet(found.unmet)
        return as_file(self.subject, write_iias([found.iia]))


class EwpIntakeDoor(Scoped, Once, Door):
    """Takes a file and makes drafts of it."""

    scope = Agreement
    parser_classes = [StrictUpload]
    parameters = ("dry_run",)
    max_body = MAX_BYTES + 100_000
    write_scope = "import"
    http_method_names = ["post"]
    once_required = ("POST",)
    write_serializers = {"post": EwpFile}
    read_serializers = {"post": EwpDrafts}

    def enter(self, request: Any) -> None:
        """403 for whoever drafts for no organisation."""
        super().enter(request)
        actions.permit(request.user)

    def post(self, request: Any) -> Response:
        """Drafts from a file, or with `dry_run=true` what they would be."""
        dry_run = read_flag(request.query_params, "dry_run")
        content = self.checked(EwpFile)["file"].read(MAX_BYTES + 1)
        try:
            iias = read_iias(content)
            found = actions.incoming(iias, by=request.user)
            made = [] if dry_run else actions.draft_from_ewp(iias, by=request.user, at=now())
        except NotEwp as wrong:
            raise ValidationError({"file": wrong.faults}) from wrong
        drafts: list[Agreement | None] = [*made] or [None] * len(found)
        rows = [
            {
                "id": draft.public_id if draft else None, "number": draft.number if draft else None,
                "title": each.title, "partner": each.partner.public_id, "mobilities": len(each.iia.mobilities),
                "left_out": sum(each.left_out.values()), "hash_holds": each.iia.hash_holds,
            }
            for each, draft in zip(found, drafts, strict=True)
        ]  # fmt: skip
        return Response({"drafts": rows}, status=200 if dry_run else 201)


class EwpStatsDoor(Scoped, Door):
    """How many agreements were sent, and who has approved them."""

    scope = Agreement
    allowed_roles = READERS
    http_method_names = ["get"]
    read_serializers = {"get": Approvals}

    def get(self, request: Any) -> Response:
        """Over the agreements of the caller's own organisations."""
        return Response(Approvals(approvals(request.user, houses(request.user))).data)
