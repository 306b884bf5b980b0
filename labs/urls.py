"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from labs.examinations import urls as examinations
from labs.implementation import urls as implementation
from labs.laboratories import urls as laboratories
from labs.pilots import urls as pilots
from labs.problems import urls as problems
from labs.spread import urls as spread
from labs.trials import urls as trials
from labs.verdicts import urls as verdicts
from labs.works import urls as works

# whatever stands under labs/ by a word of its own comes before laboratories, which take any id there
urlpatterns: list[Any] = [
    *problems.urlpatterns,
    *works.urlpatterns,
    *examinations.urlpatterns,
    *implementation.urlpatterns,
    *trials.urlpatterns,
    *verdicts.urlpatterns,
    *spread.urlpatterns,
    *pilots.urlpatterns,
    *laboratories.urlpatterns,
]
plain_urlpatterns: list[Any] = []
