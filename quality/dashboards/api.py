"""Dashboards over the API: the same object as the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door
from accounts.listing import refuse
from accounts.scoped import Scoped
from institutions.registry.scope import standings
from institutions.territory.models import Territory
from quality.dashboards.board import build
from quality.dashboards.choice import choose
from quality.dashboards.saying_json import board_json
from quality.values.asking import UnknownChoice


class TerritoryDashboard(Scoped, Door):
    """What the dashboard of a place shows, as one object."""

    scope = Territory
    lookup_field = "code"
    parameters = ("period", "institution_kind", "form", "indicator", "ordering")

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        user: Any = self.request.user
        return found if standings(user) else found.none()

    def get(self, request: Request, code: str) -> Response:
        """Cards, rows, map values and what wants attention."""
        try:
            choice = choose(request.query_params, self.subject)
        except UnknownChoice as unknown:
            raise refuse(unknown.parameter, "invalid_choice", _("There is no such id.")) from unknown
        return self.reply(board_json(build(request.user, self.subject, choice, now())))
