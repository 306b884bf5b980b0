"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from labs.pilots.api import PilotViewSet

routes: list[tuple[str, Any]] = [
    ("pilots", PilotViewSet),
]
paths: list[Any] = []
