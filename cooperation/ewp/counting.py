"""How far agreements of two partners with SCHAC codes have come: EWP's approval statistics."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q

from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import PartyState
from cooperation.ewp.exporting import SCHEME

APPROVED = Q(shown__parties__state=PartyState.APPROVED)


def approvals(user: Any, houses: Collection[int]) -> dict[str, int]:
    """Counts over what was sent to the partner, drafts not among them; the four kinds of approval add up to the first.

    `local` is the side of one of `houses`.
    """
    ours = Q(shown__parties__institution__in=houses)
    known = Q(shown__parties__institution__external_ids__scheme=SCHEME)
    rows = (
        Agreement.objects.all()
        .visible_to(user)
        .filter(shown__isnull=False)
        .annotate(
            parties_=Count("shown__parties__institution", distinct=True),
            known=Count("shown__parties__institution", filter=known, distinct=True),
            local=Count("shown__parties", filter=ours, distinct=True),
            local_yes=Count("shown__parties", filter=ours & APPROVED, distinct=True),
            other_yes=Count("shown__parties", filter=~ours & APPROVED, distinct=True),
        )
    )
    rows = rows.filter(parties_=2, known=2, local=1).order_by().values("local_yes", "other_yes")
    totals = {(row["local_yes"] > 0, row["other_yes"] > 0): 0 for row in rows}
    for row in rows:
        totals[row["local_yes"] > 0, row["other_yes"] > 0] += 1
    return {
        "fetchable": sum(totals.values()),
        "unapproved": totals.get((False, False), 0),
        "local_unapproved_partner_approved": totals.get((False, True), 0),
        "local_approved_partner_unapproved": totals.get((True, False), 0),
        "both_approved": totals.get((True, True), 0),
    }
