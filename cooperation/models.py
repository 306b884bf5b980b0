"""Models of this app's things, for Django."""

from cooperation.activities.models import (
    Activity,
    ActivityStatus,
    ConfirmationMethod,
    ParticipantCount,
    Participation,
    ParticipationState,
)
from cooperation.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementStatus,
    AgreementTerm,
    NumberSeries,
    PartyState,
    Revision,
    RevisionParty,
    RevisionStatus,
    Signature,
)
from cooperation.projects.models import (
    JointProject,
    OutputState,
    PartnerState,
    ProjectActivity,
    ProjectOutput,
    ProjectPartner,
    ProjectStage,
    ProjectStatus,
)

__all__ = [
    "JointProject",
    "OutputState",
    "PartnerState",
    "ProjectActivity",
    "ProjectOutput",
    "ProjectPartner",
    "ProjectStage",
    "ProjectStatus",
    "Activity",
    "ActivityStatus",
    "Agreement",
    "AgreementParty",
    "AgreementStatus",
    "AgreementTerm",
    "ConfirmationMethod",
    "NumberSeries",
    "ParticipantCount",
    "Participation",
    "ParticipationState",
    "PartyState",
    "Revision",
    "RevisionParty",
    "RevisionStatus",
    "Signature",
]
