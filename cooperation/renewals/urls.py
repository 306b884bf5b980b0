"""Addresses of the renewal brief."""

from django.urls import path

from cooperation.renewals import views

urlpatterns = [
    path("agreements/<str:public_id>/renewal/", views.RenewalBrief.as_view(), name="agreement-renewal"),
]
