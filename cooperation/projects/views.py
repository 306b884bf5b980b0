"""Pages of joint projects: the list, the one page of a project, and its moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import Asked, AskedMove, AtOnce
from cooperation.projects import actions, listing, presenting
from cooperation.projects.forms import DeedForm, DeliveryForm, StageForm
from cooperation.projects.models import JointProject, ProjectStatus
from cooperation.projects.records import Record
from cooperation.projects.rules import PROJECT, admin_houses, can_lead
from exchange.once import Once
from institutions.registry.scope import houses

AT_ONCE: dict[str, tuple[Callable[..., JointProject], Any]] = {
    "propose": (actions.propose_project, _l("The project was sent to the partners.")),
    "accept": (actions.accept_role, _l("Your organisation takes part.")),
    "complete": (actions.complete_project, _l("A partner is asked to confirm the end.")),
    "confirm": (actions.confirm_project, _l("The project is completed.")),
    "resume": (actions.resume_project, _l("Work goes on.")),
}
WITH_REASON = {
    "decline": Asked(
        actions.decline_role, _l("Decline the role"),
        _l("Your organisation does not take part. The project may start without it. All partners read your reason."),
        _l("Decline"), _l("Your organisation does not take part."),
    ),
    "drop": Asked(
        actions.drop_output, _l("Drop an output"),
        _l("It will not be delivered. It stays on the page with your reason."), _l("Drop"), _l("The output is dropped."),
    ),
    "pause": Asked(
        actions.pause_project, _l("Pause the project"),
        _l("Work rests until you resume it. All partners read your reason."), _l("Pause"), _l("The project is paused."),
    ),
    "stop": Asked(
        actions.stop_project, _l("Stop the project"),
        _l("The project ends early and cannot be started again. It stays visible. All partners read your reason."),
        _l("Stop"), _l("The project is stopped."),
    ),
    "ask_stop": Asked(
        actions.ask_stop, _l("Ask to stop"),
        _l("When more than half of the partners ask for it, the project stops for good. All partners read your reason."),
        _l("Ask to stop"), _l("Your wish is recorded."),
    ),
}  # fmt: skip


class ProjectList(ReadyList):
    """Which joint projects run, which are late, and what waits for me."""

    scope = JointProject
    related = presenting.RELATED
    prefetch = presenting.ROW_PREFETCH
    listing = listing
    table, icon, new_page, heads = "cooperation/_project_table.html", "project", "project-new", ("title", "ends_on")
    words = Words(
        _l("Joint projects"), "project", _l("No project fits these filters"), _l("All projects"),
        _l("There are no joint projects yet"),
        _l("One organisation leads, each partner takes a role; what was planned stands beside what is done."),
        _l("New joint project"),
    )  # fmt: skip

    @cached_property
    def own(self) -> set[int]:
        return admin_houses(self.request.user)

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, self.own, on)

    def may_add(self, user: Any) -> bool:
        return bool(self.own)


class ProjectDetail(Record, View):
    """What was planned, what is done, whose turn is it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = (), bound: Any = None, key: str = "") -> HttpResponse:
        """The page; with a refused form in its place, or with what a move still lacks on top."""
        project, user, on = self.project, self.request.user, today()
        open_now = PROJECT.available(project, user)
        forms = {key: bound} if bound is not None else {}
        offered = presenting.to_add(project, user) if "add_activity" in open_now else []
        buttons = presenting.buttons_of(project, open_now)
        own = houses(user)
        takes_part = project.lead_id in own or any(each.institution_id in own for each in project.partners.all())
        return render(self.request, "cooperation/project_detail.html", {
            "project": project, "crumbs": self.crumbs({"text": project.title}), "errors": errors, "bound": bound,
            "page_errors": status == 422,
            "standing": presenting.standing_of(project, admin_houses(user), on),
            "facts": presenting.facts_of(project), "partners": presenting.partners_of(project),
            "progress": presenting.progress_of(project),
            "stages": [{**stage, "form": self.stage_form(stage, forms)}
                       for stage in presenting.stages_of(project, on)],
            "outputs": [{**output, "form": self.output_form(output, forms)}
                        for output in presenting.outputs_of(project)],
            "deeds": (deeds := presenting.deeds_of(project, user)),
            "unseen": presenting.unseen_deeds(project, len(deeds)), "offered": bool(offered),
            "deed_form": forms.get("deed") or DeedForm(user=user, offered=offered),
            "timeline": presenting.timeline_of(project, takes_part),
            "main": buttons[:1] if buttons and buttons[0]["kind"] == "main" else [],
            "others": [each for each in buttons if each is not buttons[0] or each["kind"] != "main"],
            "moves": open_now, "edit": project.status == ProjectStatus.DRAFT and can_lead(user, project),
        }, status=status)  # fmt: skip

    def stage_form(self, stage: dict[str, Any], forms: dict[str, Any]) -> StageForm:
        place = stage["place"]
        return forms.get(f"stage-{place}") or StageForm(auto_id=f"stage-{place}-%s")

    def output_form(self, output: dict[str, Any], forms: dict[str, Any]) -> DeliveryForm:
        place = output["place"]
        return forms.get(f"output-{place}") or DeliveryForm(auto_id=f"output-{place}-%s")


class Move(AtOnce, ProjectDetail):
    """One button."""

    at_once = AT_ONCE

    def place_of(self, condition: Any) -> str:
        """The form of the draft, or an output on this page."""
        name, _slash, place = condition.pointer.strip("/").partition("/")
        if name == "outputs":
            return f"#output-{place}"
        anchor = name if name in ("stages", "partners") else f"id_{name}"
        return f"{self.page_of('edit')}#{anchor}"


class AskProject(Record, AskedMove):
    """A move that says why, on a page of its own."""

    moves = WITH_REASON

    def about(self, **place: int) -> str:
        if not place:
            return ""
        found = [each.title for each in self.project.outputs.all() if each.position == place["output"]]
        if not found:
            raise Http404
        return str(found[0])


class Inline(Once, ProjectDetail):
    """A small form on the page of the project; with errors it stays where it is, filled in."""

    http_method_names = ["post"]
    move = ""

    def post(self, request: HttpRequest, public_id: str, **place: int) -> HttpResponse:
        self.permit(self.move)
        form = self.form(**place)
        if form.is_valid():
            try:
                self.act(form.cleaned_data, **place)
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, told)
        if not form.is_valid():
            self.again()
            return self.page(422, bound=form, key=self.key(**place))
        messages.success(request, self.done())
        return redirect(presenting.page(self.project))

    def there(self, rows: Any, place: int) -> None:
        """404 for a place that is none."""
        if all(each.position != place for each in rows):
            raise Http404

    def form(self, **place: int) -> Any:
        raise NotImplementedError

    def key(self, **place: int) -> str:
        """Which form of the page this is."""
        raise NotImplementedError

    def act(self, data: dict[str, Any], **place: int) -> None:
        raise NotImplementedError

    def done(self) -> str:
        """What is said afterwards."""
        raise NotImplementedError


class FinishStage(Inline):
    """A stage is done."""

    move = "finish_stage"

    def form(self, **place: int) -> StageForm:
        self.there(self.project.stages.all(), place["stage"])
        return StageForm(self.request.POST, auto_id=f"{self.key(**place)}-%s")

    def key(self, **place: int) -> str:
        return f"stage-{place['stage']}"

    def act(self, data: dict[str, Any], **place: int) -> None:
        actions.finish_stage(
            self.project, by=self.request.user, at=now(), stage=place["stage"], done_on=data["done_on"]
        )

    def done(self) -> str:
        return _("The stage is done.")


class DeliverOutput(Inline):
    """An output is there."""

    move = "deliver"

    def form(self, **place: int) -> DeliveryForm:
        self.there(self.project.outputs.all(), place["output"])
        return DeliveryForm(self.request.POST, auto_id=f"{self.key(**place)}-%s")

    def key(self, **place: int) -> str:
        return f"output-{place['output']}"

    def act(self, data: dict[str, Any], **place: int) -> None:
        actions.deliver_output(self.project, by=self.request.user, at=now(), output=place["output"], link=data["link"])

    def done(self) -> str:
        return _("The output is delivered.")


class AddActivity(Inline):
    """An activity was done for this project."""

    move = "add_activity"

    def form(self, **place: int) -> DeedForm:
        offered = presenting.to_add(self.project, self.request.user)
        return DeedForm(self.request.POST, user=self.request.user, offered=offered)

    def key(self, **place: int) -> str:
        return "deed"

    def act(self, data: dict[str, Any], **place: int) -> None:
        actions.add_activity(self.project, by=self.request.user, at=now(), activity=data["activity"])

    def done(self) -> str:
        return _("The activity was added.")
