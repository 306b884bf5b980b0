"""The API's ways in: one order of checks for all of them, strict parameters, lists, and versions that guard writing.

throttle → sign-in → method → size and media → role → look-up → object rule → key → version → shape; status and
conditions belong to the action. So no answer depends on what the caller may not know.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    MethodNotAllowed,
    ParseError,
    UnsupportedMediaType,
)
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from accounts.clock import today
from accounts.listing import (
    LIST_PARAMETERS,
    PAGE_ONLY,
    Keyset,
    ParameterError,
    listed,
    read_expand,
    read_fields,
    read_flag,
    read_ordering,
    refuse,
    refuse_all,
)
from accounts.strict import MOMENT, TooLarge, safe

READING = ("GET", "HEAD")
BODIES = ("POST", "PUT", "PATCH")


class Door(APIView):
    """A view of the API; what it does not declare, it refuses."""

    public = False
    parameters: Sequence[str] = ()
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    metadata_class = None
    write_scope = "write"
    max_body = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    subject: Any = None

    def get_permissions(self) -> list[Any]:
        return [AllowAny() if self.public else IsAuthenticated()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = self.get_format_suffix(**kwargs)
        self.sign_in(request)
        self.refuse_method(request)
        self.refuse_media(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.check_scope(request)
        self.enter(request)
        self.look_up(request)
        self.check_subject(request)
        self.check_key(request)
        self.check_version(request)
        self.check_parameters(request)

    def sign_in(self, request: Request) -> None:
        """429 before 401: guessing is counted too."""
        refused: AuthenticationFailed | None = None
        try:
            self.perform_authentication(request)
        except AuthenticationFailed as error:
            refused = error
        self.check_throttles(request)
        if refused:
            raise refused
        self.check_permissions(request)

    def refuse_method(self, request: Request) -> None:
        """405 before anything is known about the object."""
        method = str(request.method)
        if getattr(self, method.lower(), None) is None or method.lower() not in self.http_method_names:
            raise MethodNotAllowed(method)

    def refuse_media(self, request: Request) -> None:
        """413 and 415 before the body is read."""
        told = request.META.get("CONTENT_LENGTH") or "0"
        if not (told.isascii() and told.isdigit()):
            raise ParseError(_("Content-Length is not a number."))
        length = int(told)
        if length > self.max_body:
            raise TooLarge()
        if request.method not in BODIES or not length:
            return
        if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
            raise UnsupportedMediaType(request.META["HTTP_CONTENT_ENCODING"])
        if self.get_content_negotiator().select_parser(request, self.get_parsers()) is None:
            raise UnsupportedMediaType(request.content_type)

    def check_scope(self, request: Request) -> None:
        """A token's scopes only narrow; the session of a page has them all."""
        scopes = getattr(request.auth, "scopes", None)
        needed = self.needed_scopes(request)
        if scopes is not None and not needed <= set(scopes):
            raise ScopeMissing(
                _("The token lacks the scope: %(scope)s.") % {"scope": ", ".join(sorted(needed - set(scopes)))}
            )

    def needed_scopes(self, request: Request) -> set[str]:
        return {"read"} if request.method in READING else {self.write_scope}

    def enter(self, request: Request) -> None:
        """Role: filled by Scoped."""

    def look_up(self, request: Request) -> None:
        """The object: filled by Scoped."""

    def check_subject(self, request: Request) -> None:
        """May this person do this with this object: for writing, `may_change`; moves ask their table."""
        if self.subject is not None and request.method not in READING:
            allowed = self.may_change(request.user, self.subject)
            if not allowed:
                raise PermissionDenied

    def may_change(self, user: Any, subject: Any) -> bool:
        return True

    def check_key(self, request: Request) -> None:
        """Idempotency key: filled by Once."""

    def check_version(self, request: Request) -> None:
        """If-Match: filled by Guarded."""

    def known_parameters(self) -> set[str]:
        return {*self.parameters, "format"}

    def check_parameters(self, request: Request) -> None:
        """An unknown query parameter is 400, never ignored; only what pages add to their own addresses is."""
        known = self.known_parameters() | set(PAGE_ONLY)
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            raise refuse_all(unknown, "unknown_parameter", _("There is no such parameter."))

    def checked(self, serializer_class: type, *, partial: bool = False, many: bool = False) -> Any:
        """The body through a serializer: keyword arguments of the action, or 400."""
        context = {"request": self.request, "view": self}
        serializer = serializer_class(data=self.request.data, partial=partial, many=many, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def reply(self, data: Any, status: int = 200) -> Response:
        return Response(data, status=status)

    def today(self) -> Any:
        return today()


class ScopeMissing(PermissionDenied):
    """The token may not do this (403)."""


class StrictViewSet(ViewSetMixin, Door):
    """Lists and single objects of `scope`; writing methods are added by the door and call actions."""

    lookup_field = "public_id"
    lookup_url_kwarg: str | None = None
    serializer_class: Any = None
    row_serializer_class: Any = None
    filterset_class: Any = None
    orderings: Sequence[str] = ()
    default_ordering = "pk"
    modified_field: str | None = None
    related: Sequence[str] = ()
    prefetch: Sequence[Any] = ()
    action: Any = None
    detail: Any = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        fields, expand = self.read_choice(request)
        queryset = self.listed_rows(request)
        keyset = Keyset(
            request, read_ordering(request.query_params.get("ordering"), self.orderings, self.default_ordering)
        )
        count = queryset.count() if read_flag(request.query_params, "count") else None
        if request.method == "HEAD":
            return listed([], {"next": None, "previous": None}, count)
        rows = keyset.page(queryset)
        context = {"request": request, "fields": fields, "expand": expand}
        return listed(self.present_rows(rows, context), keyset.links(), count)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        fields, expand = self.read_choice(request)
        return self.answer(self.subject, fields=fields, expand=expand)

    def listed_rows(self, request: Request) -> Any:
        """The rows of the list: scoped, filtered, searched; not yet ordered or cut."""
        queryset = self.get_list_queryset()
        known = self.filterset_class.base_filters if self.filterset_class else {}
        if not known.keys().isdisjoint(request.query_params):  # making a filter set costs more than the whole list
            filters = self.filterset_class(request.query_params, queryset, request=request)
            if not filters.is_valid():
                raise ParameterError(filters.refusals())
            queryset = filters.qs
        return self._searched(self._modified(queryset, request.query_params), request.query_params)

    def get_list_queryset(self) -> Any:
        """What lists start from; detail uses get_queryset()."""
        return self.get_queryset()  # type: ignore[attr-defined]

    def _modified(self, queryset: Any, params: Any) -> Any:
        text = params.get("modified_since")
        if not text or not self.modified_field:
            return queryset
        if not MOMENT.match(text):
            raise refuse(
                "modified_since", "invalid", _("A moment with its zone is expected, such as 2026-11-21T09:30:00Z.")
            )
        return queryset.filter(**{f"{self.modified_field}__gte": text})

    def _searched(self, queryset: Any, params: Any) -> Any:
        text = safe(params.get("search") or "")
        if not text:
            return queryset
        if len(text) < 2 or len(text) > 200:
            raise refuse("search", "invalid", _("Search for 2 to 200 characters."))
        return self.get_search(queryset, text)

    def searches(self) -> bool:
        """Whether the rows can be searched at all; else `search` is no parameter of this list."""
        own = getattr(type(self), "get_search", None)
        rows = getattr(getattr(self, "scope", None), "objects", None)
        return own is not None and (own is not StrictViewSet.get_search or hasattr(rows, "search"))

    def get_search(self, queryset: Any, text: str) -> Any:
        return queryset.search(text)

    def read_choice(self, request: Request) -> tuple[set[str], dict[str, Any]]:
        """`fields` and `expand`, against the serializer of this answer."""
        shown = self.serializer_for_rows() if self.action == "list" else self.serializer_class
        params = request.query_params
        return read_fields(params.get("fields"), shown, self.extra_fields()), read_expand(params.get("expand"), shown)

    def extra_fields(self) -> set[str]:
        """Names that stand in the answer beside the serializer's fields."""
        return set()

    def serializer_for_rows(self) -> Any:
        return self.row_serializer_class or self.serializer_class

    def present_rows(self, rows: Sequence[Any], context: dict[str, Any]) -> Any:
        return self.serializer_for_rows()(rows, many=True, context=context).data

    def present(self, subject: Any, context: dict[str, Any]) -> dict[str, Any]:
        """One object as the client reads it."""
        return dict(self.serializer_class(subject, context=context).data)

    def answer(self, subject: Any, status: int = 200, fields: Any = None, expand: Any = None) -> Response:
        """One object with its headers; after writing it is read again: the answer is what the database holds."""
        if self.request.method not in READING:
            subject = self.again(subject)
        body = self.present(subject, {"request": self.request, "fields": fields, "expand": expand})
        response = Response(body, status=status)
        for name, value in self.headers_of(subject, status).items():
            response[name] = value
        return response

    def again(self, subject: Model) -> Any:
        """The written row as its reader sees it; an action may have taken it out of sight, then as it is."""
        found = self.get_queryset().filter(pk=subject.pk)[:1]  # type: ignore[attr-defined]
        return next(iter(found), subject)

    def headers_of(self, subject: Any, status: int) -> dict[str, str]:
        if status != 201:
            return {}
        key = getattr(subject, self.lookup_field)
        return {"Location": f"{self.request.path.rstrip('/')}/{key}/"}

    def known_parameters(self) -> set[str]:
        known = super().known_parameters() | {"fields", "expand"}
        if self.action == "list":
            known |= set(LIST_PARAMETERS)
            known -= set() if self.modified_field else {"modified_since"}
            known -= set() if self.searches() else {"search"}
            known |= set(self.filterset_class.base_filters) if self.filterset_class else set()
        elif self.request.method not in READING:
            known = super().known_parameters()
        return known


class VersionMissing(APIException):
    """The door is guarded and the request names no version (428)."""

    status_code = 428
    default_code = "version_required"
    default_detail = _("Send If-Match with the ETag of what you read.")


class VersionStale(APIException):
    """Somebody else changed the object in between (412); carries what it is now."""

    status_code = 412
    default_code = "version_stale"
    default_detail = _("The object has changed since you read it.")

    def __init__(self, current_version: str, current: Any) -> None:
        super().__init__()
        self.current_version, self.current = current_version, current


class Guarded:
    """Writes name the version they are based on: `ETag` on answers, `If-Match` on PATCH, PUT and DELETE."""

    guard_field = "version"

    def etag(self, subject: Any) -> str:
        return f'"{getattr(subject, self.guard_field)}"'

    def headers_of(self, subject: Any, status: int) -> dict[str, str]:
        return {**super().headers_of(subject, status), "ETag": self.etag(subject)}  # type: ignore[misc]

    def check_version(self, request: Any) -> None:
        super().check_version(request)  # type: ignore[misc]
        subject = self.subject  # type: ignore[attr-defined]
        if subject is None or request.method not in ("PATCH", "PUT", "DELETE"):
            return
        given = request.META.get("HTTP_IF_MATCH", "").strip()
        if not given:
            raise VersionMissing()
        if given == "*" or given.startswith("W/") or not (given.startswith('"') and given.endswith('"')):
            raise ParseError(_("If-Match takes one strong ETag."), code="weak_version")
        current = self._locked_version(subject)
        if given != f'"{current}"':
            fresh = self.again(subject)  # type: ignore[attr-defined]
            raise VersionStale(f'"{current}"', self.present(fresh, {"request": request}))  # type: ignore[attr-defined]

    def _locked_version(self, subject: Any) -> Any:
        """The version read under the row's lock, where the door writes in one transaction (Once)."""
        rows = type(subject)._base_manager.filter(pk=subject.pk).order_by("pk")
        if transaction.get_connection().in_atomic_block:
            rows = rows.select_for_update()
        return rows.values_list(self.guard_field, flat=True).get()
