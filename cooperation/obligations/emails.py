"""What is told of obligations: handed in, answered, counted, open again; and lateness, step by step to more people."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.emails import answering
from cooperation.agreements.models import AgreementParty
from cooperation.obligations.models import TO_DO, Obligation, ObligationStatus
from cooperation.obligations.rules import STEPS, benefits
from cooperation.pages.telling import administrators
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Position
from lifecycle.models import Event

FIRST, HEAD, EVERYBODY = STEPS


def subject_of(event: Event) -> Obligation | None:
    rows = Obligation.objects.filter(public_id=event.subject_id)
    return rows.select_related("agreement", "kind", "responsible").first()


def told(obligation: Obligation, users: Collection[int], **more: Any) -> list[Told]:
    """These accounts: the agreement, what is promised, and who owes it."""
    values = {
        "number": obligation.agreement.number, "what": obligation.kind.names, "party": obligation.responsible.names,
        **more,
    }  # fmt: skip
    return [Told(user, values) for user in sorted(users)]


def other_sides(obligation: Obligation) -> set[int]:
    """Who it is owed to; where nobody is named every other party."""
    if obligation.beneficiary_id is not None:
        return {obligation.beneficiary_id}
    return parties(obligation) - {obligation.responsible_id}


def parties(obligation: Obligation) -> set[int]:
    """Ids of the parties bound by the agreement."""
    bound = AgreementParty.objects.filter(agreement=obligation.agreement_id, signs=True)
    return set(bound.values_list("institution_id", flat=True))


def to_the_other_side(event: Event) -> list[Told]:
    row = subject_of(event)
    return [] if row is None else told(row, administrators(other_sides(row), event))


def to_the_responsible(event: Event) -> list[Told]:
    row = subject_of(event)
    return [] if row is None else told(row, administrators({row.responsible_id}, event))


def to_both(event: Event) -> list[Told]:
    row = subject_of(event)
    if row is None:
        return []
    return told(row, administrators({row.responsible_id} | other_sides(row), event))


def heads(obligation: Obligation, event: Event) -> set[int]:
    """Accounts of those who may sign for the responsible party on that day."""
    posts = Position.objects.may_sign_on(timezone.localdate(event.happened_at)).filter(person__user__isnull=False)
    return set(posts.filter(institution=obligation.responsible_id).values_list("person__user_id", flat=True))


def late_first(event: Event) -> list[Told]:
    """A day late: who answers for the responsible party."""
    return to_the_responsible(event) if event.detail.get("days") == FIRST else []


def late_head(event: Event) -> list[Told]:
    """A week late: its head too."""
    row = subject_of(event)
    if row is None or event.detail.get("days") != HEAD:
        return []
    return told(row, administrators({row.responsible_id}, event) | heads(row, event))


def late_everybody(event: Event) -> list[Told]:
    """A month late: every party."""
    row = subject_of(event)
    if row is None or event.detail.get("days") != EVERYBODY:
        return []
    return told(row, answering(parties(row) | {row.responsible_id}, event) | heads(row, event))


def still_asks(notice: Notice) -> bool:
    """Whether it still waits for this person's word."""
    row = Obligation.objects.filter(public_id=notice.subject_id, status=ObligationStatus.SUBMITTED).first()
    return row is not None and benefits(notice.recipient, row)


def still_late(notice: Notice) -> bool:
    """Whether it has not been handed in since."""
    return Obligation.objects.filter(public_id=notice.subject_id, status__in=TO_DO).exists()


PAGE, OPEN = "obligation-detail", _("Open it")
TO_ACCEPT = Telling(
    "obligation.to_accept", NoticeKind.YOUR_TURN, _("Something promised to you was done, to accept: %(what)s, %(party)s"),
    _("Read and answer"), PAGE, to_the_other_side, stands=still_asks,
)  # fmt: skip
ACCEPTED = Telling(
    "obligation.accepted", NoticeKind.PARTNER_ACTED, _("What you handed in is accepted: %(what)s (%(number)s)"), OPEN,
    PAGE, to_the_responsible,
)  # fmt: skip
RETURNED = Telling(
    "obligation.returned", NoticeKind.YOUR_TURN, _("What you handed in was returned: %(what)s (%(number)s)"),
    _("See why"), PAGE, to_the_responsible, stands=still_late,
)  # fmt: skip
WAIVED = Telling(
    "obligation.waived", NoticeKind.PARTNER_ACTED, _("Your partner does without an obligation: %(what)s (%(number)s)"),
    _("See why"), PAGE, to_the_responsible,
)  # fmt: skip
COVERED = Telling(
    "obligation.covered", NoticeKind.PARTNER_ACTED, _("Confirmed joint work fulfils an obligation: %(what)s (%(number)s)"),
    OPEN, PAGE, to_the_responsible,
)  # fmt: skip
UNCOVERED = Telling(
    "obligation.uncovered", NoticeKind.PARTNER_ACTED,
    _("An obligation is open again, its evidence is no longer verified: %(what)s (%(number)s)"), OPEN, PAGE, to_both,
)  # fmt: skip
LATE = tuple(
    Telling(code, NoticeKind.OVERDUE, line, OPEN, PAGE, who, stands=still_late)
    for code, line, who in (
        ("obligation.late", _("An obligation is overdue: %(what)s (%(number)s)"), late_first),
        ("obligation.late_week", _("An obligation is overdue by a week: %(what)s (%(number)s)"), late_head),
        ("obligation.late_month", _("An obligation is overdue by 30 days: %(what)s, %(party)s (%(number)s)"), late_everybody),
    )
)  # fmt: skip
