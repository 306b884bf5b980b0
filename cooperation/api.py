"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from cooperation.activities.api import ActivityViewSet
from cooperation.agreements.api import AgreementViewSet
from cooperation.projects.api import ProjectViewSet

routes: list[tuple[str, Any]] = [("agreements", AgreementViewSet), ("activities", ActivityViewSet), ("projects", ProjectViewSet)]
paths: list[Any] = []
