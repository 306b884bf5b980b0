"""A list as a file for the reader of a page: a short one at once, a long one among "My files"."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.clock import now, today
from accounts.listing import ParameterError, refuse
from exchange.jobs.actions import hand_out
from exchange.jobs.handlers import Exporter
from exchange.jobs.models import Job

FILE_FORMS = ("CSV", "XLSX")


def file_of(request: HttpRequest, exporter: Exporter, params: Mapping[str, Any], form: str) -> HttpResponse:
    """The file, or the page where it will be found. Raises ParameterError for another form than csv and xlsx."""
    if form.upper() not in FILE_FORMS:
        raise ParameterError(refuse("format", "invalid", _("Write csv or xlsx.")).detail)
    chosen = {name: str(value) for name, value in params.items()}
    language = get_language() or settings.LANGUAGE_CODE
    made = hand_out(exporter, chosen, form, by=request.user, at=now(), today=today(), language=language)
    if isinstance(made, Job):
        messages.success(request, _("The file is being made: it will be here."))
        return redirect("file-list")
    content, name, kind = made
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=told)
