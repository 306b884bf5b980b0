"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from labs.examinations.api import ExaminationViewSet, ReviewViewSet
from labs.implementation import api as implementation
from labs.laboratories.api import LaboratoryViewSet
from labs.pilots.api import PilotViewSet
from labs.problems.api import ProblemViewSet
from labs.spread import api as spread
from labs.trials import api as trials
from labs.verdicts import api as verdicts
from labs.works.api import WorkViewSet

PilotViewSet.move_actions |= spread.MOVES  # what the rooms above do with a project
PilotViewSet.move_serializers |= spread.FIELDS
routes: list[tuple[str, Any]] = [
    ("amendments", trials.AmendmentViewSet),
    ("examinations", ExaminationViewSet),
    ("laboratories", LaboratoryViewSet),
    ("pilots", PilotViewSet),
    ("problems", ProblemViewSet),
    ("reviews", ReviewViewSet),
    ("steps", implementation.StepViewSet),
    ("trials", trials.TrialViewSet),
    ("verdicts", verdicts.VerdictViewSet),
    ("works", WorkViewSet),
]
PILOT = "pilots/<str:public_id>"
PLAN = f"{PILOT}/preregistration"
VERDICT = "verdicts/<str:public_id>"
paths: list[Any] = [
    path(f"{PILOT}/reach/", spread.ReachDoor.as_view(), name="api-pilots-reach"),
    path(f"{PILOT}/panel/", verdicts.PanelDoor.as_view(), name="api-pilots-panel"),
    path(f"{PILOT}/programme/", implementation.PilotProgrammeDoor.as_view(), name="api-pilots-programme"),
    path(f"{PILOT}/programme/join/", implementation.JoinDoor.as_view(), name="api-pilots-join"),
    path(f"{PILOT}/programme/decline/", implementation.DeclineDoor.as_view(), name="api-pilots-decline"),
    path(f"{PLAN}/", implementation.PilotPlanDoor.as_view(), name="api-pilots-preregistration"),
    path(f"{PLAN}/lock/", trials.LockDoor.as_view(), name="api-pilots-lock"),
    path(f"{VERDICT}/agree/", verdicts.AgreeDoor.as_view(), name="api-verdicts-agree"),
    path(f"{VERDICT}/words/", verdicts.WordsDoor.as_view(), name="api-verdicts-words"),
]
