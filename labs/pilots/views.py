"""Pages of pilot projects: the board, the one page of a project, and its moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from cooperation.pages.listpage import ReadyList, Words, query
from cooperation.pages.records import Asked, AskedMove, AtOnce
from exchange.once import Once
from institutions.people.colleagues import named_like, staff_of
from institutions.people.models import Membership
from institutions.registry.scope import Role
from labs.laboratories.rules import coordinated_houses, member_houses_of
from labs.pilots import actions, compatibility, describing, developing, group, listing, presenting
from labs.pilots.forms import DeadlineForm, DirectionSheet, ExtendForm, GroupSheet, ObjectForm, OpenForm, VersionForm
from labs.pilots.models import PARTS, PilotProject, PilotStatus, PilotVersion
from labs.pilots.records import FormPage, MovePage, Record
from labs.pilots.rules import PILOT, coordinates_it
from labs.pilots.showing import blocks_of, next_of
from labs.pilots.stages import APART, STAGES, words_of
from lifecycle.transitions import Condition

AT_ONCE: dict[str, tuple[Callable[..., PilotProject], Any]] = {
    "agree": (group.agree, _l("You agreed to your tasks.")),
    "approve_group": (group.approve_group, _l("Your organisation approved the group.")),
    "try_again": (actions.try_again, _l("It is tried again: write a new pre-registration.")),
    "submit": (developing.submit_project, _l("Submitted. Experts read a copy without names.")),
}
WITH_REASON = {
    "decline_part": Asked(
        group.decline, _l("Decline the tasks"),
        _l("You do not take part. Nobody is obliged to. The approvals that were given are taken back, because the group"
           " is another one without you."),
        _l("Decline"), _l("You do not take part."),
    ),
    "stop": Asked(
        actions.stop_project, _l("Stop the project"),
        _l("The project ends for good. It stays visible with all its stages, and its problems can be taken up again."),
        _l("Stop the project"), _l("The project is stopped."),
    ),
}  # fmt: skip


class PilotBoard(ReadyList):
    """Which project stands in which stage, what is late, what waits for me?"""

    scope = PilotProject
    related = presenting.RELATED
    prefetch = presenting.ROW_PREFETCH
    listing = listing
    table, icon, new_page, heads = "labs/_pilot_table.html", "lab", "pilot-new", ("title", "deadline")
    words = Words(
        _l("Pilot projects"), "pilot", _l("No project fits these filters"), _l("Board"),
        _l("There are no pilot projects yet"),
        _l("A project begins with an accepted problem and passes nine stages until its practice is proven."),
        _l("New pilot project"),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, user, on)

    def may_add(self, user: Any) -> bool:
        return bool(coordinated_houses(user))

    def view_of(self, request: HttpRequest, counts: dict[str, int]) -> str:
        """The board at first, whatever waits."""
        return super().view_of(request, {**counts, listing.MINE: 0})

    def rows(self, request: HttpRequest, found: Any, order: Any, view: str) -> dict[str, Any]:
        """The board, until one column, one order or another view is asked for."""
        if view == listing.ALL and not {"stage", "status", "ordering", "cursor"} & set(request.GET):
            columns = self.columns(request, found.select_related(None).prefetch_related(None))
            filled = any(column["count"] for column in columns)
            return {"table": "labs/_pilot_board.html", "rows": columns if filled else [], "links": {}}
        return super().rows(request, found, order, view)

    def columns(self, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """The nine columns, and apart what ended early: the first cards and the way to the rest."""
        counts = listing.stage_counts(rows)
        cards: dict[int, list[dict[str, Any]]] = {}
        for card in presenting.rows_of(listing.firsts(rows), request.user, today()):
            cards.setdefault(card["stage"], []).append(card)
        return [
            {"stage": stage, "words": words_of(stage), "count": counts.get(stage, 0), "cards": cards.get(stage, []),
             "more": max(counts.get(stage, 0) - listing.FIRST, 0), "url": f"?{query(request, stage=str(stage))}"}
            for stage in (*STAGES, APART)
        ]  # fmt: skip


class PilotDetail(Record, View):
    """Where does it stand, whose turn is it, and on what does it rest?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        project, user, on = self.project, self.request.user, today()
        inside = describing.is_inside(project, user)
        buttons = presenting.buttons_of(project, PILOT.available(project, user))
        blocks = blocks_of(project, user)
        return render(self.request, "labs/pilot_detail.html", {
            "project": project, "crumbs": self.crumbs({"text": project.title}), "errors": errors, "inside": inside,
            "page_errors": status == 422, "standing": presenting.standing_of(project, bool(presenting.mine_of([project], user)), on),
            "steps": describing.steps_of(project), "due": presenting.deadline_words(project),
            "facts": describing.facts_of(project), "problems": describing.problems_of(project, user),
            "goals": describing.goals_of(project), "clashes": describing.map_of(project, user) if inside else [],
            "people": describing.group_of(project, inside), "approvals": describing.approvals_of(project),
            "versions": describing.versions_of(project, inside), "blocks": blocks, "next": next_of(blocks),
            "extensions": describing.extensions_of(project, inside),
            "timeline": describing.timeline_of(project, inside),
            "main": [each for each in buttons if each["kind"] != "bad-quiet"],
            "others": [each for each in buttons if each["kind"] == "bad-quiet"],
            "edits": describing.edit_pages(project, coordinates_it(user, project)),
        }, status=status)  # fmt: skip


class Move(AtOnce, PilotDetail):
    """One button."""

    at_once = AT_ONCE

    def place_of(self, condition: Condition) -> str:
        """The part of this page where it is missing."""
        return {"/members": "#group", "/version": "#versions"}.get(condition.pointer, "#head")


class AskPilot(Record, AskedMove):
    """A move that says why, on a page of its own."""

    moves = WITH_REASON


class OpenPilot(Record, Once, View):
    """A project upon accepted problems: it becomes a row when it is sent."""

    allowed_roles = {Role.COORDINATOR.value}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(OpenForm(user=request.user, initial={"problems": request.GET.getlist("problem")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OpenForm(request.POST, user=request.user)
        if form.is_valid():
            try:
                made = actions.open_project(by=request.user, at=now(), **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The project is opened. Say next what is researched."))
                return redirect(presenting.page(made))
        return self.page(form, 422)

    def page(self, form: OpenForm, status: int = 200) -> HttpResponse:
        if not coordinated_houses(self.request.user):
            raise PermissionDenied
        title = _("New pilot project")
        context = {
            "title": title, "crumbs": self.crumbs({"text": title}), "form": form, "page_errors": status == 422,
            "verb": _("Open the project"), "none": not form.offered,
        }  # fmt: skip
        return render(self.request, "labs/pilot_new.html", context, status=status)


class ObjectPage(FormPage):
    """What is researched."""

    title, lede = _l("Research object"), _l("What is looked at, and how one knows that the problem lies there.")

    def permitted(self) -> None:
        actions.permit_saving(self.project, self.request.user)

    def form(self, sent: Any = None) -> ObjectForm:
        project = self.project
        return ObjectForm(
            sent, initial={name: getattr(project, name) for name in ("title", "object", "object_evidence")}
        )

    def act(self, form: Any) -> None:
        first = self.project.status == PilotStatus.PROBLEM_IDENTIFIED
        act = actions.define_object if first else actions.save_project
        act(self.project, by=self.request.user, at=now(), **form.cleaned_data)


class DirectionPage(FormPage):
    """The direction and the goals; goals of others are listed before the answer is taken."""

    title, lede = _l("Direction and goals"), _l("Goals on the same indicator are compared with those of the cluster.")
    template = "labs/pilot_direction.html"
    wanted: list[tuple[int | None, str]] | None = None

    def permitted(self) -> None:
        if self.project.status == PilotStatus.DIRECTION_SET:
            actions.permit_saving(self.project, self.request.user)
        else:
            self.permit("set_direction")

    def form(self, sent: Any = None) -> DirectionSheet:
        return DirectionSheet(sent, project=self.project)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        sheet = self.form(request.POST)
        if not sheet.is_valid():
            return self.page(sheet, 422)
        self.wanted = [(each["indicator"].pk if each["indicator"] else None, each["sense"])
                       for each in sheet.content()["goals"]]  # fmt: skip
        if "compare" in request.POST:
            return self.page(sheet)
        found = self.clashes()
        if found and compatibility.seen_mark(found) != sheet.head.cleaned_data["seen"]:
            sheet.head.add_error("compatibility", _("Goals of other projects meet yours. Read the list, then answer."))
            return self.page(sheet, 422)
        return super().post(request, public_id)

    def clashes(self) -> list[compatibility.Clash]:
        """What the goals that were sent meet; before that, the goals that are stored."""
        wanted = compatibility.goals_in(self.project) if self.wanted is None else self.wanted
        return compatibility.clashes_of(self.project, wanted, self.request.user)

    def act(self, form: Any) -> None:
        again = self.project.status == PilotStatus.DIRECTION_SET
        act = actions.save_project if again else actions.set_direction
        act(self.project, by=self.request.user, at=now(), **form.content())

    def more(self, form: Any) -> dict[str, Any]:
        found = self.clashes()
        return {"clashes": describing.clash_rows(found), "mark": compatibility.seen_mark(found)}


class OfLaboratory(FormPage):
    """Those who can be named: people of the organisations of the laboratory."""

    def permitted(self) -> None:
        actions.permit_saving(self.project, self.request.user)

    def people(self) -> list[Membership]:
        return staff_of(member_houses_of(self.project.laboratory), today())


class GroupPage(OfLaboratory):
    """Who is in the group, and what each does."""

    title, verb = _l("Project group"), _l("Save the group")
    lede = _l("At least three people of two organisations, a researcher and a practitioner, two fields; exactly one is"
              " accountable and leads. Each is asked to agree; nobody is obliged.")  # fmt: skip
    done = _l("Saved. Whoever is new, or has new tasks, is asked to agree.")
    template = "labs/pilot_group.html"

    def form(self, sent: Any = None) -> GroupSheet:
        return GroupSheet(sent, project=self.project, people=self.people())

    def act(self, form: Any) -> None:
        group.save_group(self.project, by=self.request.user, at=now(), members=form.content()["members"])

    def next_page(self) -> str:
        return f"{self.page_of('group')}#members" if "add" in self.request.POST else self.address

    def more(self, form: Any) -> dict[str, Any]:
        return {"approvals": describing.approvals_of(self.project), "public_id": self.project.public_id}


class PeopleOptions(OfLaboratory):
    """Choices for the search box, by what was typed of the name."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permitted()
        found = named_like(self.people(), request.GET.get("q", "")[:100])
        return render(request, "institutions/_people_options.html", {"found": found})


class DevelopPage(MovePage):
    """Until when the development is to be complete."""

    move, title, verb = "start_development", _l("Start the development"), _l("Start the development")
    lede = _l("The first deadline stays in the figures. The coordinator may put it off twice, with a reason.")

    def form(self, sent: Any = None) -> DeadlineForm:
        return DeadlineForm(sent)

    def act(self, form: Any) -> None:
        developing.start_development(self.project, by=self.request.user, at=now(), **form.cleaned_data)


class ExtendPage(MovePage):
    """Until when instead, and why."""

    move, title, verb = "extend", _l("Put off the deadline"), _l("Put off the deadline")
    lede = _l("At most twice. The first deadline stays in the figures, and the reason stays on the page.")

    def form(self, sent: Any = None) -> ExtendForm:
        return ExtendForm(sent)

    def act(self, form: Any) -> None:
        developing.extend(self.project, by=self.request.user, at=now(), **form.cleaned_data)


class VersionPage(MovePage):
    """The development, part by part; every save is a version that stays."""

    move, title, verb = "save_version", _l("Write the project"), _l("Save as a new version")
    lede = _l("Leave out names of people and organisations: experts read it without knowing whose it is.")

    def latest(self) -> PilotVersion | None:
        return self.project.versions.order_by("-number").first()

    def form(self, sent: Any = None) -> VersionForm:
        latest = self.latest()
        initial = {"base": latest.number, **{name: getattr(latest, name) for name in PARTS}} if latest else {}
        return VersionForm(sent, initial=initial)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form, latest = self.form(request.POST), self.latest()
        if latest is not None and form.is_valid() and form.cleaned_data["base"] != latest.number:
            self.permitted()
            mine = PilotVersion(**{name: form.cleaned_data[name] for name in PARTS})
            return self.page(form, 409, changes=describing.differences(latest, mine), base=latest.number)
        return super().post(request, public_id)

    def act(self, form: Any) -> None:
        said = {name: form.cleaned_data[name] for name in PARTS}
        developing.save_version(self.project, by=self.request.user, at=now(), **said)


class VersionsPage(Record, View):
    """What changed between two versions?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        project = self.project
        if not describing.is_inside(project, request.user):
            raise Http404
        rows = {str(each.number): each for each in project.versions.order_by("number")}
        if not rows:
            raise Http404
        numbers = list(rows)
        right = rows.get(request.GET.get("right", numbers[-1]))
        left = rows.get(request.GET.get("left", numbers[-2] if len(numbers) > 1 else numbers[-1]))
        if left is None or right is None:
            raise Http404
        return render(request, "labs/pilot_versions.html", {
            **self.frame(_("Versions")), "numbers": numbers, "left": left, "right": right,
            "changes": describing.differences(left, right), "parts": describing.parts_of(right),
        })  # fmt: skip
