"""Agreements that a draft may repeat: the same parties and kind, and days in common.

They are shown before it is sent, and keep nobody from sending it.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cooperation.agreements.models import Agreement, Revision, RevisionParty
from cooperation.agreements.presenting import page, period_words
from cooperation.agreements.statuses import AGREED, AgreementStatus

ALIVE = (AgreementStatus.DRAFT, AgreementStatus.PROPOSED, AgreementStatus.PARTLY_APPROVED, *AGREED)
FEW = 5


def repeated_by(agreement: Agreement, revision: Revision, user: Any) -> list[dict[str, str]]:
    """Up to five of them that this person may see, newest first: rows of {text, url}."""
    houses = set(revision.parties.values_list("institution_id", flat=True))
    if len(houses) < 2 or revision.kind_id is None or revision.starts_on is None:
        return []
    rows = Agreement.objects.visible_to(user).exclude(pk=agreement.pk)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=revision.starts_on), kind=revision.kind_id, status__in=ALIVE)
    if revision.ends_on is not None:
        rows = rows.filter(starts_on__lte=revision.ends_on)
    rows = rows.annotate(wording=Coalesce("shown", "latest"))
    sides = RevisionParty.objects.filter(revision=OuterRef("wording"))
    for house in sorted(houses):
        rows = rows.filter(Exists(sides.filter(institution=house)))
    rows = rows.filter(~Exists(sides.exclude(institution__in=houses)))
    return [
        {
            "text": f"{row.number} · {row.title or _('Without a subject yet')} · {period_words(row.starts_on, row.ends_on)}",
            "url": page(row),
        }
        for row in rows.order_by("-modified_at", "-pk")[:FEW]
    ]  # fmt: skip
