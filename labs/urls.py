"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.laboratories import urls as laboratories
from labs.problems import urls as problems

# whatever stands under labs/ by a word of its own comes before laboratories, which take any id there
urlpatterns: list[Any] = [
    *problems.urlpatterns,
    *laboratories.urlpatterns,
]
plain_urlpatterns: list[Any] = []
