"""What somebody may not do leaves an Event of its own, written when everything the request did is rolled back."""

from django.http import HttpRequest, HttpResponse

from accounts.clock import now
from config.edge import Step
from lifecycle.events import record

READING = ("GET", "HEAD", "OPTIONS", "TRACE")


class TellRefusals(Step):
    """One Event for each writing request of a known person that was answered 403: through which door, upon what."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        door, user = request.resolver_match, getattr(request, "user", None)
        refused = response.status_code == 403 and request.method not in READING
        if refused and door is not None and user is not None and user.is_authenticated:
            detail = {"door": door.view_name, "method": request.method, "move": door.kwargs.get("move", "")}
            subject = str(door.kwargs.get("public_id", ""))[:64]
            record(
                "refuse", subject_type="refusal", subject_id=subject, by=user, at=now(), members_only=True,
                detail=detail,
            )  # fmt: skip
        return response
