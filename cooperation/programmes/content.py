"""What the working group of a programme confirms, in one spelling, and its hash."""

from typing import Any

from cooperation.programmes.models import ProgrammeVersion
from lifecycle.canonical import canonical_json, content_hash


def content_of(version: ProgrammeVersion) -> dict[str, Any]:
    """The programme as this version says it; who confirmed it stands beside it."""
    programme = version.programme
    return {
        "programme": programme.public_id,
        "version": version.number,
        "title": programme.title,
        "lead": programme.lead.public_id,
        "fields_of_study": sorted(programme.fields_of_study.values_list("code", flat=True)),
        "level": programme.level.code if programme.level else None,
        "contents": version.contents,
        "changes": version.changes,
        "link": version.link,
    }


def hash_of(version: ProgrammeVersion) -> str:
    """SHA-256 of the content, 64 hex characters."""
    return content_hash(canonical_json(content_of(version)))
