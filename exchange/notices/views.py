"""Pages of notices: the bell's list, marking as read, where one wants to be written to, and the link to Telegram."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from accounts.clock import now
from accounts.scoped import Scoped
from accounts.wording import moment
from exchange.notices import actions, linking
from exchange.notices.forms import WishesForm
from exchange.notices.models import Channel, Notice, NoticeKind, Sending, SendingState, TelegramLink
from exchange.notices.reading import unread_of
from exchange.notices.telegram import address_of_bot, is_on
from exchange.notices.telling import the_book
from exchange.notices.wording import line_of, path_of
from exchange.once import Once, keep

PAGE = 30
ICONS = {
    NoticeKind.YOUR_TURN: "hand", NoticeKind.PARTNER_ACTED: "agreement", NoticeKind.DEADLINE: "clock",
    NoticeKind.OVERDUE: "warning", NoticeKind.TO_CONFIRM: "activity", NoticeKind.ASSIGNMENT: "task",
    NoticeKind.FILE_READY: "download", NoticeKind.FEEDBACK: "meeting", NoticeKind.SECURITY: "lock",
}  # fmt: skip


class NoticeList(Scoped, View):
    """What one was told, newest first; a page at a time, all kinds or one."""

    scope = Notice

    def get(self, request: Any) -> HttpResponse:
        rows = self.get_queryset()
        kinds = set(rows.order_by().values_list("kind", flat=True).distinct())
        chosen = request.GET.get("kind", "")
        if chosen in kinds:
            rows = rows.filter(kind=chosen)
        context = {
            **page_of(rows, request.GET.get("page", ""), chosen if chosen in kinds else ""),
            "kinds": chips(kinds, chosen),
            "unread": bool(unread_of(request)),
            "crumbs": [{"text": _("Home"), "url": reverse("home")}, {"text": _("Notices")}],
        }
        return render(request, "exchange/notice_list.html", context)


def chips(kinds: set[str], chosen: str) -> list[dict[str, Any]]:
    """All, and the kinds that the person has been told of."""
    if len(kinds) < 2:
        return []
    found = [{"text": _("All"), "url": reverse("notice-list"), "current": chosen not in kinds}]
    return found + [
        {"text": kind.label, "url": f"{reverse('notice-list')}?kind={kind.value}", "current": kind == chosen}
        for kind in NoticeKind
        if kind in kinds
    ]


def page_of(rows: Any, page: str, kind: str) -> dict[str, Any]:
    """The rows of one page in words, with the addresses of its neighbours; a page that is none is the first."""
    number = max(int(page), 1) if page.isascii() and page.isdigit() and len(page) <= 4 else 1
    start = (number - 1) * PAGE
    found = list(rows.order_by("-happened_at", "-pk")[start : start + PAGE + 1])
    beside = f"&kind={kind}" if kind else ""
    return {
        "notices": [shown_of(notice) for notice in found[:PAGE]],
        "paging": {
            "shown": f"{start + 1}–{start + min(len(found), PAGE)}" if found else "",
            "previous": f"?page={number - 1}{beside}" if number > 1 else "",
            "next": f"?page={number + 1}{beside}" if len(found) > PAGE else "",
        },
    }


def shown_of(notice: Notice) -> dict[str, Any]:
    """A notice in the list."""
    book = the_book()
    return {
        "id": notice.public_id,
        "line": line_of(notice, book),
        "url": path_of(notice, book),
        "kind": NoticeKind(notice.kind).label,
        "icon": ICONS[NoticeKind(notice.kind)],
        "when": moment(notice.happened_at),
        "is_new": notice.read_at is None,
    }


class ReadNotice(Scoped, Once, View):
    """Marks one notice as read."""

    scope = Notice

    def post(self, request: Any, public_id: str) -> HttpResponse:
        actions.read_notices([self.get_object().pk], by=request.user, at=now())
        return redirect("notice-list")


class ReadNotices(Scoped, Once, View):
    """Marks all of one's notices as read."""

    scope = Notice

    def post(self, request: Any) -> HttpResponse:
        actions.read_notices(self.get_queryset().unread(), by=request.user, at=now())
        return redirect("notice-list")


class NoticeWishes(Scoped, Once, FormView):
    """Where one wants to be written to: nine kinds, two channels, one screen."""

    scope = Notice
    form_class = WishesForm
    template_name = "exchange/notice_settings.html"

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {kind: sorted(wanted) for kind, wanted in actions.wanted_channels([user.pk])[user.pk].items()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        link = TelegramLink.objects.filter(user=user).first()
        failed = Sending.objects.filter(recipient=user, channel=Channel.EMAIL, state=SendingState.FAILED)
        crumbs = [{"text": _("Settings"), "url": reverse("settings")}, {"text": _("Notices")}]
        return super().get_context_data(
            **kwargs,
            crumbs=crumbs,
            channels=[channel.label for channel in Channel],
            telegram=state_of(link),
            email_failed=moment(last.next_at) if (last := failed.order_by("-next_at", "-pk").first()) else "",
        )

    def form_valid(self, form: Any) -> HttpResponse:
        actions.choose_channels(form.cleaned_data, by=self.request.user)
        messages.success(self.request, _("Your choice is kept."))
        return redirect("notice-settings")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def state_of(link: TelegramLink | None) -> dict[str, Any]:
    """How it stands with Telegram, in words."""
    if not is_on():
        return {"code": "off", "text": _("This site has no Telegram bot.")}
    if link is None or link.chat_id is None:
        return {"code": "none", "text": _("Telegram is not connected: e-mail is used.")}
    if link.blocked_at:
        said = _("The bot was stopped in Telegram on %(when)s: e-mail is used.") % {"when": moment(link.blocked_at)}
        return {"code": "blocked", "text": said}
    if link.muted:
        return {"code": "muted", "text": _("Telegram is silent: you wrote /jim. E-mail is used.")}
    return {"code": "open", "text": _("Telegram is connected.")}


class Telegram(Scoped, Once, View):
    """Connecting with the bot: the page makes a link that works once and for 15 minutes; and disconnecting."""

    scope = Notice

    def get(self, request: Any) -> HttpResponse:
        return self.page(request)

    def post(self, request: Any) -> HttpResponse:
        if "end" in request.POST:
            linking.end_link(by=request.user)
            messages.success(request, _("Telegram is disconnected."))
            return redirect("telegram")
        if not is_on():
            return redirect("telegram")
        address = address_of_bot(linking.begin_link(by=request.user, at=now()))
        if self._once is not None:  # a second click finds the page without the word, which is stored nowhere
            keep(self._once, redirect("telegram"))
            self._once = None
        answer = self.page(request, address)
        answer["Cache-Control"] = "no-store"
        return answer

    def page(self, request: Any, address: str = "") -> HttpResponse:
        link = TelegramLink.objects.filter(user=request.user).first()
        crumbs = [
            {"text": _("Settings"), "url": reverse("settings")},
            {"text": _("Notices"), "url": reverse("notice-settings")},
            {"text": "Telegram"},
        ]
        context = {"crumbs": crumbs, "state": state_of(link), "address": address}
        return render(request, "exchange/telegram.html", context)
