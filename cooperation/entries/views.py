"""Pages on which a person logs, corrects and reads their own record."""

import datetime
import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import day_short
from cooperation.activities import actions, presenting
from cooperation.activities.attaching import attach_photo
from cooperation.activities.models import Activity, ActivityPhoto
from cooperation.activities.records import Record
from cooperation.activities.rules import ACTIVITY, MEMBERS, member_houses
from cooperation.entries import burden, choosing, offline, own, portfolio
from cooperation.entries.forms import CorrectionForm, EntryForm
from exchange.once import PAGE_KEY, Once
from exchange.papers import handed_out

WRITERS = {role.value for role in MEMBERS}
ABOUT_YESTERDAY = datetime.timedelta(days=1)


class NewActivity(Scoped, Once, View):
    """Half a minute: one screen, five fields, two of them required. Who belongs nowhere is refused by the form."""

    scope = Activity

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form(request, initial=True))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            activity = actions.log_activity(
                by=request.user, at=now(), client_key=request.POST.get(PAGE_KEY), **form.who(now()), **form.content()
            )
        except ValidationError as error:
            add_to(form, error)
            return self.page(form, 422)
        messages.success(request, _("Saved. The other side is asked to confirm it."))
        if photo := form.cleaned_data["photo"]:
            self.keep_photo(activity, photo)
        return redirect(presenting.page(activity))

    def keep_photo(self, activity: Activity, photo: Any) -> None:
        """The text is saved whatever becomes of the photo."""
        try:
            with transaction.atomic():
                attach_photo(activity, by=self.request.user, at=now(), data=photo.read())
        except ValidationError as error:
            messages.warning(self.request, " ".join(error.messages))

    def form(self, request: HttpRequest, initial: bool = False) -> EntryForm:
        """The form, empty but for what is known: today, the last cooperation, and for "repeat" all of it."""
        self.offered = choosing.choices_for(request.user, today())
        if not self.offered.houses:
            raise PermissionDenied
        self.members = choosing.members_for(request.user, today())
        last = self.offered.last
        start = {"starts_on": day_short(today()), "opened": int(now().timestamp()), "category": self.usual_category()}
        if last:
            start |= {"cooperation": last["cooperation"], "category": last["category"] or start["category"]}
        elif self.offered.cooperations:
            start["cooperation"] = self.offered.cooperations[0][0]
        if "repeat" in request.GET:
            start |= {name: last.get(name, "") for name in ("type", "number", "form") if last}
        sent = (None, None) if initial else (request.POST, request.FILES)
        return EntryForm(*sent, initial=start, user=request.user, offered=self.offered, members=self.members)

    def usual_category(self) -> str:
        """Learners, where the person has not said otherwise yet."""
        learners = [term for term in self.offered.categories if term.data.get("learner")]
        return learners[0].code if learners else ""

    def page(self, form: EntryForm, status: int = 200) -> HttpResponse:
        offered, day = self.offered, today()
        usual = {term.code: term.data.get("form") or "" for term in offered.types}
        return render(self.request, "cooperation/activity_new.html", {
            "form": form, "tiles": offered.tiles, "more": offered.more, "choices": form.choices,
            "chosen": form["type"].value() or "", "open_forms": [code for code, usual_form in usual.items() if not usual_form],
            "last": json.dumps(offered.last) if offered.last else "", "last_words": self.last_words(),
            "today": day_short(day), "yesterday": day_short(day - ABOUT_YESTERDAY), "person": self.request.user.public_id,
            "several": len(offered.houses) > 1, "pages": f"/{get_language()}/activities/", "errors": json.dumps(form.told()),
        }, status=status)  # fmt: skip

    def last_words(self) -> str:
        """What "repeat" would fill in."""
        last = self.offered.last
        if not last or not last["cooperation"]:
            return ""
        types = {term.code: name_now(term.names) for term in self.offered.types}
        said = [types.get(last["type"], ""), dict(self.offered.cooperations)[last["cooperation"]]]
        return " · ".join(filter(None, [*said, str(last["number"])]))


def add_to(form: Any, error: ValidationError) -> None:
    """What the action refused, at its field where the form has it."""
    told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, said in told.items():
        place = {"agreement": "cooperation", "partners": "cooperation"}.get(name, name)
        for message in said:
            form.add_error(place if place in form.fields else None, message)


class CorrectActivity(Record, Once, View):
    """The logging side writes it anew; confirmations are asked for again where anything counted differs."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        ACTIVITY.permit("correct", self.activity, request.user)
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        ACTIVITY.permit("correct", self.activity, request.user)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            actions.correct_activity(self.activity, by=request.user, at=now(), **form.content())
        except ValidationError as error:
            add_to(form, error)
            return self.page(form, 422)
        messages.success(request, _("Corrected. The other side is asked to confirm it again."))
        return redirect(presenting.page(self.activity))

    def form(self, sent: Any = None) -> CorrectionForm:
        activity = self.activity
        self.offered = choosing.choices_for(self.request.user, today())
        names = [name_now(row.institution.names) for row in presenting.partners_of(activity)]
        start = {
            "type": activity.type.code, "form": activity.form.code, "starts_on": day_short(activity.starts_on),
            "note": activity.note, "hours": activity.hours, "cooperation": CorrectionForm.KEPT,
        }  # fmt: skip
        kept = ", ".join(names) or _("Only inside our organisation")
        return CorrectionForm(
            sent, initial=start, user=self.request.user, offered=self.offered, activity=activity, kept=kept
        )

    def page(self, form: CorrectionForm, status: int = 200) -> HttpResponse:
        context = {**self.frame(_("Correct")), "form": form, "choices": form.choices}
        return render(self.request, "cooperation/activity_correct.html", context, status=status)


class OwnMonth(Scoped, View):
    """A month of one's own record; `beside` says what else the template shows."""

    scope = Activity
    allowed_roles = WRITERS
    template_name = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        months = own.months_of(request.user)
        first = own.month_shown(months, request.GET.get("month"), today())
        if first is None:
            raise Http404
        return render(request, self.template_name, {
            "record": own.record_of(request.user, first), "months": own.month_chips(months, first),
            "new": f"/{get_language()}/activities/new/", "owner": str(request.user), **self.beside(),
        })  # fmt: skip

    def beside(self) -> dict[str, Any]:
        raise NotImplementedError


class MyActivities(OwnMonth):
    """My record: what I did together with others, for me alone."""

    template_name = "cooperation/activity_mine.html"

    def beside(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "crumbs": Record.crumbs({"text": _("My log")}), "person": user.public_id,
            "may_log": bool(member_houses(user)), "pages": f"/{get_language()}/activities/",
        }  # fmt: skip


class MyContribution(OwnMonth):
    """What came of a month on one card, compared with nobody: people reached, hours, thanks, certificates."""

    template_name = "cooperation/my_contribution.html"

    def beside(self) -> dict[str, Any]:
        return {"crumbs": [{"text": _("My contribution")}]}


class Portfolio(Scoped, View):
    """A month of my record as a PDF."""

    scope = Activity
    allowed_roles = WRITERS

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        first = own.month_named(month)
        if first is None:
            raise Http404
        address = request.build_absolute_uri(f"/{get_language()}/activities/mine/")
        sheet = portfolio.sheet_of(own.record_of(request.user, first), str(request.user), address, get_language())
        return handed_out(portfolio.TEMPLATE, sheet, f"activities_{month}.pdf")


class Burden(View):
    """What logging costs those who log, as a figure of the platform itself; for everybody."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "rows": burden.published(today()),
            "least": burden.LEAST,
            "crumbs": [{"text": _("Time spent on logging")}],
        }
        return render(request, "cooperation/burden.html", context)


class PhotoFile(Scoped, View):
    """A photo of an activity, for the sides concerned."""

    scope = ActivityPhoto

    def get(self, request: HttpRequest, public_id: str) -> FileResponse:
        photo = self.get_object()
        if not photo.file.storage.exists(photo.file.name):
            raise Http404
        answer = FileResponse(photo.file.open("rb"), content_type="image/jpeg")
        answer["Cache-Control"] = "private, max-age=3600"
        answer["Content-Security-Policy"] = "sandbox"
        return answer


class Worker(View):
    """The service worker: it stands at the root because it may only serve what lies below it."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        shell = offline.shell()
        told = {"shell": json.dumps(shell), "version": offline.version_of(shell), "scripts": offline.sending(),
                "words": json.dumps(offline.words(), ensure_ascii=False)}  # fmt: skip
        answer = render(request, "cooperation/worker.js", told, content_type="text/javascript; charset=utf-8")
        answer["Cache-Control"] = "no-cache"
        return answer


class Manifest(View):
    """What makes the quick log installable."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = JsonResponse(offline.manifest(get_language()), content_type="application/manifest+json")
        answer["Cache-Control"] = "public, max-age=3600"
        return answer
