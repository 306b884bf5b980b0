"""Addresses of practices."""

from django.urls import path

from cooperation.practices import views

ONE = "practices/<str:public_id>/"
urlpatterns = [
    path("practices/", views.PracticeList.as_view(), name="practice-list"),
    path("practices/new/", views.NewPractice.as_view(), name="practice-new"),
    path(ONE, views.PracticeDetail.as_view(), name="practice-detail"),
    path(f"{ONE}edit/", views.EditPractice.as_view(), name="practice-edit"),
    path(f"{ONE}submit/", views.Move.as_view(move="submit"), name="practice-submit"),
    path(f"{ONE}publish/", views.Move.as_view(move="publish"), name="practice-publish"),
    path(f"{ONE}return/", views.ReasonedMove.as_view(move="return"), name="practice-return"),
    path(f"{ONE}withdraw/", views.ReasonedMove.as_view(move="withdraw"), name="practice-withdraw"),
]
