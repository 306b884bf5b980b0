"""Addresses of what is handed in."""

from django.urls import path

from quality.office import views

ONE = "submissions/<str:public_id>/"
urlpatterns = [
    path("submissions/", views.ReportList.as_view(), name="submission-list"),
    path("submissions/places/<str:code>/<str:period>/", views.ApprovePlace.as_view(), name="submission-place"),
    path(ONE, views.ReportDetail.as_view(), name="submission-detail"),
    path(f"{ONE}approve/", views.Approve.as_view(), name="submission-approve"),
    path(f"{ONE}return/", views.ReturnReport.as_view(), name="submission-return"),
    path(f"{ONE}lock/", views.AskMove.as_view(move="lock"), name="submission-lock"),
    path(f"{ONE}reopen/", views.AskMove.as_view(move="reopen"), name="submission-reopen"),
]
