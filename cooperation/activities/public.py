"""What everybody may know of an organisation's joint work: its forms, and the last of it, each with date and partners."""

from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from cooperation.activities.indicators import standing
from cooperation.activities.models import Participation
from cooperation.agreements.public import named_of
from quality.catalogue.declared import Span
from quality.releases.telling import Lines, Story, tells

LAST = 5


def forms(span: Span) -> Lines:
    """By organisation the forms of its confirmed activities in the period, each with their number."""
    rows = standing(span).order_by().values("institution", "activity__form__code", "activity__form__names")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.annotate(number=Count("activity", distinct=True)).order_by("institution", "activity__form__code"):
        line = {"code": row["activity__form__code"], "names": row["activity__form__names"], "number": row["number"]}
        found.setdefault(row["institution"], []).append(line)
    return found


def last_activities(span: Span) -> Lines:
    """By organisation the last confirmed activities of the period: form, date, and with whom."""
    place = Window(RowNumber(), partition_by=["institution"], order_by=[F("on_date").desc(), F("activity").desc()])
    rows = list(
        standing(span).annotate(place=place).filter(place__lte=LAST).order_by("institution", "place")
        .values_list("institution", "activity", "on_date", "activity__form__code", "activity__form__names")
    )  # fmt: skip
    together: dict[int, list[int]] = {}
    beside = Participation.objects.standing().filter(activity__in={activity for _house, activity, *_rest in rows})
    for activity, house in beside.order_by("activity", "institution").values_list("activity", "institution"):
        together.setdefault(activity, []).append(house)
    named = named_of({house for houses in together.values() for house in houses})
    found: dict[int, list[dict[str, Any]]] = {}
    for house, activity, day, code, names in rows:
        others = [named[other] for other in together[activity] if other != house]
        found.setdefault(house, []).append({"code": code, "names": names, "day": day, "with": others})
    return found


tells(Story("forms", _("Forms of joint work"), forms))
tells(Story("activities", _("Last confirmed activities"), last_activities))
