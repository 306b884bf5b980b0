"""Addresses of pilot projects."""

from django.urls import path

from labs.pilots import views

ONE = "labs/pilots/<str:public_id>/"
urlpatterns = [
    path("labs/pilots/", views.PilotBoard.as_view(), name="pilot-list"),
    path("labs/pilots/new/", views.OpenPilot.as_view(), name="pilot-new"),
    path(ONE, views.PilotDetail.as_view(), name="pilot-detail"),
    path(f"{ONE}object/", views.ObjectPage.as_view(), name="pilot-object"),
    path(f"{ONE}direction/", views.DirectionPage.as_view(), name="pilot-direction"),
    path(f"{ONE}group/", views.GroupPage.as_view(), name="pilot-group"),
    path(f"{ONE}people/", views.PeopleOptions.as_view(), name="pilot-people"),
    path(f"{ONE}agree/", views.Move.as_view(move="agree"), name="pilot-agree"),
    path(f"{ONE}approve/", views.Move.as_view(move="approve_group"), name="pilot-approve"),
    path(f"{ONE}decline/", views.AskPilot.as_view(move="decline_part"), name="pilot-decline"),
    path(f"{ONE}develop/", views.DevelopPage.as_view(), name="pilot-develop"),
    path(f"{ONE}extend/", views.ExtendPage.as_view(), name="pilot-extend"),
    path(f"{ONE}version/", views.VersionPage.as_view(), name="pilot-version"),
    path(f"{ONE}versions/", views.VersionsPage.as_view(), name="pilot-versions"),
    path(f"{ONE}submit/", views.Move.as_view(move="submit"), name="pilot-submit"),
    path(f"{ONE}try-again/", views.Move.as_view(move="try_again"), name="pilot-try-again"),
    path(f"{ONE}stop/", views.AskPilot.as_view(move="stop"), name="pilot-stop"),
]
