"""Pages of people: what waits, who belongs to us, invitations, tokens, and the search over everything."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from accounts.clock import now, today
from accounts.models import ApiToken, User
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import day_short, moment
from exchange.once import Once, keep
from institutions.people import inviting, keys
from institutions.people.colleagues import colleagues_of, named_like
from institutions.people.forms import AppointForm, InviteForm, JoinForm, TokenForm, administered
from institutions.people.models import Membership, MembershipStatus, Position
from institutions.people.rules import can_end, can_manage_members
from institutions.registry.blocks import blocks_of
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.scope import OFFICE_ROLES, Role, houses
from institutions.registry.search import sources
from lifecycle.transitions import Unmet
from lifecycle.waiting import QUEUES, Queue

SHOWN, FOUND, FEW = 10, 8, 4  # FEW: of each kind, while one types
MANAGERS = {Role.INSTITUTION_ADMIN.value, *(role.value for role in OFFICE_ROLES)}


class Inbox(Scoped, View):
    """What must I do today: every queue with its first rows."""

    scope = Institution

    def get(self, request: Any) -> HttpResponse:
        queues = []
        for queue, waiting in non_empty(request.user):
            rows = queue.prepared(list(waiting[: SHOWN + 1]))
            if rows:
                lines = [queue.line(row, request.user) for row in rows[:SHOWN]]
                count = len(rows) if len(rows) <= SHOWN else waiting.count()
                queues.append(
                    {
                        "code": queue.code,
                        "label": queue.label,
                        "count": count,
                        "lines": lines,
                        "url": local(queue.url),
                        "more": count > 1,
                    }
                )
        crumbs = [{"text": _("My work")}]
        shown = {"queues": queues, "crumbs": crumbs, "none": not queues, "blocks": own_blocks(request.user)}
        return render(request, "institutions/inbox.html", shown)


def non_empty(user: Any) -> list[tuple[Queue, QuerySet[Any]]]:
    """The queues in which anything waits, found with one question to the database."""
    asked = [(queue, queue.rows(user)) for queue in QUEUES]
    there = User.objects.filter(pk=user.pk).values_list(*[Exists(rows.order_by()) for _queue, rows in asked])
    return [each for found in there for each, waits in zip(asked, found, strict=True) if waits]


def own_blocks(user: Any) -> list[dict[str, Any]]:
    """What other things say on the home of the institution one works at; of several the first."""
    own = Institution.objects.visible_to(user).filter(pk__in=houses(user), status=InstitutionStatus.VERIFIED)
    house = own.select_related("territory").order_by("pk").first()
    return blocks_of(house, user, today(), "home") if house else []


class PeopleOptions(Scoped, View):
    """Choices for a search box: colleagues by what was typed of their name."""

    scope = Membership

    def get(self, request: Any) -> HttpResponse:
        found = named_like(colleagues_of(request.user, today()), request.GET.get("q", "")[:100])
        return render(request, "institutions/_people_options.html", {"found": found})


def local(path: str) -> str:
    """A path of the site in the reader's language; nothing stays nothing."""
    return reverse("home").rstrip("/") + path if path else ""


class People(Scoped, Once, FormView):
    """Members of the institutions one administers, open invitations, posts with signing power; and inviting."""

    scope = Membership
    allowed_roles = MANAGERS
    form_class = InviteForm
    template_name = "institutions/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        house = self.house()
        rows = self.get_queryset().filter(institution=house) if house else self.get_queryset().none()
        members = rows.lasting(today()).select_related("user").order_by("role", "user__name", "pk")
        invited = rows.filter(status=MembershipStatus.INVITED).order_by("-invited_at", "pk")
        posts = (
            Position.objects.visible_to(user)
            .filter(institution=house, valid__contains=today())
            .select_related("person")
            .order_by("title", "pk")
            if house
            else []
        )
        return super().get_context_data(
            **{
                "house": house,
                "house_name": name_now(house.names) if house else "",
                "houses": [
                    {"text": name_now(each.names), "url": f"?institution={each.public_id}", "current": each == house}
                    for each in administered(user)[:20]
                ],
                "members": [member_of(row, user) for row in members[:200]],
                "invited": [member_of(row, user) for row in invited[:200]],
                "posts": [
                    {
                        "title": post.title,
                        "name": post.person.name,
                        "may_sign": post.may_sign,
                        "since": since(post.valid),
                        "id": post.public_id,
                    }
                    for post in posts
                ],
                "appoint": AppointForm(user=user, house=house) if house else None,
                "may_manage": house is not None and can_manage_members(user, house),
                "link": self.request.session.pop("invitation_link", "") if self.request.method == "GET" else "",
                "crumbs": [{"text": _("Home"), "url": reverse("home")}, {"text": _("Staff")}],
                **kwargs,
            }
        )

    def house(self) -> Institution | None:
        """The institution looked at: the one named, else the first of one's own."""
        own, named = administered(self.request.user), self.request.GET.get("institution", "")
        if named:
            seen = Institution.objects.visible_to(self.request.user).filter(public_id=named).first()  # type: ignore[attr-defined]
            return seen if seen is not None and can_manage_members(self.request.user, seen) else own.first()
        return own.first()

    def form_valid(self, form: Any) -> Any:
        try:
            made = inviting.invite_member(**form.cleaned_data, by=self.request.user, at=now(), today=today())
        except Unmet as unmet:
            return self.unmet(form, unmet)
        except ValidationError as error:
            form.add_error(
                None if not hasattr(error, "error_dict") else "email",
                error if not hasattr(error, "error_dict") else error.messages,
            )
            return self.form_invalid(form)
        address = self.request.build_absolute_uri(reverse("invitation", kwargs={"secret": inviting.link_of(made)}))
        self.request.session["invitation_link"] = address
        messages.success(self.request, _("The invitation is on its way."))
        return redirect(
            f"{reverse('people')}?institution={made.institution.public_id}" if made.institution else "people"
        )


def since(valid: Any) -> str:
    """From which day."""
    return day_short(valid.lower) if valid.lower else ""


def member_of(row: Membership, user: Any) -> dict[str, Any]:
    """A membership in a list."""
    return {
        "id": row.public_id,
        "name": row.user.name if row.user else row.email,
        "email": row.user.email if row.user else "",
        "role": Role(row.role).label,
        "since": since(row.valid) if row.user else (moment(row.invited_at) if row.invited_at else ""),
        "may_end": row.status == MembershipStatus.ACTIVE and can_end(user, row),
        "is_self": row.user_id == user.pk,
    }


class EndMembership(Scoped, Once, View):
    """Ends a membership after asking; the person's sessions end with it."""

    scope = Membership
    related = ("institution", "territory", "user")

    def get(self, request: Any, public_id: str) -> HttpResponse:
        return self.page(request, self.get_object())

    def page(self, request: Any, row: Membership, errors: list[Any] | None = None, status: int = 200) -> HttpResponse:
        if not can_end(request.user, row):
            raise PermissionDenied
        crumbs = [{"text": _("Staff"), "url": reverse("people")}, {"text": _("End the membership")}]
        context = {
            "row": member_of(row, request.user),
            "crumbs": crumbs,
            "errors": [{"text": text} for text in errors or []],
            "page_errors": errors,
        }
        return render(request, "institutions/membership_end.html", context, status=status)

    def post(self, request: Any, public_id: str) -> HttpResponse:
        row = self.get_object()
        try:
            inviting.end_membership(row, by=request.user, at=now(), today=today())
        except Unmet as unmet:
            return self.page(request, row, [condition.message for condition in unmet.conditions], 422)
        messages.success(request, _("The membership has ended."))
        return redirect("people" if row.user_id != request.user.pk else "home")


class Appoint(Scoped, Once, FormView):
    """Gives a member a post."""

    scope = Institution
    form_class = AppointForm
    template_name = "institutions/appoint.html"

    def enter(self, request: Any) -> None:
        super().enter(request)
        if not can_manage_members(request.user, self.get_object()):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "house": self.get_object()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [{"text": _("Staff"), "url": reverse("people")}, {"text": _("Give a position")}]
        return super().get_context_data(**kwargs, crumbs=crumbs, house_name=name_now(self.get_object().names))

    def form_valid(self, form: Any) -> Any:
        inviting.appoint(
            institution=self.get_object(), **form.cleaned_data, by=self.request.user, at=now(), today=today()
        )
        messages.success(self.request, _("The position is in the record."))
        return redirect(f"{reverse('people')}?institution={self.get_object().public_id}")


class Relieve(Scoped, Once, View):
    """Ends a post today."""

    scope = Position
    related = ("institution",)

    def post(self, request: Any, public_id: str) -> HttpResponse:
        post = self.get_object()
        inviting.relieve(post, by=request.user, at=now(), today=today())
        messages.success(request, _("The position has ended."))
        return redirect(f"{reverse('people')}?institution={post.institution.public_id}")


class Invitation(Once, FormView):
    """The page behind an invitation's link: opening it changes nothing; accepting or declining uses it up."""

    public = True
    form_class = JoinForm
    template_name = "institutions/invitation.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.membership = inviting.find_invitation(kwargs["secret"])
        if self.membership is None or (
            self.membership.invited_at and self.membership.invited_at + inviting.LASTS < now()
        ):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, user = self.membership, self.request.user
        place = row.institution or row.territory
        known = User.objects.filter(email__iexact=row.email).exists()
        return super().get_context_data(
            **kwargs,
            place=name_now(place.names) if place else "",
            role=Role(row.role).label,
            email=row.email,
            mine=user.is_authenticated and user.email.casefold() == row.email.casefold(),
            other=user.is_authenticated and user.email.casefold() != row.email.casefold(),
            known=known,
            sign_in=f"{reverse('account_login')}?{urlencode({'next': self.request.path})}",
        )

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return super().post(request, *args, **kwargs)
        if "decline" in request.POST:
            inviting.decline_invitation(self.membership, by=request.user, at=now())
            messages.success(request, _("You have declined the invitation."))
        else:
            inviting.accept_invitation(self.membership, by=request.user, at=now(), today=today())
            messages.success(request, _("Welcome: you may begin."))
        return redirect("home")

    def form_valid(self, form: Any) -> Any:
        user = inviting.accept_as_new(self.membership, **form.cleaned_data, at=now(), today=today())
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        keys.note_sign_in(user, at=now())
        messages.success(self.request, _("Welcome: you may begin."))
        return redirect("home")


class Tokens(Once, FormView):
    """One's own tokens: make, see once, revoke."""

    form_class = TokenForm
    template_name = "institutions/tokens.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = now()
        rows = ApiToken.objects.filter(owner=self.request.user).order_by("-created_at", "-pk")[:100]
        crumbs = [{"text": _("Settings"), "url": reverse("settings")}, {"text": _("Access tokens")}]
        return super().get_context_data(
            **{"secret": "", "tokens": [token_line(row, at) for row in rows], "crumbs": crumbs, **kwargs}
        )

    def form_valid(self, form: Any) -> Any:
        at = now()
        data = {
            "name": form.cleaned_data["name"],
            "scopes": form.cleaned_data["scopes"],
            "expires_at": form.expires(at),
        }
        try:
            _token, secret = keys.create_token(**data, by=self.request.user, at=at)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.form_invalid(form)
        if self._once is not None:  # a second click finds the list, for the secret is stored nowhere
            keep(self._once, HttpResponseRedirect(reverse("tokens")))
            self._once = None
        answer = self.render_to_response(self.get_context_data(form=TokenForm(), secret=secret))
        answer["Cache-Control"] = "no-store"
        return answer


def token_line(token: ApiToken, at: Any) -> dict[str, Any]:
    """A token in a list."""
    living = token.revoked_at is None and token.expires_at > at and token.auth_epoch == token.owner.auth_epoch
    return {
        "id": token.public_id,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": ", ".join(token.scopes),
        "expires": day_short(token.expires_at),
        "used": moment(token.last_used_at) if token.last_used_at else "",
        "living": living,
    }


class RevokeToken(Once, View):
    """Ends a token."""

    def post(self, request: Any, public_id: str) -> HttpResponse:
        token = ApiToken.objects.filter(owner=request.user, public_id=public_id).first()
        if token is None:
            raise Http404
        keys.revoke_token(token, by=request.user, at=now())
        messages.success(request, _("The token was revoked."))
        return redirect("tokens")


class Search(Scoped, View):
    """One box over everything the reader may see; a code or number goes straight to its page."""

    scope = Institution

    def get(self, request: Any) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:200]
        groups: list[dict[str, Any]] = []
        typing = request.headers.get("X-Requested-With") == "combobox"
        if len(text) > 1 and not typing:
            for source in sources():
                if url := source.exact(request.user, text):
                    return redirect(url)
        if len(text) > 1:
            groups = [
                {
                    "label": each.label,
                    "code": each.code,
                    "hits": each.find(request.user, text, FEW if typing else FOUND),
                }
                for each in sources()
            ]
        groups = [group for group in groups if group["hits"]]
        context = {
            "q": text,
            "groups": groups,
            "crumbs": [{"text": _("Search")}],
            "count": sum(len(group["hits"]) for group in groups),
        }
        return render(request, "institutions/_search_hits.html" if typing else "institutions/search.html", context)
