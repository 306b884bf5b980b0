"""Every refusal turned into its answer once: a page for people, problem+json for programs."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, MethodNotAllowed, Throttled, ValidationError

from accounts.doors import ScopeMissing, VersionStale
from accounts.listing import ParameterError
from config.problems import PROBLEMS
from exchange.once import DEADLOCKS, sqlstate
from lifecycle.transitions import Unmet, WrongStatus

RETRY_SECONDS = 3


@dataclass
class Answer:
    """One refusal, before it is dressed for its reader."""

    status: int
    code: str
    detail: Any = ""
    errors: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str(PROBLEMS.get(self.code, PROBLEMS[f"status_{self.status}"]).title)

    def body(self) -> dict[str, Any]:
        """RFC 9457, with nothing in it that tells one unseen object from another."""
        return {
            "type": f"/api/errors/{self.code.replace('_', '-')}/",
            "title": self.title,
            "status": self.status,
            "detail": str(self.detail) or self.title,
            "code": self.code,
            "errors": self.errors,
            **self.extra,
        }


def answer_to(error: BaseException) -> Answer | None:
    """What the table of answers says to an exception; None: nothing, it is a fault of ours."""
    for kind, make in ANSWERS:
        if isinstance(error, kind):
            return make(error)
    return None


def _wrong_status(error: Any) -> Answer:
    extra = {"current_status": error.current_status, "moves": error.moves, **error.extra}
    return Answer(409, "wrong_status", error.message, extra=extra)


def _unmet(error: Any) -> Answer:
    errors = [{"pointer": each.pointer, "code": each.code, "message": str(each.message)} for each in error.conditions]
    return Answer(422, "conditions_unmet", _("Not everything that this move needs is there."), errors)


def _model_error(error: Any) -> Answer:
    detail = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    codes = {
        name: [each.code or "invalid" for each in errors] for name, errors in getattr(error, "error_dict", {}).items()
    }
    errors = [
        {
            "pointer": "" if name in ("", "__all__") else f"/{name}",
            "code": codes.get(name, ["invalid"])[0],
            "message": str(message),
        }
        for name, messages in detail.items()
        for message in messages
    ]
    return Answer(400, "invalid", _("Some of what was sent is not right."), errors)


def _invalid(error: Any) -> Answer:
    errors = list(flatten(error.detail))
    return Answer(400, "invalid", _("Some of what was sent is not right."), errors)


def _parameters(error: Any) -> Answer:
    errors = [{**each, "pointer": "?" + each["pointer"].lstrip("/")} for each in flatten(error.detail)]
    code = (
        errors[0]["code"]
        if errors and all(each["code"] == "unknown_parameter" for each in errors)
        else "invalid_parameter"
    )
    return Answer(400, code, _("The address asks for something that is not offered here."), errors)


def _stale(error: Any) -> Answer:
    extra = {"current_version": error.current_version, "current": error.current}
    return Answer(412, "version_stale", error.detail, extra=extra, headers={"ETag": error.current_version})


def _throttled(error: Any) -> Answer:
    return Answer(
        429, "throttled", _("Too many requests. Wait a little."), headers={"Retry-After": str(int(error.wait or 1) + 1)}
    )


def _api(error: Any) -> Answer:
    code = error.get_codes() if isinstance(error.get_codes(), str) else error.default_code
    headers = {"WWW-Authenticate": error.auth_header} if getattr(error, "auth_header", "") else {}
    return Answer(error.status_code, API_CODES.get(code, code), error.detail, headers=headers)


API_CODES = {"error": "invalid", "parse_error": "invalid_json", "authentication_failed": "token_dead"}


def _integrity(error: Any) -> Answer:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    status, code = CONSTRAINT_STATES.get(sqlstate(error), (409, "conflict"))
    return Answer(status, code, constraint_messages().get(name, _("This does not fit what is already recorded.")))


CONSTRAINT_STATES = {
    "23514": (400, "invalid"),
    "23502": (400, "invalid"),
    "23505": (409, "conflict"),
    "23P01": (409, "conflict"),
}


@cache
def constraint_messages() -> dict[str, Any]:
    """What each named constraint says to people; the database's own text goes to nobody."""
    found = {each.name: each.violation_error_message for model in apps.get_models() for each in model._meta.constraints}
    default = _("Constraint “%(name)s” is violated.")
    return {name: text for name, text in found.items() if text and str(text) != str(default)}


def _database(error: Any) -> Answer | None:
    state = sqlstate(error)
    if state in DEADLOCKS:
        return None
    if state == "55P03":
        return Answer(
            409, "busy", _("Somebody else is changing this just now. Try again."), headers={"Retry-After": "1"}
        )
    return unavailable()


def unavailable() -> Answer:
    """The database is away, or too slow to wait for."""
    return Answer(
        503,
        "unavailable",
        _("The service is briefly unavailable. Try again."),
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


ANSWERS: tuple[tuple[Any, Any], ...] = (
    (WrongStatus, _wrong_status),
    (Unmet, _unmet),
    (ParameterError, _parameters),
    (ValidationError, _invalid),
    (ModelError, _model_error),
    (VersionStale, _stale),
    (Throttled, _throttled),
    (ScopeMissing, lambda error: Answer(403, "scope_missing", str(error))),
    (MethodNotAllowed, lambda error: Answer(405, "method_not_allowed", _("This address does not take this method."))),
    (APIException, _api),
    (PermissionDenied, lambda error: Answer(403, "forbidden", _("You may not do this."))),
    (Http404, lambda error: Answer(404, "not_found", _("There is nothing here, or nothing you may see."))),
    ((RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent), lambda error: Answer(413, "too_large")),
    (SuspiciousOperation, lambda error: Answer(400, "invalid")),
    (IntegrityError, _integrity),
    (DataError, lambda error: Answer(400, "invalid", _("A value is outside what can be stored."))),
    ((OperationalError, InterfaceError), _database),
)


def flatten(detail: Any, pointer: str = "") -> Any:
    """Errors of a serializer as a list with a JSON pointer each."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flatten(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            deeper = f"{pointer}/{place}" if isinstance(inner, Mapping | list) else pointer
            yield from flatten(inner, deeper) if inner else ()
    else:
        expected = getattr(detail, "expected", None)
        shown = {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
        yield {**shown, "expected": expected} if expected else shown


def problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Django REST Framework's exception handler; None lets the exception fly on."""
    found = answer_to(error)
    if found is None:
        return None
    return problem_response(found)


def problem_response(found: Answer) -> HttpResponse:
    """application/problem+json; what an unseen thing answers may not be kept by anybody."""
    body = json.dumps(found.body(), ensure_ascii=False, default=str)
    headers = {"Cache-Control": "no-store", **found.headers}
    return HttpResponse(body, status=found.status, content_type="application/problem+json", headers=headers)


def wants_problem(request: HttpRequest) -> bool:
    """Programs get problem+json, people a page."""
    return request.path_info.startswith("/api/v1/")


def respond(request: HttpRequest, found: Answer, *, bare: bool = False) -> HttpResponse:
    """The answer for whoever asked; `bare` where the request itself cannot be trusted to carry a frame."""
    if wants_problem(request):
        return problem_response(found)
    context = {"answer": found, "title": found.title, "status": found.status}
    if bare or found.status >= 500:  # no database, no person, no frame
        page = HttpResponse(render_to_string("errors/unavailable.html", context), status=found.status)
    else:
        page = render(request, "errors/error.html", context, status=found.status)
    for name, value in {"Cache-Control": "no-store", **found.headers}.items():
        page[name] = value
    return page


class PageAnswers:
    """Exceptions that fly out of a page become its answer."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        found = answer_to(error)
        if found is None and isinstance(error, OperationalError):
            found = Answer(409, "busy", headers={"Retry-After": "1"})
        return respond(request, found) if found else None

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """A form that comes back with errors is 422 at every page, also at those that are not ours."""
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and getattr(form, "errors", None):
            response.status_code = 422
        return response


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, answer_to(exception) or Answer(400, "invalid"), bare=True)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return respond(request, answer_to(PermissionDenied()) or Answer(403, "forbidden"))


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, answer_to(Http404()) or Answer(404, "not_found"))


def handler500(request: HttpRequest) -> HttpResponse:
    """Also where an absent database surfaces in session or sign-in, before any view: 503."""
    error = sys.exc_info()[1]
    away = isinstance(error, Error)
    return respond(
        request, unavailable() if away else Answer(500, "fault", _("Something failed on our side. It has been noted."))
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token."""
    return respond(request, Answer(403, "csrf", _("The form has expired. Go back, reload the page and send it again.")))


def error_type(request: HttpRequest, slug: str) -> HttpResponse:
    """What one kind of error means and what to do about it."""
    found = PROBLEMS.get(slug.replace("-", "_"))
    if found is None:
        raise Http404
    return render(
        request,
        "config/error_type.html",
        {"problem": found, "code": slug.replace("-", "_"), "title": gettext(found.title)},
    )


error_type.public = True  # type: ignore[attr-defined]
