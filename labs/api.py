"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from labs.examinations.api import ExaminationViewSet, ReviewViewSet
from labs.pilots.api import PilotViewSet

routes: list[tuple[str, Any]] = [
    ("examinations", ExaminationViewSet),
    ("pilots", PilotViewSet),
    ("reviews", ReviewViewSet),
]
paths: list[Any] = []
