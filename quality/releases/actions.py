"""What happens to a release: drafted, sent, approved by a second person, published on its day, corrected, withdrawn."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lifecycle import ledger
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.events import record
from lifecycle.models import FrozenContent
from lifecycle.transitions import held
from quality.catalogue.models import Period
from quality.releases.content import content_of
from quality.releases.models import UNDERWAY, Release, ReleaseStatus
from quality.releases.publishing import publish_content
from quality.releases.rules import RELEASE, can_publish


def draft_release(*, by: Any, at: datetime.datetime, period: Period, reason: str = "", changes: str = "") -> Release:
    """A release of a period, or the correction of one. Raises PermissionDenied, ValidationError."""
    if not can_publish(by):
        raise PermissionDenied
    if period.ends_on >= timezone.localtime(at).date():
        raise ValidationError({"period": _("This period is not over yet.")}, "running")
    with transaction.atomic():
        Period.objects.select_for_update().get(pk=period.pk)  # two who begin at once meet here
        known = list(Release.objects.filter(period=period).order_by("version"))
        if any(each.status in UNDERWAY for each in known):
            raise ValidationError({"period": _("A release of this period is already being prepared.")}, "underway")
        if known and not (reason.strip() and changes.strip()):
            name = "changes" if reason.strip() else "reason"
            said = {
                "reason": _("Say why the figures are corrected."),
                "changes": _("Say what changed since the version before."),
            }
            raise ValidationError({name: said[name]}, "required")
        release = Release.objects.create(
            period=period,
            version=max((each.version for each in known), default=0) + 1,
            reason=reason,
            changes=changes,
            drafted_by=by,
            created_at=at,
            modified_at=at,
        )
        record(
            "draft", subject_type="release", subject_id=release.public_id, status_after=release.status, by=by, at=at,
            **release.audience(),
        )  # fmt: skip
    return release


def submit_release(release: Release, *, by: Any, at: datetime.datetime) -> Release:
    """Figures are frozen as they are now, small ones hidden, for somebody else to approve. Raises Unmet."""
    with held(release):
        line = RELEASE.permit("submit", release, by)
        frozen = freeze(release)
        change = {"frozen": frozen, "submitted_by": by, "modified_at": at}
        detail = {"content_hash": frozen.sha256}
        RELEASE.apply("submit", release, by=by, at=at, change=change, permitted=line, detail=detail)
    return release


def freeze(release: Release) -> FrozenContent:
    """What is sent now, beside what was sent before."""
    text = canonical_json(content_of(release))
    told = {"subject_type": "release", "subject_id": release.public_id}
    last = FrozenContent.objects.filter(**told).aggregate(last=Max("version"))["last"] or 0
    return FrozenContent.objects.create(**told, version=last + 1, content=text, sha256=content_hash(text))


def approve_release(
    release: Release, *, by: Any, at: datetime.datetime, publish_on: datetime.date | None = None
) -> Release:
    """A second person stands by it; it appears at once, or on the day named. Raises ValidationError for a day gone by."""
    today = timezone.localtime(at).date()
    with held(release):
        line = RELEASE.permit("approve", release, by)
        if publish_on is not None and publish_on < today:
            raise ValidationError({"publish_on": _("Choose today or a later day.")}, "past")
        change = {"approved_by": by, "publish_on": publish_on or today, "modified_at": at}
        RELEASE.apply("approve", release, by=by, at=at, change=change, permitted=line)
        if (publish_on or today) <= today:
            publish_release(release, at=at)
    return release


def publish_release(release: Release, *, at: datetime.datetime) -> Release:
    """Its day has come: what was approved becomes public, and the version before is replaced."""
    with held(release):
        RELEASE.apply("publish", release, by=None, at=at, change={"published_at": at, "modified_at": at})
        publish_content(release, at)
        if release.frozen:
            ledger.enter(release.frozen, at=at)
    return release


def publish_due(today: datetime.date, *, at: datetime.datetime) -> int:
    """Everything whose day has come, one transaction each."""
    due = Release.objects.filter(status=ReleaseStatus.SCHEDULED, publish_on__lte=today).order_by("publish_on", "pk")
    found = list(due)
    for release in found:
        publish_release(release, at=at)
    return len(found)


def return_release(release: Release, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Release:
    """Back to those who prepare it; what was frozen is not published."""
    with held(release):
        change = {"approved_by": None, "publish_on": None, "modified_at": at}
        RELEASE.apply("return", release, by=by, at=at, reason=reason, reason_code=reason_code, change=change)
    return release


def withdraw_release(
    release: Release, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Release:
    """It holds no more; its address stays and says so."""
    with held(release):
        RELEASE.apply(
            "withdraw", release, by=by, at=at, reason=reason, reason_code=reason_code, change={"modified_at": at}
        )
        type(release.permalink).objects.filter(release=release).update(withdrawn_at=at, withdrawn_because=reason)
    return release
