"""Addresses of the library."""

from django.urls import path

from cooperation.clauses import views

urlpatterns = [
    path("agreements/library/", views.Library.as_view(), name="agreement-library"),
]
