"""Models of this app's things, for Django."""

from quality.catalogue.models import DefinitionVersion, Indicator, Period, Target
from quality.observations.models import Observation, ValueState
from quality.rollups.models import Basis, Dirty, Rollup, Run

__all__ = [
    "Basis",
    "DefinitionVersion",
    "Dirty",
    "Indicator",
    "Observation",
    "Period",
    "Rollup",
    "Run",
    "Target",
    "ValueState",
]
