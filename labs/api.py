"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from labs.examinations.api import ExaminationViewSet, ReviewViewSet

routes: list[tuple[str, Any]] = [
    ("examinations", ExaminationViewSet),
    ("reviews", ReviewViewSet),
]
paths: list[Any] = []
