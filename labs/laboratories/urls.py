"""Addresses of laboratories."""

from django.urls import path

from labs.laboratories import views

ONE = "labs/<str:public_id>/"
OUTSIDE = "public/laboratories/<str:public_id>/"
urlpatterns = [
    path("labs/", views.LaboratoryList.as_view(), name="laboratory-list"),
    path("labs/new/", views.NewLaboratory.as_view(), name="laboratory-new"),
    path(ONE, views.LaboratoryDetail.as_view(), name="laboratory-detail"),
    path(f"{ONE}edit/", views.EditLaboratory.as_view(), name="laboratory-edit"),
    path(f"{ONE}open/", views.Move.as_view(move="open"), name="laboratory-open"),
    path(f"{ONE}resume/", views.Move.as_view(move="resume"), name="laboratory-resume"),
    path(f"{ONE}pause/", views.AskLaboratory.as_view(move="pause"), name="laboratory-pause"),
    path(f"{ONE}close/", views.AskLaboratory.as_view(move="close"), name="laboratory-close"),
    path(f"{ONE}leave/", views.AskLaboratory.as_view(move="leave"), name="laboratory-leave"),
    path(f"{ONE}members/new/", views.TakeIn.as_view(), name="laboratory-take-in"),
    path(f"{ONE}health/", views.Health.as_view(), name="laboratory-rate"),
    path(OUTSIDE, views.PublicLaboratory.as_view(), name="public-laboratory"),
    path(f"{OUTSIDE}widget.js", views.Widget.as_view(), name="laboratory-widget"),
]
