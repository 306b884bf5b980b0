"""Addresses of the pages on which a joint project is planned."""

from django.urls import path

from cooperation.plans import views

urlpatterns = [
    path("projects/new/", views.NewProject.as_view(), name="project-new"),
    path("projects/<str:public_id>/edit/", views.EditProject.as_view(), name="project-edit"),
]
