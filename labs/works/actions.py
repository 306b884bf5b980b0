"""What happens to a work: entered in one act from what is known of it, and corrected."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperation.resources.actions import draft_resource
from cooperation.resources.models import Resource, ResourceKind, ResourceRights
from institutions.registry.models import Institution
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject
from labs.works.citing import Cited, cited, doi_of
from labs.works.models import Work, WorkAuthor
from labs.works.rules import may_correct, speaking_houses
from lifecycle.events import record

COLUMNS = ("kind", "project", "year", "published_in", "doi")


@transaction.atomic
def enter_work(
    *, by: Any, at: datetime.datetime, laboratory: Laboratory, kind: str, citation: str = "", **said: Any
) -> Work:
    """A work of a laboratory, upon a known resource or a new draft of one; what is not said is taken from `citation`, and
    from another laboratory's work with the same DOI. Raises PermissionDenied, ValidationError.
    """
    own = speaking_houses(by, laboratory)
    if not own:
        raise PermissionDenied
    read = cited(citation)
    doi = doi_of(said.get("doi") or "") or read.doi
    known = _known(by, doi)
    content = {**_told(read), **_remembered(known), **{key: value for key, value in said.items() if value}, "doi": doi}
    _check(laboratory, content)
    resource = content.get("resource") or _draft(by, at, own, content)
    if Work.objects.filter(laboratory=laboratory, resource=resource).exists():
        raise ValidationError({"resource": _("It is among the works of this laboratory already.")})
    columns = {name: content[name] for name in COLUMNS if content.get(name)}
    work = Work.objects.create(
        laboratory=laboratory,
        resource=resource,
        entered_by=by,
        created_at=at,
        modified_at=at,
        **columns | {"kind": kind},
    )
    _name(work, by, content.get("authors", ()))
    record("enter", subject_type="work", subject_id=work.public_id, status_after="", by=by, at=at, **work.audience())
    return work


@transaction.atomic
def save_work(work: Work, *, by: Any, at: datetime.datetime, **said: Any) -> Work:
    """Corrects what is said of it; title, link and file belong to its resource. Raises PermissionDenied, ValidationError."""
    work.refresh_from_db(from_queryset=Work.objects.select_for_update())
    if not may_correct(by, work):
        raise PermissionDenied
    change = {name: said[name] for name in COLUMNS if name in said}
    if "doi" in change:
        change["doi"] = doi_of(change["doi"] or "")
    _check(work.laboratory, {"resource": work.resource, **change}, work)
    Work.objects.filter(pk=work.pk).update(**change, modified_at=at)
    if "authors" in said:
        work.authors.all().delete()
        _name(work, by, said["authors"])
    work.refresh_from_db()
    record("save", subject_type="work", subject_id=work.public_id, status_after="", by=by, at=at, **work.audience())
    return work


def _known(by: Any, doi: str) -> Work | None:
    """What the platform holds of this DOI, as far as the person may read it."""
    rows: Any = Work.objects
    return rows.visible_to(by).filter(doi=doi).select_related("resource").order_by("pk").first() if doi else None


def _told(read: Cited) -> dict[str, Any]:
    names = ("title", "authors", "year", "published_in", "link")
    return {name: getattr(read, name) for name in names if getattr(read, name)}


def _remembered(known: Work | None) -> dict[str, Any]:
    """Everything another laboratory entered of the same work."""
    if known is None:
        return {}
    authors = [{"name": each.name, "user": each.user} for each in known.authors.order_by("position")]
    return {
        "resource": known.resource, "authors": authors, "year": known.year, "published_in": known.published_in,
    }  # fmt: skip


def _check(laboratory: Laboratory, content: Mapping[str, Any], work: Work | None = None) -> None:
    project: PilotProject | None = content.get("project")
    if project is not None and project.laboratory_id != laboratory.pk:
        raise ValidationError({"project": _("Choose a project of this laboratory.")})
    if not content.get("resource") and not content.get("title"):
        raise ValidationError({"title": _("Say the title, paste a record, or choose a resource.")})
    if content.get("year") and not 1900 <= content["year"] <= 2100:
        raise ValidationError({"year": _("Year: four digits, for example 2026.")})
    others = Work.objects.filter(laboratory=laboratory, doi=content.get("doi") or "-")
    if others.exclude(pk=work.pk if work else 0).exists():
        raise ValidationError({"doi": _("A work with this DOI is in the list of this laboratory already.")})


def _draft(by: Any, at: datetime.datetime, own: set[int], content: Mapping[str, Any]) -> Resource:
    """A draft of a resource in the person's name: its file is attached and its review asked for on its own page."""
    link = content.get("link") or (f"https://doi.org/{content['doi']}" if content["doi"] else "")
    return draft_resource(
        by=by, at=at, title=content["title"], kind=ResourceKind.DIGITAL, rights=ResourceRights.INSTITUTIONS, link=link,
        institution=Institution.objects.get(pk=min(own)), description=content.get("description", ""),
    )  # fmt: skip


def _name(work: Work, by: Any, authors: Sequence[Any]) -> None:
    """Its authors in order: names, or {"name", "user"}; who enters it and bears one of the names is linked."""
    rows = [each if isinstance(each, Mapping) else {"name": each, "user": None} for each in authors]
    known = {by.name.casefold(): by}
    if work.project is not None:
        known |= {each.user.name.casefold(): each.user for each in work.project.members.agreed().select_related("user")}
    WorkAuthor.objects.bulk_create(
        WorkAuthor(
            work=work, position=place, name=each["name"], user=each["user"] or known.get(each["name"].casefold())
        )
        for place, each in enumerate(rows)
    )
