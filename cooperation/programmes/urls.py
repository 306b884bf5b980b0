"""Addresses of joint programmes."""

from django.urls import path

from cooperation.programmes import views

ONE = "programmes/<str:public_id>/"
urlpatterns = [
    path("programmes/", views.ProgrammeList.as_view(), name="programme-list"),
    path("programmes/new/", views.NewProgramme.as_view(), name="programme-new"),
    path(ONE, views.ProgrammeDetail.as_view(), name="programme-detail"),
    path(f"{ONE}edit/", views.EditProgramme.as_view(), name="programme-edit"),
    path(f"{ONE}start/", views.Move.as_view(move="start"), name="programme-start"),
    path(f"{ONE}accept/", views.Move.as_view(move="accept"), name="programme-accept"),
    path(f"{ONE}confirm/", views.ConfirmContent.as_view(), name="programme-confirm"),
    path(f"{ONE}approve/", views.Move.as_view(move="approve"), name="programme-approve"),
    path(f"{ONE}revise/", views.Move.as_view(move="revise"), name="programme-revise"),
    path(f"{ONE}decline/", views.AskProgramme.as_view(move="decline"), name="programme-decline"),
    path(f"{ONE}revert/", views.AskProgramme.as_view(move="revert"), name="programme-revert"),
    path(f"{ONE}retire/", views.AskProgramme.as_view(move="retire"), name="programme-retire"),
]
