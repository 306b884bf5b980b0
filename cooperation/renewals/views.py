"""The renewal brief: what did we promise each other, what came of it, and what now?"""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import today
from cooperation.agreements import presenting
from cooperation.agreements.blocks import blocks_of
from cooperation.agreements.records import Record
from cooperation.renewals import showing
from lifecycle.transitions import WrongStatus


class RenewalBrief(Record, View):
    """One page about the end of a concluded agreement; of one that was never concluded there is none."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        agreement, on = self.agreement, today()
        if agreement.concluded is None:
            raise WrongStatus(agreement.status)
        context = {
            **self.frame(_("Renewal brief")), "facts": showing.facts_of(agreement, on),
            "living": presenting.living_words(agreement, on), "document": presenting.document(agreement.concluded),
            "blocks": blocks_of(agreement, request.user), "done": showing.done_under(agreement), "total": showing.total_of(agreement),
            "options": showing.options_of(agreement, request.user), "once": secrets.token_urlsafe(18),
        }  # fmt: skip
        return render(request, "cooperation/agreement_renewal.html", context)
