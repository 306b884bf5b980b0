"""How far agreements of two partners with SCHAC codes have come: EWP's approval statistics."""

from collections import Counter
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
    seen = Agreement.objects.all().visible_to(user).filter(shown__isnull=False)
    found = seen.annotate(
        sides=Count("shown__parties__institution", distinct=True),
        known=Count("shown__parties__institution", filter=known, distinct=True),
        local=Count("shown__parties", filter=ours, distinct=True),
        local_yes=Count("shown__parties", filter=ours & APPROVED, distinct=True),
        other_yes=Count("shown__parties", filter=~ours & APPROVED, distinct=True),
    )
    pairs = found.filter(sides=2, known=2, local=1).order_by().values_list("local_yes", "other_yes")
    totals = Counter((local > 0, other > 0) for local, other in pairs)
    return {
        "fetchable": totals.total(),
        "unapproved": totals[False, False],
        "local_unapproved_partner_approved": totals[False, True],
        "local_approved_partner_unapproved": totals[True, False],
        "both_approved": totals[True, True],
    }
