"""Addresses of dashboards."""

from django.urls import path, re_path

from quality.dashboards import views

urlpatterns = [
    path("dashboard/", views.Dashboard.as_view(), name="dashboard"),
    path("dashboard/go/", views.GoToPlace.as_view(), name="dashboard-go"),
    path("dashboard/<str:code>/", views.Dashboard.as_view(), name="territory-dashboard"),
    path("scorecard/", views.PlaceScorecard.as_view(), name="scorecard"),
    path("scorecard/<str:code>/", views.PlaceScorecard.as_view(), name="territory-scorecard"),
    re_path(
        r"^scorecard/(?P<code>[^/]+)/figures\.(?P<form>csv|xlsx)$", views.ScorecardFile.as_view(), name="scorecard-file"
    ),
    re_path(
        r"^dashboard/(?P<code>[^/]+)/figures\.(?P<form>csv|xlsx)$", views.DashboardFile.as_view(), name="dashboard-file"
    ),
]
