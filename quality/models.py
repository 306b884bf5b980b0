"""Models of this app's things, for Django."""

from quality.catalogue.models import DefinitionVersion, Indicator, Period, Target
from quality.observations.models import Observation, ValueState
from quality.releases.models import Permalink, PublishedHouse, Release, ReleaseCell, ReleaseFile
from quality.rollups.models import Basis, Before, Change, Dirty, Rollup, Run, Tally

__all__ = [
    "Basis",
    "Before",
    "Change",
    "DefinitionVersion",
    "Dirty",
    "Indicator",
    "Observation",
    "Period",
    "Permalink",
    "PublishedHouse",
    "Release",
    "ReleaseCell",
    "ReleaseFile",
    "Rollup",
    "Run",
    "Tally",
    "Target",
    "ValueState",
]
