"""Pages of laboratories: the list, one laboratory, its forms and moves, its talk with itself, and what everybody may read."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import Asked, AskedMove, AtOnce
from institutions.registry.models import Institution
from institutions.registry.openpage import FRESH, OpenPage
from institutions.registry.scope import Role
from labs.laboratories import actions, health, listing, outside, presenting
from labs.laboratories.forms import HealthForm, ParticularsForm, ProposeForm, TakeInForm
from labs.laboratories.models import Laboratory
from labs.laboratories.records import FormPage, OneForm, Record
from labs.laboratories.rules import LABORATORY, OPEN, belongs, coordinated_houses, coordinates

AT_ONCE: dict[str, tuple[Callable[..., Laboratory], Any]] = {
    "open": (actions.open_laboratory, _l("The laboratory is open. Its site is a participant in the register.")),
    "resume": (actions.resume_laboratory, _l("Work goes on.")),
}
WITH_REASON = {
    "pause": Asked(
        actions.pause_laboratory, _l("Pause the laboratory"),
        _l("Work rests until it is resumed. Everybody who works in it reads your reason."), _l("Pause"),
        _l("The laboratory is paused."),
    ),
    "close": Asked(
        actions.close_laboratory, _l("Close the laboratory"),
        _l("It cannot be opened again. Its members have their last day today; everything stays readable."),
        _l("Close"), _l("The laboratory is closed."),
    ),
    "leave": Asked(
        actions.leave_laboratory, _l("Leave the laboratory"),
        _l("Your organisation no longer works in it from today. Everybody who works in it reads your reason."),
        _l("Leave"), _l("Your organisation has left the laboratory."),
    ),
}  # fmt: skip


class LaboratoryList(ReadyList):
    """Which laboratories are there, and in which directions do they work?"""

    scope = Laboratory
    related = presenting.ROW_RELATED
    prefetch = presenting.ROW_PREFETCH
    listing = listing
    table, icon, new_page = "labs/_laboratory_table.html", "lab", "laboratory-new"
    template_name = "labs/laboratory_list.html"
    heads = ("site__sort_key", "opened_at")
    words = Words(
        _l("Laboratories"), "laboratory", _l("No laboratory fits these filters"), _l("All laboratories"),
        _l("There are no laboratories yet"),
        _l("A laboratory takes a named problem to a proven practice: it is founded by an agreement of higher education, practice and in-service training."),
        _l("Propose a laboratory"),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, on)

    def may_add(self, user: Any) -> bool:
        return bool(coordinated_houses(user))


class LaboratoryDetail(Record, View):
    """What does it do, who works in it, which problems and projects does it have?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        """The page; with what a move still lacks on top."""
        laboratory, user = self.laboratory, self.request.user
        open_now = LABORATORY.available(laboratory, user)
        inside = self.get_queryset().filter(pk=laboratory.pk).worked_in_by(user).exists()
        made = presenting.buttons_of(laboratory, open_now)
        name = self.called()
        return render(self.request, "labs/laboratory_detail.html", {
            "laboratory": laboratory, "name": name, "crumbs": self.crumbs({"text": name}), "errors": errors,
            "page_errors": bool(errors), "badge": presenting.standing_of(laboratory), "inside": inside,
            "facts": presenting.facts_of(laboratory, inside), "services": presenting.services_of(laboratory),
            "members": presenting.member_rows(laboratory), "figures": presenting.opened_figures(outside.figures_of(laboratory), laboratory, inside),
            "problems": presenting.latest_problems(laboratory), "board": presenting.board_of(laboratory),
            "works": presenting.latest_works(laboratory, user),
            "raise_url": presenting.raising(laboratory, user),
            "own": belongs(user, laboratory),
            "timeline": presenting.timeline_of(laboratory, inside), "edit": laboratory.status in OPEN and coordinates(user, laboratory),
            "main": [each for each in made if each["kind"] == "main"],
            "others": [each for each in made if each["kind"] != "main"],
            "public": outside.public_address(laboratory), "snippet": outside.snippet_of(laboratory, self.request),
        }, status=status)  # fmt: skip


class Move(AtOnce, LaboratoryDetail):
    """One button."""

    at_once = AT_ONCE

    def place_of(self, condition: Any) -> str:
        """What is lacking lies in the agreement or with the site."""
        return "#facts"


class AskLaboratory(Record, AskedMove):
    """A move that says why, on a page of its own."""

    moves = WITH_REASON


class NewLaboratory(Record, FormPage):
    """By which agreement, and in which directions shall it work?"""

    allowed_roles = {Role.COORDINATOR.value}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ProposeForm(user=request.user, houses=self.own))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProposeForm(request.POST, user=request.user, houses=self.own)
        made = self.tried(form, lambda: actions.propose_laboratory(by=request.user, at=now(), **form.content()))
        if made is None:
            return self.page(form, 422)
        messages.success(request, _("The laboratory is proposed. The regional office is asked to open it."))
        return redirect(presenting.page(made))

    @cached_property
    def own(self) -> list[Institution]:
        """The institutions for which the person coordinates; 403 without one."""
        seen: Any = Institution.objects.visible_to(self.request.user)
        found = list(seen.filter(pk__in=coordinated_houses(self.request.user)).order_by("sort_key", "pk"))
        if not found:
            raise PermissionDenied
        return found

    def page(self, form: ProposeForm, status: int = 200) -> HttpResponse:
        title = _("Propose a laboratory")
        context = {"title": title, "form": form, "crumbs": self.crumbs({"text": title}), "page_errors": status == 422,
                   "verb": title, "back": ""}  # fmt: skip
        return render(self.request, "labs/form.html", context, status=status)


class EditLaboratory(Record, OneForm):
    """What does it do, offer and advise?"""

    title, verb, done = _l("Edit"), _l("Save"), _l("Saved.")

    def permit(self, move: str) -> None:
        actions.permit_saving(self.laboratory, self.request.user)

    def form(self, data: Any = None) -> ParticularsForm:
        return ParticularsForm(data, laboratory=self.laboratory)

    def act(self, form: ParticularsForm) -> Laboratory:
        return actions.save_laboratory(self.laboratory, by=self.request.user, at=now(), **form.content())


class TakeIn(Record, OneForm):
    """Who joins?"""

    move, title, verb = "take_in", _l("Take in a member"), _l("Take in")
    done = _l("The organisation works in the laboratory from today.")

    def form(self, data: Any = None) -> TakeInForm:
        return TakeInForm(data, laboratory=self.laboratory)

    def act(self, form: TakeInForm) -> Laboratory:
        house = form.houses[form.cleaned_data["institution"]]
        return actions.take_in_member(self.laboratory, by=self.request.user, at=now(), institution=house)


class Health(Record, OneForm):
    """How are we doing, as we see it ourselves?"""

    move, title, verb = "rate", _l("How we are doing"), _l("Save the rating")
    lede = _l(
        "A talk with yourselves once a quarter: only those who work in this laboratory see it, and no laboratory is compared with another."
    )
    done = _l("The quarter is rated.")
    template_name = "labs/health.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """The trend for everybody who works there; the form for who may rate."""
        return self.page(self.form() if self.open else None)

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.filter(rows.among(self.request.user))

    @cached_property
    def open(self) -> bool:
        """Whether this person may rate, and the quarter is not rated yet."""
        day = today()
        quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        allowed = "rate" in LABORATORY.available(self.laboratory, self.request.user)
        return allowed and not self.laboratory.health_checks.filter(quarter=quarter).exists()

    def form(self, data: Any = None) -> HealthForm:
        return HealthForm(data)

    def act(self, form: HealthForm) -> Laboratory:
        return actions.rate_laboratory(self.laboratory, by=self.request.user, at=now(), **form.cleaned_data)

    def more(self) -> dict[str, Any]:
        return {"lines": health.trend_of(self.laboratory), "notes": health.notes_of(self.laboratory)}


class Public(Scoped, OpenPage):
    """What everybody may know of a laboratory."""

    scope = Laboratory

    def get_queryset(self) -> Any:
        return outside.open_to_all().select_related(*presenting.RELATED).prefetch_related(*presenting.PREFETCH)

    def told(self) -> outside.Told:
        return outside.told_of(self.get_object(), self.request)


class PublicLaboratory(Public):
    """What does this laboratory do, and what came of it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        laboratory, told = self.get_object(), self.told()
        return self.drawn("labs/public_laboratory.html", {
            "title": told.name,
            "crumbs": [{"text": _("Public figures"), "url": reverse("public-home")}, {"text": told.name}],
            "told": told, "facts": outside.facts_of(laboratory), "members": presenting.member_rows(laboratory),
            "services": presenting.services_of(laboratory), "laboratory": laboratory,
            "badge": presenting.standing_of(laboratory), "works": outside.works_told(laboratory),
        })  # fmt: skip


class Widget(Public):
    """The same figures for the pages of partners: one script, no library, no cookie, no style of its own."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        told = outside.packed(self.told())
        answer = render(request, "labs/widget.js", {"told": told}, content_type="text/javascript; charset=utf-8")
        answer["Cache-Control"] = FRESH
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer
