"""Where a surface said something else than the stored cell."""

from django.db import models

from accounts.disclosure import Disclosure
from quality.rollups.models import Run


class Reconciliation(models.Model):
    """One figure that differed: on which surface, which cell, what was expected and what was found there."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="reconciliations")
    surface = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    expected = models.CharField(max_length=100)
    found = models.CharField(max_length=100)

    disclosure = Disclosure(secret=("id", "run", "surface", "key", "expected", "found"))

    def __str__(self) -> str:
        return f"{self.surface} {self.key}"
