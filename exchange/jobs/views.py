"""Pages of jobs: import from a file in three steps, and the files that are ready."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView

from accounts.clock import now
from accounts.scoped import Scoped
from accounts.wording import counted, moment
from exchange.jobs import actions
from exchange.jobs.download import handed_over
from exchange.jobs.filed import template
from exchange.jobs.handlers import Importer, exporters, importers
from exchange.jobs.models import Job, JobRow, JobStatus, RowState
from exchange.jobs.rules import JOB
from exchange.once import PAGE_KEY, Once
from exchange.sheets import Unreadable
from exchange.tables import XLSX_TYPE

RECENT, PREVIEW = 10, 50
SHOWN_STATES = (RowState.REFUSED, RowState.CREATED, RowState.CHANGED)


def own_kinds(user: Any) -> list[Importer]:
    """Kinds of file this person may send."""
    return [kind for kind in importers().values() if kind.may(user)]


def once_field() -> list[dict[str, str]]:
    """The hidden key that makes a double click one act."""
    return [{"name": PAGE_KEY, "value": secrets.token_urlsafe(18)}]


class ImportList(Scoped, Once, View):
    """Choose what the file holds, take a template, send the file; nothing is written yet."""

    scope = Job

    def enter(self, request: Any) -> None:
        super().enter(request)
        if not own_kinds(request.user):
            raise PermissionDenied

    def get(self, request: Any) -> HttpResponse:
        return self.page(request, [])

    def page(self, request: Any, errors: list[Any], status: int = 200) -> HttpResponse:
        kinds = own_kinds(request.user)
        chosen = next((kind for kind in kinds if kind.code == request.GET.get("kind")), kinds[0])
        recent = self.get_queryset().filter(kind__startswith="import.").order_by("-created_at", "-pk")[:RECENT]
        context = {
            "kinds": [{"text": kind.label, "url": f"?kind={kind.code}", "current": kind is chosen} for kind in kinds],
            "chosen": chosen,
            "steps": steps(1),
            "errors": errors,
            "page_errors": errors,
            "fields": once_field(),
            "recent": [line_of(job) for job in recent],
            "crumbs": [{"text": _("Home"), "url": reverse("home")}, {"text": _("Import from a file")}],
        }
        return render(request, "exchange/import_list.html", context, status=status)

    def post(self, request: Any) -> HttpResponse:
        """A dry run of the file; the next page shows what it would do."""
        kind = next(
            (kind for kind in own_kinds(request.user) if kind.code == request.GET.get("kind")),
            own_kinds(request.user)[0],
        )
        file = request.FILES.get("file")
        if file is None:
            return self.page(request, [_("File: choose a CSV or Excel file.")], 422)
        try:
            job = actions.ask_import(
                kind, file, by=request.user, at=now(), dry_run=True, language=get_language() or "en"
            )
        except Unreadable as error:
            return self.page(request, error.messages, 422)
        return redirect("import-detail", public_id=job.public_id)


def steps(current: int, *, ended: bool = False) -> list[dict[str, Any]]:
    """The three steps on one line; those before the current one are ready, and the current one when it has ended."""
    names = (_("Template and file"), _("Check"), _("Loading"))
    done = current if ended else current - 1
    return [
        {
            "name": name,
            "state": "ready" if number <= done else ("some" if number == current else "none"),
            "current": number == current,
        }
        for number, name in enumerate(names, start=1)
    ]


def line_of(job: Job) -> dict[str, Any]:
    """A job in a list."""
    importing = job.kind.startswith("import.")
    kind = (importers() if importing else exporters()).get(job.kind.partition(".")[2])
    name = job.title if importing else job.report_name or job.title
    return {
        "title": name,
        "url": reverse("import-detail", kwargs={"public_id": job.public_id}) if importing else "",
        "file": reverse("file-download", kwargs={"public_id": job.public_id})
        if job.report and job.status != JobStatus.RUNNING
        else "",
        "kind": str(kind.label) if kind else "",
        "step": _("check only") if job.options.get("dry_run") else "",
        "status": job.status,
        "word": JobStatus(job.status).label,
        "when": moment(job.created_at),
        "reason": job.reason,
        "percent": round(100 * job.done / job.total) if job.total else 0,
    }


class ImportDetail(Scoped, DetailView):
    """One import: its progress, then what it would do or did, row by row, and the next step."""

    scope = Job
    context_object_name = "job"
    template_name = "exchange/import_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(kind__startswith="import.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.object
        result, dry = job.result or {}, bool(job.options.get("dry_run"))
        refused = result.get(RowState.REFUSED, 0)
        importer = importers().get(job.kind.removeprefix("import."))
        able = sum(result.get(state, 0) for state in (RowState.CREATED, RowState.CHANGED))
        going = job.status in (JobStatus.QUEUED, JobStatus.RUNNING)
        checked = dry and job.status == JobStatus.DONE
        ended = importer is not None and not going
        crumbs = [{"text": _("Import from a file"), "url": reverse("import-list")}, {"text": job.title}]
        return super().get_context_data(
            **kwargs,
            crumbs=crumbs,
            steps=steps(2 if dry else 3, ended=job.status == JobStatus.DONE),
            line=line_of(job),
            going=going,
            numbers=numbers_of(result),
            groups=groups_of(job) if not going else [],
            may_apply=checked and able > 0 and not refused,
            may_take_valid=(checked or job.status == JobStatus.FAILED)
            and refused > 0
            and bool(job.rows.exclude(state=RowState.REFUSED).exists()),
            nothing_new=checked and not able and not refused,
            many_bad=refused * 10 > sum(result.get(state, 0) for state in RowState) if refused else False,
            refused=counted(refused, "row"),
            ignored=result.get("ignored", []),
            questions=importer.questions(job) if importer and ended and refused else "",
            after=importer.after(job) if importer and ended and not dry else "",
            moves=JOB.available(job, self.request.user),
        )


def numbers_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """New, changed, unchanged, refused: the counts of a file."""
    return (
        [{"state": state.value, "word": state.label, "count": result.get(state, 0)} for state in RowState]
        if result
        else []
    )


def groups_of(job: Job) -> list[dict[str, Any]]:
    """The kept rows by what happens to them, the first of each."""
    found = []
    importer = importers().get(job.kind.removeprefix("import."))
    columns = {column.name: str(column.label) for column in importer.columns} if importer else {}
    taken = job.rows.exclude(state=RowState.REFUSED)
    parts = [(state.value, state.label, job.rows.filter(state=state)) for state in SHOWN_STATES]
    parts.insert(1, ("warned", _("Taken, but worth a look"), taken.exclude(errors=[])))
    for name, word, kept in parts:
        rows = list(kept.order_by("number")[:PREVIEW])
        if rows:
            found.append(
                {
                    "state": name,
                    "word": word,
                    "rows": [row_of(row, columns) for row in rows],
                    "more": len(rows) == PREVIEW,
                }
            )
    return found


def row_of(row: JobRow, columns: dict[str, str]) -> dict[str, Any]:
    """A row of the preview: its number, its name, and what is wrong or what changes, columns by their words."""
    changes = [{"label": name, "before": shown(row.was[name]), "after": shown(row.now.get(name))} for name in row.was]
    cells = " · ".join(row.now[name] for name in columns if row.now.get(name)) if not changes else ""
    errors = [{**error, "label": columns.get(error["column"], error["column"])} for error in row.errors]
    return {"number": row.number, "cells": cells, "errors": errors, "changes": changes}


def shown(value: Any) -> str:
    """A value of a row in one line."""
    if isinstance(value, dict):
        return " / ".join(str(each) for each in value.values())
    return "" if value is None else str(value)


class ApplyImport(Scoped, Once, View):
    """Writes a checked file: whole, or its valid rows."""

    scope = Job

    def post(self, request: Any, public_id: str) -> HttpResponse:
        job = self.get_object()
        if not job.kind.startswith("import.") or not job.upload:
            raise Http404
        again = actions.apply_checked(job, by=request.user, at=now(), partial="partial" in request.POST)
        return redirect("import-detail", public_id=again.public_id)


class CancelJob(Scoped, Once, View):
    """Stops a job."""

    scope = Job

    def post(self, request: Any, public_id: str) -> HttpResponse:
        job = self.get_object()
        actions.cancel_job(job, by=request.user, at=now())
        messages.success(request, _("The work was cancelled."))
        return redirect(
            "import-detail" if job.kind.startswith("import.") else "file-list",
            **({"public_id": public_id} if job.kind.startswith("import.") else {}),
        )


class ImportTemplate(Scoped, View):
    """An empty workbook with the heads, allowed codes and an example."""

    scope = Job

    def get(self, request: Any, kind: str) -> HttpResponse:
        importer = importers().get(kind)
        if importer is None:
            raise Http404
        if not importer.may(request.user):
            raise PermissionDenied
        answer = HttpResponse(template(importer), content_type=XLSX_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="{kind}_template.xlsx"'
        return answer


class FileList(Scoped, View):
    """Files that were asked for: what runs, what is ready, what failed and why."""

    scope = Job

    def get(self, request: Any) -> HttpResponse:
        jobs = self.get_queryset().order_by("-created_at", "-pk")[:50]
        crumbs = [{"text": _("Home"), "url": reverse("home")}, {"text": _("My files")}]
        going = any(job.status in (JobStatus.QUEUED, JobStatus.RUNNING) for job in jobs)
        return render(
            request,
            "exchange/file_list.html",
            {"jobs": [line_of(job) for job in jobs], "crumbs": crumbs, "going": going},
        )


class FileDownload(Scoped, View):
    """The file of a job."""

    scope = Job

    def get(self, request: Any, public_id: str) -> Any:
        return handed_over(self.get_object(), now())
