"""Periods of a pack's calendar: months, terms, academic years."""

import datetime
from collections.abc import Iterator

from config.packs.reading import Pack
from config.packs.tally import Tally
from quality.catalogue.models import Period

Span = tuple[str, str, datetime.date, datetime.date]


def install_periods(pack: Pack, until: datetime.date, tally: Tally) -> None:
    """Create the periods from the pack's first year to the one after `until`; the rule of codes stands in pack.toml."""
    known = set(Period.objects.filter(pack=pack.code).values_list("code", flat=True))
    spans = list(periods_of(pack, until))
    calendar = pack.settings["calendar"]
    due, close = (datetime.timedelta(days=calendar[name]) for name in ("due_days", "close_days"))
    fresh = [
        Period(
            kind=kind, code=code, pack=pack.code, starts_on=start, ends_on=end, due_on=end + due, closes_on=end + close
        )
        for kind, code, start, end in spans
        if code not in known
    ]
    Period.objects.bulk_create(fresh, batch_size=2000)
    tally.add("periods", len(fresh), 0, len(spans) - len(fresh))


def periods_of(pack: Pack, until: datetime.date) -> Iterator[Span]:
    """(kind, code, first day, last day) of every period, year by year."""
    calendar = pack.settings["calendar"]
    rule = calendar["year"]
    for first in range(calendar["first_year"], until.year + 2):
        start = _on(first, rule["starts"])
        end = _on(first, rule["ends"])
        end = end if end > start else _on(first + 1, rule["ends"])
        code = rule["code"].format(start=start.year, end=end.year)
        yield "A", code, start, end
        for number, term in enumerate(calendar["terms"], 1):
            opens, closes = (_within(start, end, term[edge]) for edge in ("starts", "ends"))
            yield "T", f"{code}-T{number}", opens, closes
        yield from months_of(start, end)


def months_of(start: datetime.date, end: datetime.date) -> Iterator[Span]:
    """The calendar months of a year that begins on the first of a month."""
    opens = start
    while opens < end:
        after = (opens.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
        yield "M", f"{opens:%Y-%m}", opens, after - datetime.timedelta(days=1)
        opens = after


def _on(year: int, month_day: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{year}-{month_day}")


def _within(start: datetime.date, end: datetime.date, month_day: str) -> datetime.date:
    """The day of this name that lies inside the year from `start` to `end`."""
    found = _on(start.year, month_day)
    return found if found >= start else _on(end.year, month_day)
