"""A repeated request has one effect: the mixin `Once` for every door that writes.

One transaction per writing request, rolled back on every answer ≥ 400, repeated whole on a deadlock. The stored reply
is inserted in the effect's own transaction, so there is never one without the other.
"""

import datetime
import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.views import APIView

from accounts.clock import now
from accounts.faults import fault
from exchange.replies.models import StoredReply

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
KEPT = datetime.timedelta(hours=48)
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Content-Language")
DEADLOCKS = ("40P01", "40001")
ATTEMPTS = 4
PAGE_KEY = "once_key"


class KeyMissing(APIException):
    """A writing request without Idempotency-Key (400)."""

    status_code = 400
    default_code = "idempotency_key_missing"
    default_detail = _("Send the header Idempotency-Key: any text of 1 to 128 characters, new for each act.")


class KeyReused(APIException):
    """The key was used for another request (422)."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request.")


class KeyInFlight(APIException):
    """The first request with this key has not ended (409)."""

    status_code = 409
    default_code = "idempotency_key_in_flight"
    default_detail = _("A request with this Idempotency-Key is still being worked on.")


class Replayed(Exception):
    """The request was answered before: `reply` is given again."""

    def __init__(self, reply: StoredReply) -> None:
        super().__init__(reply.key)
        self.reply = reply


class Busy(APIException):
    """The row is held by somebody else, or deadlocks would not end (409)."""

    status_code = 409
    default_code = "busy"
    default_detail = _("Somebody else is changing this just now. Try again.")


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of a database error, or an empty text."""
    return getattr(error.__cause__, "pgcode", None) or ""


class Once:
    """One transaction, one effect per key, for API doors (header) and page forms (hidden field) alike."""

    once_required = ("POST",)
    _once: StoredReply | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method in READING:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if request.method != "POST" and not isinstance(self, APIView):  # forms of pages know no other
            return self.http_method_not_allowed(request, *args, **kwargs)  # type: ignore[attr-defined]
        return self._attempts(request, *args, **kwargs)

    def _attempts(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The request whole, again after a deadlock, so often and no more."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._within_transaction(request, *args, **kwargs)
            except IntegrityError as error:  # a constraint that is checked at commit
                return self._refused(error)
            except OperationalError as error:
                if sqlstate(error) not in DEADLOCKS:
                    return self._refused(error)
                if attempt == ATTEMPTS or not _can_be_read_again(request):
                    break
                self._forget()
        return self._refused(Busy())

    def _refused(self, error: Exception) -> Any:
        """What the door would have answered, had the error come while it was working."""
        if not isinstance(self, APIView) or not hasattr(self, "headers"):  # no transaction could even be begun
            raise error
        return self.finalize_response(self.request, self.handle_exception(error))

    def _within_transaction(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            try:
                if not isinstance(self, APIView):
                    self.check_page_key(request)
                response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            except Replayed as replayed:
                response = again(replayed.reply)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif self._once is not None:
                keep(self._once, response)
            fault("before_commit")
        fault("after_commit")
        return response

    def _forget(self) -> None:
        """Before another attempt: nothing of the failed one is believed."""
        self._once = None
        self.subject = None

    def check_key(self, request: Any) -> None:
        """The API's step of the order of checks: 400 without a key, the stored reply if there is one."""
        super().check_key(request)  # type: ignore[misc]
        self.check_once(request)

    def check_once(self, request: Any) -> None:
        if request.method in READING:
            return
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        if request.user.is_authenticated and (key or request.method in self.once_required):
            self.claim(request, key)

    def check_subject(self, request: Any) -> None:
        """A repetition whose object is still visible is answered before the rule, which the act may have changed."""
        if getattr(self, "subject", None) is not None:  # else nothing stands between here and the key
            self.replay(request)
        try:
            super().check_subject(request)  # type: ignore[misc]
        except PermissionDenied:
            self.replay(request)
            raise

    def replay(self, request: Any) -> None:
        """Raises Replayed where this very request was answered before."""
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        if request.method in READING or not 0 < len(key) <= 128 or not request.user.is_authenticated:
            return
        known = StoredReply.objects.filter(principal=request.user, key=key, expires_at__gt=now(), status__isnull=False)
        stored = known.first()
        if stored and stored.fingerprint == fingerprint(request):
            raise Replayed(stored)

    def check_page_key(self, request: Any) -> None:
        """A page's form carries the key in a hidden field; who is not signed in has nothing to repeat."""
        if request.user.is_authenticated and request.method == "POST":
            self.claim(request, request.POST.get(PAGE_KEY, ""))

    def claim(self, request: Any, key: str) -> None:
        """Makes the key ours until commit. Raises KeyMissing, KeyReused, KeyInFlight, Replayed."""
        if not key:
            raise KeyMissing()
        if len(key) > 128 or not key.isprintable():
            raise ParseError(_("An Idempotency-Key has 1 to 128 printable characters."), code="idempotency_key_invalid")
        self._once = claim(request.user, key, fingerprint(request))

    def form_invalid(self, form: Any) -> Any:
        """A page's form with errors comes back filled in, as 422."""
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response

    def unmet(self, form: Any, unmet: Any) -> Any:
        """The form again, with every condition that does not hold at its field."""
        for condition in unmet.conditions:
            name = condition.pointer.strip("/") or None
            form.add_error(
                name if name in form.fields else None, ValidationError(condition.message, code=condition.code)
            )
        answer = self.form_invalid(form)
        if hasattr(answer, "render"):  # first the page, which still reads; then nothing may be read or kept
            answer.render()
        transaction.set_rollback(True)
        return answer


def claim(user: Any, key: str, print_: str) -> StoredReply:
    """The row of this key, new and ours; or the exception that says why not, after which nothing is read or kept."""
    at = now()
    row = StoredReply(principal=user, key=key, fingerprint=print_, created_at=at, expires_at=at + KEPT)
    try:
        inserted = _insert(row)
    except OperationalError as error:
        if sqlstate(error) == "55P03":
            raise KeyInFlight() from error
        raise
    if inserted:
        return inserted
    stored = StoredReply.objects.get(principal=user, key=key)
    if stored.fingerprint != print_:
        raise KeyReused()
    if stored.status is None:
        raise KeyInFlight()
    raise Replayed(stored)


INSERT = """
INSERT INTO exchange_storedreply (principal_id, key, fingerprint, headers, created_at, expires_at)
VALUES (%s, %s, %s, '{}', %s, %s)
ON CONFLICT (principal_id, key) DO UPDATE SET (fingerprint, headers, created_at, expires_at, status, body)
  = (EXCLUDED.fingerprint, EXCLUDED.headers, EXCLUDED.created_at, EXCLUDED.expires_at, NULL, NULL)
WHERE exchange_storedreply.expires_at <= EXCLUDED.created_at RETURNING id
"""


def _insert(row: StoredReply) -> StoredReply | None:
    """Inserts unless the key is there and has not expired; waits for one who is inserting it now."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [row.principal_id, row.key, row.fingerprint, row.created_at, row.expires_at])
        found = cursor.fetchone()
    if not found:
        return None
    row.pk = found[0]
    return row


def keep(row: StoredReply, response: Any) -> None:
    """The reply beside the effect, in one transaction."""
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    StoredReply.objects.filter(pk=row.pk).update(
        status=response.status_code, body=bytes(response.content), headers=headers
    )


def again(reply: StoredReply) -> HttpResponse:
    """The stored reply, byte for byte, marked as repeated."""
    response = HttpResponse(bytes(reply.body or b""), status=reply.status, headers=reply.headers)
    response["Idempotent-Replayed"] = "true"
    return response


def fingerprint(request: Any) -> str:
    """SHA-256 over what makes two requests the same: method, address, body in one spelling."""
    parts = [request.method, request.get_full_path(), _body(request)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _body(request: Any) -> str:
    if (request.content_type or "").split(";")[0].strip() == "application/json":
        raw = request.body if not hasattr(request, "_request") else request._request.body
        try:
            return json.dumps(json.loads(raw or b"null"), sort_keys=True)
        except (ValueError, RecursionError):
            return hashlib.sha256(raw).hexdigest()
    fields = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"]
    files = [(name, _digest(file)) for name, file in sorted(request.FILES.items())]
    return json.dumps([fields, files])


def _digest(file: Any) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def _can_be_read_again(request: Any) -> bool:
    """An upload is read once; a body kept in memory can be parsed again."""
    return hasattr(request, "_body") or request.method == "DELETE" or not settings.DATA_UPLOAD_MAX_MEMORY_SIZE
