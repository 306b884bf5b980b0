"""A work in words for pages: how it is cited, and to what it is linked."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.pages.showing import house_page
from cooperation.reviewing.models import ReviewStatus
from labs.laboratories.presenting import page as laboratory_page
from labs.laboratories.presenting import title_of
from labs.works.models import Work, WorkAuthor

ROW_RELATED = ("resource", "laboratory__site", "project")
RELATED = ("resource__institution", "laboratory__site", "laboratory__host", "laboratory__cluster", "project")
PREFETCH = (Prefetch("authors", WorkAuthor.objects.order_by("position")),)
TONES = {
    ReviewStatus.DRAFT: ("waiting", "pencil"),
    ReviewStatus.IN_REVIEW: ("waiting", "clock"),
    ReviewStatus.PUBLISHED: ("ok", "tick"),
    ReviewStatus.WITHDRAWN: ("ended", "stop"),
}


def page(work: Work, name: str = "detail") -> str:
    """The address of one of its pages."""
    return reverse(f"work-{name}", args=[work.public_id])


def names_of(work: Work) -> str:
    """Its authors in order."""
    return ", ".join(each.name for each in work.authors.all())


def project_of(work: Work) -> str:
    """The title of its project; empty without one."""
    return work.project.title if work.project else ""


def standing_of(work: Work) -> dict[str, str]:
    """The badge of its resource: draft, in review, published, withdrawn."""
    tone, icon = TONES[ReviewStatus(work.resource.status)]
    return {"text": str(ReviewStatus(work.resource.status).label), "tone": tone, "icon": icon}


def doi_address(work: Work) -> str:
    """Where a DOI leads; empty without one."""
    return f"https://doi.org/{work.doi}" if work.doi else ""


def facts_of(work: Work) -> list[dict[str, Any]]:
    """Who wrote it, when and where it was published, and what it is linked to."""
    found: list[dict[str, Any]] = [
        {"label": _("Kind"), "text": work.get_kind_display()},
        {"label": _("Authors"), "text": names_of(work)},
        {"label": _("Year"), "text": str(work.year or ""), "number": True},
        {"label": _("Published in"), "text": work.published_in},
        {"label": "DOI", "text": work.doi, "url": doi_address(work)},
        {"label": _("Laboratory"), "text": title_of(work.laboratory), "url": laboratory_page(work.laboratory)},
        {"label": _("Organisation"), "text": name_now(work.resource.institution.names),
         "url": house_page(work.resource.institution.public_id)},
        {"label": _("Entered on"), "text": day_short(work.created_at), "number": True},
    ]  # fmt: skip
    if work.project is not None:
        address = reverse("pilot-detail", args=[work.project.public_id])
        found.insert(6, {"label": _("Project"), "text": work.project.title, "url": address})
    return [each for each in found if each["text"]]


def rows_of(works: Iterable[Work]) -> list[dict[str, Any]]:
    """Rows of the list."""
    return [
        {
            "url": page(each), "title": each.resource.title, "kind": each.get_kind_display(), "authors": names_of(each),
            "year": str(each.year or ""), "laboratory": title_of(each.laboratory), "project": project_of(each),
            "standing": standing_of(each),
        }
        for each in works
    ]  # fmt: skip


def works_of(project: Any, user: Any) -> list[dict[str, Any]]:
    """Rows of a project's works that the reader may see, the newest first."""
    found = Work.objects.all().visible_to(user).filter(project=project).select_related(*ROW_RELATED)
    return rows_of(found.prefetch_related(*PREFETCH).order_by("-pk"))
