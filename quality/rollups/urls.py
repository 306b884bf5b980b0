"""Addresses of dashboards and indicators."""

from django.urls import path, re_path

from quality.rollups import views

urlpatterns = [
    path("dashboard/", views.Dashboard.as_view(), name="dashboard"),
    path("dashboard/go/", views.GoToPlace.as_view(), name="dashboard-go"),
    path("dashboard/<str:code>/", views.Dashboard.as_view(), name="territory-dashboard"),
    re_path(
        r"^dashboard/(?P<code>[^/]+)/figures\.(?P<form>csv|xlsx)$", views.DashboardFile.as_view(), name="dashboard-file"
    ),
    path("indicators/", views.IndicatorList.as_view(), name="indicator-list"),
    path("indicators/<str:code>/", views.IndicatorDetail.as_view(), name="indicator-detail"),
    path("indicators/<str:code>/rows/", views.IndicatorRows.as_view(), name="indicator-rows"),
    re_path(
        r"^indicators/(?P<code>[^/]+)/values\.(?P<form>csv|xlsx)$", views.IndicatorFile.as_view(), name="indicator-file"
    ),
]
