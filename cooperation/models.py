"""Models of this app's things, for Django."""

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

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementStatus",
    "AgreementTerm",
    "NumberSeries",
    "PartyState",
    "Revision",
    "RevisionParty",
    "RevisionStatus",
    "Signature",
]
