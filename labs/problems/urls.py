"""Addresses of problems."""

from django.urls import path

from labs.problems import views

ONE = "labs/problems/<str:public_id>/"
urlpatterns = [
    path("labs/problems/", views.ProblemList.as_view(), name="problem-list"),
    path("labs/problems/new/", views.NewProblem.as_view(), name="problem-new"),
    path(ONE, views.ProblemDetail.as_view(), name="problem-detail"),
    path(f"{ONE}vote/", views.Move.as_view(move="vote"), name="problem-vote"),
    path(f"{ONE}accept/", views.Move.as_view(move="accept"), name="problem-accept"),
    path(f"{ONE}decline/", views.AskProblem.as_view(move="decline"), name="problem-decline"),
    path(f"{ONE}merge/", views.MergeProblem.as_view(), name="problem-merge"),
    path(f"{ONE}solve/", views.SolveProblem.as_view(), name="problem-solve"),
]
