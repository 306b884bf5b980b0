"""Dated rows of an institution: one value a day, the past untouched, today's value beside them."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.names import search_text
from institutions.registry.loading import key_of, order_of
from institutions.registry.models import Institution


def open_row(model: Any, house: Institution, value: dict[str, Any], on: datetime.date, document: str = "") -> None:
    """A row for what was so far, where nothing was dated yet."""
    if not model.objects.filter(institution=house).exists():
        model.objects.create(institution=house, valid=DateRange(None, None, "[)"), document="", **value)


def date_value(model: Any, house: Institution, value: dict[str, Any], on: datetime.date, document: str) -> None:
    """From a day on the value is another one. Raises ValidationError where a later change is dated already."""
    rows = model.objects.filter(institution=house).select_for_update().order_by("valid")
    if any(row.valid.lower is not None and row.valid.lower >= on for row in rows):
        message = _("On or after this day another change is dated already: give a later day.")
        raise ValidationError({"on": ValidationError(message, code="overlap")})
    for row in rows:
        if row.valid.upper is None or row.valid.upper > on:
            model.objects.filter(pk=row.pk).update(valid=DateRange(row.valid.lower, on, "[)"))
    model.objects.create(institution=house, valid=DateRange(on, None, "[)"), document=document, **value)


def shift_today(house: Institution, today: datetime.date) -> bool:
    """Brings name, kind and place of the row itself to those of the day; returns whether anything moved."""
    change: dict[str, Any] = {}
    kind = house.kinds.filter(valid__contains=today).values_list("kind_id", flat=True).first()
    place = house.places.filter(valid__contains=today).values_list("territory_id", flat=True).first()
    names = house.dated_names.filter(valid__contains=today).values_list("names", flat=True).first()
    house.refresh_from_db()
    if kind and kind != house.kind_id:
        change["kind_id"] = kind
    if place and place != house.territory_id:
        change["territory_id"] = place
    if names and names != house.names:
        numbers = list(house.external_ids.order_by("pk").values_list("value", flat=True))
        old = [search_text(each) for each in house.dated_names.order_by("valid").values_list("names", flat=True)]
        key = " ".join(dict.fromkeys([key_of(names, house.short_name, numbers), *old]))
        change |= {"names": names, "search_key": key, "sort_key": order_of(names)}
    if change:
        Institution.objects.filter(pk=house.pk).update(**change)
        house.refresh_from_db()
    return bool(change)


def turn(today: datetime.date) -> int:
    """The day begins: institutions for which a dated row begins or ends today are brought up to it."""
    due: set[int] = set()
    for relation in ("kinds", "places", "dated_names"):
        model: Any = Institution._meta.get_field(relation).related_model
        late = today - datetime.timedelta(days=7)
        due |= set(
            model.objects.filter(valid__startswith__gt=late, valid__startswith__lte=today).values_list(
                "institution_id", flat=True
            )
        )
    return sum(shift_today(house, today) for house in Institution.objects.filter(pk__in=due).order_by("pk"))
