"""A practice in words for pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.activities.models import Activity
from cooperation.activities.presenting import title as activity_title
from cooperation.pages.showing import house_page
from cooperation.practices.models import Practice
from cooperation.reviewing import presenting

RELATED = ("institution", "author", "form", "activity__type", "activity__form")


def row_of(practice: Practice) -> dict[str, Any]:
    """A row of the catalogue."""
    return {**presenting.row_of(practice), "form": name_now(practice.form.names) if practice.form else ""}


def facts_of(practice: Practice, user: Any) -> list[dict[str, Any]]:
    """Of which form, whose it is, who has the credit, and the joint activity where the reader may see it."""
    found: list[dict[str, Any]] = [
        {"label": _("Form of cooperation"), "text": name_now(practice.form.names) if practice.form else ""},
        {"label": _("Organisation"), "text": name_now(practice.institution.names),
         "url": house_page(practice.institution.public_id)},
        {"label": _("Written by"), "text": practice.author.name},
    ]  # fmt: skip
    seen: Any = Activity.objects.visible_to(user)
    if practice.activity is not None and seen.filter(pk=practice.activity_id).exists():
        found.append({
            "label": _("Joint activity it came from"), "text": activity_title(practice.activity),
            "url": reverse("activity-detail", args=[practice.activity.public_id]),
        })  # fmt: skip
    if practice.published_at:
        found.append({"label": _("Published"), "text": day_short(practice.published_at), "number": True})
    return found
