"""Models of this app's things, for Django."""

from cooperation.activities.models import (
    Activity,
    ActivityPhoto,
    ActivityStatus,
    ConfirmationMethod,
    ParticipantCount,
    Participation,
    ParticipationState,
    Thanks,
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
from cooperation.audit.models import AuditNote, AuditResult
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
from cooperation.protocols.models import Protocol, ProtocolStatus
from cooperation.trainings.models import ActivityPerson, Certificate, CertificateStatus

__all__ = [
    "Activity",
    "ActivityPerson",
    "ActivityPhoto",
    "ActivityStatus",
    "Agreement",
    "AgreementParty",
    "AgreementStatus",
    "AgreementTerm",
    "AuditNote",
    "AuditResult",
    "Certificate",
    "CertificateStatus",
    "ConfirmationMethod",
    "JointProject",
    "NumberSeries",
    "OutputState",
    "ParticipantCount",
    "Participation",
    "ParticipationState",
    "PartnerState",
    "PartyState",
    "ProjectActivity",
    "ProjectOutput",
    "ProjectPartner",
    "ProjectStage",
    "ProjectStatus",
    "Protocol",
    "ProtocolStatus",
    "Revision",
    "RevisionParty",
    "RevisionStatus",
    "Signature",
    "Thanks",
]
