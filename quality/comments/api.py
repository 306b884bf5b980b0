"""Remarks of readers over the API, for those who answer them."""

from typing import Any

from rest_framework import serializers

from accounts.clock import today
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from exchange.moving import Moving
from exchange.once import Once
from quality.comments import actions, showing
from quality.comments.filters import CommentFilters
from quality.comments.models import CommentStatus, PublicComment
from quality.comments.rules import ANSWERERS, COMMENT, due_on, is_late


class Answer(StrictSerializer):
    """What everybody will read; `is_told` false keeps back what was said, where a person is named."""

    reason = serializers.CharField(max_length=2000)
    is_told = serializers.BooleanField(required=False, default=True)


class CommentLine(StrictSerializer):
    """A remark; of whoever wrote it nothing is handed out."""

    id = serializers.CharField(source="public_id", read_only=True)
    address = serializers.CharField(read_only=True, help_text="Of the public page, without host and language.")
    title = serializers.CharField(read_only=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, default=None, allow_null=True)
    territory = serializers.CharField(source="territory.code", read_only=True)
    text = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(choices=CommentStatus.choices, read_only=True)
    answer = serializers.CharField(read_only=True)
    received_at = serializers.DateTimeField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    due_on = serializers.SerializerMethodField()
    late = serializers.SerializerMethodField()

    def get_due_on(self, comment: PublicComment) -> str:
        return due_on(comment).isoformat()

    def get_late(self, comment: PublicComment) -> bool:
        return is_late(comment, today())


class CommentViewSet(Scoped, Once, Moving, StrictViewSet):
    """What readers say of public pages."""

    scope = PublicComment
    allowed_roles = ANSWERERS
    related = showing.RELATED
    serializer_class = CommentLine
    filterset_class = CommentFilters
    orderings = ("received_at", "closed_at", "title")
    default_ordering = "-received_at"
    lifecycle = COMMENT
    move_actions: Any = {
        "acknowledge": actions.acknowledge_comment,
        "answer": actions.answer_comment,
        "correct": actions.correct_comment,
        "decline": actions.decline_comment,
    }
    move_serializers: Any = {"answer": Answer, "correct": Answer, "decline": Answer}
