"""What the pages of laboratories share, and pages with one form: what the action refuses stands at the fields."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View

from cooperation.pages.records import RecordPage
from exchange.once import Once
from labs.laboratories import presenting
from labs.laboratories.models import Laboratory
from labs.laboratories.rules import LABORATORY


class Record(RecordPage):
    """A page of one laboratory."""

    scope = Laboratory
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = LABORATORY, "laboratory", _("Laboratories")

    @property
    def laboratory(self) -> Laboratory:
        found: Laboratory = self.get_object()
        return found

    def called(self) -> str:
        return presenting.title_of(self.laboratory)


class FormPage(Once, View):
    """A page with one form: with errors it comes back filled in."""

    template_name = ""
    request: Any

    def tried(self, form: Any, act: Callable[[], Any]) -> Any:
        """What the action gave, or None with its refusal written at the fields."""
        if not form.is_valid():
            return None
        try:
            return act()
        except ValidationError as error:
            for name, told in error.message_dict.items():
                form.add_error(name if name in form.fields else None, told)
            return None


class OneForm(RecordPage, FormPage):
    """A page with one form about one record, beside the RecordPage of its thing."""

    move = ""
    title: Any = ""
    verb: Any = ""
    lede: Any = ""
    done: Any = ""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit(self.move)
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit(self.move)
        form = self.form(request.POST)
        if self.tried(form, lambda: self.act(form)) is None:
            self.again()
            return self.page(form, 422)
        messages.success(request, self.done)
        return redirect(self.address)

    def form(self, data: Any = None) -> Any:
        raise NotImplementedError

    def act(self, form: Any) -> Any:
        raise NotImplementedError

    def more(self) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def page(self, form: Any, status: int = 200) -> HttpResponse:
        context = {**self.frame(self.title), "form": form, "verb": self.verb, "lede": self.lede, **self.more(),
                   "page_errors": status == 422}  # fmt: skip
        return render(self.request, self.template_name or "labs/form.html", context, status=status)
