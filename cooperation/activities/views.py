"""Pages of activities: the list, the record, and the moves of either side."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now
from accounts.scoped import Scoped
from accounts.wording import number
from cooperation.activities import actions, listing, presenting
from cooperation.activities.forms import ConfirmForm, ReasonForm
from cooperation.activities.links import open_links
from cooperation.activities.models import Activity
from cooperation.activities.records import READERS, Record, crumbs
from cooperation.activities.rules import ACTIVITY, can_ask_by_link, member_houses
from cooperation.agreements.listpage import ReadyList
from exchange.once import Once
from institutions.registry.scope import houses
from lifecycle.transitions import Unmet, WrongStatus

AT_ONCE = 200
UNREAD = "unread"  # the hash of nothing: who confirms says what they read


class ActivityList(ReadyList):
    """What was done together, and what waits for my word."""

    scope = Activity
    allowed_roles = READERS
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    listing = listing
    template_name = "cooperation/activities_list.html"
    noun, title, heads = "activity", gettext_lazy("Activities"), ("starts_on",)

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, view == listing.MINE)

    def beside(self, user: Any) -> dict[str, Any]:
        return {"may_log": bool(member_houses(user))}


class ActivityDetail(Record, View):
    """What was done, who stands by it, what now?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, changed: Any = "", confirming: ConfirmForm | None = None) -> HttpResponse:
        activity, user = self.activity, self.request.user
        buttons = presenting.buttons(activity, user)
        named = {row.institution_id for row in activity.participations.all()}
        return render(self.request, "cooperation/activity_detail.html", {
            "activity": activity, "name": presenting.title(activity), "number": presenting.short_number(activity.public_id),
            "crumbs": crumbs({"text": presenting.title(activity)}),
            "status": presenting.status_words(activity), "changed": changed,
            "confirming": confirming or ConfirmForm(),
            "facts": presenting.facts_of(activity), "sides": presenting.sides_of(activity),
            "timeline": presenting.timeline_of(activity, bool(named & houses(user))),
            "photos": presenting.photos_of(activity, user),
            "main": buttons[:1], "others": buttons[1:], "beside": presenting.beside(activity),
            "ask": (ask := can_ask_by_link(user, activity)), "waiting": open_links(activity, now()).count() if ask else 0,
        }, status=status)  # fmt: skip


class ConfirmActivity(Once, ActivityDetail):
    """One tap: yes, so it was."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self.page(422, confirming=form)
        read, thanks = form.cleaned_data["content_hash"] or UNREAD, form.cleaned_data["thanks"]
        try:
            actions.confirm_activity(self.activity, by=request.user, at=now(), content_hash=read, thanks=thanks)
        except actions.OtherContent as other:
            self.subject = None
            return self.page(409, other.message)
        messages.success(request, _("Confirmed. It counts for your organisation now."))
        return redirect(presenting.page(self.activity))


class ConfirmActivities(Scoped, Once, View):
    """Several at once from the list; each for itself, and what could not be confirmed is said by name."""

    scope = Activity
    allowed_roles = READERS
    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        chosen = [request.POST["only"]] if "only" in request.POST else request.POST.getlist("chosen")[:AT_ONCE]
        wanted = dict(each.partition(":")[::2] for each in chosen)
        found = self.get_queryset().filter(public_id__in=wanted).select_related("type").order_by("pk")
        self.at = now()  # one act, one moment
        done = sum(self.confirmed(activity, wanted[activity.public_id] or UNREAD) for activity in found)
        if done:
            said = ngettext("%(count)s activity confirmed", "%(count)s activities confirmed", done)
            messages.success(request, said % {"count": number(done)})
        if not wanted:
            messages.warning(request, _("Choose the activities that you confirm."))
        return redirect(f"/{get_language()}/activities/?view={listing.MINE}")

    def confirmed(self, activity: Activity, content_hash: str) -> bool:
        """Confirms one, in a transaction of its own; else says why not."""
        try:
            with transaction.atomic():
                actions.confirm_activity(activity, by=self.request.user, at=self.at, content_hash=content_hash)
        except (PermissionDenied, WrongStatus, Unmet, ValidationError) as refused:
            why = getattr(refused, "message", "") or _("You cannot confirm this one now.")
            messages.warning(self.request, f"{presenting.title(activity)}: {why}")
            return False
        return True


class ReasonedMove(Record, Once, View):
    """A move that says what it means, on a page of its own, and asks why where others read it."""

    move = ""
    asks_why = True

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit()
        return self.page(ReasonForm())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit()
        form = ReasonForm(request.POST)
        if self.asks_why and not form.is_valid():
            return self.page(form, 422)
        told = {"reason": form.cleaned_data["reason"]} if self.asks_why else {}
        self.act(**told)
        messages.success(request, self.words()[3])
        return redirect(presenting.page(self.activity))

    def permit(self) -> None:
        """403 or 409 before the page asks for something the move will refuse."""
        ACTIVITY.permit(self.move, self.activity, self.request.user, reason="asked later")

    def act(self, **told: str) -> None:
        raise NotImplementedError

    def words(self) -> tuple[str, str, str, str]:
        """Title, consequence, verb, and what is said afterwards."""
        raise NotImplementedError

    def page(self, form: ReasonForm, status: int = 200) -> HttpResponse:
        title, consequence, verb, _done = self.words()
        context = {
            **self.frame(title), "form": form, "consequence": consequence, "verb": verb, "asks_why": self.asks_why,
        }  # fmt: skip
        return render(self.request, "cooperation/activity_reason.html", context, status=status)


class DisputeActivity(ReasonedMove):
    """It was not so."""

    move = "dispute"

    def act(self, **told: str) -> None:
        actions.dispute_activity(self.activity, by=self.request.user, at=now(), **told)

    def words(self) -> tuple[str, str, str, str]:
        consequence = _("It leaves every figure until the dispute is lifted. All named organisations read your reason.")
        return _("Dispute the activity"), consequence, _("Dispute"), _("The activity is disputed.")


class RefuseActivity(ReasonedMove):
    """We had no part in it."""

    move = "refuse"
    asks_why = False

    def act(self, **told: str) -> None:
        actions.refuse_activity(self.activity, by=self.request.user, at=now(), **told)

    def words(self) -> tuple[str, str, str, str]:
        consequence = _("It stays out of the figures of your organisation. The other organisations keep it.")
        return _("Not ours"), consequence, _("Not ours"), _("It is not counted for your organisation.")


class WithdrawActivity(ReasonedMove):
    """Back."""

    move = "withdraw"

    def act(self, **told: str) -> None:
        actions.withdraw_activity(self.activity, by=self.request.user, at=now(), **told)

    def words(self) -> tuple[str, str, str, str]:
        consequence = _("It stays readable and is in no figure any more. This cannot be undone.")
        return _("Withdraw the activity"), consequence, _("Withdraw"), _("The activity was withdrawn.")


class LiftDispute(ReasonedMove):
    """The authority above both sides has asked them."""

    move = "lift"

    def act(self, **told: str) -> None:
        actions.lift_dispute(self.activity, by=self.request.user, at=now(), **told)

    def words(self) -> tuple[str, str, str, str]:
        consequence = _("The activity waits for its confirmation once more. All named organisations read your reason.")
        return _("Lift the dispute"), consequence, _("Lift the dispute"), _("The dispute is lifted.")
