"""The kinds of refusal: a title, and what to do about it. Each has a page under /api/errors/."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Problem:
    """One kind of refusal in words."""

    status: int
    title: Any
    advice: Any


PROBLEMS: dict[str, Problem] = {
    "invalid": Problem(
        400,
        _("The request is not right"),
        _(
            "Each entry of errors names the place, what is wrong and what is expected there. "
            "Unknown fields and fields set by the system are refused, not ignored."
        ),
    ),
    "invalid_parameter": Problem(
        400, _("A query parameter is not right"), _("Each entry of errors names the parameter and what it takes.")
    ),
    "unknown_parameter": Problem(
        400,
        _("There is no such query parameter"),
        _("Check the spelling: a misspelt filter is refused so that nobody takes everything for what was filtered."),
    ),
    "invalid_json": Problem(400, _("The body is not valid JSON"), _("Send UTF-8 JSON of at most 1 MB and 20 levels.")),
    "too_deep": Problem(400, _("The JSON is nested too deeply"), _("At most 20 levels are read.")),
    "duplicate_key": Problem(400, _("A key stands twice"), _("Every key of a JSON object may stand once.")),
    "not_a_number": Problem(
        400,
        _("NaN and Infinity are not numbers here"),
        _("Leave the field out, or send null where the field allows it."),
    ),
    "unsafe_text": Problem(
        400,
        _("Unsafe characters"),
        _("Remove control characters, halves of characters and code points that are no characters."),
    ),
    "token_in_address": Problem(
        400,
        _("A token stands in the address"),
        _("Send it in the header Authorization: addresses are written into logs."),
    ),
    "weak_version": Problem(400, _("If-Match takes one strong ETag"), _("Send the ETag exactly as it was received.")),
    "idempotency_key_missing": Problem(
        400,
        _("Idempotency-Key is missing"),
        _("Send a new random text with every act; repeat it when you repeat the request."),
    ),
    "idempotency_key_invalid": Problem(
        400, _("Idempotency-Key is not right"), _("It has 1 to 128 printable characters.")
    ),
    "not_authenticated": Problem(401, _("Nobody is signed in"), _("Send a bearer token, or sign in.")),
    "token_dead": Problem(
        401,
        _("The token does not open anything"),
        _("It is unknown, expired or revoked, or its owner or their organisation is not active. Make a new one."),
    ),
    "forbidden": Problem(
        403, _("You may not do this"), _("Your role, or your part in this object, does not allow it.")
    ),
    "permission_denied": Problem(
        403, _("You may not do this"), _("Your role, or your part in this object, does not allow it.")
    ),
    "scope_missing": Problem(403, _("The token lacks a scope"), _("Make a token with the scope that is named.")),
    "csrf": Problem(403, _("The form has expired"), _("Reload the page and send the form again.")),
    "not_found": Problem(
        404, _("Not found"), _("There is nothing at this address, or nothing you may see: the two are not told apart.")
    ),
    "method_not_allowed": Problem(
        405, _("This method is not offered"), _("The header Allow names the methods of this address.")
    ),
    "not_acceptable": Problem(406, _("This form of answer is not offered"), _("Ask for application/json.")),
    "wrong_status": Problem(
        409,
        _("Not possible in the present status"),
        _("current_status says where the object stands, moves what you may do from there."),
    ),
    "conflict": Problem(
        409,
        _("This does not fit what is already recorded"),
        _("Somebody was faster, or the same thing exists. Read again and decide."),
    ),
    "busy": Problem(409, _("Somebody else is changing this"), _("Try again in a moment.")),
    "idempotency_key_in_flight": Problem(
        409, _("The first request is still being worked on"), _("Wait, then repeat the request with the same key.")
    ),
    "version_stale": Problem(
        412, _("The object has changed"), _("current shows what it is now; send your change again with its version.")
    ),
    "too_large": Problem(
        413, _("The request is too large"), _("Send at most 1 MB of JSON; larger sets go through imports.")
    ),
    "unsupported_media_type": Problem(
        415,
        _("This kind of content is not taken"),
        _("Send application/json, and multipart/form-data where a file is taken."),
    ),
    "conditions_unmet": Problem(
        422, _("Not everything this move needs is there"), _("errors lists all conditions that do not hold.")
    ),
    "idempotency_key_reused": Problem(
        422, _("Idempotency-Key was used for another request"), _("A new act needs a new key.")
    ),
    "version_required": Problem(428, _("The version is missing"), _("Send If-Match with the ETag of what you read.")),
    "throttled": Problem(429, _("Too many requests"), _("Wait as long as Retry-After says.")),
    "fault": Problem(
        500,
        _("Something failed on our side"),
        _("It has been noted. Repeat the request later with the same Idempotency-Key."),
    ),
    "unavailable": Problem(
        503,
        _("Briefly unavailable"),
        _("Wait as long as Retry-After says, then repeat the request with the same Idempotency-Key."),
    ),
}
for _status, _code in {
    400: "invalid", 401: "not_authenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "conflict", 412: "version_stale", 413: "too_large", 415: "unsupported_media_type",
    422: "conditions_unmet", 428: "version_required", 429: "throttled", 500: "fault", 503: "unavailable",
}.items():  # fmt: skip
    PROBLEMS[f"status_{_status}"] = PROBLEMS[_code]
