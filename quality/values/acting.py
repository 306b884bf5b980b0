"""What a reader may do about a figure below its target. A thing says it in one object, named in `settings.FIGURE_ACTS`.

    ACT = Act(_("Raise a problem"), address)  # address(user, a figure's address: indicator, period, place or house), "" for who may not

Nothing here imports the things that lie above.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Act:
    """One thing to do: its words, and where it is done."""

    label: Any
    address: Callable[[Any, Mapping[str, str]], str]


@lru_cache(maxsize=1)
def acts() -> list[Act]:
    """Those the site knows."""
    return [import_string(path) for path in settings.FIGURE_ACTS]


def acts_on(user: Any, **figure: str) -> list[dict[str, str]]:
    """What this reader may do about this figure (indicator, period, territory or institution), as links."""
    found = [(each.label, each.address(user, figure)) for each in acts()]
    return [{"text": str(label), "url": url} for label, url in found if url]
