"""Public pages of figures, open to everybody; and the pages on which the ministry prepares them."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import View

from quality.releases import public
from quality.releases.models import Permalink, PublishedHouse, ReleaseFile
from quality.releases.reading import Place, Shelf

FRESH = "public, max-age=300"
DAY = "public, max-age=86400"
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
HOUSES = 100


class PublicPage(View):
    """A page that is the same for everybody: no session is read, no cookie is set, and only published tables are asked."""

    public = True
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.user = AnonymousUser()
        return super().dispatch(request, *args, **kwargs)

    def page(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        # a form nobody fills in needs no token, and without one no cookie is set
        answer = render(self.request, self.template_name, {"csrf_token": "", **context}, status=status)
        answer["Cache-Control"] = FRESH
        patch_vary_headers(answer, ("Cookie",))  # theme and text size of this device
        return answer

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
        shelf.places  # noqa: B018
        return self.page(public.house_context(house, shelf))


class PublicIndicators(PublicPage):
    """What is measured?"""

    template_name = "quality/public_indicators.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(public.indicators_context(Shelf.now()))


class PublicIndicator(PublicPage):
    """What does this number mean, and can I use it?"""

    template_name = "quality/public_indicator.html"

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


class PublicFile(PublicPage):
    """A release as a file, byte for byte."""

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
