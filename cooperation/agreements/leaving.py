"""Notice: one party says, with a reason and a document, that it leaves; and takes it back while its day has not come."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.wording import counted, day_short
from cooperation.agreements.actions import held, house_of, reason_code_of, touched
from cooperation.agreements.calendar import next_exit
from cooperation.agreements.models import Agreement, AgreementParty
from cooperation.agreements.rules import AGREEMENT, party_houses, signing_houses
from institutions.registry.models import Institution
from lifecycle.transitions import Condition, Unmet


def give_notice(
    agreement: Agreement, *, effective_on: datetime.date, document: str, by: Any, at: datetime.datetime, reason: str,
    reason_code: str = "",
) -> Agreement:  # fmt: skip
    """A signatory says that their institution leaves on that day; every other party is told."""
    with held(agreement, by):
        move = AGREEMENT.permit("give_notice", agreement, by, reason)
        house = house_of(agreement, signing_houses(by) & party_houses(agreement, signs=True))
        on = timezone.localtime(at).date()
        unmet = _lacking(agreement, house, effective_on, document, on)
        if unmet:
            raise Unmet(unmet)
        own = AgreementParty.objects.filter(agreement=agreement, institution=house)
        own.update(notice_on=on, leaves_on=effective_on)
        detail = {"effective_on": str(effective_on), "document": document}
        AGREEMENT.apply(
            "give_notice", agreement, by=by, at=at, permitted=move, reason=reason,
            reason_code=reason_code_of(reason_code), change={"leaves_on": next_exit(agreement), **touched(at)},
            detail=detail, institution=house.public_id,
        )  # fmt: skip
        agreement.refresh_from_db()
    return agreement


def _lacking(
    agreement: Agreement, house: Institution, day: datetime.date, document: str, on: datetime.date
) -> list[Condition]:
    """Everything that keeps a notice from being given."""
    found = []
    if not document.strip():
        found.append(Condition("document_missing", _("Name the document of your notice."), "/document"))
    notice = agreement.concluded.notice_days if agreement.concluded else 0
    earliest = on + datetime.timedelta(days=notice)
    if day < earliest:
        values = {"day": day_short(earliest), "days": counted(notice, "day")}
        said = _("The earliest day is %(day)s: the agreement asks for a notice of %(days)s.") % values
        found.append(Condition("notice_too_short", said, "/effective_on"))
    if agreement.in_force_until is not None and day >= agreement.in_force_until:
        said = _("The agreement ends by itself before that day.")
        found.append(Condition("after_the_end", said, "/effective_on"))
    if AgreementParty.objects.filter(agreement=agreement, institution=house, leaves_on__isnull=False).exists():
        found.append(Condition("notice_given", _("Your organisation has already given notice.")))
    return found


def take_back_notice(agreement: Agreement, *, by: Any, at: datetime.datetime) -> Agreement:
    """The party stays after all."""
    with held(agreement, by):
        move = AGREEMENT.permit("take_back_notice", agreement, by)
        own = signing_houses(by) & party_houses(agreement, signs=True)
        given = AgreementParty.objects.filter(agreement=agreement, institution__in=own, leaves_on__isnull=False)
        rows = list(given.select_related("institution").order_by("pk"))
        if not rows:
            raise Unmet([Condition("no_notice", _("Your organisation has given no notice."))])
        house = rows[0].institution
        AgreementParty.objects.filter(agreement=agreement, institution=house).update(notice_on=None, leaves_on=None)
        AGREEMENT.apply(
            "take_back_notice", agreement, by=by, at=at, permitted=move,
            change={"leaves_on": next_exit(agreement), **touched(at)}, institution=house.public_id,
        )  # fmt: skip
        agreement.refresh_from_db()
    return agreement
