"""Jobs over the API: one's own, their errors and their file; and the doors that take a file."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door, StrictViewSet
from accounts.listing import read_flag
from accounts.scoped import Scoped
from accounts.strict import StrictModelSerializer, StrictSerializer, StrictUpload, TooLarge
from exchange.jobs import actions
from exchange.jobs.download import handed_over
from exchange.jobs.filters import JobFilters
from exchange.jobs.handlers import importers
from exchange.jobs.models import Job, RowState, said_of
from exchange.jobs.rules import JOB
from exchange.moving import Moving
from exchange.once import Once
from exchange.sheets import MAX_BYTES, Unreadable


class JobRowSerializer(StrictModelSerializer):
    """A job in a list."""

    id = serializers.CharField(source="public_id", read_only=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "status",
            "title",
            "done",
            "total",
            "result",
            "reason",
            "created_at",
            "started_at",
            "finished_at",
        ]

    def get_result(self, job: Job) -> dict[str, Any]:
        """Rows by what happened to them."""
        return dict(job.result)


class JobSerializer(JobRowSerializer):
    """A job with what is wrong in its file: row and column as a spreadsheet shows them, a code, a sentence."""

    errors = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta(JobRowSerializer.Meta):
        fields = [*JobRowSerializer.Meta.fields, "errors", "warnings"]

    def get_errors(self, job: Job) -> list[dict[str, Any]]:
        """Everything that is wrong with every refused row, in the order of the rows."""
        return said_of(job.rows.filter(state=RowState.REFUSED))

    def get_warnings(self, job: Job) -> list[dict[str, Any]]:
        """What is worth a look in rows that were taken."""
        return said_of(job.rows.exclude(state=RowState.REFUSED))


class JobViewSet(Scoped, Once, Moving, StrictViewSet):
    """What one has asked for."""

    scope = Job
    lifecycle = JOB
    serializer_class = JobSerializer
    row_serializer_class = JobRowSerializer
    filterset_class = JobFilters
    orderings = ("created_at",)
    default_ordering = "-created_at"
    move_actions = {"cancel": actions.cancel_job, "retry": actions.retry_job}

    @action(detail=True, methods=["get"], url_path="file", url_name="file")
    def file(self, request: Any, **kwargs: Any) -> Any:
        """The file that came out, while it is kept; 404 when there is none."""
        return handed_over(self.subject, now())


class UploadFields(StrictSerializer):
    """The file itself."""

    form_encoded = True
    file = serializers.FileField(max_length=255, allow_empty_file=True)


class Import(Once, Door):
    """Takes a file and answers with the job that works on it."""

    parser_classes = [StrictUpload]
    parameters = ("dry_run", "partial")
    max_body = MAX_BYTES + 100_000
    write_scope = "import"
    http_method_names = ["post"]
    once_required = ("POST",)

    def enter(self, request: Any) -> None:
        """403 for whoever may never import this kind; 404 for a kind that does not exist."""
        importer = importers().get(self.kwargs["kind"])
        if importer is None:
            raise Http404
        if not importer.may(request.user):
            raise PermissionDenied
        self.importer = importer

    def post(self, request: Any, kind: str) -> Response:
        """Check the file, and unless `dry_run=true` write it: whole, or with `partial=true` its valid rows."""
        dry_run, partial = (read_flag(request.query_params, name) for name in ("dry_run", "partial"))
        file = self.checked(UploadFields)["file"]
        try:
            job = actions.ask_import(
                self.importer,
                file,
                by=request.user,
                at=now(),
                dry_run=dry_run,
                partial=partial,
                language=get_language() or "en",
            )
        except Unreadable as error:
            if error.too_large:
                raise TooLarge(error.messages[0]) from error
            raise
        body = JobSerializer(job, context={"request": request}).data
        return Response(body, status=202, headers={"Location": f"/api/v1/jobs/{job.public_id}/"})


class Imports(Door):
    """Kinds of file the caller may send, with the columns of each."""

    def get(self, request: Any) -> Response:
        """The kinds one may import."""
        return self.reply({"results": [described(kind) for kind in importers().values() if kind.may(request.user)]})


def described(kind: Any) -> dict[str, Any]:
    """A kind of import as a client reads it."""
    columns = [
        {"name": column.name, "label": str(column.label), "required": column.required} for column in kind.columns
    ]
    return {"kind": kind.code, "name": str(kind.label), "columns": columns}
