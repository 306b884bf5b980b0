"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.examinations import urls as examinations
from labs.pilots import urls as pilots
from labs.spread import urls as spread
from labs.verdicts import urls as verdicts

urlpatterns: list[Any] = [
    *examinations.urlpatterns,
    *spread.urlpatterns,
    *verdicts.urlpatterns,
    *pilots.urlpatterns,
]
plain_urlpatterns: list[Any] = []
