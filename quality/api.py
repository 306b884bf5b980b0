"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

routes: list[tuple[str, Any]] = []
paths: list[Any] = []
