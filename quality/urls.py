"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from quality.office import urls as office
from quality.reports import urls as reports
from quality.rollups import urls as rollups

urlpatterns: list[Any] = [*rollups.urlpatterns, *reports.urlpatterns, *office.urlpatterns]
plain_urlpatterns: list[Any] = []
