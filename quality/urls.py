"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from quality.dashboards import urls as dashboards
from quality.office import urls as office
from quality.reports import urls as reports
from quality.values import urls as values

urlpatterns: list[Any] = [
    *dashboards.urlpatterns, *values.urlpatterns, *reports.urlpatterns, *office.urlpatterns,
]  # fmt: skip
plain_urlpatterns: list[Any] = []
