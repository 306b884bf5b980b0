"""Lists of the API as files: `Accept: text/csv` or `.csv`, `.xlsx`; a short list at once, a long one as a job."""

from typing import Any

from django.utils.translation import get_language
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from accounts.clock import now, today
from exchange.jobs.actions import hand_out
from exchange.jobs.handlers import Exporter
from exchange.jobs.models import Job
from exchange.tables import CSV_TYPE, XLSX_TYPE


class CsvFile(BaseRenderer):
    """Bytes that are a CSV already; anything else, such as a problem, is JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        return data if isinstance(data, bytes) else JSONRenderer().render(data)


class XlsxFile(CsvFile):
    """Bytes that are a workbook already."""

    media_type = XLSX_TYPE
    format = "xlsx"


class InBulk:
    """A list that also comes as a file, made by the same exporter as the page's."""

    exporter: Exporter
    renderer_classes = [JSONRenderer, CsvFile, XlsxFile]

    def bulk_params(self) -> dict[str, str]:
        """What the exporter must know beside the query, such as the code in the address."""
        return {}

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """One page as JSON, or the whole list as a file."""
        form = request.accepted_renderer.format
        if form not in ("csv", "xlsx"):
            return super().list(request, *args, **kwargs)  # type: ignore[misc]
        self.listed_rows(request)  # type: ignore[attr-defined]  # the same 400 for the same mistakes
        beside = ("format", "limit", "cursor", "ordering", "fields", "expand", "count")
        asked = {name: value for name, value in request.query_params.items() if value and name not in beside}
        params = {**asked, **self.bulk_params()}
        language = get_language() or "en"
        made = hand_out(self.exporter, params, form, by=request.user, at=now(), today=today(), language=language)
        if isinstance(made, Job):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = "application/json"
            address = f"/api/v1/jobs/{made.public_id}/"
            return Response({"id": made.public_id, "status": made.status}, status=202, headers={"Location": address})
        content, name, _media = made
        kind = CSV_TYPE if form == "csv" else XLSX_TYPE
        return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
