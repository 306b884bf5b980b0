"""An agreement's XML on its way to a person or a program."""

from django.http import HttpResponse

from cooperation.agreements.models import Agreement

XML = "application/xml"


def as_file(agreement: Agreement, content: bytes) -> HttpResponse:
    """The XML as a download that no browser opens by itself."""
    answer = HttpResponse(content, content_type=f"{XML}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{agreement.number}.ewp.xml"'
    answer["Cache-Control"] = "no-store"
    return answer
