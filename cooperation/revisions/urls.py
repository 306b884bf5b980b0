"""Addresses of the pages on which a concluded agreement is changed, renewed, paused, ended, left or copied."""

from django.urls import path

from cooperation.revisions import views

urlpatterns = [
    path("agreements/<str:public_id>/amend/", views.AmendAgreement.as_view(), name="agreement-amend"),
    path("agreements/<str:public_id>/copy/", views.CopyAgreement.as_view(), name="agreement-copy"),
    path("agreements/<str:public_id>/moves/<slug:move>/", views.MoveAgreement.as_view(), name="agreement-move"),
]
