"""Public pages of figures, open to everybody; and the pages on which the ministry prepares them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now
from accounts.scoped import Scoped, ScopedFormView
from accounts.wording import counted, period_name
from exchange.jobs.handing import file_of
from exchange.once import Once
from institutions.registry.listpage import ListPage, Query
from institutions.registry.scope import Role
from lifecycle.transitions import Unmet
from quality.releases import actions, house_page, public, showing
from quality.releases.copies import CopiedPage
from quality.releases.filters import ReleaseFilters, chosen
from quality.releases.forms import ApproveForm, DraftForm, WhyForm
from quality.releases.models import Permalink, PublishedHouse, Release, ReleaseFile, ReleaseStatus
from quality.releases.preview import frozen_of, preview_of, summary_of
from quality.releases.reading import Place, Shelf
from quality.releases.rules import RELEASE, can_approve
from quality.releases.sheets import RELEASES

DAY = "public, max-age=86400"
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
HOUSES = 100
PARAMETERS = tuple(ReleaseFilters.base_filters)


@dataclass(frozen=True)
class Asked:
    """What a move asks for, what it means, what makes it, and what is said afterwards."""

    form: type
    act: Callable[..., Release]
    consequence: Any
    done: Any


ASKED = {
    "approve": Asked(
        ApproveForm, actions.approve_release,
        _l("You stand by these figures with the person who sent them. They appear exactly as they are frozen here."),
        _l("Approved."),
    ),
    "return": Asked(
        WhyForm, actions.return_release,
        _l("It is not published. Whoever prepares it reads your reason and can send newer figures."), _l("Returned."),
    ),
    "withdraw": Asked(
        WhyForm, actions.withdraw_release,
        _l("Its public page stays and says that it was withdrawn, and why. Its files can no longer be downloaded."),
        _l("Withdrawn."),
    ),
}  # fmt: skip


class PublicPage(CopiedPage):
    """A page for all readers that asks published tables only."""

    template_name = ""

    def page(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return self.drawn(self.template_name, context, status)

    def address(self) -> str:
        return self.request.build_absolute_uri()

    def place_in(self, shelf: Shelf, code: str) -> Place:
        """The place of a code, the country without one; 404 for what no release knows."""
        found = shelf.places.get(code) if code else shelf.root
        if found is None:
            raise Http404
        return found


class PublicHome(PublicPage):
    """What is the state of cooperation, and where do I find mine?"""

    template_name = "quality/public_place.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        shelf = Shelf.now()
        if shelf.root is None:
            return self.page({"title": _("Public figures"), "empty": True, "crumbs": [{"text": _("Public figures")}]})
        context = public.place_context(shelf, shelf.root, self.address())
        return self.page({**context, "home": True})


class PublicTerritory(PublicPage):
    """What cooperation is there in this place?"""

    template_name = "quality/public_place.html"
    parameters = ("page",)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        shelf = Shelf.now()
        place = self.place_in(shelf, code)
        number = request.GET.get("page", "1")
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1
        start = max(page - 1, 0) * HOUSES
        houses = list(shelf.houses(place)[start : start + HOUSES + 1])
        context = public.place_context(shelf, place, self.address())
        more = {"previous": f"?page={page - 1}" if page > 1 else "",
                "next": f"?page={page + 1}" if len(houses) > HOUSES else ""}  # fmt: skip
        return self.page({**context, "houses": public.house_rows(houses[:HOUSES]), "more": more})


class PublicHouse(PublicPage):
    """What cooperation does this organisation really have?"""

    template_name = "quality/public_house.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        shelf = Shelf.now()
        rows = PublishedHouse.objects.filter(house=public_id, permalink__in=[link.pk for link in shelf.links[:1]])
        house = rows.order_by("pk").first()
        if house is None:
            raise Http404
        shelf.about(shelf.links[0])
        return self.page(house_page.house_context(house, shelf, self.address()))


class PublicIndicators(PublicPage):
    """What is measured?"""

    template_name = "quality/public_indicators.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(public.indicators_context(Shelf.now()))


class PublicIndicator(PublicPage):
    """What does this number mean, and can I use it?"""

    template_name = "quality/public_indicator.html"
    parameters = ("territory",)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        shelf = Shelf.now()
        place = self.place_in(shelf, request.GET.get("territory", ""))
        context = public.indicator_context(shelf, code, place, self.address())
        if context is None:
            raise Http404
        return self.page(context)


class PublicData(PublicPage):
    """Which files can I take away, and how do I check them?"""

    template_name = "quality/public_data.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        links = Permalink.objects.defer("about").order_by("-published_at", "-pk")[:HOUSES]
        found = list(links.prefetch_related(public.FILES))
        crumbs = [{"text": _("Public figures"), "url": public.home()}, {"text": _("Open data")}]
        return self.page({"title": _("Open data"), "rows": public.data_rows(found), "crumbs": crumbs})


class PublicSnapshot(PublicPage):
    """What exactly was published on that day?"""

    template_name = "quality/public_snapshot.html"
    parameters = ("territory",)

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        link = Permalink.objects.filter(pk=number).select_related("replaced_by").defer("replaced_by__about").first()
        if link is None:
            raise Http404
        shelf = Shelf.of(link)
        place = self.place_in(shelf, request.GET.get("territory", ""))
        later = Permalink.objects.current().filter(period_kind=link.period_kind, ends_on__gt=link.ends_on)
        context = public.snapshot_context(link, place, shelf, later.defer("about").order_by("-ends_on", "-pk").first())
        files = public.data_rows([link])[0]["files"]
        return self.page({**context, "files": files}, 410 if link.withdrawn_at else 200)


class PublicFile(View):
    """A release as a file, byte for byte; what it says of keeping is for a day, so that no copy is kept here."""

    public = True

    def get(self, request: HttpRequest, number: int, form: str) -> HttpResponse:
        found = ReleaseFile.objects.filter(permalink=number, form=form, permalink__withdrawn_at__isnull=True)
        file = found.select_related("permalink").defer("permalink__about").first()
        if file is None:
            raise Http404
        name = f"hamkorlik_{file.permalink.period}_{number}.{form}"
        told = {
            "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": DAY,
            "X-Checksum-Sha256": file.sha256, "Access-Control-Allow-Origin": "*",
        }  # fmt: skip
        return HttpResponse(file.content.encode(), content_type=TYPES[form], headers=told)


class Prepared(Scoped):
    """A page on which releases are prepared: for ministry officers only."""

    scope = Release
    allowed_roles = {Role.MINISTRY_OFFICER.value}
    related = ("period", "frozen", "permalink")
    request: Any
    kwargs: Any

    @staticmethod
    def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
        return [{"text": _("Releases"), "url": reverse("release-list")}, *more]


class ReleaseList(Prepared, View):
    """What is published, and what waits for whom?"""

    def get(self, request: Any) -> HttpResponse:
        query = Query(request, PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return file_of(request, RELEASES, {name: value for name, value in params.items() if value}, form)
        filters = chosen(self.get_queryset(), params)
        listed = ListPage(query, filters.qs, ("period__ends_on", "modified_at"), "-modified_at")
        labels = {name: (field.label, self.word(name, params[name])) for name, field in filters.form.fields.items()}
        total = counted(listed.total, "release")
        context = {
            "title": _("Releases"), "crumbs": [{"text": _("Releases")}], "filter_form": filters.form,
            "chips": listed.chips({name: words for name, words in labels.items() if params[name]}),
            "clear": query.path, "columns": showing.columns_of(listed), "rows": showing.rows_of(listed.rows),
            "total": total, "pagination": listed.pagination(total),
            "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"),
        }  # fmt: skip
        return render(request, "quality/releases_list.html", context)

    def word(self, name: str, value: str) -> str:
        """A filter's value in words."""
        return str(dict(ReleaseStatus.choices).get(value, value)) if name == "status" else period_name(value)


class NewRelease(Prepared, Once, ScopedFormView):
    """Which figures shall be published?"""

    form_class = DraftForm
    template_name = "quality/release_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("New release")
        return super().get_context_data(**kwargs, title=title, crumbs=self.crumbs({"text": title}))

    def form_valid(self, form: DraftForm) -> Any:
        try:
            release = actions.draft_release(**form.content(), by=self.request.user, at=now())
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The release is drafted. Send it for approval when it is ready."))
        return redirect(showing.page(release))


class ReleaseDetail(Prepared, View):
    """What would be, or was, published; and whose move is it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        release, user = self.get_object(), self.request.user
        name, content = showing.named(release), frozen_of(release)
        own = release.status == ReleaseStatus.IN_APPROVAL and not can_approve(user, release)
        context = {
            "title": name, "release": release, "crumbs": self.crumbs({"text": name}), "errors": errors,
            "page_errors": bool(errors), "standing": showing.standing(release), "own": own,
            "facts": showing.facts_of(release, summary_of(content)), "moves": showing.moves_of(release, user),
            "figures": preview_of(content), "timeline": showing.timeline_of(release),
        }  # fmt: skip
        return render(self.request, "quality/release_detail.html", context, status=status)


class SubmitRelease(Once, ReleaseDetail):
    """One button: the figures are frozen and sent."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            actions.submit_release(self.get_object(), by=request.user, at=now())
        except Unmet as unmet:
            self.subject = None
            return self.page(422, [{"text": str(each.message), "url": "#facts"} for each in unmet.conditions])
        messages.success(request, _("Sent. A second person approves it."))
        return redirect(showing.page(self.get_object()))


class AskRelease(Prepared, Once, ScopedFormView):
    """A move that asks something first: on which day, or why."""

    template_name = "quality/release_move.html"
    move = ""

    def enter(self, request: Any) -> None:
        super().enter(request)
        self.asked = ASKED[self.move]
        RELEASE.permit(self.move, self.get_object(), request.user, reason="asked on the page")

    def get_form_class(self) -> Any:
        return self.asked.form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        release, name = self.get_object(), showing.named(self.get_object())
        verb, back = RELEASE.by_name[self.move][0].label, showing.page(release)
        crumbs = self.crumbs({"text": name, "url": back}, {"text": verb})
        return super().get_context_data(
            **kwargs, title=verb, name=name, crumbs=crumbs, back=back, consequence=self.asked.consequence,
            dangerous=RELEASE.by_name[self.move][0].dangerous,
        )  # fmt: skip

    def form_valid(self, form: Any) -> Any:
        try:
            self.asked.act(self.get_object(), by=self.request.user, at=now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, self.asked.done)
        return redirect(showing.page(self.get_object()))
