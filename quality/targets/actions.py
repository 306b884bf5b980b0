"""What happens to a target: set by one person, approved by another, declined, replaced by a newer one."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from institutions.territory.models import Territory
from lifecycle.events import record
from quality.catalogue.models import Indicator, Period
from quality.targets.models import Target, TargetStatus
from quality.targets.rules import TARGET, can_set_targets


@contextmanager
def held(indicator: Indicator) -> Iterator[None]:
    """Targets of one indicator change one after another, until commit."""
    with transaction.atomic():
        Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)
        yield


def set_target(
    *,
    indicator: Indicator,
    period: Period,
    value: Decimal,
    by: Any,
    at: datetime.datetime,
    territory: Territory | None = None,
    institution: Institution | None = None,
    baseline: Decimal | None = None,
) -> Target:
    """Say what is to be reached at one place in one period; a second person approves it, and until then what was approved
    before holds. Raises PermissionDenied, ValidationError."""
    place = territory or institution
    if place is None or (territory and institution):
        raise ValidationError({"territory": _("Name one place: a territory or an institution.")}, code="one_place")
    if not can_set_targets(by, place):
        raise PermissionDenied("set_target")
    key = {"indicator": indicator, "territory": territory, "institution": institution, "period": period}
    with held(indicator):
        _replace(key, TargetStatus.PROPOSED, at)
        target = Target.objects.create(**key, value=value, baseline=baseline, set_by=by, set_at=at)
        record(
            "set_target", subject_type="target", subject_id=target.public_id, status_after=target.status, by=by, at=at,
            detail={"indicator": indicator.code, "period": period.code, "value": str(value)}, **target.audience(),
        )  # fmt: skip
    return target


def approve_target(target: Target, *, by: Any, at: datetime.datetime) -> Target:
    """A second person stands by it: from now on figures are held against it."""
    with held(target.indicator):
        line = TARGET.permit("approve", target, by)
        key = {name: getattr(target, name) for name in ("indicator", "territory", "institution", "period")}
        _replace(key, TargetStatus.APPROVED, at)
        change = {"approved_by": by, "approved_at": at}
        TARGET.apply("approve", target, by=by, at=at, change=change, permitted=line)
    return target


def decline_target(target: Target, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Target:
    """It does not hold; what was approved before goes on."""
    TARGET.apply("decline", target, by=by, at=at, reason=reason, reason_code=reason_code)
    return target


def _replace(key: dict[str, Any], status: str, at: datetime.datetime) -> None:
    """What stood in this status for the same place and period gives way to what is written next."""
    for older in Target.objects.filter(**key, status=status).select_related("indicator", "period").order_by("pk"):
        TARGET.apply("replace", older, by=None, at=at)
