"""Addresses of what is published, and of the pages on which it is prepared."""

from django.urls import path, re_path

from quality.releases import views

urlpatterns = [
    path("public/", views.PublicHome.as_view(), name="public-home"),
    path("public/territories/<str:code>/", views.PublicTerritory.as_view(), name="public-territory"),
    path("public/institutions/<str:public_id>/", views.PublicHouse.as_view(), name="public-institution"),
    path("public/indicators/", views.PublicIndicators.as_view(), name="public-indicators"),
    path("public/indicators/<str:code>/", views.PublicIndicator.as_view(), name="public-indicator"),
    path("public/data/", views.PublicData.as_view(), name="public-data"),
    re_path(
        r"^public/data/(?P<number>[0-9]{1,9})\.(?P<form>csv|json)$", views.PublicFile.as_view(), name="public-file"
    ),
    re_path(r"^public/snapshots/(?P<number>[0-9]{1,9})/$", views.PublicSnapshot.as_view(), name="public-snapshot"),
]
