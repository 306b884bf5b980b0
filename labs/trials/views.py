"""Pages of trials: the lock they stand under, the one page of a trial, figures, steps, changes, and its moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now
from accounts.names import name_now
from cooperation.pages.records import Asked, AskedMove, AtOnce
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import houses
from labs.implementation.actions import open_plan
from labs.implementation.locking import code_of
from labs.implementation.plan import read_plan
from labs.implementation.presenting import plan_groups
from labs.implementation.records import PilotAct
from labs.implementation.soundness import problems_of
from labs.laboratories.rules import member_houses_of
from labs.pilots import actions as pilots
from labs.pilots.records import Record as PilotRecord
from labs.pilots.rules import in_group_or_coordinates
from labs.trials import actions, amending, presenting
from labs.trials.figures import latest_words, plan_of
from labs.trials.forms import ChangeForm, FigureForm, LogForm
from labs.trials.models import Trial, TrialAmendment, TrialSite, Wave
from labs.trials.records import Record
from labs.trials.rules import AMENDMENT, TRIAL, own_sites
from labs.works.presenting import works_of
from lifecycle.transitions import Condition, Unmet, WrongStatus

AT_ONCE: dict[str, tuple[Callable[..., Trial], Any]] = {
    "open": (actions.open_trial, _l("The baseline is open: the sites enter their figures.")),
    "run": (actions.run_trial, _l("The practice is tried now. The baseline is locked.")),
    "measure": (actions.measure_trial, _l("The endline is open: the sites enter their figures.")),
    "close": (actions.close_trial, _l("The trial is closed. The endline is locked.")),
}
WITH_REASON = {
    "abandon": Asked(
        actions.abandon_trial, _l("Abandon the trial"),
        _l("The trial ends now and its verdict is inconclusive. Its figures stay. All sites read your reason."),
        _l("Abandon the trial"), _l("The trial is abandoned."),
    ),
}  # fmt: skip


class LockPage(PilotRecord, Once, View):
    """Is it whole, and shall it be locked as it stands?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("preregister")
        return self.page()

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("preregister")
        told = request.POST.get("content_hash", "")
        try:
            trial = actions.preregister(self.project, by=request.user, at=now(), content_hash=told)
        except Unmet:
            self.again()
            return self.page(422)
        messages.success(request, _("The pre-registration is locked. The trial can be opened."))
        return redirect(presenting.page(trial))

    def page(self, status: int = 200) -> HttpResponse:
        project, found = self.project, open_plan(self.project)
        if found is None:
            raise Http404
        edit = self.page_of("preregistration")
        errors = [
            {"text": str(each.message), "url": f"{edit}?check=1#id_{_anchor(each)}"}
            for each in problems_of(read_plan(found.plan), project)
        ]
        return render(self.request, "labs/preregistration_lock.html", {
            **self.frame(_("Lock the pre-registration")), "groups": plan_groups(found), "errors": errors,
            "content_hash": code_of(found), "edit": f"{edit}?check=1" if errors else edit,
            "page_errors": status == 422,
        }, status=status)  # fmt: skip


def _anchor(condition: Condition) -> str:
    """The id of the field a condition speaks of."""
    part, *place = condition.pointer.strip("/").split("/")
    return "-".join([part, *place]) if part in ("outcomes", "criteria") else "_".join([part, *place])


class EndPilot(PilotAct, View):
    """The lead hands the project to the panel."""

    act, title = pilots.end_pilot, _l("End the pilot")

    def permitted(self) -> None:
        self.permit("end_pilot")

    def say(self, request: HttpRequest) -> None:
        messages.success(request, _("The pilot has ended. The panel assesses it."))

    def place_of(self, condition: Condition) -> str:
        return self.address


class TrialDetail(Record, View):
    """Where does the trial stand, what do the sites do, what was changed?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        trial, user = self.trial, self.request.user
        found = presenting.buttons_of(trial, TRIAL.available(trial, user))
        inside = in_group_or_coordinates(user, trial.project) or bool(
            houses(user) & {each.institution_id for each in trial.sites.all()}
        )
        return render(self.request, "labs/trial_detail.html", {
            "trial": trial, "name": self.called(), "crumbs": self.crumbs(
                {"text": trial.project.title, "url": presenting.project_page(trial)}, {"text": _("Trial")}
            ),
            "errors": errors, "page_errors": status == 422, "standing": presenting.standing_of(trial),
            "facts": presenting.facts_of(trial), "sites": presenting.site_rows(trial, user),
            "steps": presenting.step_rows(trial), "changes": presenting.change_rows(trial, user),
            "timeline": presenting.timeline_of(trial, inside), "works": works_of(trial.project, user),
            "main": [each for each in found if each["kind"] != "bad-quiet"],
            "others": [each for each in found if each["kind"] == "bad-quiet"],
        }, status=status)  # fmt: skip


class Move(AtOnce, TrialDetail):
    """One button."""

    at_once = AT_ONCE

    def place_of(self, condition: Condition) -> str:
        """The part of the page where it is missing."""
        return {"amendment": "#changes", "baseline": "#sites", "endline": "#sites"}.get(condition.code, "#head")


class AskTrial(Record, AskedMove):
    """A move that says why, on a page of its own."""

    moves = WITH_REASON


class SiteForm(Record, Once, View):
    """A form of one site, filled in by its own people."""

    move, title, lede = "", "", ""
    template = "labs/trial_form.html"

    def get(self, request: HttpRequest, public_id: str, **place: str) -> HttpResponse:
        self.permitted()
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str, **place: str) -> HttpResponse:
        self.permitted()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.act(form)
            except ValidationError as error:
                self.refuse(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect(self.address)
        self.again()
        return self.page(form, 422)

    @property
    def site(self) -> TrialSite:
        found = [each for each in self.trial.sites.all() if each.public_id == self.kwargs["site"]]
        if not found:
            raise Http404
        return found[0]

    def permitted(self) -> None:
        self.permit(self.move)
        if self.site.institution_id not in own_sites(self.request.user, self.trial):
            raise PermissionDenied

    def form(self, sent: Any = None) -> Any:
        raise NotImplementedError

    def act(self, form: Any) -> None:
        raise NotImplementedError

    def refuse(self, form: Any, error: ValidationError) -> None:
        for name, told in error.message_dict.items():
            form.add_error(name if name in form.fields else None, told)

    def words(self) -> str:
        """Of which site it is."""
        return name_now(self.site.institution.names)

    def page(self, form: Any, status: int = 200) -> HttpResponse:
        context = {
            **self.frame(self.title), "form": form, "lede": self.lede, "about": self.words(),
            "page_errors": status == 422,
        }  # fmt: skip
        return render(self.request, self.template, context, status=status)


class EnterPage(SiteForm):
    """What did the site measure in the wave that is open?"""

    move, title = "enter", _l("Enter figures")
    lede = _l("Two numbers, never a percentage. Until the wave ends they can be corrected; then they are locked.")

    def form(self, sent: Any = None) -> FigureForm:
        known = self.site.measurements.filter(wave=self.trial.status)
        return FigureForm(sent, plan=plan_of(self.trial), known=known)

    def words(self) -> str:
        return f"{super().words()} · {Wave(self.trial.status).label}"

    def act(self, form: Any) -> None:
        actions.enter_figures(
            self.trial, by=self.request.user, at=now(), site=self.site, wave=self.trial.status, figures=form.figures()
        )

    def refuse(self, form: Any, error: ValidationError) -> None:
        form.refuse(error)


class LogPage(SiteForm):
    """What did the site do of each step?"""

    move, title = "log", _l("What was done of the steps")
    lede = _l("The latest word on a step counts; earlier ones stay. Where not all was done, say what was done instead.")

    def permitted(self) -> None:
        super().permitted()
        if self.site.arm != "treated":
            raise PermissionDenied

    def form(self, sent: Any = None) -> LogForm:
        site, words = self.site, latest_words(self.trial)
        known = {step: said for (of_site, step), said in words.items() if of_site == site.pk}
        return LogForm(sent, steps=list(self.trial.project.steps.order_by("position")), known=known)

    def act(self, form: Any) -> None:
        for step, done, deviation in form.said():
            try:
                actions.log_step(
                    self.trial, by=self.request.user, at=now(), site=self.site, step=step, done=done,
                    deviation=deviation,
                )  # fmt: skip
            except ValidationError as error:
                raise ValidationError(
                    {f"{name}-{step.position}": told for name, told in error.message_dict.items()}
                ) from None


class ChangePage(SiteForm):
    """What shall change while the trial runs? Only the lead asks."""

    move, title = "amend", _l("Ask for a change")
    lede = _l("The coordinator and every site it affects have to approve. Both wordings stand beside the verdict.")
    template = "labs/trial_change.html"

    def permitted(self) -> None:
        self.permit(self.move)

    def words(self) -> str:
        return ""

    def form(self, sent: Any = None) -> ChangeForm:
        keys = {each.institution_id for each in self.trial.sites.all()} | member_houses_of(
            self.trial.project.laboratory
        )
        seen: Any = Institution.objects.visible_to(self.request.user)  # type: ignore[attr-defined]
        rows = seen.filter(pk__in=keys, status="verified").order_by("sort_key", "pk")
        offered = [(house.public_id, name_now(house.names)) for house in rows]
        return ChangeForm(sent, user=self.request.user, offered=offered)

    def act(self, form: Any) -> None:
        amending.ask_change(self.trial, by=self.request.user, at=now(), **form.content())


class OfChange(Record):
    """One change of a trial."""

    @property
    def change(self) -> TrialAmendment:
        found = (
            TrialAmendment.objects.visible_to(self.request.user)  # type: ignore[attr-defined]
            .filter(trial=self.trial, public_id=self.kwargs["change"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    def permit(self, move: str) -> None:
        AMENDMENT.permit(move, self.change, self.request.user, reason="asked later")


class ApproveChange(OfChange, Once, View):
    """The word of the coordinator or of an affected site."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str, change: str) -> HttpResponse:
        self.permit("approve")
        try:
            amending.approve_change(self.change, by=request.user, at=now())
        except Unmet as unmet:
            raise WrongStatus(self.trial.status, [], str(unmet)) from None
        messages.success(request, _("Your approval is recorded."))
        return redirect(self.address)


class RefuseChange(OfChange, AskedMove):
    """No, and why."""

    move = "refuse"
    moves = {
        "refuse": Asked(
            amending.refuse_change_of,
            _l("Refuse the change"),
            _l("Nothing changes. The group and all sites read your reason."), _l("Refuse the change"),
            _l("The change is refused."),
        )
    }  # fmt: skip

    def about(self, **place: Any) -> str:
        return str(presenting.AmendmentKind(self.change.kind).label)
