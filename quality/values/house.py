"""The figure of one institution: its own value beside the target of its place, for those who may read its records."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from quality.targets.models import Target
from quality.targets.reading import ADDED_UP, Targets
from quality.values import saying
from quality.values.acting import acts_on
from quality.values.pages import rows_query
from quality.values.rows import Behind
from quality.values.shown import Value
from quality.values.single import may_read, value_of_institution


@dataclass(frozen=True)
class Own:
    """A value of one institution, what its place wants of it, and how it stands to that."""

    value: Value
    target: Target | None
    category: str


def own_of(behind: Behind) -> Own:
    """What the institution of this cell has; the target of a sum over a place asks nothing of one institution."""
    house, version = behind.institution, behind.version
    if house is None:
        raise ValueError("a cell of an institution is asked for")
    value = value_of_institution(version, behind.period, house)
    place = house.territory
    wanted = Targets([version.indicator_id], place.lineage)
    target = None if version.method in ADDED_UP else wanted.of(version, behind.period, place)
    part = saying.reached(version, value, target.value) if target else None
    return Own(value, target, saying.category(value, part, wanted.near))


def house_page(behind: Behind, user: Any) -> dict[str, Any]:
    """The number of the institution, how it is calculated, and what may be done about it; nothing for who may not read it."""
    house = behind.institution
    if house is None or not may_read(user, house):
        return {"behind": None}
    own, version, code = own_of(behind), behind.version, behind.version.indicator.code
    asked = {"indicator": code, "institution": house.public_id, "period": behind.period.code}
    wanted = _("Target: %(target)s") % {"target": saying.said(version, own.target.value)} if own.target else ""
    address = f"/api/v1/indicators/{code}/values/?institution={house.public_id}"
    return {
        "place": name_now(house.names), "value": saying.said(version, own.value.value), "state": own.value.state,
        "provisional": own.value.provisional, "period": wording.period_name(behind.period),
        "unit": saying.unit_of(version), "rows_url": reverse("indicator-rows", args=[code]) + rows_query(behind),
        "how": saying.explained(version, own.value), "target": wanted, "category": own.category, "api": address,
        "acts": acts_on(user, **asked) if own.category == saying.RED else [],
    }  # fmt: skip
