"""What of an activity is counted, in one spelling: the text whose hash a confirmation is bound to."""

from collections.abc import Iterable
from typing import Any

from cooperation.activities.models import Activity
from lifecycle.canonical import canonical_json, content_hash


def counted_content(activity: Activity) -> dict[str, Any]:
    """Type, form, date, hours, agreement, institutions and numbers; neither note nor photo."""
    others = activity.participations.exclude(institution=activity.organiser_id)
    counts = activity.counts.values_list("category__code", "number")
    return content_of(activity, others.values_list("institution__public_id", flat=True), counts)


def content_of(activity: Activity, partners: Iterable[str], counts: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """The same where partners (their public ids) and numbers by category are known."""
    return {
        "type": activity.type.code,
        "form": activity.form.code,
        "starts_on": activity.starts_on,
        "hours": activity.hours,
        "agreement": activity.agreement.number if activity.agreement else None,
        "organiser": activity.organiser.public_id,
        "partners": sorted(partners),
        "counts": dict(sorted(counts)),
    }


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 of the counted content, 64 hex characters."""
    return content_hash(canonical_json(content))
