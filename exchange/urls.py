"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from exchange.jobs import urls as jobs
from exchange.notices import urls as notices

urlpatterns: list[Any] = [*jobs.urlpatterns, *notices.urlpatterns]
plain_urlpatterns: list[Any] = []
