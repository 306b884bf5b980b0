"""Addresses of the pages on which a wording is written."""

from django.urls import path

from cooperation.drafts import views

urlpatterns = [
    path("agreements/new/", views.NewAgreement.as_view(), name="agreement-new"),
    path("agreements/<str:public_id>/edit/", views.EditDraft.as_view(), name="agreement-edit"),
    path("agreements/<str:public_id>/edit/<slug:step>/", views.EditStep.as_view(), name="agreement-step"),
    path("agreements/<str:public_id>/save/<slug:step>/", views.SaveStep.as_view(), name="agreement-save"),
    path("agreements/<str:public_id>/check/", views.CheckDraft.as_view(), name="agreement-check"),
    path("agreements/<str:public_id>/change/", views.ChangeAgreement.as_view(), name="agreement-change"),
    path("agreements/<str:public_id>/erase/", views.EraseDraft.as_view(), name="agreement-erase"),
]
