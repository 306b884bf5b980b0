"""The edge: what every request passes before a view, and every answer after it."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, get_user, logout
from django.contrib.auth.views import redirect_to_login
from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.urls import is_valid_path, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import (
    get_language_from_path,
    get_supported_language_variant,
    parse_accept_lang_header,
)
from redis.exceptions import RedisError

from accounts.clock import now
from accounts.names import tag_of
from accounts.spelling import UnsafeText, hygiene
from config.errors import Answer, respond
from config.navigation import frame

API = "/api/v1/"
NO_PREFIX = ("/api/", "/static/", "/v/", "/f/", "/i/", "/livez", "/readyz", "/admin/")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


class Step:
    """A middleware of this site."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)


def is_safe(text: str) -> bool:
    """No NUL, no halves of characters, no non-characters."""
    try:
        hygiene(text)
    except UnsafeText:
        return False
    return True


def is_safe_address(raw: str) -> bool:
    """Percent-encoded text that is UTF-8 and safe once decoded; both with + and with %20 for a blank."""
    try:
        return is_safe(unquote_to_bytes(raw.replace("+", " ").encode("latin-1")).decode("utf-8"))
    except UnicodeError:
        return False


def is_safe_header(value: str) -> bool:
    """A header as UTF-8 if it is that, else as the Latin-1 it travels in, whose upper controls are mere bytes."""
    try:
        return is_safe(value.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return is_safe("".join(sign for sign in value if not "\x80" <= sign <= "\x9f"))


class RefuseUnsafeText(Step):
    """400 for text in path, query, headers and forms that no honest client sends; JSON is looked at by its parser."""

    def __call__(self, request: HttpRequest) -> Any:
        for name in ("HTTP_X_REQUEST_ID", "HTTP_X_CORRELATION_ID"):
            if not REQUEST_ID.match(request.META.get(name, "")):
                request.META.pop(name, None)
        if not self.is_safe_request(request):
            return respond(request, Answer(400, "unsafe_text"))
        return self.get_response(request)

    def is_safe_request(self, request: HttpRequest) -> bool:
        headers = [value for name, value in request.META.items() if name.startswith("HTTP_")]
        return (
            is_safe_address(request.META.get("QUERY_STRING", ""))
            and is_safe(request.path_info)
            and "\ufffd" not in request.path_info
            and all(is_safe_header(value) for value in headers)
        )

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Forms, where a page reads them; the API reads its bodies itself."""
        if request.method != "POST" or request.path_info.startswith(API):
            return None
        given = [*request.POST, *(value for values in dict(request.POST.lists()).values() for value in values)]
        return None if all(is_safe(value) for value in given) else respond(request, Answer(400, "unsafe_text"))


class CompressUnguarded(GZipMiddleware):
    """gzip, except where it would make a strong ETag weak."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.get("ETag", "").startswith('"'):
            return response
        return super().process_response(request, response)


class ReaderLanguage(Step):
    """The language by prefix, else account, cookie, Accept-Language; the API by Accept-Language alone."""

    def __call__(self, request: HttpRequest) -> Any:
        named = get_language_from_path(request.path_info)
        language = named or self.language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            if not named and response.status_code == 404 and request.method in ("GET", "HEAD"):
                response = self.with_prefix(request, language) or response
        if not named:
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", tag_of(language))
        return response

    def language_of(self, request: HttpRequest) -> str:
        if not request.path_info.startswith("/api/"):
            for chosen in (self.account_language(request), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)):
                if chosen in dict(settings.LANGUAGES):
                    return chosen
        return accepted_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))

    def account_language(self, request: HttpRequest) -> str | None:
        """Only an address without prefix asks for it, and only where a session says that somebody is signed in."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path_info.startswith(NO_PREFIX):
            return None
        return getattr(get_user(request), "language", None) if BACKEND_SESSION_KEY in request.session else None

    def with_prefix(self, request: HttpRequest, language: str) -> HttpResponse | None:
        """Where the page exists under a language, that is where the reader goes, query string and all."""
        if request.path_info.startswith(NO_PREFIX):
            return None
        slash = "" if request.path_info.endswith("/") else "/"
        if not is_valid_path(f"/{language}{request.path_info}{slash}"):
            return None
        query = request.META.get("QUERY_STRING", "")
        path = request.get_full_path().partition("?")[0]
        moved = HttpResponseRedirect(f"/{language}{path}{slash}" + (f"?{query}" if query else ""))
        patch_vary_headers(moved, ("Cookie",))
        return moved


def accepted_language(header: str) -> str:
    """The best of our languages for an Accept-Language header; a script tag counts (`xx-Cyrl`)."""
    for wanted, _weight in parse_accept_lang_header(header.lower()[:500]):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


# Pages of packages that are open by nature, by URL name; our own pages say `public = True` themselves.
PUBLIC_ADDRESSES = frozenset({
    "account_login", "account_logout", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_email",
    "account_email_verification_sent", "account_inactive", "mfa_authenticate",
})  # fmt: skip


class SignInRequired(Step):
    """Signing in is the default. A page that is open says `public = True`; the API answers 401 by itself."""

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        shown = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
        if getattr(shown, "public", False) or request.resolver_match.url_name in PUBLIC_ADDRESSES:
            return None
        self.end_idle_session(request)
        if request.path_info.startswith(API) or request.user.is_authenticated:
            return None
        return self.to_sign_in(request)

    def end_idle_session(self, request: Any) -> None:
        """A session unused for half an hour is over; the moment of use is noted once a minute."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return
        moment, seen = int(now().timestamp()), request.session.get("seen_at")
        if seen is not None and moment - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif seen is None or moment - seen > 60:
            request.session["seen_at"] = moment

    def to_sign_in(self, request: Any) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": reverse(settings.LOGIN_URL)})
        return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))


class ForgivingCache(RedisCache):
    """A cache that is away costs time, never an answer: reads miss, writes are lost."""

    def _forgive(self, name: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError):
            return otherwise

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._forgive("get", default, key, default, version)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        # True: else locks kept in the cache, as at sign-in, would never open
        return bool(self._forgive("add", True, *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._forgive("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._forgive("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._forgive("delete", False, *args, **kwargs))

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return dict(self._forgive("get_many", {}, keys, version))

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[str]:
        return list(self._forgive("set_many", list(data), data, *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._forgive("delete_many", None, *args, **kwargs)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._forgive("has_key", False, key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._forgive("incr", delta, key, delta, version))

    def clear(self) -> None:
        self._forgive("clear", None)


class RateHeaders(Step):
    """`RateLimit-Policy` on every answer of the API, `RateLimit` where it says nothing about what exists."""

    def __call__(self, request: HttpRequest) -> Any:
        response = self.get_response(request)
        rate = getattr(request, "rate", None)
        if rate:
            limit, duration, left, until = rate
            response["RateLimit-Policy"] = f'"caller";q={limit};w={duration}'
            if response.status_code != 404:
                response["RateLimit"] = f'"caller";r={left};t={until}'
        return response


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """The frame around every page."""
    return frame(request)
