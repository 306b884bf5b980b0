"""What of an activity is counted, in one spelling: the text whose hash a confirmation is bound to."""

from typing import Any

from cooperation.activities.models import Activity
from lifecycle.canonical import canonical_json, content_hash


def counted_content(activity: Activity) -> dict[str, Any]:
    """Type, form, date, hours, agreement, institutions and numbers; neither note nor photo."""
    return {
        "type": activity.type.code,
        "form": activity.form.code,
        "starts_on": activity.starts_on,
        "hours": activity.hours,
        "agreement": activity.agreement.number if activity.agreement else None,
        "organiser": activity.organiser.public_id,
        "partners": sorted(
            activity.participations.exclude(institution=activity.organiser_id).values_list(
                "institution__public_id", flat=True
            )
        ),
        "counts": dict(activity.counts.order_by("category__code").values_list("category__code", "number")),
    }


def hash_of(activity: Activity) -> str:
    """SHA-256 of the counted content, 64 hex characters."""
    return content_hash(canonical_json(counted_content(activity)))
