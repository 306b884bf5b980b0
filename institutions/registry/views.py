"""Pages of the register: the list, one institution, registration, moves and dated changes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View
from django.views.generic import DetailView, FormView

from accounts.clock import now, today
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import counted
from exchange.jobs.handing import file_of
from exchange.once import Once
from institutions.registry import actions, registering
from institutions.registry.blocks import blocks_of
from institutions.registry.filters import InstitutionFilters, PageForm, chosen
from institutions.registry.forms import (
    CloseForm,
    KindForm,
    NumberForm,
    PlaceForm,
    ReasonForm,
    RegisterForm,
    RenameForm,
    ReopenForm,
    ResubmitForm,
    VerifyForm,
)
from institutions.registry.listpage import ListPage, Query
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.rules import INSTITUTION, can_number, can_oversee
from institutions.registry.sheets import INSTITUTION_LIST, may_import
from institutions.registry.showing import MOVES, address_of, crumbs_of, facts_of, moves_of, timeline_of
from institutions.territory.models import Term, Territory
from lifecycle.transitions import Unmet, WrongStatus

PARAMETERS = ("search", *InstitutionFilters.base_filters)
ORDERINGS = ("sort_key", "modified_at")
OPTIONS = 8


class InstitutionList(Scoped, View):
    """The register: filtered, searched, sorted; as a page, CSV or XLSX."""

    scope = Institution

    def get(self, request: Any) -> Any:
        query = Query(request, PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return file_of(request, INSTITUTION_LIST, {name: value for name, value in params.items() if value}, form)
        rows = chosen(self.get_queryset().select_related("kind", "territory"), {**params, "search": ""}, today())
        default = "sort_key"
        if len(params["search"]) > 1:
            rows, default = rows.ranked(params["search"][:200]), "-search_rank,sort_key"
        page = ListPage(query, rows, ORDERINGS, default)
        return render(request, "institutions/registry_list.html", self.context(request, page, params))

    def context(self, request: Any, page: ListPage, params: dict[str, str]) -> dict[str, Any]:
        kinds = list(Term.objects.filter(vocabulary="participant_kind").order_by("position", "pk"))
        places = list(Territory.objects.order_by("lineage"))
        form = PageForm(initial={name: value for name, value in params.items() if value}, kinds=kinds, places=places)
        return {
            "filter_form": form,
            "chips": page.chips(words_of(params, kinds, places)),
            "clear": page.query.path,
            "columns": columns_of(page),
            "rows": [line_of(house, {place.pk: place for place in places}) for house in page.rows],
            "total": counted(page.total, "institution"),
            "count": page.total,
            "pagination": page.pagination(counted(page.total, "institution")),
            "csv": page.query.address(format="csv"),
            "xlsx": page.query.address(format="xlsx"),
            "may_import": may_import(request.user),
            "crumbs": [{"text": _("Home"), "url": reverse("home")}, {"text": _("Organisations")}],
        }


def words_of(params: dict[str, str], kinds: list[Term], places: list[Territory]) -> dict[str, tuple[Any, Any]]:
    """The filters in use in words."""
    named = {
        "kind": {term.code: name_now(term.names) for term in kinds},
        "territory": {place.code: name_now(place.names) for place in places},
        "status": {value: str(label) for value, label in InstitutionStatus.choices},
    }
    labels = {
        "search": _("Search"),
        "kind": _("Kind"),
        "territory": _("Territory"),
        "within": _("Within"),
        "status": _("Status"),
        "on": _("Open on"),
        "external_id": _("Number in a register"),
    }
    return {name: (labels[name], named.get(name, {}).get(value, value)) for name, value in params.items() if value}


def columns_of(page: ListPage) -> list[dict[str, Any]]:
    """Heads of the table."""
    return [
        page.head(_("Name"), "sort_key"),
        page.head(_("Kind")),
        page.head(_("Territory")),
        page.head(_("Status")),
        page.head(_("Changed"), "modified_at"),
    ]


def line_of(house: Institution, places: dict[int, Territory]) -> dict[str, Any]:
    """A row of the table."""
    region = places.get(house.territory.lineage[1]) if len(house.territory.lineage) > 2 else None
    where = name_now(house.territory.names) + (f", {name_now(region.names)}" if region else "")
    return {
        "name": name_now(house.names),
        "short": house.short_name,
        "url": reverse("institution-detail", kwargs={"public_id": house.public_id}),
        "kind": name_now(house.kind.names),
        "territory": where,
        "status": house.status,
        "status_word": InstitutionStatus(house.status).label,
        "changed": house.modified_at,
    }


class InstitutionOptions(Scoped, View):
    """Choices for the combobox: the nearest names for what was typed."""

    scope = Institution

    def get(self, request: Any) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:200]
        rows = self.get_queryset().filter(status__in=("verified", "suspended")).select_related("kind", "territory")
        found = list(rows.ranked(text).order_by("-search_rank", "sort_key", "pk")[:OPTIONS]) if len(text) > 1 else []
        return render(
            request, "institutions/_options.html", {"found": found, "count": counted(len(found), "institution")}
        )


class InstitutionDetailPage(Scoped, DetailView):
    """One institution: head, facts, timeline, linked things."""

    scope = Institution
    related = ("kind", "territory", "registered_by")
    context_object_name = "house"
    template_name = "institutions/registry_detail.html"
    slug_field = slug_url_kwarg = "public_id"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        house, day = self.object, today()
        return super().get_context_data(
            **kwargs,
            name=name_now(house.names),
            status_word=InstitutionStatus(house.status).label,
            crumbs=crumbs_of(house, day),
            facts=facts_of(house),
            moves=moves_of(house, self.request.user),
            timeline=timeline_of(house, self.request.user),
            blocks=blocks_of(house, self.request.user, day),
        )


class SearchPlaces(Scoped, View):
    """Choices of places for the territory switch."""

    scope = Territory

    def get(self, request: Any) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:200]
        found = (
            self.get_queryset().search(text).order_by("-search_rank", "depth", "sort_key", "pk")[:OPTIONS]
            if text
            else []
        )
        return render(request, "institutions/_places.html", {"found": found})


class RegisterInstitution(Scoped, Once, FormView):
    """An application; before it is sent, institutions of the same name are shown."""

    scope = Institution
    form_class = RegisterForm
    template_name = "institutions/registry_register.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            {"text": _("Organisations"), "url": reverse("institution-list")},
            {"text": _("Register an organisation")},
        ]
        return super().get_context_data(**{"crumbs": crumbs, "alike": [], **kwargs})

    def form_valid(self, form: Any) -> Any:
        data = form.cleaned_data
        alike = registering.likely_duplicates(data["names"], data["territory"])
        alike = [house for house in alike if self.get_queryset().filter(pk=house.pk).exists()]
        if alike and "anyway" not in self.request.POST:
            shown = [
                {"name": name_now(each.names), "url": address_of(each), "note": name_now(each.territory.names)}
                for each in alike
            ]
            answer = self.render_to_response(self.get_context_data(form=form, alike=shown))
            answer.status_code = 422
            return answer
        try:
            house = registering.register_institution(**data, by=self.request.user, at=now(), today=today())
        except ValidationError as error:
            return self.refused(form, error)
        messages.success(self.request, _("The application was sent. The office of its territory will look at it."))
        return redirect(address_of(house))

    def refused(self, form: Any, error: ValidationError) -> Any:
        """What the action found wrong, at its field."""
        return refused(self, form, error)


def refused(view: Any, form: Any, error: ValidationError) -> Any:
    """The form again with what the action found wrong, at its field where the form has it."""
    for name, errors in getattr(error, "error_dict", {"": [error]}).items():
        places = {"external_ids": ("external_id", "value"), "names": ("name_uz",)}.get(name, (name,))
        form.add_error(next((field for field in places if field in form.fields), None), errors)
    return view.form_invalid(form)


@dataclass(frozen=True)
class Step:
    """What a move asks for and does on a page."""

    form: type
    act: Any
    consequence: Any
    dated: bool = False


STEPS = {
    "verify": Step(
        VerifyForm,
        registering.verify_institution,
        _l("It is counted from now on, and who applied becomes its administrator."),
        dated=True,
    ),
    "return": Step(
        ReasonForm, actions.return_institution, _l("The applicant reads the reason and can send the application again.")
    ),
    "reject": Step(
        ReasonForm, actions.reject_institution, _l("The application ends here; the applicant reads the reason.")
    ),
    "resubmit": Step(ResubmitForm, registering.resubmit_institution, _l("The office looks at the application again.")),
    "suspend": Step(
        ReasonForm,
        actions.suspend_institution,
        _l("Its members can only read until it is reinstated. It stays in the figures."),
    ),
    "reinstate": Step(ReasonForm, actions.reinstate_institution, _l("Its members can work again.")),
    "close": Step(
        CloseForm, actions.close_institution, _l("It is open until the day before; its record stays."), dated=True
    ),
    "reopen": Step(
        ReopenForm, actions.reopen_institution, _l("A new open time begins; the old one stays as it was."), dated=True
    ),
    "rename": Step(
        RenameForm, actions.rename_institution, _l("The old name stays in the record and is still found."), dated=True
    ),
    "move": Step(
        PlaceForm, actions.move_institution, _l("Figures before the day stay with the old territory."), dated=True
    ),
    "change_kind": Step(
        KindForm, actions.change_kind, _l("Figures before the day stay with the old kind."), dated=True
    ),
    "number": Step(
        NumberForm,
        actions.number_institution,
        _l("Partners and other systems find it by this number; everybody reads it. A number is one organisation's."),
        dated=True,
    ),
}


class MoveInstitution(Scoped, Once, FormView):
    """One move or dated change: what it does, what it asks for, and the same action as the API."""

    scope = Institution
    related = ("kind", "territory")
    template_name = "institutions/registry_move.html"

    def enter(self, request: Any) -> None:
        super().enter(request)
        self.step = STEPS.get(self.kwargs["move"])
        house = self.get_object()
        if self.step is None:
            raise Http404
        self.check(house, self.kwargs["move"], request.user)

    def check(self, house: Institution, name: str, user: Any) -> None:
        """403 for who may not, 409 for a move that is not open now."""
        if name in INSTITUTION.by_name:
            line = INSTITUTION.line(name, house.status)
            if not line.may(user, house):
                raise PermissionDenied
            if house.status not in line.sources:
                raise WrongStatus(house.status, INSTITUTION.available(house, user))
        elif not (can_number if name == "number" else can_oversee)(user, house):
            raise PermissionDenied

    def get_form_class(self) -> Any:
        return self.step.form

    def get_initial(self) -> dict[str, Any]:
        house = self.get_object()
        names = {f"name_{tag}": house.names.get(tag, "") for tag in ("uz", "ru", "en")}
        return {**names, "short_name": house.short_name} if self.kwargs["move"] == "rename" else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        house, name = self.get_object(), self.kwargs["move"]
        text, icon = MOVES[name]
        alike = registering.likely_duplicates(house.names, house.territory, house.pk) if name == "verify" else []
        shown = [
            {"name": name_now(each.names), "url": address_of(each), "note": name_now(each.territory.names)}
            for each in alike
        ]
        crumbs = [
            *crumbs_of(house, today())[:-1],
            {"text": name_now(house.names), "url": address_of(house)},
            {"text": text},
        ]
        return super().get_context_data(
            **kwargs,
            house=house,
            name=name_now(house.names),
            verb=text,
            icon=icon,
            consequence=self.step.consequence,
            alike=shown,
            back=address_of(house),
            crumbs=crumbs,
            dangerous=name in INSTITUTION.by_name and INSTITUTION.by_name[name][0].dangerous,
        )

    def form_valid(self, form: Any) -> Any:
        house, data = self.get_object(), form.cleaned_data
        extra = {"today": today()} if self.step.dated else {}
        try:
            self.step.act(house, **data, **extra, by=self.request.user, at=now())
        except Unmet as unmet:
            return self.unmet(form, unmet)
        except ValidationError as error:
            return refused(self, form, error)
        messages.success(self.request, _("Done: the record has a new line."))
        return redirect(address_of(house) if self.get_queryset().filter(pk=house.pk).exists() else "institution-list")
