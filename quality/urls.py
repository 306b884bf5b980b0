"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from quality.rollups import urls as rollups

urlpatterns: list[Any] = [*rollups.urlpatterns]
plain_urlpatterns: list[Any] = []
