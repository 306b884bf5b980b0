"""Addresses of the disagreements of figures."""

from django.urls import path

from quality.discrepancies import views

urlpatterns = [path("discrepancies/", views.DiscrepancyList.as_view(), name="discrepancy-list")]
