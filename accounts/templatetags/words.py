"""Filters that write numbers, dates, counts and names as the reader's language does: `{% load words %}`."""

from django import template

from accounts import names, wording

register = template.Library()

for _filter in (
    wording.number,
    wording.percent,
    wording.points,
    wording.change,
    wording.money,
    wording.day,
    wording.day_short,
    wording.moment,
    wording.month,
    wording.school_year,
    wording.period_name,
    wording.counted,
):
    register.filter(_filter.__name__, _filter)
register.filter("named", lambda value: names.name_now(value) if value else "")
