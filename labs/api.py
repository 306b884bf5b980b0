"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from labs.implementation import api as implementation
from labs.pilots.api import PilotViewSet
from labs.trials import api as trials

routes: list[tuple[str, Any]] = [
    ("amendments", trials.AmendmentViewSet),
    ("pilots", PilotViewSet),
    ("steps", implementation.StepViewSet),
    ("trials", trials.TrialViewSet),
]
PILOT = "pilots/<str:public_id>"
PLAN = f"{PILOT}/preregistration"
paths: list[Any] = [
    path(f"{PILOT}/programme/", implementation.PilotProgrammeDoor.as_view(), name="api-pilots-programme"),
    path(f"{PILOT}/programme/join/", implementation.JoinDoor.as_view(), name="api-pilots-join"),
    path(f"{PILOT}/programme/decline/", implementation.DeclineDoor.as_view(), name="api-pilots-decline"),
    path(f"{PLAN}/", implementation.PilotPlanDoor.as_view(), name="api-pilots-preregistration"),
    path(f"{PLAN}/lock/", trials.LockDoor.as_view(), name="api-pilots-lock"),
]
