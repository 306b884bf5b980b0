"""Pages of implementation programmes, of their steps, and of the answer of a site."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import Asked, AskedMove, AtOnce
from cooperation.pages.showing import house_page
from exchange.once import Once
from institutions.registry.scope import houses
from labs.implementation import actions, listing, presenting
from labs.implementation.forms import ProgrammeSheet
from labs.implementation.locking import verify
from labs.implementation.models import ImplementationStep, Preregistration
from labs.implementation.plan import read_plan
from labs.implementation.planforms import PlanSheet, as_sent
from labs.implementation.records import PilotAct, StepRecord
from labs.implementation.rules import can_write_plan, can_write_programme
from labs.implementation.soundness import problems_of
from labs.pilots import actions as pilots
from labs.pilots.records import Record
from labs.pilots.rules import PILOT, leads_or_coordinates
from lifecycle.transitions import WrongStatus


class Sheet(Record, Once, View):
    """A part of the project as a form of several rows; who saved meanwhile is shown, nothing is overwritten in silence."""

    template = ""
    title: Any = ""
    lede: Any = ""

    def get_queryset(self) -> Any:
        """While somebody saves, nobody else does: the version is compared on a row that is held."""
        rows = super().get_queryset()
        return rows.select_for_update(of=("self",)) if self.request.method == "POST" else rows

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        sheet = self.sheet(request.POST)
        if not sheet.is_valid():
            return self.page(sheet, 422)
        read = sheet.head.cleaned_data["version"]
        if read is not None and read != self.project.version:
            return self.page(sheet, 409, changes=self.changes(sheet))
        try:
            self.act(sheet)
        except ValidationError as error:
            sheet.refuse(error)
            self.again()
            return self.page(sheet, 422)
        messages.success(request, _("Saved."))
        return redirect(self.next_page(request.POST))

    def page(self, sheet: Any, status: int = 200, **shown: Any) -> HttpResponse:
        context = {
            **self.frame(self.title), "form": sheet, "project": self.project, "version": self.project.version,
            "lede": self.lede, "page_errors": status >= 400, **self.more(), **shown,
        }  # fmt: skip
        return render(self.request, self.template, context, status=status)

    def permitted(self) -> None:
        raise NotImplementedError

    def sheet(self, sent: Any = None) -> Any:
        raise NotImplementedError

    def act(self, sheet: Any) -> None:
        raise NotImplementedError

    def changes(self, sheet: Any) -> list[dict[str, str]]:
        """What is stored beside what this person sent."""
        raise NotImplementedError

    def next_page(self, sent: Any) -> str:
        return self.address

    def more(self) -> dict[str, Any]:
        return {}


class ProgrammePage(Sheet):
    """Which steps, by whom, with what, and which organisations are asked to take part?"""

    template, title = "labs/programme_edit.html", _l("Implementation programme")
    lede = _l("Each step becomes a task of whoever does it. Each site is asked and joins of its own free will.")

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        return self.page(self.sheet())

    def permitted(self) -> None:
        project, user = self.project, self.request.user
        if not leads_or_coordinates(user, project):
            raise PermissionDenied
        if not can_write_programme(user, project):
            raise WrongStatus(project.status, PILOT.available(project, user))

    def sheet(self, sent: Any = None) -> ProgrammeSheet:
        return ProgrammeSheet(sent, user=self.request.user, project=self.project)

    def act(self, sheet: Any) -> None:
        actions.save_programme(self.project, by=self.request.user, at=now(), **sheet.content())

    def changes(self, sheet: Any) -> list[dict[str, str]]:
        stored, sent = ProgrammeSheet(user=self.request.user, project=self.project), sheet.content()
        before = [str(row.initial.get("title", "")) for row in stored.parts["steps"].forms]
        after = [step["title"] for step in sent["steps"]]
        sites = [site["name"] for site in presenting.sites_of(self.project)]
        mine = [row["institution_text"].value() or "" for row in sheet.parts["sites"].forms]
        return [
            {"label": str(label), "before": "\n".join(old), "after": "\n".join(new)}
            for label, old, new in ((_("Steps"), before, after), (_("Sites"), sites, mine))
        ]

    def next_page(self, sent: Any) -> str:
        wanted = sent.get("add", "")
        return f"{self.page_of('programme')}#{wanted}" if wanted in ("steps", "sites") else self.address


class PlanPage(Sheet):
    """What will count as success, written down before anybody tries? Locked, it is only read."""

    template, title = "labs/preregistration_edit.html", _l("Pre-registration")
    lede = _l("Write down before the trial what you expect and what will count as success. Once it is locked, nobody can"
              " change a single character of it.")  # fmt: skip

    def latest(self) -> Preregistration | None:
        rows = self.project.preregistrations.select_related("frozen", "project").order_by("-number")
        return rows.first()

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        found, project = self.latest(), self.project
        if not can_write_plan(request.user, project):
            return self.shown(found)
        stored = found.plan if found else {}
        if "check" not in request.GET:
            return self.page(self.sheet())
        sheet = self.sheet(as_sent(stored, project.version))
        if sheet.is_valid():
            sheet.tell(problems_of(read_plan(stored), project))
        return self.page(sheet)

    def shown(self, found: Preregistration | None) -> HttpResponse:
        """The plan as it is read: locked with its code, or still open."""
        if found is None:
            raise Http404
        return render(self.request, "labs/preregistration_detail.html", {
            **self.frame(self.title), "groups": presenting.plan_groups(found), "locked": found.locked_at is not None,
            "facts": presenting.lock_facts(found) if found.locked_at else [], "whole": verify(found),
        })  # fmt: skip

    def permitted(self) -> None:
        actions.permit_plan(self.project, self.request.user)

    def sheet(self, sent: Any = None) -> PlanSheet:
        found = self.latest()
        return PlanSheet(sent, project=self.project, stored=found.plan if found else None)

    def act(self, sheet: Any) -> None:
        actions.save_plan(self.project, by=self.request.user, at=now(), plan=sheet.content())

    def changes(self, sheet: Any) -> list[dict[str, str]]:
        found = self.latest()
        both = [
            [row for group in presenting.plan_groups(Preregistration(plan=plan)) for row in group["rows"]]
            for plan in (found.plan if found else {}, sheet.content())
        ]
        pairs = zip(*both, strict=False)
        return [
            {"label": old["label"], "before": old["text"], "after": new["text"]}
            for old, new in pairs
            if old["text"] != new["text"]
        ]

    def more(self) -> dict[str, Any]:
        return {"sites": presenting.sites_of(self.project)}

    def next_page(self, sent: Any) -> str:
        wanted = sent.get("add", "")
        if wanted == "lock":
            return self.page_of("lock")
        here = self.page_of("preregistration")
        return f"{here}#{wanted}" if wanted in ("outcomes", "criteria") else here


class JoinSite(PilotAct, View):
    """The head of a site takes part."""

    act, title = actions.join_site, _l("Take part in the trial")

    def permitted(self) -> None:
        actions.permit_answer(self.project, self.request.user)

    def say(self, request: HttpRequest) -> None:
        messages.success(request, _("Your organisation takes part in the trial."))


class DeclineSite(Record, AskedMove):
    """The head of a site does not take part, and says why."""

    move = "decline_site"
    moves = {
        "decline_site": Asked(
            actions.decline_site, _l("Decline to take part"),
            _l("Your organisation does not take part in the trial. Nobody is obliged to. The group reads your reason."),
            _l("Decline"), _l("Your organisation does not take part."),
        )
    }  # fmt: skip

    def permit(self, move: str) -> None:
        actions.permit_answer(self.project, self.request.user)


class ApproveProgramme(PilotAct, View):
    """The coordinator approves the programme."""

    act, title = pilots.approve_programme, _l("Approve the programme")

    def permitted(self) -> None:
        self.permit("approve_programme")

    def say(self, request: HttpRequest) -> None:
        messages.success(request, _("The programme is approved. Its steps are tasks now."))


AT_ONCE = {
    "begin": (actions.STEP_MOVES["begin"], _l("The step is in progress.")),
    "submit": (actions.STEP_MOVES["submit"], _l("Reported as done. It waits for acceptance.")),
    "accept": (actions.STEP_MOVES["accept"], _l("The step is done.")),
}
WITH_REASON = {
    "return": Asked(
        actions.STEP_MOVES["return"], _l("Return the step"),
        _l("It goes back to whoever does it, with your reason."), _l("Return"), _l("The step is returned."),
    ),
    "cancel": Asked(
        actions.STEP_MOVES["cancel"], _l("Cancel the step"),
        _l("It is not a task any more. It stays planned: in the fidelity of the trial it counts as not done."),
        _l("Cancel the step"), _l("The step is cancelled."),
    ),
}  # fmt: skip


class StepList(ReadyList):
    """Which steps wait for my organisation, and which are late?"""

    scope = ImplementationStep
    related = ("project", "owner")
    listing = listing
    table, icon, heads = "labs/_step_table.html", "task", ("title", "due_on")
    words = Words(
        _l("Steps of pilot projects"), "step", _l("No step fits these filters"), _l("All steps"),
        _l("There are no steps yet"), _l("The steps of an approved programme are tasks of whoever does them."),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, on)


class StepDetail(StepRecord, View):
    """What is to be done, until when, and how far is it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        step, user = self.step, self.request.user
        buttons = presenting.step_buttons(step, user, self.page_of)
        project = step.project
        facts = [
            {"label": _("Pilot project"), "text": project.title, "url": presenting.project_page(project)},
            {"label": _("Who does it"), "text": presenting.name_now(step.owner.names),
             "url": house_page(step.owner.public_id)},
            {"label": _("Resources"), "text": step.resources},
            {"label": _("Days"), "text": presenting.period(step), "number": True},
        ]  # fmt: skip
        inside = step.owner_id in houses(user) or leads_or_coordinates(user, project)
        return render(self.request, "labs/step_detail.html", {
            "step": step, "crumbs": self.crumbs({"text": step.title}), "errors": errors, "facts": facts,
            "standing": presenting.step_standing(step, today()), "page_errors": status == 422,
            "timeline": presenting.step_timeline(step, inside), "buttons": buttons,
        }, status=status)  # fmt: skip


class MoveStep(AtOnce, StepDetail):
    """One button."""

    at_once = AT_ONCE


class AskStep(StepRecord, AskedMove):
    """A move that says why, on a page of its own."""

    moves = WITH_REASON
