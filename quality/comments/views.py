"""Pages of those who answer what readers say of public pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped, ScopedFormView
from exchange.jobs.handing import file_of
from exchange.once import Once
from institutions.registry.listpage import Query
from quality.comments import actions, showing
from quality.comments.filters import CommentFilters, chosen
from quality.comments.forms import AnswerForm
from quality.comments.listing import list_of
from quality.comments.models import PublicComment
from quality.comments.rules import ANSWERERS, COMMENT
from quality.comments.sheets import COMMENTS

PARAMETERS = tuple(CommentFilters.base_filters)


@dataclass(frozen=True)
class Asked:
    """What makes an answer, what it means, and what is said afterwards."""

    act: Callable[..., PublicComment]
    consequence: Any
    done: Any


ASKED = {
    "answer": Asked(
        actions.answer_comment, _l("The page is right. Say so for everybody, and how it can be checked."),
        _l("Answered. Everybody can read it."),
    ),
    "correct": Asked(
        actions.correct_comment, _l("The page was wrong and was put right. Say what changed, and where."),
        _l("Said for everybody: it was corrected."),
    ),
    "decline": Asked(
        actions.decline_comment, _l("It is no remark on this page. Say why; everybody reads it."), _l("Declined."),
    ),
}  # fmt: skip


class OfComments(Scoped):
    """A page for those who answer."""

    scope = PublicComment
    allowed_roles = ANSWERERS
    related = showing.RELATED
    request: Any
    kwargs: Any

    @staticmethod
    def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
        return [{"text": _("Remarks of readers"), "url": reverse("comment-list")}, *more]


class CommentList(OfComments, View):
    """What do readers say is wrong, and until when is it to be answered?"""

    def get(self, request: Any) -> HttpResponse:
        query = Query(request, PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return file_of(request, COMMENTS, {name: value for name, value in params.items() if value}, form)
        filters = chosen(self.get_queryset(), params)
        return render(request, "quality/comments_list.html", {
            "title": _("Remarks of readers"), "crumbs": [{"text": _("Remarks of readers")}],
            **list_of(query, filters, params, showing.own_page),
        })  # fmt: skip


class CommentDetail(OfComments, View):
    """What is said, of which page, and what can I do about it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        comment = self.get_object()
        moves = [
            {"name": name, "label": COMMENT.by_name[name][0].label, "url": showing.own_page(comment, name)}
            for name in COMMENT.available(comment, request.user)
        ]
        return render(request, "quality/comment_detail.html", {
            "title": comment.title, "crumbs": self.crumbs({"text": comment.title}), "moves": moves,
            "standing": showing.standing(comment), "facts": showing.facts_of(comment, inside=True),
            "due": showing.by_when(comment, today()), "timeline": showing.timeline_of(comment),
            "public": showing.public_page(comment),
        })  # fmt: skip


class AcknowledgeComment(OfComments, Once, View):
    """One button: somebody looks into it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        comment = actions.acknowledge_comment(self.get_object(), by=request.user, at=now())
        messages.success(request, _("Everybody reads now that it is being looked into."))
        return redirect(showing.own_page(comment))


class CloseComment(OfComments, Once, ScopedFormView):
    """What is the answer?"""

    form_class = AnswerForm
    template_name = "quality/release_move.html"
    move = ""

    def enter(self, request: Any) -> None:
        super().enter(request)
        COMMENT.permit(self.move, self.get_object(), request.user, reason="asked on the page")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        comment, line = self.get_object(), COMMENT.by_name[self.move][0]
        back = showing.own_page(comment)
        return super().get_context_data(
            **kwargs, title=line.label, name=comment.title, back=back, consequence=ASKED[self.move].consequence,
            crumbs=self.crumbs({"text": comment.title, "url": back}, {"text": line.label}), dangerous=line.dangerous,
            said=comment.text,
        )  # fmt: skip

    def form_valid(self, form: AnswerForm) -> Any:
        asked = ASKED[self.move]
        comment = asked.act(self.get_object(), by=self.request.user, at=now(), **form.content())
        messages.success(self.request, asked.done)
        return redirect(showing.own_page(comment))
