"""Addresses of lists of agreements that came in."""

from django.urls import path

from cooperation.intakes import views

urlpatterns = [
    path("imports/<str:public_id>/questions/", views.Questions.as_view(), name="intake-questions"),
    path("imports/<str:public_id>/agreements/", views.Drafts.as_view(), name="intake-drafts"),
]
