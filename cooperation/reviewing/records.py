"""What the doors of everything that is reviewed share: who may come in, what a row tells, which address makes a move."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.reviewing import actions
from cooperation.reviewing.rules import is_author
from exchange.moving import Moving
from exchange.once import Once
from institutions.registry.models import Institution

MOVES = {
    "submit": actions.submit_for_review,
    "publish": actions.publish_reviewed,
    "return": actions.return_to_author,
    "withdraw": actions.withdraw_reviewed,
}


class ContentFields(StrictSerializer):
    """What every thing has; `institution` where the caller belongs to several."""

    title = serializers.CharField(max_length=300)
    institution = ScopedSlugField(Institution, required=False)


class ReviewedRow(StrictSerializer):
    """What every thing tells in a list; who wrote it is not among it."""

    id = serializers.CharField(read_only=True, source="public_id")
    title = serializers.CharField(read_only=True)
    institution = serializers.CharField(read_only=True, source="institution.public_id")
    status = serializers.CharField(read_only=True)
    published_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)


class ReviewedViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Authors write and send, another person publishes; a thing names its serializers, filters, table and writers."""

    related: Any = ("institution",)
    orderings = ("title", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    move_actions: Any = MOVES
    draft: Any = None
    save: Any = None

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return is_author(user, subject)
        return super().may_change(user, subject)

    def create(self, request: Any) -> Response:
        """Write a draft that nobody else sees."""
        made = self.draft(**self.checked(self.write_serializers["create"]), by=request.user, at=now())
        return self.answer(made, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Save a part of a draft."""
        content = self.checked(self.write_serializers["partial_update"], partial=True)
        self.save(self.subject, **content, by=request.user, at=now())
        return self.answer(self.subject)
