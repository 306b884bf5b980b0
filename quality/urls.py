"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from quality.dashboards import urls as dashboards
from quality.releases import urls as releases
from quality.values import urls as values

urlpatterns: list[Any] = [*dashboards.urlpatterns, *releases.urlpatterns, *values.urlpatterns]
plain_urlpatterns: list[Any] = []
