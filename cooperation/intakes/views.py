"""Pages of a list of agreements that came in: its questions, and its drafts on their way to the partners."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts.clock import now
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import counted, day_short
from cooperation.agreements.models import Agreement
from cooperation.agreements.presenting import page
from cooperation.agreements.rules import is_open_draft
from cooperation.agreements.statuses import AgreementStatus
from cooperation.intakes import actions
from cooperation.intakes.forms import QuestionsForm
from cooperation.intakes.questions import ON_ONE_PAGE, questions_of
from cooperation.intakes.sheets import AGREEMENTS
from exchange.jobs.actions import apply_checked
from exchange.jobs.models import Job
from exchange.once import Once

ON_PAGE, AT_ONCE = 50, 100


class ListPage(Scoped):
    """A page about one file with agreements, open to who sent it."""

    scope = Job
    request: HttpRequest

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(kind=AGREEMENTS.kind)

    def frame(self, job: Job, title: Any) -> dict[str, Any]:
        """What stands around: the file this is about."""
        back = reverse("import-detail", args=[job.public_id])
        crumbs = [
            {"text": _("Import from a file"), "url": reverse("import-list")},
            {"text": job.title, "url": back},
            {"text": title},
        ]
        return {"job": job, "title": title, "crumbs": crumbs, "back": back}


class Questions(ListPage, Once, View):
    """What do these cells mean? Each question once, then the file is checked again."""

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
        context = {**self.frame(job, _("Questions about the list")), "form": form, "left": left}
        return render(self.request, "cooperation/intake_questions.html", context, status=status)


class Drafts(ListPage, Once, View):
    """What came in, and the one click that sends it to the partners."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.get_object(), [])

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        job = self.get_object()
        if "take_back" in request.POST:
            outcome = actions.take_back(job, by=request.user, at=now())
            said = ngettext("%(count)d draft was erased.", "%(count)d drafts were erased.", outcome.done)
        else:
            waiting = self.seen(job).filter(status=AgreementStatus.DRAFT, shown=None).select_related("latest")
            outcome = actions.send_drafts(list(waiting.order_by("pk")[:AT_ONCE]), by=request.user, at=now())
            said = ngettext(
                "%(count)d agreement was sent to its partners.", "%(count)d agreements were sent to their partners.",
                outcome.done,
            )  # fmt: skip
        messages.success(request, said % {"count": outcome.done})
        if outcome.left:
            return self.page(job, outcome.left)
        return redirect("intake-drafts", public_id=job.public_id)

    def seen(self, job: Job) -> Any:
        """The agreements of this file that the reader may see."""
        return Agreement.objects.visible_to(self.request.user).filter(pk__in=actions.drafts_of(job).values("pk"))  # type: ignore[attr-defined]

    def page(self, job: Job, left: list[tuple[Agreement, list[str]]]) -> HttpResponse:
        brought = actions.brought_in(job)
        if not brought.exists():
            raise Http404
        seen = self.seen(job).select_related("latest", "kind").order_by("pk")
        number = self.request.GET.get("page", "1")
        sheet = Paginator(seen, ON_PAGE).get_page(number)
        on_paper = dict(brought.values_list("agreement_key", "number"))
        waiting = seen.filter(status=AgreementStatus.DRAFT, shown=None).count()
        context = {
            **self.frame(job, _("Agreements of this list")),
            "rows": [self.row(each, on_paper) for each in sheet], "sheet": sheet, "waiting": waiting,
            "total": counted(sheet.paginator.count, "agreement"), "sending": min(waiting, AT_ONCE),
            "may_take_back": bool(waiting) and now() - job.created_at <= actions.TAKEN_BACK_WITHIN,
            "left": [
                {"text": f"{each.number} ({on_paper.get(each.public_id, '')}): {' '.join(reasons) or _('It was sent already.')}",
                 "url": page(each)}
                for each, reasons in left
            ],
        }  # fmt: skip
        return render(self.request, "cooperation/intake_drafts.html", context)

    def row(self, each: Agreement, on_paper: dict[str, str]) -> dict[str, Any]:
        """An agreement in the table."""
        return {
            "number": each.number, "on_paper": on_paper.get(each.public_id, ""), "title": each.title, "url": page(each),
            "kind": name_now(each.kind.names) if each.kind else "",
            "starts": day_short(each.starts_on) if each.starts_on else "",
            "ends": day_short(each.ends_on) if each.ends_on else "",
            "status": each.status, "word": AgreementStatus(each.status).label, "is_draft": is_open_draft(each),
        }  # fmt: skip
