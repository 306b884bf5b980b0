"""Addresses of joint projects."""

from django.urls import path

from cooperation.projects import views

ONE = "projects/<str:public_id>/"
urlpatterns = [
    path("projects/", views.ProjectList.as_view(), name="project-list"),
    path(ONE, views.ProjectDetail.as_view(), name="project-detail"),
    path(f"{ONE}propose/", views.Move.as_view(move="propose"), name="project-propose"),
    path(f"{ONE}accept/", views.Move.as_view(move="accept"), name="project-accept"),
    path(f"{ONE}complete/", views.Move.as_view(move="complete"), name="project-complete"),
    path(f"{ONE}confirm/", views.Move.as_view(move="confirm"), name="project-confirm"),
    path(f"{ONE}resume/", views.Move.as_view(move="resume"), name="project-resume"),
    path(f"{ONE}decline/", views.AskProject.as_view(move="decline"), name="project-decline"),
    path(f"{ONE}pause/", views.AskProject.as_view(move="pause"), name="project-pause"),
    path(f"{ONE}stop/", views.AskProject.as_view(move="stop"), name="project-stop"),
    path(f"{ONE}ask-stop/", views.AskProject.as_view(move="ask_stop"), name="project-ask-stop"),
    path(f"{ONE}stages/<int:stage>/done/", views.FinishStage.as_view(), name="project-stage"),
    path(f"{ONE}outputs/<int:output>/deliver/", views.DeliverOutput.as_view(), name="project-deliver"),
    path(f"{ONE}outputs/<int:output>/drop/", views.AskProject.as_view(move="drop"), name="project-drop"),
    path(f"{ONE}activities/", views.AddActivity.as_view(), name="project-activity"),
]
