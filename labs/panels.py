"""Blocks of this app's things on pages of institutions and territories, and on the page of a pilot project."""

from labs.examinations import panels as examinations
from labs.implementation import panels as implementation
from labs.laboratories import panels as laboratories
from labs.spread import panels as spread
from labs.trials import panels as trials
from labs.verdicts import panels as verdicts
from labs.works import panels as works

__all__ = ["examinations", "implementation", "laboratories", "spread", "trials", "verdicts", "works"]
