"""What must hold for what a revision does: a change, a renewal, a pause, an early end, an undoing."""

import datetime
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.wording import day_short
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.statuses import AGREED, AgreementStatus, Purpose
from lifecycle.transitions import Condition

UNDO_DAYS = 30
STANDING = (AgreementStatus.CONCLUDED, AgreementStatus.IN_FORCE)
FITS: dict[str, tuple[str, ...]] = {
    Purpose.CONCLUDE: (AgreementStatus.DRAFT, AgreementStatus.PROPOSED, AgreementStatus.PARTLY_APPROVED),
    Purpose.AMEND: STANDING,
    Purpose.RENEW: STANDING,
    Purpose.SUSPEND: (AgreementStatus.IN_FORCE,),
    Purpose.RESUME: (AgreementStatus.SUSPENDED,),
    Purpose.TERMINATE: AGREED,
    Purpose.ANNUL: STANDING,
    Purpose.REINSTATE: (AgreementStatus.TERMINATED,),
}


def about_purpose(revision: Revision, on: datetime.date) -> Iterator[Condition]:
    """Every condition that does not hold on that day, asked when it is proposed and again at every signature."""
    agreement = revision.agreement
    if agreement.status not in FITS[revision.purpose]:
        yield Condition("status_has_changed", _("The agreement is no longer in a state in which this can be done."))
    if revision.purpose in (Purpose.AMEND, Purpose.RENEW):
        yield from _about_a_change(revision, agreement, on)
    if revision.purpose == Purpose.TERMINATE:
        yield from _about_an_early_end(revision, agreement, on)
    if revision.purpose == Purpose.SUSPEND and not revision.document:
        yield Condition("document_missing", _("Name the document on which the suspension rests."), "/document")
    if revision.purpose == Purpose.ANNUL and agreement.activities.filter(status="confirmed").exists():
        said = _("There is confirmed joint work under this agreement: it can be ended early, not annulled.")
        yield Condition("work_was_done", said)
    if revision.purpose == Purpose.ANNUL and agreement.obligations.filter(status="fulfilled").exists():
        said = _("Something that was agreed is fulfilled: the agreement can be ended early, not annulled.")
        yield Condition("obligation_fulfilled", said)
    if revision.purpose == Purpose.REINSTATE:
        yield from _about_an_undoing(agreement, on)


def _about_a_change(revision: Revision, agreement: Agreement, on: datetime.date) -> Iterator[Condition]:
    if revision.ends_on is not None and revision.ends_on < on:
        yield Condition("ends_in_the_past", _("The end date must not lie in the past."), "/ends_on")
    if revision.purpose == Purpose.RENEW and not _is_longer(revision.ends_on, agreement.ends_on):
        said = _("A renewed agreement ends later than it does now.")
        yield Condition("not_longer", said, "/ends_on")
    kept = set(revision.parties.values_list("institution_id", flat=True))
    bound = agreement.concluded
    if bound and set(bound.parties.filter(left_on=None).values_list("institution_id", flat=True)) - kept:
        said = _("A party leaves by its own notice: a change cannot remove it.")
        yield Condition("party_removed", said, "/parties")


def _is_longer(new: datetime.date | None, old: datetime.date | None) -> bool:
    return old is not None and (new is None or new > old)


def _about_an_early_end(revision: Revision, agreement: Agreement, on: datetime.date) -> Iterator[Condition]:
    day = revision.effective_on
    if day is None:
        yield Condition("day_missing", _("Enter the day on which the agreement ends."), "/effective_on")
        return
    if revision.proposed_at is None and day < on:
        yield Condition("day_in_the_past", _("The agreement cannot end before today."), "/effective_on")
    if agreement.ends_on is not None and day > agreement.ends_on:
        said = _("The agreement ends by itself on %(day)s. Choose an earlier day.") % {
            "day": day_short(agreement.ends_on)
        }
        yield Condition("after_the_end", said, "/effective_on")


def _about_an_undoing(agreement: Agreement, on: datetime.date) -> Iterator[Condition]:
    ended = agreement.terminated_on
    if ended is None or (on - ended).days > UNDO_DAYS:
        said = _("An early end can be undone within %(days)s days only.") % {"days": UNDO_DAYS}
        yield Condition("too_late_to_undo", said)
    if agreement.ends_on is not None and agreement.ends_on < on:
        yield Condition("over_by_now", _("The agreement would be over by now: prepare a new one."))
