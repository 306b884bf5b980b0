"""Writing and reading the record of acts."""

import datetime
from collections.abc import Iterable
from typing import Any

import structlog
from django.contrib.auth.models import AbstractBaseUser

from lifecycle.models import Event


def record(
    name: str,
    *,
    subject_type: str,
    subject_id: str,
    by: AbstractBaseUser | None,
    at: datetime.datetime,
    **fields: Any,
) -> Event:
    """One act, written in the transaction of the act. Raises nothing of its own; rolled back with the act."""
    return Event.objects.create(
        name=name,
        subject_type=subject_type,
        subject_id=subject_id,
        actor_id=by.pk if by else None,
        happened_at=at,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        **fields,
    )


def timeline(subject_type: str, subject_ids: Iterable[str]) -> "list[Event]":
    """The acts upon one thing (or several), oldest first."""
    found = Event.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids))
    return list(found.select_related("actor").order_by("id"))
