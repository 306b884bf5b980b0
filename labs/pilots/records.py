"""What all pages of one pilot project share, and the pages that are a form."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View

from cooperation.pages.records import RecordPage
from exchange.once import Once
from labs.pilots.models import PilotProject
from labs.pilots.presenting import RELATED, ROW_PREFETCH
from labs.pilots.rules import PILOT
from lifecycle.transitions import Unmet


class Record(RecordPage):
    """A page of one pilot project."""

    scope = PilotProject
    related = (*RELATED, "laboratory__host")
    prefetch: Any = (*ROW_PREFETCH, "goals__indicator", "problems")
    machine, word, plural = PILOT, "pilot", _("Pilot projects")

    @property
    def project(self) -> PilotProject:
        found: PilotProject = self.get_object()
        return found

    def called(self) -> str:
        return self.project.title


class FormPage(Record, Once, View):
    """A part of the project as a form; what is refused is said at its field, and what was typed is kept."""

    title: Any = ""
    lede: Any = ""
    verb: Any = _("Save")
    done: Any = _("Saved.")
    template = "labs/pilot_form.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        form = self.form(request.POST)
        if form.is_valid() and self.tried(form):
            messages.success(request, self.done)
            return redirect(self.next_page())
        self.again()
        return self.page(form, 422)

    def next_page(self) -> str:
        """Where what was saved leads."""
        return self.address

    def tried(self, form: Any) -> bool:
        """Whether the action took it; what it refused stands at the fields then."""
        try:
            self.act(form)
        except Unmet as unmet:
            self.refuse(
                form, ValidationError({each.pointer.strip("/"): [str(each.message)] for each in unmet.conditions})
            )
        except ValidationError as error:
            self.refuse(form, error)
        else:
            return True
        return False

    def refuse(self, form: Any, error: ValidationError) -> None:
        if hasattr(form, "refuse"):
            form.refuse(error)
            return
        for name, told in error.message_dict.items():
            form.add_error(name if name in form.fields else None, told)

    def permitted(self) -> None:
        """403 or 409 before a form is shown that could not be sent."""
        raise NotImplementedError

    def form(self, sent: Any = None) -> Any:
        raise NotImplementedError

    def act(self, form: Any) -> None:
        raise NotImplementedError

    def more(self, form: Any) -> dict[str, Any]:
        """What else its template shows."""
        return {}

    def page(self, form: Any, status: int = 200, **shown: Any) -> HttpResponse:
        context = {
            **self.frame(self.title), "form": form, "lede": self.lede, "verb": self.verb,
            "page_errors": status >= 400, **self.more(form), **shown,
        }  # fmt: skip
        return render(self.request, self.template, context, status=status)


class MovePage(FormPage):
    """A move with a form of its own."""

    move = ""

    def permitted(self) -> None:
        self.permit(self.move)
