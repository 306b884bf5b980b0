"""Addresses of programmes, pre-registrations and steps."""

from django.urls import path

from labs.implementation import views

PILOT = "labs/pilots/<str:public_id>/"
STEP = "labs/steps/<str:public_id>/"
urlpatterns = [
    path(f"{PILOT}programme/", views.ProgrammePage.as_view(), name="pilot-programme"),
    path(f"{PILOT}programme/approve/", views.ApproveProgramme.as_view(), name="pilot-programme-approve"),
    path(f"{PILOT}sites/join/", views.JoinSite.as_view(), name="pilot-join"),
    path(f"{PILOT}sites/decline/", views.DeclineSite.as_view(), name="pilot-site-decline"),
    path(f"{PILOT}preregistration/", views.PlanPage.as_view(), name="pilot-preregistration"),
    path("labs/steps/", views.StepList.as_view(), name="step-list"),
    path(STEP, views.StepDetail.as_view(), name="step-detail"),
    *[path(f"{STEP}{move}/", views.MoveStep.as_view(move=move), name=f"step-{move}") for move in views.AT_ONCE],
    *[path(f"{STEP}{move}/", views.AskStep.as_view(move=move), name=f"step-{move}") for move in views.WITH_REASON],
]
