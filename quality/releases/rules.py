"""Who drafts, sends, approves and withdraws a release, and the table of its moves (product 3.14)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import Role, holds
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system
from quality.releases.models import ReleaseStatus as R
from quality.rollups.models import Tally


def can_publish(user: Any, release: Any = None) -> bool:
    """A ministry officer."""
    return user is not None and holds(user, Role.MINISTRY_OFFICER)


def can_approve(user: Any, release: Any) -> bool:
    """Another ministry officer than the one who drafted it and the one who sent it."""
    return can_publish(user) and user.pk not in (release.drafted_by_id, release.submitted_by_id)


def before_sending(release: Any) -> Iterator[Condition]:
    """There are figures; a correction says why, and what changed."""
    if not Tally.objects.filter(period=release.period_id).exists():
        yield Condition("figures", _("Nothing is counted for this period yet."), "/period")
    if release.version > 1 and not release.reason.strip():
        yield Condition("reason", _("Say why the figures are corrected."), "/reason")
    if release.version > 1 and not release.changes.strip():
        yield Condition("changes", _("Say what changed since the version before."), "/changes")


RELEASE = Lifecycle(
    "release",
    Transition("submit", (R.DRAFT,), R.IN_APPROVAL, can_publish, _("Send for approval"), must_hold=before_sending),
    Transition("approve", (R.IN_APPROVAL,), R.SCHEDULED, can_approve, _("Approve"), who=can_approve),
    Transition("return", (R.IN_APPROVAL, R.SCHEDULED), R.DRAFT, can_publish, _("Return"), needs_reason=True,
               dangerous=True),
    Transition("publish", (R.SCHEDULED,), R.PUBLISHED, by_system),
    Transition("withdraw", (R.PUBLISHED,), R.WITHDRAWN, can_publish, _("Withdraw"), needs_reason=True,
               dangerous=True),
    initial=(R.DRAFT,),
)  # fmt: skip
