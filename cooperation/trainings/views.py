"""Pages of the people of an activity: who was trained or taught, their certificates, and the paper itself."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from accounts.wording import number
from cooperation.activities.records import Record
from cooperation.pages.records import READERS, Asked, AskedMove
from cooperation.trainings import actions, presenting
from cooperation.trainings.forms import PersonForm
from cooperation.trainings.models import TRAINED, ActivityPerson, Certificate
from cooperation.trainings.rules import CERTIFICATE, before_issuing, can_issue, can_name, takes_people
from exchange.once import Once
from exchange.papers import handed_out
from institutions.people.colleagues import colleagues_of
from lifecycle.transitions import Unmet


class ActivityPeople(Record, Once, View):
    """Who is named in this activity, and naming one more."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        actions.permit_naming(self.activity, request.user)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                actions.name_person(self.activity, by=request.user, at=now(), **form.content())
            except ValidationError as error:
                for name, told in error.error_dict.items():
                    place = {"name": "person_text"}.get(name, name)
                    form.add_error(place if place in form.fields else None, told)
        if not form.is_valid():
            return self.page(form, 422)
        messages.success(request, _("The name was added."))
        return redirect("activity-people", public_id=public_id)

    def form(self, sent: Any = None) -> PersonForm:
        return PersonForm(sent, colleagues=colleagues_of(self.request.user, today()), activity=self.activity)

    def page(self, form: PersonForm, status: int = 200, errors: Any = ()) -> HttpResponse:
        activity, user = self.activity, self.request.user
        if not takes_people(activity):
            raise Http404
        seen = ActivityPerson.objects.visible_to(user).filter(activity=activity)
        rows = seen.select_related("person", "home", "host", "activity").prefetch_related(
            "certificates__place__activity"
        )
        papers = set(Certificate.objects.visible_to(user).filter(place__activity=activity).values_list("pk", flat=True))
        total = actions.people_of(activity).count()
        return render(self.request, "cooperation/activity_people.html", {
            **self.frame(presenting.heading(activity)), "form": form, "errors": errors,
            "rows": presenting.rows_of(rows.order_by("pk"), papers), "papers": bool(papers),
            "hidden": total - len(rows), "may_name": can_name(user, activity), "trains": activity.type.code == TRAINED,
            "may_issue": can_issue(user, activity), "lacking": [each.message for each in before_issuing(activity)],
            "bare": actions.people_of(activity).bare(activity.content_hash).count(), "page_errors": status == 422,
        }, status=status)  # fmt: skip


class DropPerson(Record, Once, View):
    """A name off the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str, person: str) -> HttpResponse:
        actions.permit_naming(self.activity, request.user)
        seen = ActivityPerson.objects.visible_to(request.user).filter(activity=self.activity, public_id=person)
        place = seen.select_related("activity__type").first()
        if place is None:
            raise Http404
        actions.drop_person(place, by=request.user, at=now())
        messages.success(request, _("The name was taken off."))
        return redirect("activity-people", public_id=public_id)


class IssueCertificates(ActivityPeople):
    """A certificate for everybody who was trained."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            made = actions.issue_certificates(self.activity, by=request.user, at=now())
        except Unmet as unmet:
            self.subject = None
            told = [{"text": str(each.message), "url": "#people"} for each in unmet.conditions]
            return self.page(self.form(), 422, told)
        said = ngettext("%(count)s certificate issued", "%(count)s certificates issued", len(made))
        messages.success(request, said % {"count": number(len(made))})
        return redirect("activity-people", public_id=public_id)


class CertificatePaper(Scoped, View):
    """The certificate as a PDF, for its owner and the sides concerned, while it holds."""

    scope = Certificate
    allowed_roles = READERS
    related = ("place__activity",)

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        certificate = self.get_object()
        sheet = presenting.sheet_of(certificate)
        return handed_out(presenting.TEMPLATE, sheet, f"{certificate.number}.pdf")


class RevokeCertificate(AskedMove):
    """It holds no more; why is asked on a page of its own."""

    scope = Certificate
    related = ("place__activity__type", "place__activity__organiser", "place__person")
    machine = CERTIFICATE
    moves = {
        "revoke": Asked(
            actions.revoke_certificate, _l("Revoke the certificate"),
            _l("Whoever checks its number reads that it does not hold. This cannot be undone."), _l("Revoke"),
            _l("The certificate is revoked. Its number says so from now on."),
        )
    }  # fmt: skip
    move = "revoke"

    @property
    def address(self) -> str:
        return presenting.people_page(self.get_object().place.activity)

    def frame(self, title: Any) -> dict[str, Any]:
        certificate = self.get_object()
        crumbs = [*presenting.crumbs_of(certificate), {"text": title}]
        return {"name": certificate.number, "title": title, "back": self.address, "crumbs": crumbs}
