"""Reminders to the side whose turn it is: by itself after three, seven and fourteen days while nobody there has opened
what was sent, and by hand, by another party, at most once in two days.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.wording import moment
from cooperation.agreements.actions import held, house_of
from cooperation.agreements.models import Agreement, RevisionParty
from cooperation.agreements.rules import AGREEMENT, admin_houses, party_houses, waiting_houses
from cooperation.agreements.statuses import PROPOSED_REVISIONS, PartyState
from exchange.notices.models import Notice, NoticeKind
from institutions.people.models import Membership
from institutions.registry.models import Institution
from lifecycle.models import Event
from lifecycle.transitions import Condition, Unmet, WrongStatus

STEPS = (3, 7, 14)  # days after the turn came
PAUSE = datetime.timedelta(days=2)
DAY = datetime.timedelta(days=1)


def remind_waiting(on: datetime.date, *, at: datetime.datetime) -> int:
    """Reminds every side that waits longer than it should; of several missed steps only the last. How many were sent."""
    return sum(_remind(pk, step, at) for step, pk in _silent(on))


def remind_agreement(agreement: Agreement, *, by: Any, at: datetime.datetime) -> Agreement:
    """A party asks those who have yet to sign. Raises Unmet where one did within the last two days."""
    with held(agreement, by):
        move = AGREEMENT.permit("remind", agreement, by)
        if agreement.shown is None:
            raise WrongStatus(agreement.status)
        before = last_by_hand(agreement)
        if before is not None and at - before.happened_at < PAUSE:
            values = {"moment": moment(before.happened_at), "next": moment(before.happened_at + PAUSE)}
            said = _("A reminder was sent on %(moment)s. The next one can be sent from %(next)s on.") % values
            raise Unmet([Condition("reminded_lately", said)])
        own = admin_houses(by) & party_houses(agreement)
        detail = {"revision": agreement.shown.number, "asked": _keys(waiting_houses(agreement) - own)}
        house = house_of(agreement, own)
        AGREEMENT.apply(
            "remind", agreement, by=by, at=at, permitted=move, detail=detail, institution=house.public_id
        )  # fmt: skip
    return agreement


def last_by_hand(agreement: Agreement) -> Event | None:
    """The last reminder that a person sent about the open revision."""
    sent = Event.objects.about("agreement", agreement.public_id).filter(name="remind", actor__isnull=False)
    return sent.filter(detail__revision=agreement.shown.number).last() if agreement.shown else None


def unopened() -> QuerySet[RevisionParty]:
    """Parties that have yet to sign and at which nobody has read that it is their turn."""
    people = Membership.objects.filter(institution=OuterRef(OuterRef("institution"))).values("user")
    read = Notice.objects.filter(
        recipient__in=people, subject_type="agreement", subject_id=OuterRef("revision__agreement__public_id"),
        kind=NoticeKind.YOUR_TURN, read_at__isnull=False, happened_at__gte=OuterRef("revision__proposed_at"),
    )  # fmt: skip
    return RevisionParty.objects.filter(~Exists(read), signs=True, state=PartyState.WAITING, left_on=None)


def _silent(on: datetime.date) -> list[tuple[int, int]]:
    """(step, key) of agreements that wait so long for somebody who has not even looked."""
    found = []
    for step, until in zip(STEPS, (*STEPS[1:], None), strict=True):
        begins = timezone.make_aware(datetime.datetime.combine(on - (step - 1) * DAY, datetime.time.min))
        rows = Agreement.objects.filter(shown__status__in=PROPOSED_REVISIONS, turn_since__lt=begins)
        if until is not None:
            rows = rows.filter(turn_since__gte=begins - (until - step) * DAY)
        sent = Event.objects.filter(
            subject_type="agreement", subject_id=OuterRef("public_id"), name="remind", detail__days=step,
            happened_at__gte=OuterRef("turn_since"),
        )  # fmt: skip
        waits = unopened().filter(revision=OuterRef("shown"))
        keys = rows.filter(~Exists(sent), Exists(waits)).order_by("pk").values_list("pk", flat=True)
        found += [(step, pk) for pk in keys]
    return found


@transaction.atomic
def _remind(pk: int, step: int, at: datetime.datetime) -> bool:
    """Whether it was sent now; what was answered or reminded of meanwhile is left alone."""
    rows = Agreement.objects.select_for_update(skip_locked=True, of=("self",)).select_related("shown")
    agreement = rows.filter(pk=pk, shown__status__in=PROPOSED_REVISIONS, shown=F("latest")).first()
    if agreement is None or agreement.shown is None or agreement.turn_since is None:
        return False
    sent = Event.objects.about("agreement", agreement.public_id).filter(name="remind", detail__days=step)
    asked = set(unopened().filter(revision=agreement.shown).values_list("institution_id", flat=True))
    if not asked or sent.filter(happened_at__gte=agreement.turn_since).exists():
        return False
    detail = {"revision": agreement.shown.number, "days": step, "asked": _keys(asked)}
    AGREEMENT.tell("remind", agreement, by=None, at=at, detail=detail)
    return True


def _keys(houses: set[int]) -> list[str]:
    """Public ids, in order."""
    return sorted(Institution.objects.filter(pk__in=houses).values_list("public_id", flat=True))
