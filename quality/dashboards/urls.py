"""Addresses of dashboards."""

from django.urls import path, re_path

from quality.dashboards import views

urlpatterns = [
    path("dashboard/", views.Dashboard.as_view(), name="dashboard"),
    path("dashboard/go/", views.GoToPlace.as_view(), name="dashboard-go"),
    path("dashboard/<str:code>/", views.Dashboard.as_view(), name="territory-dashboard"),
    re_path(
        r"^dashboard/(?P<code>[^/]+)/figures\.(?P<form>csv|xlsx)$", views.DashboardFile.as_view(), name="dashboard-file"
    ),
]
