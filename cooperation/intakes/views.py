"""Pages of a list of agreements that came in: its questions, and its drafts on their way to the partners."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped, rows_for
from cooperation.agreements.models import Agreement
from cooperation.agreements.presenting import page
from cooperation.intakes import actions, listing
from cooperation.intakes.forms import QuestionsForm
from cooperation.intakes.questions import ON_ONE_PAGE, questions_of
from cooperation.intakes.sheets import AGREEMENTS
from cooperation.pages.listpage import NOT_OF_FILES, ReadyList, Words
from exchange.jobs.actions import apply_checked
from exchange.jobs.handing import file_of
from exchange.jobs.models import Job
from exchange.once import Once

AT_ONCE = 100


def job_rows(user: Any) -> Any:
    """Files with agreements that this person sent."""
    return rows_for(Job, user).filter(kind=AGREEMENTS.kind)


def frame(job: Job, title: Any) -> dict[str, Any]:
    """What stands around a page about one file."""
    back = reverse("import-detail", args=[job.public_id])
    crumbs = [
        {"text": _("Import from a file"), "url": reverse("import-list")},
        {"text": job.title, "url": back},
        {"text": title},
    ]
    return {"job": job, "title": title, "crumbs": crumbs, "back": back}


class Questions(Scoped, Once, View):
    """What do these cells mean? Each question once, then the file is checked again."""

    scope = Job
    request: HttpRequest

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(kind=AGREEMENTS.kind)

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        job = self.get_object()
        known, asked = questions_of(job, now())
        if not asked or known is None:
            return redirect("import-detail", public_id=job.public_id)
        form = QuestionsForm(asked=asked[:ON_ONE_PAGE], user=request.user, matcher=known.matcher)
        return self.page(job, form, len(asked))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        job = self.get_object()
        known, asked = questions_of(job, now())
        if known is None:
            return redirect("import-detail", public_id=job.public_id)
        form = QuestionsForm(request.POST, asked=asked[:ON_ONE_PAGE], user=request.user, matcher=known.matcher)
        if not form.is_valid():
            return self.page(job, form, len(asked), 422)
        actions.answer(known.house, answers=form.answers, picks=form.picks, by=request.user, at=now())
        again = apply_checked(job, by=request.user, at=now(), dry_run=True)
        messages.success(request, _("Your answers are kept: nobody in your organisation is asked the same again."))
        return redirect("import-detail", public_id=again.public_id)

    def page(self, job: Job, form: QuestionsForm, asked: int, status: int = 200) -> HttpResponse:
        left = max(asked - ON_ONE_PAGE, 0)
        context = {**frame(job, _("Questions about the list")), "form": form, "left": left}
        return render(self.request, "cooperation/intake_questions.html", context, status=status)


class Drafts(Once, ReadyList):
    """What came in, and the one click that sends it to the partners."""

    scope = Agreement
    allowed_roles = None
    related = listing.RELATED
    listing = listing
    template_name = "cooperation/intake_drafts.html"
    table, icon, heads = "cooperation/_intake_table.html", "agreement", ("number", "title", "starts_on", "ends_on")
    words = Words(
        gettext_lazy("Agreements of this list"), "agreement", gettext_lazy("No agreement fits these filters"),
        gettext_lazy("All agreements"), gettext_lazy("The drafts of this list were erased."), "",
    )  # fmt: skip
    left: Sequence[tuple[Agreement, list[str]]] = ()
    request: HttpRequest

    @cached_property
    def job(self) -> Job:
        """The file; whoever did not send it meets the 404 of every unknown address."""
        found: Job | None = job_rows(self.request.user).filter(public_id=self.kwargs["public_id"]).first()  # type: ignore[attr-defined]
        if found is None or not actions.brought_in(found).exists():
            raise Http404
        return found

    def get_queryset(self) -> Any:
        return listing.seen_of(self.job, super().get_queryset())

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return super().get(request)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        if "take_back" in request.POST:
            outcome = actions.take_back(self.job, by=request.user, at=now())
            said = ngettext("%(count)d draft was erased.", "%(count)d drafts were erased.", outcome.done)
        else:
            outcome = actions.send_drafts(list(self.waiting().order_by("pk")[:AT_ONCE]), by=request.user, at=now())
            said = ngettext(
                "%(count)d agreement was sent to its partners.", "%(count)d agreements were sent to their partners.",
                outcome.done,
            )  # fmt: skip
        messages.success(request, said % {"count": outcome.done})
        if outcome.left:
            self.left = outcome.left
            return render(request, self.template_name, self.context(request))
        return redirect("intake-drafts", public_id=self.job.public_id)

    def waiting(self) -> Any:
        """Drafts that nobody else has seen."""
        return listing.narrowed(self.get_queryset(), listing.WAITING, self.request.user, today())

    def file(self, request: HttpRequest) -> HttpResponse:
        params = {name: value for name, value in request.GET.items() if name not in NOT_OF_FILES}
        return file_of(request, listing.FILE, {**params, "job": self.job.public_id}, request.GET["format"])

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return listing.rows_of(rows)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        on_paper = listing.numbers_on_paper(each.public_id for each, _reasons in self.left)
        waiting = self.waiting().count()
        return {
            **super().context(request), **frame(self.job, self.words.title), "waiting": waiting,
            "sending": min(waiting, AT_ONCE),
            "may_take_back": bool(waiting) and now() - self.job.created_at <= actions.TAKEN_BACK_WITHIN,
            "left": [
                {"text": f"{each.number} ({on_paper.get(each.public_id, '')}): {' '.join(reasons) or _('It was sent already.')}",
                 "url": page(each)}
                for each, reasons in self.left
            ],
        }  # fmt: skip
