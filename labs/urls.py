"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.examinations import urls as examinations
from labs.pilots import urls as pilots

urlpatterns: list[Any] = [
    *examinations.urlpatterns,
    *pilots.urlpatterns,
]
plain_urlpatterns: list[Any] = []
