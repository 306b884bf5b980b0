"""Pages of head counts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.clock import now, today
from accounts.names import name_now
from accounts.scoped import Scoped
from exchange.once import Once
from institutions.headcounts.actions import put_headcounts
from institutions.headcounts.forms import HeadcountForm
from institutions.headcounts.intake import Given
from institutions.headcounts.models import Category
from institutions.headcounts.panels import known_by_register
from institutions.registry.entering import Entering
from institutions.registry.models import Institution
from institutions.registry.showing import address_of


class EnterHeadcount(Scoped, Once, FormView):
    """One count typed by people, where no register tells it."""

    scope = Institution
    related = ("territory",)
    form_class = HeadcountForm
    template_name = "institutions/headcount_enter.html"

    def enter(self, request: Any) -> None:
        super().enter(request)
        self.house = self.get_object()
        if not Entering(request.user).may(self.house):
            raise PermissionDenied
        self.known = known_by_register(self.house, today())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "known": self.known, "today": today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = name_now(self.house.names)
        crumbs = [
            {"text": _("Organisations"), "url": reverse("institution-list")},
            {"text": name, "url": address_of(self.house)},
            {"text": _("Enter a head count")},
        ]
        told = [str(Category(code).label) for code in Category.values if code in self.known]
        return super().get_context_data(
            **kwargs, crumbs=crumbs, name=name, back=address_of(self.house), told=", ".join(told)
        )

    def form_valid(self, form: Any) -> Any:
        put_headcounts([Given(self.house, **form.cleaned_data)], by=self.request.user, at=now())
        messages.success(self.request, _("The head count is in the record."))
        return redirect(address_of(self.house))
