"""Pages of dashboards: are we on target, and where not?"""

from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.clock import now, today
from accounts.scoped import Scoped
from exchange.jobs.handing import file_of
from exchange.jobs.handlers import Exporter
from institutions.registry.scope import offices, standings
from institutions.territory.models import Territory
from quality.dashboards.board import Board, build
from quality.dashboards.choice import Choice, choose
from quality.dashboards.drawing import context_of
from quality.dashboards.forms import ChoiceForm, ScoreForm
from quality.dashboards.organisations import organisations_of
from quality.dashboards.scorecard import Scorecard, score
from quality.dashboards.scores import page_of, table_of
from quality.dashboards.writing import table_of_board
from quality.values import saying
from quality.values.acting import acts_on
from quality.values.asking import UnknownChoice
from quality.values.checking import said_checked

FORMS = ("csv", "xlsx")


class OfPlace(Scoped, TemplateView):
    """A page about one place, read from its address; without a code the reader's own. For whoever holds any role."""

    scope: Any = Territory
    request: Any
    lookup_field = "code"

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if standings(self.request.user) else rows.none()

    def place(self) -> Territory:
        if "code" in self.kwargs:
            return self.get_object()
        rows = self.get_queryset()
        own = rows.filter(pk__in=offices(self.request.user)).order_by("depth", "pk").first()
        country = rows.filter(depth=0).order_by("pk")
        found = own or country.filter(pack=settings.COUNTRY_PACK).first() or country.first()
        if found is None:
            raise Http404
        return found

    def choice(self, place: Territory) -> Choice:
        try:
            return choose(self.request.GET, place)
        except UnknownChoice as unknown:
            raise BadRequest(str(unknown)) from unknown

    def board(self) -> Board:
        place = self.place()
        return build(self.request.user, place, self.choice(place), now())


class Dashboard(OfPlace):
    """Are we on target, and where not?"""

    template_name = "quality/dashboards_place.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        board = self.board()
        code, query = board.territory.code, board.choice.query()
        files = {f"{form}_url": reverse("dashboard-file", args=[code, form]) + query for form in FORMS}
        drawn = context_of(board)
        if not board.below and board.main:
            drawn["organisations"] = organisations_of(board, self.request.user)
        figure = board.main.figure if board.main else None
        if figure and figure.category == saying.RED:
            code_of_figure = figure.version.indicator.code
            drawn["acts"] = acts_on(
                self.request.user, indicator=code_of_figure, territory=code, period=figure.period.code
            )
        return super().get_context_data(**kwargs, **drawn, **files, board=board, filters=ChoiceForm(board.choice),
                                        checked=said_checked(board.choice.counted.checked))  # fmt: skip


class DashboardFile(OfPlace):
    """What the dashboard shows, as CSV or XLSX."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        board = self.board()
        exporter = Exporter(
            code="dashboard", label=_("Dashboard"), table=lambda user, params, on: table_of_board(board)
        )
        return file_of(request, exporter, request.GET.dict(), kwargs["form"])


class OfScorecard(OfPlace):
    """A scorecard, read from its address."""

    def card(self) -> Scorecard:
        place = self.place()
        return score(self.request.user, place, self.choice(place), today())


class PlaceScorecard(OfScorecard):
    """Which indicators are on target, and in which places not?"""

    template_name = "quality/dashboards_scorecard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        card = self.card()
        code, query = card.territory.code, card.choice.query()
        files = {f"{form}_url": reverse("scorecard-file", args=[code, form]) + query for form in FORMS}
        return super().get_context_data(**kwargs, **page_of(card), **files, filters=ScoreForm(card.choice))


class ScorecardFile(OfScorecard):
    """What the scorecard shows, as CSV or XLSX."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        card = self.card()
        exporter = Exporter(code="scorecard", label=_("Scorecard"), table=lambda user, params, on: table_of(card))
        return file_of(request, exporter, request.GET.dict(), kwargs["form"])


class GoToPlace(OfPlace):
    """The switch of territories: sends on to the place chosen, with the filters kept."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        query = request.GET.copy()
        code = query.pop("territory", [""])[-1]
        if not self.get_queryset().filter(code=code).exists():
            raise Http404
        response = redirect("territory-dashboard", code=code)
        response["Location"] += f"?{query.urlencode()}" if query else ""
        return response
