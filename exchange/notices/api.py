"""Notices over the API: one's own, and marking one as read."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped
from accounts.strict import StrictModelSerializer
from exchange.moving import NoFields
from exchange.notices.actions import read_notices
from exchange.notices.filters import NoticeFilters
from exchange.notices.models import Notice
from exchange.notices.telling import the_book
from exchange.notices.wording import line_of, path_of
from exchange.once import Once


class NoticeSerializer(StrictModelSerializer):
    """A notice: what it is about, and its line in the language of the request."""

    id = serializers.CharField(source="public_id", read_only=True)
    line = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["id", "kind", "subject_type", "subject_id", "line", "url", "happened_at", "read_at"]

    def get_line(self, notice: Notice) -> str:
        """One sentence."""
        return line_of(notice, the_book())

    def get_url(self, notice: Notice) -> str:
        """The page on which it is read."""
        return str(self.context["request"].build_absolute_uri(path_of(notice, the_book())))


class NoticeViewSet(Scoped, Once, StrictViewSet):
    """What one was told."""

    scope = Notice
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters
    orderings = ("happened_at",)
    default_ordering = "-happened_at"
    http_method_names = ["get", "head", "post"]

    @action(detail=True, methods=["post"], url_path="moves/read", url_name="read")
    def read(self, request: Any, **kwargs: Any) -> Response:
        """Mark it as read; a message about it that has not left is cancelled."""
        self.checked(NoFields)
        read_notices([self.subject.pk], by=request.user, at=now())
        return self.answer(self.subject)
