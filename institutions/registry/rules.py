"""Who may do what with an institution, and the table of its life cycle."""

from typing import Any

from institutions.registry.models import InstitutionStatus
from institutions.registry.scope import Role, houses, offices
from lifecycle.transitions import Lifecycle, Transition, by_system

APPLIED, RETURNED, VERIFIED, SUSPENDED, CLOSED, REJECTED = (
    InstitutionStatus.APPLIED, InstitutionStatus.RETURNED, InstitutionStatus.VERIFIED,
    InstitutionStatus.SUSPENDED, InstitutionStatus.CLOSED, InstitutionStatus.REJECTED,
)  # fmt: skip


def is_officer_of(user: Any, institution: Any, *roles: str) -> bool:
    """Whether the person holds such an office over the institution's place."""
    return bool(set(offices(user, *roles)) & set(institution.territory.lineage))


def is_national_officer_of(user: Any, institution: Any) -> bool:
    return is_officer_of(user, institution, Role.MINISTRY_OFFICER)


def can_verify(user: Any, institution: Any) -> bool:
    """National bodies are verified by the ministry alone, all others by the office of their territory too."""
    if institution.kind.data.get("verified_by") == "country":
        return is_national_officer_of(user, institution)
    return is_officer_of(user, institution, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)


def can_oversee(user: Any, institution: Any) -> bool:
    return is_officer_of(user, institution, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)


def can_number(user: Any, institution: Any) -> bool:
    """Its own administrators say by which numbers others know it, and the offices above."""
    return institution.pk in houses(user, Role.INSTITUTION_ADMIN) or can_oversee(user, institution)


def is_applicant(user: Any, institution: Any) -> bool:
    return user is not None and institution.registered_by_id == user.pk


INSTITUTION = Lifecycle(
    "institution",
    Transition("resubmit", (RETURNED,), APPLIED, is_applicant),
    Transition("verify", (APPLIED,), VERIFIED, can_verify),
    Transition("return", (APPLIED,), RETURNED, can_verify, needs_reason=True),
    Transition("reject", (APPLIED,), REJECTED, can_verify, needs_reason=True, dangerous=True),
    Transition("suspend", (VERIFIED,), SUSPENDED, can_oversee, needs_reason=True, dangerous=True),
    Transition("reinstate", (SUSPENDED,), VERIFIED, can_oversee, needs_reason=True),
    Transition("close", (VERIFIED, SUSPENDED), CLOSED, can_oversee, needs_reason=True, dangerous=True),
    Transition("reopen", (CLOSED,), VERIFIED, is_national_officer_of, needs_reason=True),
    initial=(APPLIED, VERIFIED),
)

__all__ = ["INSTITUTION", "by_system", "can_number", "can_oversee", "can_verify", "is_applicant", "is_officer_of"]
