"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from quality.catalogue.api import IndicatorViewSet, PeriodViewSet
from quality.comments.api import CommentViewSet
from quality.dashboards.api import TerritoryDashboard, TerritoryScorecard
from quality.discrepancies.api import DiscrepancyViewSet
from quality.observations.api import ObservationViewSet
from quality.releases.api import ReleaseViewSet
from quality.reports.api import SubmissionViewSet
from quality.targets.api import TargetViewSet
from quality.values.api import ChangeViewSet, RowViewSet, ValueViewSet

routes: list[tuple[str, Any]] = [
    ("indicators", IndicatorViewSet),
    ("periods", PeriodViewSet),
    ("targets", TargetViewSet),
    ("observations", ObservationViewSet),
    ("submissions", SubmissionViewSet),
    ("releases", ReleaseViewSet),
    ("comments", CommentViewSet),
]
LIST: dict[str, Any] = {"get": "list", "head": "list"}
FILE: dict[str, Any] = {"get": "list"}
paths: list[Any] = [
    path("indicators/<str:code>/values.<str:format>", ValueViewSet.as_view(FILE), name="api-indicators-values-file"),
    path("indicators/<str:code>/values/", ValueViewSet.as_view(LIST), name="api-indicators-values"),
    path("indicators/<str:code>/changes.<str:format>", ChangeViewSet.as_view(FILE), name="api-indicators-changes-file"),
    path("indicators/<str:code>/changes/", ChangeViewSet.as_view(LIST), name="api-indicators-changes"),
    path("indicators/<str:code>/rows/", RowViewSet.as_view(LIST), name="api-indicators-rows"),
    path("discrepancies/", DiscrepancyViewSet.as_view(LIST), name="api-discrepancies-list"),
    path("dashboards/territories/<str:code>/", TerritoryDashboard.as_view(), name="api-territory-dashboard"),
    path("scorecards/territories/<str:code>/", TerritoryScorecard.as_view(), name="api-territory-scorecard"),
]
