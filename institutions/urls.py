"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from institutions.registry import urls as registry

urlpatterns: list[Any] = [*registry.urlpatterns]
plain_urlpatterns: list[Any] = []
