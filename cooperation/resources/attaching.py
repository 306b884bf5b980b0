"""The file of a shared resource: known by its content, kept under a random name."""

import datetime
import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from cooperation.resources.models import Resource
from cooperation.reviewing.actions import permit_writing
from lifecycle.transitions import held

MOST_BYTES = 20 * 1024 * 1024
STARTS = {
    b"%PDF-": ("pdf",),
    b"PK\x03\x04": ("docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "zip"),
    b"\xff\xd8\xff": ("jpg", "jpeg"),
    b"\x89PNG\r\n\x1a\n": ("png",),
}
ENDINGS = tuple(ending for endings in STARTS.values() for ending in endings)


def attach_file(resource: Resource, *, by: Any, at: datetime.datetime, name: str, data: bytes) -> Resource:
    """Gives a draft its file, in the place of an earlier one. Raises PermissionDenied, WrongStatus, ValidationError."""
    with held(resource):
        permit_writing(resource, by)
        ending = _ending_of(name, data)
        plain = name.replace("\\", "/").rpartition("/")[2][-200:]
        resource.file.save(f"{resource.public_id}-{resource.version}.{ending}", ContentFile(data), save=False)
        resource.file_name, resource.file_size = plain, len(data)
        resource.file_sha256, resource.modified_at = hashlib.sha256(data).hexdigest(), at
        resource.version += 1
        resource.save()
    return resource


def detach_file(resource: Resource, *, by: Any, at: datetime.datetime) -> Resource:
    """Takes the file away again. Raises PermissionDenied, WrongStatus."""
    with held(resource):
        permit_writing(resource, by)
        resource.file, resource.file_name, resource.file_size, resource.file_sha256 = "", "", 0, ""
        resource.modified_at = at
        resource.version += 1
        resource.save()
    return resource


def _ending_of(name: str, data: bytes) -> str:
    """The ending, if the content is what it says."""
    if len(data) > MOST_BYTES:
        raise ValidationError({"file": _("File: choose one of at most 20 MB.")}, code="too_large")
    ending = name.rpartition(".")[2].lower()
    start = next((start for start, endings in STARTS.items() if ending in endings), None)
    if start is None or not data.startswith(start):
        raise ValidationError({"file": _("File: choose a PDF, Office, e-book, picture or ZIP file.")}, code="kind")
    return ending
