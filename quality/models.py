"""Models of this app's things, for Django."""

from quality.catalogue.models import DefinitionVersion, Indicator, Period, Target
from quality.discrepancies.models import Discrepancy
from quality.observations.models import Observation, ValueState
from quality.reconciliation.models import Reconciliation
from quality.rollups.models import Basis, Before, Change, Dirty, Rollup, Run, Tally

__all__ = [
    "Basis",
    "Before",
    "Change",
    "DefinitionVersion",
    "Dirty",
    "Discrepancy",
    "Indicator",
    "Observation",
    "Period",
    "Reconciliation",
    "Rollup",
    "Run",
    "Tally",
    "Target",
    "ValueState",
]
