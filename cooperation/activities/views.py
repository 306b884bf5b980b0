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
from cooperation.activities.forms import ConfirmForm
from cooperation.activities.links import open_links
from cooperation.activities.models import Activity
from cooperation.activities.records import Record
from cooperation.activities.rules import can_ask_by_link, member_houses
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import READERS, Asked, AskedMove
from exchange.once import Once
from institutions.registry.scope import houses
from lifecycle.transitions import Unmet, WrongStatus

AT_ONCE = 200
UNREAD = "unread"  # the hash of nothing: who confirms says what they read


class ActivityList(ReadyList):
    """What was done together, and what waits for my word."""

    scope = Activity
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    listing = listing
    template_name = "cooperation/activities_list.html"
    table, icon, new_page, heads = "cooperation/_activity_table.html", "activity", "activity-new", ("starts_on",)
    words = Words(
        gettext_lazy("Activities"), "activity", gettext_lazy("No activity fits these filters"), gettext_lazy("All activities"),
        gettext_lazy("There are no activities yet"),
        gettext_lazy("One side logs joint work once for all; it counts when another side has confirmed it."),
        gettext_lazy("Add an activity"),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, view == listing.MINE)

    def may_add(self, user: Any) -> bool:
        return bool(member_houses(user))


class ActivityDetail(Record, View):
    """What was done, who stands by it, what now?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, changed: Any = "", confirming: ConfirmForm | None = None) -> HttpResponse:
        activity, user = self.activity, self.request.user
        buttons = presenting.buttons_of(activity, user)
        named = {row.institution_id for row in activity.participations.all()}
        return render(self.request, "cooperation/activity_detail.html", {
            "activity": activity, "name": presenting.title(activity), "number": presenting.short_number(activity.public_id),
            "crumbs": self.crumbs({"text": presenting.title(activity)}),
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


MOVES = {
    "dispute": Asked(
        actions.dispute_activity, gettext_lazy("Dispute the activity"),
        gettext_lazy("It leaves every figure until the dispute is lifted. All named organisations read your reason."),
        gettext_lazy("Dispute"), gettext_lazy("The activity is disputed."),
    ),
    "refuse": Asked(
        actions.refuse_activity, gettext_lazy("Not ours"),
        gettext_lazy("It stays out of the figures of your organisation. The other organisations keep it."),
        gettext_lazy("Not ours"), gettext_lazy("It is not counted for your organisation."), asks_why=False,
    ),
    "withdraw": Asked(
        actions.withdraw_activity, gettext_lazy("Withdraw the activity"),
        gettext_lazy("It stays readable and is in no figure any more. This cannot be undone."),
        gettext_lazy("Withdraw"), gettext_lazy("The activity was withdrawn."),
    ),
    "lift": Asked(
        actions.lift_dispute, gettext_lazy("Lift the dispute"),
        gettext_lazy("The activity waits for its confirmation once more. All named organisations read your reason."),
        gettext_lazy("Lift the dispute"), gettext_lazy("The dispute is lifted."),
    ),
}  # fmt: skip


class AskActivity(Record, AskedMove):
    """It was not so; we had no part in it; back; the authority above both sides has asked them."""

    moves = MOVES
