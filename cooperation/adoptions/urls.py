"""Addresses of adoptions."""

from django.urls import path

from cooperation.adoptions import views

ONE = "adoptions/<str:public_id>/"
urlpatterns = [
    path("adoptions/", views.AdoptionList.as_view(), name="adoption-list"),
    path(ONE, views.AdoptionDetail.as_view(), name="adoption-detail"),
    path(f"{ONE}confirm/", views.ConfirmAdoption.as_view(move="confirm"), name="adoption-confirm"),
    path(f"{ONE}sustain/", views.ConfirmAdoption.as_view(move="sustain"), name="adoption-sustain"),
    path(f"{ONE}work/", views.ShowWork.as_view(), name="adoption-work"),
    path(f"{ONE}drop/", views.DropAdoption.as_view(), name="adoption-drop"),
    path(
        "adoptions/<str:subject_type>/<str:subject_id>/report/", views.ReportAdoption.as_view(), name="adoption-report"
    ),
]
