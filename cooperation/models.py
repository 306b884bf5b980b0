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
from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementTerm,
    NumberSeries,
    Revision,
    RevisionParty,
    Signature,
)
from cooperation.agreements.proofs import LinkCode, SignatureProof
from cooperation.agreements.statuses import AgreementStatus, PartyState, RevisionStatus
from cooperation.audit.models import AuditNote, AuditResult
from cooperation.ewp.models import EwpOrigin
from cooperation.intakes.models import Intake, IntakeAnswer
from cooperation.obligations.models import Evidence, EvidenceState, Obligation, ObligationStatus
from cooperation.practices.models import Practice
from cooperation.programmes.models import (
    GroupMember,
    JointProgramme,
    MemberState,
    ProgrammeStatus,
    ProgrammeVersion,
    VersionState,
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
from cooperation.protocols.models import Protocol, ProtocolStatus
from cooperation.resources.models import Resource, ResourceKind, ResourceRights, ResourceUse
from cooperation.reviewing.models import ReviewStatus
from cooperation.trainings.models import ActivityPerson, Certificate, CertificateStatus

__all__ = [
    "Activity",
    "ActivityPerson",
    "ActivityPhoto",
    "ActivityStatus",
    "Adoption",
    "AdoptionStatus",
    "Agreement",
    "AgreementParty",
    "AgreementStatus",
    "AgreementTerm",
    "AuditNote",
    "AuditResult",
    "Certificate",
    "CertificateStatus",
    "ConfirmationMethod",
    "Evidence",
    "EvidenceState",
    "EwpOrigin",
    "GroupMember",
    "Intake",
    "IntakeAnswer",
    "JointProgramme",
    "JointProject",
    "LinkCode",
    "MemberState",
    "NumberSeries",
    "Obligation",
    "ObligationStatus",
    "OutputState",
    "ParticipantCount",
    "Participation",
    "ParticipationState",
    "PartnerState",
    "PartyState",
    "Practice",
    "ProgrammeStatus",
    "ProgrammeVersion",
    "ProjectActivity",
    "ProjectOutput",
    "ProjectPartner",
    "ProjectStage",
    "ProjectStatus",
    "Protocol",
    "ProtocolStatus",
    "Resource",
    "ResourceKind",
    "ResourceRights",
    "ResourceUse",
    "ReviewStatus",
    "Revision",
    "RevisionParty",
    "RevisionStatus",
    "Signature",
    "SignatureProof",
    "Thanks",
    "VersionState",
]
