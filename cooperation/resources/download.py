"""The file of a shared resource on its way to a reader."""

from django.http import FileResponse, Http404

from cooperation.resources.models import Resource


def handed_over(resource: Resource) -> FileResponse:
    """The file as a download that no browser opens by itself; 404 when there is none."""
    name = resource.file.name
    if not name or not resource.file.storage.exists(name):
        raise Http404
    answer = FileResponse(resource.file.open("rb"), as_attachment=True, filename=resource.file_name)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
