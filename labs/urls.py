"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.examinations import urls as examinations

urlpatterns: list[Any] = [
    *examinations.urlpatterns,
]
plain_urlpatterns: list[Any] = []
