"""The record over the API: how far it has come, signed heads, and proofs that anybody can check without an account."""

import hashlib
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.doors import Door
from accounts.listing import refuse
from accounts.strict import StrictSerializer
from lifecycle import ledger
from lifecycle.models import LedgerEntry, LedgerHead

FRESH, FOR_GOOD = "public, max-age=60", "public, max-age=31536000, immutable"
HASH = {"min_length": 64, "max_length": 64, "read_only": True}


class Head(StrictSerializer):
    """What was signed: the root over the first `size` entries, and the last seal of the acts."""

    at = serializers.CharField(read_only=True)
    key = serializers.CharField(read_only=True)
    root = serializers.CharField(**HASH)
    seal = serializers.IntegerField(read_only=True)
    seal_digest = serializers.CharField(read_only=True)
    signature = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True)


class Ledger(StrictSerializer):
    """How far the record has come now, and the newest signed head."""

    size = serializers.IntegerField(read_only=True)
    root = serializers.CharField(**HASH)
    head = Head(read_only=True, allow_null=True)


class SignedHead(StrictSerializer):
    """A head with the proof that it only added to the one before it."""

    number = serializers.IntegerField(read_only=True)
    head = Head(read_only=True)
    proof = serializers.ListField(child=serializers.CharField(**HASH), read_only=True)


class Heads(StrictSerializer):
    """Signed heads, oldest first; ask again with `after` = the last number for the next ones."""

    heads = SignedHead(many=True, read_only=True)


class Entry(StrictSerializer):
    """What the leaf is the hash of: this text of this thing, recorded at this moment."""

    at = serializers.CharField(read_only=True)
    content_hash = serializers.CharField(**HASH)
    id = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    number = serializers.IntegerField(read_only=True)


class Proof(StrictSerializer):
    """One entry, its place, the way up to the root, and the head with that root (unsigned until the day's head)."""

    entry = Entry(read_only=True)
    index = serializers.IntegerField(read_only=True)
    proof = serializers.ListField(child=serializers.CharField(**HASH), read_only=True)
    head = Head(read_only=True)


class Consistency(StrictSerializer):
    """That the first `first` entries stand unchanged among the first `size`."""

    first = serializers.IntegerField(read_only=True)
    size = serializers.IntegerField(read_only=True)
    first_root = serializers.CharField(**HASH)
    root = serializers.CharField(**HASH)
    proof = serializers.ListField(child=serializers.CharField(**HASH), read_only=True)


class RecordDoor(Door):
    """Open to everybody, and the same for everybody: answers may be kept."""

    public = True
    http_method_names = ["get", "head"]

    def kept(self, body: Any, how: str = FRESH) -> Response:
        """The answer with how long it may be kept, and 304 for who has it."""
        response = self.reply(body)
        etag = f'"{hashlib.sha256(repr(body).encode()).hexdigest()[:32]}"'
        if self.request.META.get("HTTP_IF_NONE_MATCH") == etag:
            response = Response(status=304)
        response["ETag"], response["Cache-Control"], response["Access-Control-Allow-Origin"] = etag, how, "*"
        return response

    def whole(self, name: str, most: int) -> int:
        """A parameter that counts entries."""
        text = self.request.query_params.get(name, "")
        if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) <= most):
            raise refuse(name, "invalid", _("A whole number up to the length of the record is expected."))
        return int(text)


class LedgerDoor(RecordDoor):
    """How far the record has come."""

    @extend_schema(operation_id="ledger", responses=Ledger)
    def get(self, request: Any) -> Response:
        """Length and root of the record now, and its newest signed head."""
        size, head = ledger.length(), LedgerHead.objects.order_by("-id").first()
        signed = ledger.as_signed(head) if head else None
        return self.kept({"size": size, "root": ledger.root(size).hex(), "head": signed})


class HeadsDoor(RecordDoor):
    """What was signed day by day."""

    parameters = ("after",)

    @extend_schema(
        operation_id="ledger_heads", responses=Heads,
        parameters=[OpenApiParameter("after", int, description="The number of the last head that is known; it stands first in the answer.")],
    )  # fmt: skip
    def get(self, request: Any) -> Response:
        """Signed heads, oldest first, each with the proof that it continues the one before it."""
        after = self.whole("after", 10**18) if "after" in request.query_params else 0
        return self.kept({"heads": ledger.heads(after)})


class ProofDoor(RecordDoor):
    """The proof of one entry."""

    @extend_schema(operation_id="ledger_proof", responses=Proof)
    def get(self, request: Any, kind: str, public_id: str, number: int) -> Response:
        """That this text of this thing stands in the record; the offline program reads this answer as it is."""
        entry = LedgerEntry.objects.filter(kind=kind, subject_id=public_id, number=number).first()
        if entry is None:
            raise Http404
        told = ledger.bundle(entry)
        return self.kept(told, FOR_GOOD if told["head"]["signature"] else FRESH)


class ConsistencyDoor(RecordDoor):
    """The proof that nothing was rewritten."""

    parameters = ("first", "size")

    @extend_schema(
        operation_id="ledger_consistency", responses=Consistency,
        parameters=[
            OpenApiParameter("first", int, required=True, description="The shorter length."),
            OpenApiParameter("size", int, required=True, description="The longer length."),
        ],
    )  # fmt: skip
    def get(self, request: Any) -> Response:
        """That the record of one length is the beginning of the record of another."""
        size = self.whole("size", ledger.length())
        first = self.whole("first", size)
        steps = [each.hex() for each in ledger.consistency(first, size)]
        return self.kept({
            "first": first, "size": size, "first_root": ledger.root(first).hex(), "root": ledger.root(size).hex(),
            "proof": steps,
        }, FOR_GOOD)  # fmt: skip
