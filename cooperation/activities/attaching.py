"""A photo beside an activity: cleaned, kept once, for the sides concerned only."""

import datetime
import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from cooperation.activities.jpeg import NotAPicture, plain_picture
from cooperation.activities.models import OPEN, Activity, ActivityPhoto
from cooperation.activities.rules import ACTIVITY, is_logging_side
from lifecycle.events import record
from lifecycle.transitions import WrongStatus, held

MOST_PHOTOS, MOST_BYTES = 3, 10 * 1024 * 1024


def can_attach(user: Any, activity: Activity) -> bool:
    """The logging side."""
    return is_logging_side(user, activity)


def attach_photo(activity: Activity, *, by: Any, at: datetime.datetime, data: bytes) -> ActivityPhoto:
    """Keeps a picture without its camera data; the same one again is the one that is there.

    Raises PermissionDenied, WrongStatus, ValidationError.
    """
    with held(activity):
        if not can_attach(by, activity):
            raise PermissionDenied("attach")
        if activity.status not in OPEN:
            raise WrongStatus(activity.status, ACTIVITY.available(activity, by))
        clean, width, height = _cleaned(data)
        digest = hashlib.sha256(clean).hexdigest()
        if known := activity.photos.filter(sha256=digest).first():
            return known
        if activity.photos.count() >= MOST_PHOTOS:
            raise ValidationError({"photo": _("Photo: there are three already.")})
        photo = ActivityPhoto(activity=activity, sha256=digest, width=width, height=height, added_at=at)
        photo.file.save(f"{photo.public_id}.jpg", ContentFile(clean), save=False)
        photo.save(force_insert=True)
        told = {**activity.audience(), "detail": {"sha256": digest}}
        record("attach", subject_type="activity", subject_id=activity.public_id, by=by, at=at,
               status_after=activity.status, **told)  # fmt: skip
    return photo


def _cleaned(data: bytes) -> tuple[bytes, int, int]:
    if len(data) > MOST_BYTES:
        raise ValidationError({"photo": _("Photo: choose one of at most 10 MB.")}, code="too_large")
    try:
        return plain_picture(data)
    except NotAPicture:
        raise ValidationError({"photo": _("Photo: choose a JPEG picture.")}, code="not_a_picture") from None
