"""Addresses of the exchange with partners abroad."""

from django.urls import path

from cooperation.ewp import views

urlpatterns = [
    path("agreements/ewp/", views.EwpIntake.as_view(), name="ewp-intake"),
    path("agreements/<str:public_id>/ewp/", views.AgreementEwp.as_view(), name="agreement-ewp"),
]
