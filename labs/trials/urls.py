"""Addresses of trials."""

from django.urls import path

from labs.trials import views

PILOT = "labs/pilots/<str:public_id>/"
ONE = "labs/trials/<str:public_id>/"
CHANGE = f"{ONE}changes/<str:change>/"
urlpatterns = [
    path(f"{PILOT}preregistration/lock/", views.LockPage.as_view(), name="pilot-lock"),
    path(f"{PILOT}end/", views.EndPilot.as_view(), name="pilot-end"),
    path(ONE, views.TrialDetail.as_view(), name="trial-detail"),
    *[path(f"{ONE}{move}/", views.Move.as_view(move=move), name=f"trial-{move}") for move in views.AT_ONCE],
    path(f"{ONE}abandon/", views.AskTrial.as_view(move="abandon"), name="trial-abandon"),
    path(f"{ONE}amend/", views.ChangePage.as_view(), name="trial-amend"),
    path(f"{ONE}sites/<str:site>/figures/", views.EnterPage.as_view(), name="trial-enter"),
    path(f"{ONE}sites/<str:site>/steps/", views.LogPage.as_view(), name="trial-log"),
    path(f"{CHANGE}approve/", views.ApproveChange.as_view(), name="trial-approve"),
    path(f"{CHANGE}refuse/", views.RefuseChange.as_view(), name="trial-refuse"),
]
