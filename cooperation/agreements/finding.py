"""Agreements on the search page: by number straight to the record, else by subject and parties."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import Agreement
from institutions.registry.search import Hit, Source


def hit_of(agreement: Agreement) -> Hit:
    """An agreement found."""
    return Hit(
        agreement.title or agreement.number, reverse("agreement-detail", args=[agreement.public_id]), agreement.number
    )


def find_agreements(user: Any, text: str, limit: int) -> list[Hit]:
    """The newest first; every word must stand in number, subject or names of parties."""
    rows: Any = Agreement.objects.visible_to(user).search(text)
    return [hit_of(agreement) for agreement in rows.order_by("-modified_at", "-pk")[:limit]]


def exact_agreement(user: Any, text: str) -> str | None:
    """A number typed in full."""
    agreement = Agreement.objects.visible_to(user).filter(number=text.upper()).first()
    return hit_of(agreement).url if agreement else None


SOURCE = Source("agreements", _("Agreements"), find_agreements, exact_agreement)
