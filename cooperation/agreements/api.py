"""Agreements over the API: list, draft, save, erase, moves, revisions."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Guarded, ScopeMissing, StrictViewSet
from accounts.listing import listed
from accounts.names import TAGS
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.agreements import actions, copying, deciding, filters, keys, leaving, paper, reminding, revising
from cooperation.agreements.filters import AgreementFilters
from cooperation.agreements.models import Agreement, AgreementTerm, Revision
from cooperation.agreements.rules import AGREEMENT, can_edit
from cooperation.agreements.standing import Reading, parties_of, read_parts
from cooperation.agreements.statuses import Decision
from cooperation.pages.records import READERS
from exchange.moving import Moving, Reason
from exchange.once import Once
from exchange.papers import signed_out
from institutions.registry.models import Institution
from institutions.registry.scope import houses
from institutions.territory.fields import TermField
from lifecycle.canonical import plain

READ_WITH = ("kind", "initiator", "latest", "shown", "concluded")
UNREAD = (
    "search_key",
    "initiator__search_key",
    "initiator__search_padded",
    "latest__text",
    "shown__text",
    "latest__texts",
    "shown__texts",
)


class PartyFields(StrictSerializer):
    """A party as it is sent."""

    institution = ScopedSlugField(Institution)
    role = TermField("party_role", required=False, allow_null=True)
    responsibility = serializers.ChoiceField(choices=["R", "A", "C", "I"], required=False)


class TermFields(StrictSerializer):
    """An obligation as it is sent; `from` and `to` are the institutions that give and receive."""

    key = serializers.CharField(max_length=26, required=False)
    kind = TermField("obligation_kind")
    form = TermField("cooperation_form", required=False, allow_null=True)
    to = ScopedSlugField(Institution, required=False, allow_null=True)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False, allow_null=True)
    unit = TermField("unit", as_code=True, required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    field_of_study = serializers.RegexField(r"^[0-9]{4}$", required=False)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    not_yet_defined = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        giving = ScopedSlugField(Institution, required=False, allow_null=True, source="from_")
        return {**super().get_fields(), "from": giving}


class Texts(StrictSerializer):
    """The text in further languages; one that is left out has none."""

    ru = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    en = serializers.CharField(max_length=100_000, required=False, allow_blank=True)


class ContentFields(StrictSerializer):
    """The content of a revision; every part may be left out."""

    title = serializers.CharField(max_length=300, required=False, allow_blank=True)
    kind = TermField("agreement_kind", required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    review_on = serializers.DateField(required=False, allow_null=True)
    notice_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)
    renewal = serializers.ChoiceField(choices=["none", "by_decision", "automatic"], required=False)
    renewal_months = serializers.IntegerField(min_value=1, max_value=600, required=False, allow_null=True)
    survives_exit = serializers.BooleanField(required=False)
    text = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    texts = Texts(required=False)
    parties = PartyFields(many=True, required=False, max_length=50)
    terms = TermFields(many=True, required=False, max_length=200)


class DraftFields(ContentFields):
    """A new draft; `institution` names the drafting party where the caller administers several, `copy_of` an agreement
    whose terms are taken over where nothing else is said.
    """

    institution = ScopedSlugField(Institution, required=False)
    copy_of = ScopedSlugField(Agreement, required=False)


class ChangeFields(ContentFields):
    """A proposed change: what differs, and why."""

    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class RenewFields(StrictSerializer):
    """A renewal: the new last day, and why."""

    ends_on = serializers.DateField()
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class DecideFields(StrictSerializer):
    """What is to become of it at its end."""

    decision = serializers.ChoiceField(choices=Decision.choices)


class SuspensionFields(Reason):
    """A pause: why, and on which document it rests."""

    document = serializers.CharField(max_length=300)


class TerminationFields(Reason):
    """An early end: why, and from which day."""

    effective_on = serializers.DateField()


class NoticeFields(TerminationFields, SuspensionFields):
    """A notice to leave: why, by which document, and from which day."""


class ApproveFields(StrictSerializer):
    """Signing: the hash of the content the signer saw, and, where it is signed with a key, the envelope around it."""

    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$")
    pkcs7 = serializers.CharField(max_length=keys.MOST, required=False)


class PartyRow(StrictSerializer):
    """A party as it is read."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    role = serializers.CharField(read_only=True, allow_null=True, source="role.code", default=None)
    state = serializers.CharField(read_only=True)
    approved_at = serializers.DateTimeField(read_only=True, allow_null=True)
    signs = serializers.BooleanField(read_only=True)
    responsibility = serializers.CharField(read_only=True)


class TermRow(StrictSerializer):
    """An obligation as it is read."""

    key = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True, source="kind.code")
    form = serializers.CharField(read_only=True, allow_null=True, source="form.code", default=None)
    to = serializers.CharField(read_only=True, allow_null=True, source="to_institution.public_id", default=None)
    quantity = serializers.SerializerMethodField()
    unit = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    field_of_study = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    not_yet_defined = serializers.BooleanField(read_only=True)

    def get_fields(self) -> dict[str, Any]:
        giving = serializers.CharField(
            read_only=True, allow_null=True, source="from_institution.public_id", default=None
        )
        return {**super().get_fields(), "from": giving}

    def get_quantity(self, term: AgreementTerm) -> str | None:
        return None if term.quantity is None else plain(term.quantity)


class AgreementRow(StrictSerializer):
    """An agreement as its reader may see it (standing.Reading)."""

    id = serializers.CharField(read_only=True, source="public_id")
    number = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True, allow_null=True, source="kind.code", default=None)
    status = serializers.CharField(read_only=True)
    starts_on = serializers.DateField(read_only=True, allow_null=True)
    ends_on = serializers.DateField(read_only=True, allow_null=True)
    initiator = serializers.CharField(read_only=True, source="initiator.public_id")
    parties = PartyRow(many=True, read_only=True)
    terms = TermRow(many=True, read_only=True)
    revision = serializers.IntegerField(read_only=True, allow_null=True, source="number_of_revision")
    content_hash = serializers.CharField(read_only=True, allow_null=True)
    turn = serializers.ListField(child=serializers.CharField(), read_only=True)
    turn_since = serializers.DateTimeField(read_only=True, allow_null=True)
    living = serializers.CharField(read_only=True, allow_null=True)
    in_force_from = serializers.DateField(read_only=True, allow_null=True)
    in_force_until = serializers.DateField(read_only=True, allow_null=True)
    concluded_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)


class AgreementDetail(AgreementRow):
    """The same with what belongs to the wording."""

    text = serializers.CharField(read_only=True, source="wording.text", default="")
    texts = Texts(read_only=True, source="wording.texts", default=dict)
    notice_days = serializers.IntegerField(read_only=True, allow_null=True, source="wording.notice_days", default=None)
    renewal = serializers.CharField(read_only=True, allow_null=True, source="wording.renewal", default=None)
    renewal_months = serializers.IntegerField(read_only=True, source="wording.renewal_months", default=None)
    survives_exit = serializers.BooleanField(read_only=True, source="wording.survives_exit", default=False)
    review_on = serializers.DateField(read_only=True, allow_null=True)
    purpose = serializers.CharField(read_only=True, allow_null=True, source="wording.purpose", default=None)
    effective_on = serializers.DateField(read_only=True, allow_null=True, source="wording.effective_on", default=None)
    leaves_on = serializers.DateField(read_only=True, allow_null=True)
    decision = serializers.CharField(read_only=True, allow_null=True, source="concluded.decision", default=None)
    decided_on = serializers.DateField(read_only=True, allow_null=True, source="concluded.decided_on", default=None)
    suspended_on = serializers.DateField(read_only=True, allow_null=True)
    terminated_on = serializers.DateField(read_only=True, allow_null=True)


class SignatureRow(StrictSerializer):
    """A signature: which party signed which hash, how and when; never who."""

    party = serializers.SlugRelatedField(slug_field="public_id", read_only=True, source="party.institution")
    hash = serializers.CharField(read_only=True, source="sha256")
    method = serializers.CharField(read_only=True)
    position = serializers.CharField(read_only=True)
    signed_at = serializers.DateTimeField(read_only=True)


class RevisionRow(StrictSerializer):
    """A revision; `content` is the canonical JSON itself, as text, so that its SHA-256 is `content_hash`."""

    number = serializers.IntegerField(read_only=True)
    status = serializers.CharField(read_only=True)
    purpose = serializers.CharField(read_only=True)
    content_hash = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField()
    parties = serializers.SerializerMethodField()
    signatures = SignatureRow(many=True, read_only=True)
    proposed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    concluded_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_content_hash(self, revision: Revision) -> str | None:
        return revision.content_hash or None

    def get_content(self, revision: Revision) -> str | None:
        return revision.frozen.content if revision.frozen else None

    @extend_schema_field(PartyRow(many=True))
    def get_parties(self, revision: Revision) -> Any:
        return PartyRow(parties_of(revision), many=True).data


class AgreementViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Agreements: whoever reads gets the visible ones; administrators draft, signatories sign."""

    scope = Agreement
    allowed_roles = READERS
    related = READ_WITH
    serializer_class = AgreementDetail
    row_serializer_class = AgreementRow
    write_serializers = {"create": DraftFields, "partial_update": ContentFields}
    filterset_class = AgreementFilters
    orderings = ("number", "title", "starts_on", "ends_on", "created_at", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = AGREEMENT
    move_actions = {
        "propose": actions.propose_agreement,
        "approve": keys.approve,
        "change": actions.change_agreement,
        "decline": actions.decline_agreement,
        "redraft": actions.redraft,
        "withdraw": actions.withdraw_agreement,
        "revert": actions.revert_agreement,
        "remind": reminding.remind_agreement,
        "amend": revising.amend_agreement,
        "renew": revising.renew_agreement,
        "decide": deciding.decide_agreement,
        "propose_suspension": revising.propose_suspension,
        "propose_resumption": revising.propose_resumption,
        "propose_termination": revising.propose_termination,
        "propose_annulment": revising.propose_annulment,
        "propose_reinstatement": revising.propose_reinstatement,
        "give_notice": leaving.give_notice,
        "take_back_notice": leaving.take_back_notice,
    }
    move_serializers = {
        "approve": ApproveFields,
        "change": ChangeFields,
        "amend": ChangeFields,
        "renew": RenewFields,
        "decide": DecideFields,
        "propose_suspension": SuspensionFields,
        "propose_termination": TerminationFields,
        "give_notice": NoticeFields,
    }
    move_scopes = {"approve": "sign"}

    def find(self, rows: Any) -> Any:
        """By id, and by number too."""
        found = rows.filter(number=self.kwargs["public_id"]).order_by("pk").first()
        return found or super().find(rows)

    def reading(self, agreement: Agreement) -> Reading:
        return Reading(agreement, houses(self.request.user), today())

    def present_rows(self, rows: list[Any], context: dict[str, Any]) -> Any:
        return super().present_rows([self.reading(row) for row in read_parts(rows)], context)

    def present(self, subject: Any, context: dict[str, Any]) -> dict[str, Any]:
        reading = subject if isinstance(subject, Reading) else self.reading(*read_parts([subject]))
        return super().present(reading, context)

    def get_list_queryset(self) -> Any:
        """Rows without what no row shows."""
        return self.get_queryset().select_related(None).select_related(*READ_WITH[:-1]).defer(*UNREAD)

    def moves_for(self, subject: Any, request: Any) -> list[str]:
        return super().moves_for(subject.agreement, request)

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return can_edit(user, subject)
        return super().may_change(user, subject)

    def known_parameters(self) -> set[str]:
        return {*filters.PAPER, "format"} if self.action == "document" else super().known_parameters()

    def check_scope(self, request: Any) -> None:
        """A signature takes a token with the scope `sign`; a session signs on the page, with the password."""
        super().check_scope(request)
        if self.kwargs.get("move") == "approve" and request.auth is None:
            raise ScopeMissing(_("Signing over the API takes a token with the scope sign."))

    def create(self, request: Any) -> Response:
        """Draft an agreement."""
        agreement = copying.draft_or_copy(**self.checked(DraftFields), by=request.user, at=now())
        return self.answer(agreement, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Save a part of a draft."""
        actions.save_draft(self.subject, **self.checked(ContentFields, partial=True), by=request.user, at=now())
        return self.answer(self.subject)

    def destroy(self, request: Any, **kwargs: Any) -> Response:
        """Erase a draft that nobody else has seen."""
        actions.erase_draft(self.subject, by=request.user, at=now())
        return Response(status=204)

    @action(detail=True, methods=["get"], url_path="revisions", url_name="revisions")
    def revisions(self, request: Any, **kwargs: Any) -> Response:
        """All revisions of an agreement, oldest first, with content and signatures."""
        found = Revision.objects.visible_to(request.user).filter(agreement=self.subject).order_by("number")  # type: ignore[attr-defined]
        found = found.select_related("frozen").prefetch_related(
            "parties__institution", "parties__role", "signatures__party__institution"
        )
        rows = RevisionRow(list(found), many=True, context={"request": request}).data
        return listed(rows, {"next": None, "previous": None}, None)

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("language", str, enum=TAGS, description="The language of the paper; the caller's own by default."),
            OpenApiParameter("beside", str, enum=TAGS, description="A second language beside it."),
        ],
    )  # fmt: skip
    @action(detail=True, methods=["get"], url_path="document", url_name="document")
    def document(self, request: Any, **kwargs: Any) -> HttpResponse:
        """The concluded wording as PDF/A with its signatures, its code and a QR code, signed by the platform."""
        languages = filters.languages_of(request.query_params, get_language())
        if self.subject.concluded is None:
            raise Http404
        sheet = paper.sheet_of(self.subject, self.subject.concluded, languages)
        return signed_out(paper.TEMPLATE, sheet, f"{self.subject.number}.pdf")
