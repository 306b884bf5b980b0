"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from quality.comments import urls as comments
from quality.dashboards import urls as dashboards
from quality.discrepancies import urls as discrepancies
from quality.office import urls as office
from quality.releases import urls as releases
from quality.reports import urls as reports
from quality.targets import urls as targets
from quality.values import urls as values

urlpatterns: list[Any] = [
    *dashboards.urlpatterns,
    *values.urlpatterns,
    *targets.urlpatterns,
    *discrepancies.urlpatterns,
    *comments.urlpatterns,
    *releases.urlpatterns,
    *reports.urlpatterns,
    *office.urlpatterns,
]
plain_urlpatterns: list[Any] = []
