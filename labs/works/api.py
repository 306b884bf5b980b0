"""Works of laboratories over the API: the list, one work, a new one, and corrections."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.pages.records import READERS
from cooperation.resources.models import Resource
from exchange.once import Once
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject
from labs.works import actions
from labs.works.filters import WorkFilters
from labs.works.models import Work, WorkKind
from labs.works.presenting import PREFETCH, RELATED
from labs.works.rules import may_correct


class WorkFields(StrictSerializer):
    """What is said of a work; every part may be left out when saving."""

    kind = serializers.ChoiceField(choices=WorkKind.choices)
    project = ScopedSlugField(PilotProject, required=False, allow_null=True)
    authors = serializers.ListField(child=serializers.CharField(max_length=200), max_length=100, required=False)
    year = serializers.IntegerField(min_value=1900, max_value=2100, required=False, allow_null=True)
    published_in = serializers.CharField(max_length=300, required=False, allow_blank=True)
    doi = serializers.CharField(max_length=200, required=False, allow_blank=True)


class NewWorkFields(WorkFields):
    """A new work: upon a `resource`, or with a title; `citation` (BibTeX, RIS or a DOI) fills what is left out."""

    laboratory = ScopedSlugField(Laboratory)
    resource = ScopedSlugField(Resource, required=False)
    citation = serializers.CharField(max_length=8000, required=False)
    title = serializers.CharField(max_length=300, required=False)
    link = serializers.URLField(max_length=500, required=False)
    description = serializers.CharField(max_length=8000, required=False)


class WorkRow(StrictSerializer):
    """A work: who wrote it, where it appeared, and to what it is linked; its file and link are read with the resource."""

    id = serializers.CharField(read_only=True, source="public_id")
    kind = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True, source="resource.title")
    authors = serializers.SerializerMethodField()
    year = serializers.IntegerField(read_only=True, allow_null=True)
    published_in = serializers.CharField(read_only=True)
    doi = serializers.CharField(read_only=True)
    laboratory = serializers.CharField(read_only=True, source="laboratory.public_id")
    project = serializers.CharField(read_only=True, allow_null=True, source="project.public_id", default=None)
    resource = serializers.CharField(read_only=True, source="resource.public_id")
    status = serializers.CharField(read_only=True, source="resource.status")
    created_at = serializers.DateTimeField(read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_authors(self, work: Work) -> list[str]:
        """Their names in the order of the work."""
        return [each.name for each in work.authors.all()]


class WorkViewSet(Scoped, Once, StrictViewSet):
    """Research works, manuals and publications of laboratories."""

    scope = Work
    allowed_roles = READERS
    related = RELATED
    prefetch = PREFETCH
    serializer_class = WorkRow
    write_serializers = {"create": NewWorkFields, "partial_update": WorkFields}
    filterset_class = WorkFilters
    orderings = ("year", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"

    def may_change(self, user: Any, subject: Any) -> bool:
        return may_correct(user, subject)

    def create(self, request: Any) -> Response:
        """Enter a work."""
        made = actions.enter_work(by=request.user, at=now(), **self.checked(NewWorkFields))
        return self.answer(made, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Correct what is said of it."""
        actions.save_work(self.subject, by=request.user, at=now(), **self.checked(WorkFields, partial=True))
        return self.answer(self.subject)
