"""Dashboards over the API: the same object as the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Door
from accounts.listing import refuse
from accounts.scoped import Scoped
from institutions.registry.scope import standings
from institutions.territory.models import Territory
from quality.dashboards.board import build
from quality.dashboards.choice import Choice, choose
from quality.dashboards.saying_json import board_json
from quality.dashboards.scorecard import score
from quality.dashboards.scores import json_of
from quality.values.asking import UnknownChoice


class OfPlace(Scoped, Door):
    """What is shown of a place, for whoever holds any role."""

    scope = Territory
    lookup_field = "code"

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        user: Any = self.request.user
        return found if standings(user) else found.none()

    def choice(self, request: Request) -> Choice:
        try:
            return choose(request.query_params, self.subject)
        except UnknownChoice as unknown:
            raise refuse(unknown.parameter, "invalid_choice", _("There is no such id.")) from unknown


class TerritoryDashboard(OfPlace):
    """What the dashboard of a place shows, as one object."""

    parameters = ("period", "institution_kind", "form", "indicator", "ordering")

    def get(self, request: Request, code: str) -> Response:
        """Cards, rows, map values and what wants attention."""
        return self.reply(board_json(build(request.user, self.subject, self.choice(request), now())))


class TerritoryScorecard(OfPlace):
    """The scorecard of a place, as one object; `show=all` for more than the core indicators."""

    parameters = ("period", "institution_kind", "show")

    def get(self, request: Request, code: str) -> Response:
        """Every indicator at the place and at the places right below it, held against its target."""
        return self.reply(json_of(score(request.user, self.subject, self.choice(request), today())))
