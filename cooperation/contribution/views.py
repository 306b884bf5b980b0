"""My contribution: one month on one card, for the person alone and compared with nobody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import today
from accounts.scoped import Scoped
from cooperation.activities.models import Activity
from cooperation.activities.rules import MEMBERS
from cooperation.entries import own

WRITERS = {role.value for role in MEMBERS}


class MyContribution(Scoped, View):
    """What came of a month of joint work: entries, people reached, hours, thanks, certificates."""

    scope = Activity
    allowed_roles = WRITERS

    def get(self, request: HttpRequest) -> HttpResponse:
        first = own.month_shown(request.user, request.GET.get("month"), today())
        if first is None:
            raise Http404
        record: dict[str, Any] = own.record_of(request.user, first)
        return render(request, "cooperation/my_contribution.html", {
            "crumbs": [{"text": _("My contribution")}], "record": record, "owner": str(request.user),
            "months": own.month_chips(request.user, first), "new": f"/{get_language()}/activities/new/",
        })  # fmt: skip
