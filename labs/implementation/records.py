"""What pages of a programme, of a step and of a pre-registration share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.clock import now
from cooperation.pages.records import RecordPage
from exchange.once import Once
from labs.implementation.models import ImplementationStep
from labs.implementation.rules import STEP
from labs.pilots.records import Record
from lifecycle.transitions import Unmet


class StepRecord(RecordPage):
    """A page of one step."""

    scope = ImplementationStep
    related = ("project__laboratory__cluster", "owner")
    machine, word, plural = STEP, "step", _l("Steps of pilot projects")

    @property
    def step(self) -> ImplementationStep:
        found: ImplementationStep = self.get_object()
        return found

    def called(self) -> str:
        return self.step.title


class PilotAct(Once, Record):
    """One button in a block of the page of a project; what it still lacks is said on a page of its own."""

    http_method_names = ["post"]
    act: Any
    title: Any = ""
    done: Any = ""
    request: HttpRequest

    def permitted(self) -> None:
        """403 or 409 before anything is tried."""
        raise NotImplementedError

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        try:
            type(self).act(self.project, by=request.user, at=now())
        except Unmet as unmet:
            self.again()
            return self.lacking([{"text": str(each.message), "url": self.place_of(each)} for each in unmet.conditions])
        self.say(request)
        return redirect(self.address)

    def say(self, request: HttpRequest) -> None:
        """What is said afterwards."""
        raise NotImplementedError

    def place_of(self, condition: Any) -> str:
        """Where what is missing is given."""
        return self.page_of("programme")

    def lacking(self, errors: list[dict[str, str]]) -> HttpResponse:
        context = {
            **self.frame(self.title),
            "errors": errors,
            "page_errors": True,
            "lede": _("It is not possible yet."),
        }
        return render(self.request, "labs/lacking.html", context, status=422)
