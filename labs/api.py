"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from labs.laboratories.api import LaboratoryViewSet
from labs.problems.api import ProblemViewSet

routes: list[tuple[str, Any]] = [
    ("laboratories", LaboratoryViewSet),
    ("problems", ProblemViewSet),
]
paths: list[Any] = []
