"""Addresses of figures and of what is handed in."""

from django.urls import path

from quality.reports import views

urlpatterns = [
    path("observations/", views.OwnSheets.as_view(), name="observation-list"),
    path("observations/<str:public_id>/<str:period>/", views.SheetPage.as_view(), name="observation-sheet"),
    path("observations/<str:public_id>/<str:period>/<str:code>/", views.OneNumber.as_view(), name="observation"),
]
