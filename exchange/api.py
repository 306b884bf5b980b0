"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from exchange.jobs.api import Import, Imports, JobViewSet
from exchange.notices.api import NoticeViewSet

routes: list[tuple[str, Any]] = [("jobs", JobViewSet), ("notices", NoticeViewSet)]
paths: list[Any] = [
    path("imports/", Imports.as_view(), name="api-imports"),
    path("imports/<slug:kind>/", Import.as_view(), name="api-import"),
]
