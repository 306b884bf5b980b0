"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from institutions.registry.api import InstitutionViewSet
from institutions.territory.api import TermViewSet, TerritoryViewSet

routes: list[tuple[str, Any]] = [
    ("territories", TerritoryViewSet),
    ("terms", TermViewSet),
    ("institutions", InstitutionViewSet),
]
paths: list[Any] = []
