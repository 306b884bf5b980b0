"""Addresses of what is published, and of the pages on which it is prepared."""

from django.urls import path, re_path

from quality.releases import views

ONE = "releases/<str:public_id>/"
urlpatterns = [
    path("releases/", views.ReleaseList.as_view(), name="release-list"),
    path("releases/new/", views.NewRelease.as_view(), name="release-new"),
    path(ONE, views.ReleaseDetail.as_view(), name="release-detail"),
    path(f"{ONE}submit/", views.SubmitRelease.as_view(), name="release-submit"),
    path(f"{ONE}approve/", views.AskRelease.as_view(move="approve"), name="release-approve"),
    path(f"{ONE}return/", views.AskRelease.as_view(move="return"), name="release-return"),
    path(f"{ONE}withdraw/", views.AskRelease.as_view(move="withdraw"), name="release-withdraw"),
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
