"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

<<<<<<< HEAD
<<<<<<< HEAD
from labs.spread import urls as spread
from labs.verdicts import urls as verdicts

urlpatterns: list[Any] = [
    *spread.urlpatterns,
    *verdicts.urlpatterns,
=======
from labs.pilots import urls as pilots

urlpatterns: list[Any] = [
    *pilots.urlpatterns,
>>>>>>> h2
=======
from labs.examinations import urls as examinations

urlpatterns: list[Any] = [
    *examinations.urlpatterns,
>>>>>>> h3
]
plain_urlpatterns: list[Any] = []
