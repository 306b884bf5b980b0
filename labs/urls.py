"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.implementation import urls as implementation
from labs.pilots import urls as pilots
from labs.trials import urls as trials

urlpatterns: list[Any] = [
    *implementation.urlpatterns,
    *pilots.urlpatterns,
    *trials.urlpatterns,
]
plain_urlpatterns: list[Any] = []
