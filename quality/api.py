"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from quality.catalogue.api import IndicatorViewSet, PeriodViewSet, TargetViewSet
from quality.dashboards.api import TerritoryDashboard
from quality.observations.api import ObservationViewSet
from quality.reports.api import SubmissionViewSet
from quality.values.api import RowViewSet, ValueViewSet

routes: list[tuple[str, Any]] = [
    ("indicators", IndicatorViewSet),
    ("periods", PeriodViewSet),
    ("targets", TargetViewSet),
    ("observations", ObservationViewSet),
    ("submissions", SubmissionViewSet),
]
LIST: dict[str, Any] = {"get": "list", "head": "list"}
FILE: dict[str, Any] = {"get": "list"}
paths: list[Any] = [
    path("indicators/<str:code>/values.<str:format>", ValueViewSet.as_view(FILE), name="api-indicators-values-file"),
    path("indicators/<str:code>/values/", ValueViewSet.as_view(LIST), name="api-indicators-values"),
    path("indicators/<str:code>/rows/", RowViewSet.as_view(LIST), name="api-indicators-rows"),
    path("dashboards/territories/<str:code>/", TerritoryDashboard.as_view(), name="api-territory-dashboard"),
]
