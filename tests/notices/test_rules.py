"""When a message may leave: tables of the country's calendar, and what holds at every moment of a year."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from config.notices import BOOK
from exchange.notices.models import NoticeKind
from exchange.notices.rules import Calendar, due_at, is_at_once, may_leave, retry_at

ZONE = ZoneInfo("Asia/Tashkent")
CALENDAR = Calendar(ZONE)
ZONES = [ZONE, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("Europe/London")]
YEARS = [datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2026, 2028)]
moments = some.integers(int(YEARS[0].timestamp()), int(YEARS[1].timestamp())).map(
    lambda second: datetime.datetime.fromtimestamp(second, datetime.UTC)
)
kinds = some.sampled_from(list(NoticeKind))


def at(text: str) -> datetime.datetime:
    """A moment on the clock of the country; 21 November 2026 is a Saturday."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "urgent", "happened", "leaves"),
    [
        ("your_turn", False, "2026-11-20T10:00", "2026-11-20T10:00"),
        ("your_turn", False, "2026-11-20T18:59", "2026-11-20T18:59"),
        ("your_turn", False, "2026-11-20T19:00", "2026-11-21T08:00"),
        ("your_turn", False, "2026-11-20T07:59", "2026-11-20T08:00"),
        ("your_turn", False, "2026-11-21T20:00", "2026-11-23T08:00"),
        ("your_turn", False, "2026-11-22T12:00", "2026-11-23T08:00"),
        ("security", False, "2026-11-20T03:00", "2026-11-20T08:00"),
        ("deadline", True, "2026-11-20T10:00", "2026-11-20T10:00"),
        ("deadline", False, "2026-11-20T10:00", "2026-11-21T09:00"),
        ("partner_acted", False, "2026-11-20T08:30", "2026-11-20T09:00"),
        ("partner_acted", False, "2026-11-20T09:00", "2026-11-21T09:00"),
        ("partner_acted", False, "2026-11-21T10:00", "2026-11-23T09:00"),
        ("to_confirm", False, "2026-11-22T23:59", "2026-11-23T09:00"),
    ],
)
def test_a_message_leaves_at_once_or_with_the_digest_and_never_in_quiet_hours(
    kind: str, urgent: bool, happened: str, leaves: str
) -> None:
    assert due_at(CALENDAR, at(happened), kind, urgent=urgent) == at(leaves)


@given(moment=moments, kind=kinds, urgent=some.booleans(), zone=some.sampled_from(ZONES))
def test_no_message_is_ever_due_in_quiet_hours_or_on_a_day_of_rest_or_in_the_past(
    moment: datetime.datetime, kind: str, urgent: bool, zone: ZoneInfo
) -> None:
    calendar = Calendar(zone)
    due = due_at(calendar, moment, kind, urgent=urgent)
    local = due.astimezone(zone)
    assert not calendar.is_quiet(due)
    assert 8 <= local.hour < 19 and local.isoweekday() != 7
    assert moment <= due <= moment + datetime.timedelta(days=2, hours=15)
    if not is_at_once(kind, urgent=urgent):
        assert (local.hour, local.minute) == (9, 0)


@given(moment=moments, sent=some.integers(0, 5), due=some.lists(kinds, min_size=1, max_size=5))
def test_turns_alone_never_make_a_fourth_message_nor_take_the_place_of_the_digest(
    moment: datetime.datetime, sent: int, due: list[str]
) -> None:
    goes = may_leave(CALENDAR, moment, due, sent)
    before_digest = moment.astimezone(ZONE).hour < 9
    if CALENDAR.is_quiet(moment):
        assert not goes
    elif set(due) == {NoticeKind.YOUR_TURN}:
        assert goes == (sent < (2 if before_digest else 3))
    else:
        assert goes


def test_the_country_pack_names_the_quiet_hours() -> None:
    assert BOOK.calendar.quiet_from == datetime.time(19)
    assert BOOK.calendar.quiet_until == datetime.time(8)
    assert BOOK.calendar.rest_days == frozenset({7})


def test_a_message_that_does_not_get_through_is_tried_six_times_over_hours() -> None:
    start = at("2026-11-20T10:00")
    waits = [retry_at(start, attempts) for attempts in range(1, 7)]
    assert waits == [*sorted(waits[:5]), None]
    assert waits[4] - start == datetime.timedelta(hours=6)
