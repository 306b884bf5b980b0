"""Pages of the assessment: naming the panel, and the verdict with what the panel says and agrees to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.models import User
from accounts.scoped import Scoped
from exchange.once import Once
from institutions.registry.scope import Role
from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.rules import PILOT, coordinates_it
from labs.verdicts import actions, presenting
from labs.verdicts.forms import AgreeForm, PanelForm, WordsForm
from labs.verdicts.models import Verdict
from labs.verdicts.rules import can_seat, experts_for, seat_of
from lifecycle.transitions import Unmet, WrongStatus

EVERYBODY = {role.value for role in Role}
MOST = 50  # experts shown at once


class NamePanel(Scoped, Once, View):
    """Who shall judge?"""

    scope = PilotProject
    related = ("laboratory__host", "laboratory__cluster")

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit()
        return self.page(PanelForm(offered=self.offered()))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit()
        form = PanelForm(request.POST, offered=self.offered())
        if form.is_valid():
            try:
                verdict = actions.seat_panel(self.get_object(), by=request.user, at=now(), people=form.people())
            except Unmet as unmet:
                for condition in unmet.conditions:
                    form.add_error("experts" if condition.code == "expert" else "others", str(condition.message))
            else:
                messages.success(request, _("The panel is named. It waits in the work of each of its people."))
                return redirect(presenting.page(verdict))
        return self.page(form, 422)

    def permit(self) -> None:
        """403 or 409 before anything is asked."""
        project, user = self.get_object(), self.request.user
        if not can_seat(user, project):
            raise PermissionDenied
        if project.status != PilotStatus.IN_ASSESSMENT:
            raise WrongStatus(project.status, PILOT.available(project, user))

    def offered(self) -> dict[str, User]:
        """Experts who may sit on it; of very many the first, the others are named by their address."""
        people = experts_for(self.get_object(), today()).order_by("name", "pk")[:MOST]
        return {person.public_id: person for person in people}

    def page(self, form: PanelForm, status: int = 200) -> HttpResponse:
        project, title = self.get_object(), _("Name the panel")
        back = reverse("pilot-detail", args=[project.public_id])
        return render(self.request, "labs/verdict_panel.html", {
            "title": title, "name": project.title, "back": back, "form": form, "page_errors": status == 422,
            "crumbs": [{"text": project.title, "url": back}, {"text": title}],
        }, status=status)  # fmt: skip


class VerdictDetail(Scoped, View):
    """What came of the trial, and what does the panel make of it?"""

    scope = Verdict
    allowed_roles = EVERYBODY  # an expert of the panel comes here too
    related = presenting.RELATED
    prefetch = ("seats__user",)

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, form: WordsForm | None = None, status: int = 200) -> HttpResponse:
        verdict, user = self.get_object(), self.request.user
        project, seat = verdict.trial.project, seat_of(user, verdict)
        opened = verdict.decided_at is None
        inside = PilotProject.objects.visible_to(user).filter(pk=project.pk).exists()
        back = reverse("pilot-detail", args=[project.public_id]) if inside else ""
        agreed = seat is not None and bool(seat.agreed_hash) and seat.agreed_hash == verdict.words_hash
        return render(self.request, "labs/verdict_detail.html", {
            "verdict": verdict, "title": _("Assessment"), "name": project.title, "story": presenting.story_of(verdict),
            "crumbs": [{"text": project.title, **({"url": back} if back else {})}, {"text": _("Assessment")}],
            "panel": presenting.seats_of(verdict) if seat is not None or coordinates_it(user, project) else [],
            "form": (form or WordsForm(initial={"value": verdict.value or verdict.computed, "reason": verdict.reason,
                                                "embargo_until": verdict.embargo_until})) if opened and seat else None,
            "can_agree": opened and seat is not None and bool(verdict.words_hash) and not agreed, "open": opened,
            "page_errors": status == 422,
        }, status=status)  # fmt: skip


class ProposeWords(Once, VerdictDetail):
    """What shall the verdict be?"""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = WordsForm(request.POST)
        if form.is_valid():
            try:
                actions.propose_words(self.get_object(), by=request.user, at=now(), **form.cleaned_data)
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, told)
        if not form.is_valid():
            self.subject = None
            return self.page(form, 422)
        messages.success(request, _("Proposed. The others of the panel are asked to agree."))
        return redirect(presenting.page(self.get_object()))


class AgreeToWords(Once, VerdictDetail):
    """I agree to exactly these words."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = AgreeForm(request.POST)
        said = form.cleaned_data["words_hash"] if form.is_valid() else ""
        try:
            verdict = actions.agree_to_words(self.get_object(), by=request.user, at=now(), words_hash=said)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(presenting.page(self.get_object()))
        done = _("The verdict stands.") if verdict.decided_at else _("You agreed to these words.")
        messages.success(request, done)
        return redirect(presenting.page(verdict))
