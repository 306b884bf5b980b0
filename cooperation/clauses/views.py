"""The library: which texts are there to begin with, in which languages?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.listing import ParameterError, refuse
from accounts.names import name_now
from accounts.scoped import Scoped
from cooperation.agreements.records import Record
from cooperation.clauses import library
from cooperation.clauses.showing import shown_clause, shown_template
from cooperation.pages.records import READERS
from institutions.territory.models import Term


class Library(Scoped, View):
    """Templates and clauses, of one kind of agreement or of all."""

    scope = Term
    allowed_roles = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = {term.code: term for term in Term.objects.of("agreement_kind").order_by("position", "pk")}
        kind = request.GET.get("kind", "")
        if kind and kind not in kinds:
            raise ParameterError(refuse("kind", "invalid", _("There is no such kind of agreement.")).detail)
        known = library.by_code(library.clauses())
        context = {
            "title": _("Templates and clauses"), "crumbs": Record.crumbs({"text": _("Templates and clauses")}),
            "kinds": [{"text": _("All"), "url": "?", "current": not kind}]
            + [{"text": name_now(each.names), "url": f"?kind={each.code}", "current": each.code == kind} for each in kinds.values()],
            "templates": [shown_template(each, known) for each in library.templates(kind)],
            "clauses": [shown_clause(each) for each in library.clauses(kind)],
        }  # fmt: skip
        return render(request, "cooperation/agreement_library.html", context)
