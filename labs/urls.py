"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.pilots import urls as pilots

urlpatterns: list[Any] = [
    *pilots.urlpatterns,
]
plain_urlpatterns: list[Any] = []
