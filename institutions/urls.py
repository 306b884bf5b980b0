"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from institutions.clusters import urls as clusters
from institutions.headcounts import urls as headcounts
from institutions.people import urls as people
from institutions.registry import urls as registry

urlpatterns: list[Any] = [
    *clusters.urlpatterns,
    *headcounts.urlpatterns,
    *registry.urlpatterns,
    *people.urlpatterns,
]
plain_urlpatterns: list[Any] = []
