"""Public doors: "this is wrong" without an account, and every remark with its answer."""

import hashlib
import secrets
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.throttling import SimpleRateThrottle

from accounts.clock import now, today
from exchange.tables import as_file
from institutions.registry.listpage import Query
from institutions.registry.openpage import OpenPage
from quality.comments import showing
from quality.comments.actions import receive_comment
from quality.comments.filters import CommentFilters, chosen
from quality.comments.forms import CommentForm, form_seal
from quality.comments.listing import list_of
from quality.comments.models import PublicComment
from quality.comments.subjects import find_about, page_of, plain_path

AN_HOUR, MOST = 60 * 60, 5
PARAMETERS = tuple(CommentFilters.base_filters)


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """The way down to the remarks."""
    home = {"text": _("Public figures"), "url": reverse("public-home")}
    return [home, {"text": _("Remarks of readers"), "url": reverse("public-comments")}, *more]


def is_too_many(request: HttpRequest) -> bool:
    """Five an hour from one address; nobody is kept out while the cache is away."""
    ident = hashlib.sha256(SimpleRateThrottle.get_ident(None, request).encode()).hexdigest()[:16]  # type: ignore[arg-type]
    key = f"comments:{ident}"
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key) > MOST
    except ValueError:
        return False


class PublicComments(OpenPage):
    """What did readers say is wrong, and was it answered?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = Query(request, (*PARAMETERS, "format"))
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        every = PublicComment.objects.select_related(*showing.RELATED)
        filters = chosen(every, params)
        if request.GET.get("format") in ("csv", "xlsx"):
            return self.file(filters.qs, request.GET["format"])
        share = showing.in_time_words(PublicComment.objects.all(), now())
        return self.drawn("quality/public_comments.html", {
            "title": _("Remarks of readers"), "crumbs": [*crumbs()[:1], {"text": _("Remarks of readers")}],
            "share": share, **list_of(query, filters, params, showing.public_page),
        })  # fmt: skip

    def file(self, rows: Any, form: str) -> HttpResponse:
        """The same as a file."""
        table = showing.table_of(rows, [(_("Date"), today().isoformat())])
        content, name, kind = as_file(table, form, get_language() or "", today())
        told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=kind, headers=told)


class PublicCommentPage(OpenPage):
    """How does it stand, and what was answered?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        comment = PublicComment.objects.filter(public_id=public_id).select_related(*showing.RELATED).first()
        if comment is None:
            raise Http404
        answer = self.drawn("quality/public_comment.html", {
            "title": _("Remark of a reader"), "crumbs": crumbs({"text": comment.title}), "comment": comment,
            "standing": showing.standing(comment), "facts": showing.facts_of(comment), "sent": "sent" in request.GET,
            "due": showing.by_when(comment, today()),
        })  # fmt: skip
        answer["Cache-Control"] = "no-store"
        return answer


@method_decorator(csrf_exempt, name="dispatch")
class NewComment(OpenPage):
    """What is wrong on this page? No account and no cookie: the form carries a seal over the page it was opened for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(plain_path(request.GET.get("page", "")), CommentForm())

    def page(self, address: str, form: CommentForm, status: int = 200) -> HttpResponse:
        found = find_about(address) if address else None
        if found is None:
            raise Http404
        title = _("Is something wrong on this page?")
        answer = self.drawn("quality/public_comment_new.html", {
            "title": title, "crumbs": crumbs({"text": title}), "form": form, "page_errors": status >= 400,
            "about": found[1].title, "back": page_of(address), "seal": form_seal(address, secrets.token_hex(16)),
        }, status)  # fmt: skip
        answer["Cache-Control"] = "no-store"
        return answer

    def post(self, request: HttpRequest) -> HttpResponse:
        address, form = plain_path(request.GET.get("page", "")), CommentForm(request.POST)
        if not form.is_valid():
            return self.page(address, form, 422)
        seal = form.cleaned_data["seal"]
        if seal["address"] != address:
            form.add_error(None, _("This form was made for another page. Read the page named here, then send it."))
            return self.page(address, form, 422)
        if is_too_many(request):
            form.add_error(None, _("Many remarks came from your connection within an hour. Send it again later."))
            return self.page(address, form, 429)
        comment = receive_comment(
            at=now(), address=address, text=form.cleaned_data["text"], contact=form.cleaned_data["contact"],
            form_key=seal["key"], language=get_language() or "",
        )  # fmt: skip
        return HttpResponseRedirect(f"{showing.public_page(comment)}?sent=1")
