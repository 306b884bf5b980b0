"""What happens to a practice while its author writes it; the moves are those of everything that is reviewed."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cooperation.practices.models import Practice
from cooperation.reviewing.actions import begin, house_of, keep, permit_writing
from institutions.registry.models import Institution
from lifecycle.transitions import held

COLUMNS = ("form", "done", "outcome", "activity")


def draft_practice(
    *, by: Any, at: datetime.datetime, title: str, institution: Institution | None = None, **content: Any
) -> Practice:
    """A new draft of this author. Raises PermissionDenied, ValidationError."""
    practice = Practice(author=by, institution=house_of(by, institution))
    begin(practice, COLUMNS, {"title": title, **_completed(practice, content)}, by=by, at=at)
    return practice


def save_practice(practice: Practice, *, by: Any, at: datetime.datetime, **content: Any) -> Practice:
    """Writes a part of the draft. Raises PermissionDenied, WrongStatus, ValidationError."""
    with held(practice):
        permit_writing(practice, by)
        keep(practice, COLUMNS, _completed(practice, content), at=at)
    return practice


def _completed(practice: Practice, content: Mapping[str, Any]) -> dict[str, Any]:
    """What an activity knows is not asked: its form is the practice's, unless another one was chosen."""
    found = dict(content)
    activity = found.get("activity")
    if activity is None:
        return found
    if not activity.participations.filter(institution=practice.institution_id).exists():
        raise ValidationError({"activity": _("Your organisation did not take part in this activity.")})
    if found.get("form", practice.form) is None:
        found["form"] = activity.form
    return found
