"""Addresses of spreading, and of what everybody reads of pilot projects."""

from django.urls import path

from labs.spread import views

ONE = "labs/pilots/<str:public_id>/"
urlpatterns = [
    path(f"{ONE}spread/", views.StartSpreading.as_view(), name="pilot-spread"),
    path(f"{ONE}spread/finish/", views.FinishSpreading.as_view(), name="pilot-spread-finish"),
    path("public/pilots/", views.PublicPilots.as_view(), name="public-pilots"),
    path("public/pilots/<str:public_id>/", views.PublicPilot.as_view(), name="public-pilot"),
]
