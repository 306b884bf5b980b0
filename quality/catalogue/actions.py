"""What is done with the catalogue: targets are set and approved."""

import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from institutions.territory.models import Territory
from lifecycle.events import record
from quality.catalogue.models import Indicator, Period, Target
from quality.catalogue.rules import can_set_targets


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
    """Say what is to be reached at one place in one period; the same key again changes it. Raises PermissionDenied."""
    place = territory or institution
    if place is None or (territory and institution):
        raise ValidationError({"territory": _("Name one place: a territory or an institution.")}, code="one_place")
    if not can_set_targets(by, place):
        raise PermissionDenied("set_target")
    target, _new = Target.objects.update_or_create(
        indicator=indicator, territory=territory, institution=institution, period=period,
        defaults={"value": value, "baseline": baseline, "approved_at": at},
    )  # fmt: skip
    record(
        "set_target", subject_type="target", subject_id=target.public_id, by=by, at=at, title=indicator.code,
        detail={"indicator": indicator.code, "period": period.code, "value": str(value)},
    )  # fmt: skip
    return target
