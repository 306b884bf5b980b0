"""Models of this app's things, for Django."""

from quality.catalogue.models import DefinitionVersion, Indicator, Period
from quality.checks.models import Breach, ValidationRule
from quality.comments.models import CommentStatus, PublicComment
from quality.discrepancies.models import Discrepancy
from quality.observations.models import FormerFigure, Observation, ValueState
from quality.reconciliation.models import Reconciliation
from quality.releases.models import Permalink, PublishedHouse, Release, ReleaseCell, ReleaseFile
from quality.rollups.models import Basis, Before, Change, Dirty, Rollup, Run, Tally
from quality.submissions.models import Remark, Submission, SubmissionStatus
from quality.targets.models import Target, TargetStatus

__all__ = [
    "Basis",
    "Before",
    "Breach",
    "Change",
    "CommentStatus",
    "DefinitionVersion",
    "Dirty",
    "Discrepancy",
    "FormerFigure",
    "Indicator",
    "Observation",
    "Period",
    "Permalink",
    "PublicComment",
    "PublishedHouse",
    "Reconciliation",
    "Release",
    "ReleaseCell",
    "ReleaseFile",
    "Remark",
    "Rollup",
    "Run",
    "Submission",
    "SubmissionStatus",
    "Tally",
    "Target",
    "TargetStatus",
    "ValidationRule",
    "ValueState",
]
