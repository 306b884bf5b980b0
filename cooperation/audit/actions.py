"""Writing down what came of a call."""

import datetime
from typing import Any

from django.db import transaction

from cooperation.activities.models import Activity
from cooperation.audit.models import AuditNote
from cooperation.audit.rules import check_may_note
from lifecycle.events import record


@transaction.atomic
def note_call(activity: Activity, *, result: str, by: Any, at: datetime.datetime, note: str = "") -> AuditNote:
    """What the partner said on the telephone; leaves an Event and moves nothing. Raises PermissionDenied."""
    check_may_note(by, activity)
    made = AuditNote.objects.create(activity=activity, result=result, note=note, made_by=by, made_at=at)
    record(
        "call_back", subject_type="audit_note", subject_id=made.public_id, by=by, at=at, members_only=True,
        detail={"activity": activity.public_id, "result": str(result)},
    )  # fmt: skip
    return made
