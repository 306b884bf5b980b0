"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from cooperation.activities.api import ActivityViewSet
from cooperation.adoptions.api import AdoptionViewSet
from cooperation.agreements.api import AgreementViewSet
from cooperation.entries.api import ActivityPhotoDoor
from cooperation.programmes.api import ProgrammeViewSet
from cooperation.projects.api import ProjectViewSet

routes: list[tuple[str, Any]] = [
    ("agreements", AgreementViewSet),
    ("activities", ActivityViewSet),
    ("projects", ProjectViewSet),
    ("programmes", ProgrammeViewSet),
    ("adoptions", AdoptionViewSet),
]
paths: list[Any] = [path("activities/<str:public_id>/photo/", ActivityPhotoDoor.as_view(), name="api-activities-photo")]
