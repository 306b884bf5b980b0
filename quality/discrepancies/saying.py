"""How many figures disagree, in words, with the address of their list."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext

from accounts import wording
from institutions.registry.scope import offices
from quality.discrepancies.models import Discrepancy


def said_of(count: int) -> str:
    """How many figures disagree."""
    words = ngettext("%(n)s figure disagrees", "%(n)s figures disagree", count)
    return words % {"n": wording.number(count)}


def link_of(user: Any, versions: Sequence[Any] = (), **chosen: str) -> dict[str, str] | None:
    """What this reader may know of the disagreements, offices with the list of them; None where there is none."""
    seen = Discrepancy.objects.visible_to(user)
    count = (seen.filter(version__in=versions) if versions else seen.of(**chosen)).count()
    address = f"{reverse('discrepancy-list')}?{urlencode(chosen)}" if offices(user) else ""
    return {"text": said_of(count), "url": address} if count else None
