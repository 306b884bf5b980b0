"""Addresses of indicators, their values and the rows behind them."""

from django.urls import path, re_path

from quality.values import views

urlpatterns = [
    path("indicators/", views.IndicatorList.as_view(), name="indicator-list"),
    path("indicators/<str:code>/", views.IndicatorDetail.as_view(), name="indicator-detail"),
    path("indicators/<str:code>/rows/", views.IndicatorRows.as_view(), name="indicator-rows"),
    re_path(
        r"^indicators/(?P<code>[^/]+)/values\.(?P<form>csv|xlsx)$", views.IndicatorFile.as_view(), name="indicator-file"
    ),
]
