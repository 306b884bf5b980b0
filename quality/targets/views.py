"""Pages of targets: what is to be reached, and who stands by it?"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now
from accounts.names import name_now
from accounts.scoped import Scoped, ScopedFormView
from accounts.wording import counted, period_name
from exchange.jobs.handing import file_of
from exchange.once import Once
from institutions.registry.listpage import ListPage, Query
from institutions.registry.scope import Role
from quality.catalogue.models import Indicator
from quality.targets import actions, showing
from quality.targets.filters import TargetFilters, chosen
from quality.targets.forms import DeclineForm, TargetForm
from quality.targets.models import Target, TargetStatus
from quality.targets.rules import TARGET, can_propose
from quality.targets.sheets import TARGETS

PARAMETERS = tuple(TargetFilters.base_filters)


class OfTargets(Scoped):
    """A page about targets; approved ones are for whoever holds any role."""

    scope = Target
    related = (*showing.RELATED, "set_by", "approved_by")
    request: Any
    kwargs: Any

    @staticmethod
    def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
        return [{"text": _("Targets"), "url": reverse("target-list")}, *more]


class TargetList(OfTargets, View):
    """What is to be reached where, and what waits for approval?"""

    def get(self, request: Any) -> HttpResponse:
        query = Query(request, PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return file_of(request, TARGETS, {name: value for name, value in params.items() if value}, form)
        filters = chosen(request.user, self.get_queryset(), params)
        listed = ListPage(query, filters.qs, ("indicator__position", "period__starts_on", "set_at"), "-set_at")
        labels = {name: (field.label, self.word(name, params[name])) for name, field in filters.form.fields.items()}
        total = counted(listed.total, "target")
        context = {
            "title": _("Targets"), "crumbs": [{"text": _("Targets")}], "filter_form": filters.form,
            "chips": listed.chips({name: words for name, words in labels.items() if params[name]}),
            "clear": query.path, "columns": showing.columns_of(listed), "rows": showing.rows_of(listed.rows),
            "total": total, "pagination": listed.pagination(total), "may_set": can_propose(request.user),
            "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"),
        }  # fmt: skip
        return render(request, "quality/targets_list.html", context)

    def word(self, name: str, value: str) -> str:
        """A filter's value in words."""
        if name == "indicator":
            found = Indicator.objects.filter(code=value).order_by("pk").first()
            return name_now(found.names) if found else value
        return str(dict(TargetStatus.choices).get(value, value)) if name == "status" else period_name(value)


class NewTarget(OfTargets, Once, ScopedFormView):
    """What shall be reached, where and by when?"""

    allowed_roles = {Role.MINISTRY_OFFICER.value, Role.REGIONAL_OFFICER.value}
    form_class = TargetForm
    template_name = "quality/target_new.html"

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {name: asked[name] for name in ("indicator", "territory", "period") if name in asked}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("New target")
        return super().get_context_data(**kwargs, title=title, crumbs=self.crumbs({"text": title}))

    def form_valid(self, form: TargetForm) -> Any:
        try:
            target = actions.set_target(**form.content(), by=self.request.user, at=now())
        except PermissionDenied:
            form.add_error("territory", ValidationError(_("Territory: your office sets no targets here."), "forbidden"))
            return self.form_invalid(form)
        messages.success(self.request, _("The target is set. It holds once a second person has approved it."))
        return redirect(showing.page(target))


class TargetDetail(OfTargets, View):
    """What exactly is to be reached, and whose move is it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        target, user = self.get_object(), self.request.user
        name, moves, people = showing.named(target), showing.moves_of(target, user), can_propose(user)
        own = target.status == TargetStatus.PROPOSED and target.set_by_id == user.pk
        context = {
            "title": name, "target": target, "crumbs": self.crumbs({"text": name}), "own": own, "moves": moves,
            "standing": showing.standing(target), "facts": showing.facts_of(target, people),
            "timeline": showing.timeline_of(target, people), "approve": showing.page(target, "approve"),
            "decline": showing.page(target, "decline"),
        }  # fmt: skip
        return render(self.request, "quality/target_detail.html", context)


class ApproveTarget(OfTargets, Once, View):
    """One button: a second person stands by it."""

    allowed_roles = {Role.MINISTRY_OFFICER.value, Role.REGIONAL_OFFICER.value}
    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        target = actions.approve_target(self.get_object(), by=request.user, at=now())
        messages.success(request, _("Approved. Figures are held against it from now on."))
        return redirect(showing.page(target))


class DeclineTarget(OfTargets, Once, ScopedFormView):
    """Why does it not hold?"""

    allowed_roles = {Role.MINISTRY_OFFICER.value, Role.REGIONAL_OFFICER.value}
    form_class = DeclineForm
    template_name = "quality/release_move.html"

    def enter(self, request: Any) -> None:
        super().enter(request)
        TARGET.permit("decline", self.get_object(), request.user, reason="asked on the page")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target, verb = self.get_object(), TARGET.by_name["decline"][0].label
        name, back = showing.named(target), showing.page(target)
        crumbs = self.crumbs({"text": name, "url": back}, {"text": verb})
        consequence = _("It does not hold. Whoever set it reads your reason; a target approved before goes on.")
        return super().get_context_data(
            **kwargs, title=verb, name=name, crumbs=crumbs, back=back, consequence=consequence, dangerous=True
        )

    def form_valid(self, form: DeclineForm) -> Any:
        target = actions.decline_target(self.get_object(), by=self.request.user, at=now(), **form.cleaned_data)
        messages.success(self.request, _("Declined."))
        return redirect(showing.page(target))
