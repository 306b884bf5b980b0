"""What can be adopted. A thing says it in one object, named in `settings.ADOPTABLE`; nothing here imports a subject.

    SUBJECT = Adoptable(
        code="practice",                # `subject_type` of its adoptions, at most 32 characters
        label=_("Practice"),
        rows=Practice.objects.select_related("owner"),  # all of them, with what the functions below need
        seen=Practice.objects.visible_to,               # those a person may see
        sourced=lambda houses: Practice.objects.filter(owner__in=houses),  # those whose source one of these ids is
        title=lambda row: row.title,
        page=lambda row: reverse("practice-detail", args=[row.public_id]),
        sources=lambda row: [row.owner],                # institutions that confirm who uses it, and cannot adopt it
        is_open=lambda row: row.status == "published",  # whether it may be adopted now
    )

Every row has a `public_id`. To show who uses it, give a page `adoptions.showing.panel_of(user, code, row)` and include
`cooperation/_adoptions.html`; that brings the button "We use this too" along.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from institutions.registry.models import Institution


@dataclass(frozen=True)
class Adoptable:
    """A kind of thing that institutions may say they use too."""

    code: str
    label: Any
    rows: QuerySet[Any]
    seen: Callable[[Any], QuerySet[Any]]
    sourced: Callable[[Collection[int]], QuerySet[Any]]
    title: Callable[[Any], str]
    page: Callable[[Any], str]
    sources: Callable[[Any], list[Institution]]
    is_open: Callable[[Any], bool]


@dataclass(frozen=True)
class Subject:
    """One thing that is used: of which kind, and its row."""

    kind: Adoptable
    row: Any

    @property
    def public_id(self) -> str:
        return str(self.row.public_id)

    @property
    def title(self) -> str:
        return self.kind.title(self.row)

    @property
    def page(self) -> str:
        return self.kind.page(self.row)

    @property
    def sources(self) -> list[Institution]:
        return self.kind.sources(self.row)

    @property
    def is_open(self) -> bool:
        return self.kind.is_open(self.row)


def adoptables() -> dict[str, Adoptable]:
    """By code, in the order of the settings."""
    found = [import_string(path) for path in settings.ADOPTABLE]
    return {kind.code: kind for kind in found}


def seen_subject(user: Any, subject_type: str, subject_id: str) -> Subject | None:
    """The one of this id, if there is one and the person may see it."""
    kind = adoptables().get(subject_type)
    if kind is None or not kind.seen(user).filter(public_id=subject_id).exists():
        return None
    return Subject(kind, kind.rows.get(public_id=subject_id))


def subjects_of(keys: Iterable[tuple[str, str]], *, sources: bool = False) -> dict[tuple[str, str], Subject]:
    """What these types and ids name, one query a type (with its sources only where they are needed); a kind that is
    not registered any more is left out.
    """
    wanted: dict[str, set[str]] = {}
    for subject_type, subject_id in keys:
        wanted.setdefault(subject_type, set()).add(subject_id)
    known = adoptables()
    return {
        (code, row.public_id): Subject(known[code], row)
        for code, ids in wanted.items()
        if code in known
        for row in (known[code].rows if sources else known[code].rows.prefetch_related(None)).filter(public_id__in=ids)
    }
