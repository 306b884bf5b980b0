"""Pages of problems: the register, one problem, a new one, and its moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import Asked, AskedMove, AtOnce
from labs.laboratories.models import Laboratory
from labs.laboratories.records import FormPage, OneForm
from labs.problems import actions, listing, presenting
from labs.problems.breach import PARAMETERS, Figure, figure_of
from labs.problems.forms import MergeForm, RaiseForm, SolveForm
from labs.problems.models import Problem
from labs.problems.records import Record
from labs.problems.rules import PROBLEM, open_laboratories
from quality.values.asking import UnknownChoice

AT_ONCE: dict[str, tuple[Callable[..., Problem], Any]] = {
    "vote": (actions.vote_for, _l("Your organisation has voted for this problem.")),
    "accept": (actions.accept_problem, _l("The problem is accepted.")),
}
WITH_REASON = {
    "decline": Asked(
        actions.decline_problem, _l("Decline the problem"),
        _l("It stays in the register with your reason, which everybody reads. It cannot be accepted any more."),
        _l("Decline"), _l("The problem is declined."),
    ),
}  # fmt: skip


class ProblemList(ReadyList):
    """What is wrong, who says so, and what becomes of it?"""

    scope = Problem
    related = presenting.ROW_RELATED
    listing = listing
    table, icon, new_page = "labs/_problem_table.html", "warning", "problem-new"
    template_name = "labs/problem_list.html"
    heads = ("title", "raised_at", "voices")
    words = Words(
        _l("Problems"), "problem", _l("No problem fits these filters"), _l("All problems"),
        _l("There are no problems yet"),
        _l("Whoever works in a laboratory names a problem with its evidence; the other members vote for it."),
        _l("Raise a problem"),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return super().get_queryset().with_votes()

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows)

    def may_add(self, user: Any) -> bool:
        return bool(open_laboratories(user))


class ProblemDetail(Record, View):
    """What is wrong, how does one know, who asks for it, what became of it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        """The page; with what a move still lacks on top."""
        problem, user = self.problem, self.request.user
        rows: Any = Laboratory.objects.visible_to(user)  # type: ignore[attr-defined]
        inside = rows.filter(pk=problem.laboratory_id).worked_in_by(user).exists()
        made = presenting.buttons_of(problem, PROBLEM.available(problem, user), user)
        return render(self.request, "labs/problem_detail.html", {
            "problem": problem, "crumbs": self.crumbs({"text": problem.title}), "errors": errors,
            "page_errors": bool(errors), "badge": presenting.standing_of(problem),
            "facts": presenting.facts_of(problem), "votes": presenting.votes_of(problem),
            "projects": presenting.projects_of(problem, user), "works": presenting.works_of(problem, user), "timeline": presenting.timeline_of(problem, inside),
            "main": [each for each in made if each["kind"] == "main"],
            "others": [each for each in made if each["kind"] != "main"],
        }, status=status)  # fmt: skip


class Move(AtOnce, ProblemDetail):
    """One button."""

    at_once = AT_ONCE

    def place_of(self, condition: Any) -> str:
        """What is lacking stands on this page."""
        return f"#{condition.pointer.strip('/') or 'head'}"


class AskProblem(Record, AskedMove):
    """A move that says why, on a page of its own."""

    moves = WITH_REASON


class NewProblem(Record, FormPage):
    """What is wrong? An address that names a figure opens the form filled in from it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "")[:64] for name in PARAMETERS}
        figure = self.figure(asked)
        initial = {**asked, "laboratory": request.GET.get("laboratory", "")}
        if figure is not None:
            initial |= {"title": figure.title, "statement": figure.statement, "evidence": figure.evidence}
        return self.page(RaiseForm(laboratories=self.open, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RaiseForm(request.POST, laboratories=self.open)
        figure = self.figure({name: request.POST.get(name, "")[:64] for name in PARAMETERS})
        kept = figure.kept if figure else None
        made = self.tried(form, lambda: actions.raise_problem(by=request.user, at=now(), figure=kept, **form.content()))
        if made is None:
            return self.page(form, 422)
        messages.success(request, _("The problem is raised. The coordinator of the laboratory is told."))
        return redirect(presenting.page(made))

    @cached_property
    def open(self) -> list[Laboratory]:
        """Laboratories in which the person may raise a problem; 403 without one."""
        found = open_laboratories(self.request.user)
        if not found:
            raise PermissionDenied
        return found

    def figure(self, asked: dict[str, str]) -> Figure | None:
        try:
            return figure_of(asked, self.request.user, today())
        except UnknownChoice as unknown:
            raise BadRequest(str(unknown)) from unknown

    def page(self, form: RaiseForm, status: int = 200) -> HttpResponse:
        title = _("Raise a problem")
        context = {"title": title, "form": form, "crumbs": self.crumbs({"text": title}), "page_errors": status == 422,
                   "verb": title, "back": ""}  # fmt: skip
        return render(self.request, "labs/form.html", context, status=status)


class MergeProblem(Record, OneForm):
    """Which other problem is the same?"""

    move, title, verb = "merge", _l("Merge into another"), _l("Merge")
    lede = _l("Its votes go to the other problem, one for each organisation. It stays in the register and leads there.")
    done = _l("The problems are one now.")

    def form(self, data: Any = None) -> MergeForm:
        return MergeForm(data, problem=self.problem, user=self.request.user)

    def act(self, form: MergeForm) -> Problem:
        into, reason = form.others[form.cleaned_data["into"]], form.cleaned_data["reason"]
        return actions.merge_problem(self.problem, by=self.request.user, at=now(), into=into, reason=reason)


class SolveProblem(Record, OneForm):
    """How was it solved?"""

    move, title, verb = "solve", _l("Solved"), _l("It is solved")
    lede = _l("Solved another way than by a project: everybody reads how.")
    done = _l("The problem is solved.")

    def form(self, data: Any = None) -> SolveForm:
        return SolveForm(data)

    def act(self, form: SolveForm) -> Problem:
        return actions.solve_problem(self.problem, by=self.request.user, at=now(), **form.cleaned_data)
