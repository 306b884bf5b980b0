"""When a message may leave: quiet hours, days of rest, what goes at once, how many a day. Pure: told the moment."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from exchange.notices.models import Channel, NoticeKind

DAILY = 3
STALE = datetime.timedelta(days=1)  # an older act is news to nobody's pocket; the bell still tells it
KEPT = datetime.timedelta(days=30)  # and after a month nobody is told at all
RETRIES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
LEASE = datetime.timedelta(seconds=45)
DAY = datetime.timedelta(days=1)
# off unless chosen: who asked for a file mostly waits for it on the page
UNASKED = {(NoticeKind.FILE_READY, Channel.EMAIL)}


@dataclass(frozen=True)
class Calendar:
    """The country's facts: no message between `quiet_from` and `quiet_until` nor on days of rest (1 is Monday)."""

    zone: ZoneInfo
    quiet_from: time = time(19)
    quiet_until: time = time(8)
    rest_days: frozenset[int] = frozenset({7})
    digest_at: time = time(9)

    def local(self, at: datetime.datetime) -> datetime.datetime:
        return at.astimezone(self.zone)

    def on(self, day: datetime.date, clock: time) -> datetime.datetime:
        """That hour of that day, as a moment in UTC."""
        return datetime.datetime.combine(day, clock, self.zone).astimezone(datetime.UTC)

    def is_quiet(self, at: datetime.datetime) -> bool:
        """Whether nothing may be sent now but what the person just asked for, which is no notice."""
        local = self.local(at)
        clock = local.time()
        return local.isoweekday() in self.rest_days or clock >= self.quiet_from or clock < self.quiet_until

    def next_at(self, at: datetime.datetime, clock: time) -> datetime.datetime:
        """The next time, strictly later, that this hour comes on a day that is not of rest."""
        day = self.local(at).date()
        while self.on(day, clock) <= at or day.isoweekday() in self.rest_days:
            day += DAY
        return self.on(day, clock)

    def next_digest(self, at: datetime.datetime) -> datetime.datetime:
        return self.next_at(at, self.digest_at)

    def day_began(self, at: datetime.datetime) -> datetime.datetime:
        return self.on(self.local(at).date(), time(0))


def is_at_once(kind: str, *, urgent: bool = False) -> bool:
    """Your turn, a deadline tomorrow (`urgent`) and security do not wait for the digest."""
    return kind in (NoticeKind.YOUR_TURN, NoticeKind.SECURITY) or (urgent and kind == NoticeKind.DEADLINE)


def due_at(calendar: Calendar, at: datetime.datetime, kind: str, *, urgent: bool = False) -> datetime.datetime:
    """When a message about it may leave: now, at the end of the quiet time, or with the next digest."""
    if not is_at_once(kind, urgent=urgent):
        return calendar.next_digest(at)
    return calendar.next_at(at, calendar.quiet_until) if calendar.is_quiet(at) else at


def may_leave(calendar: Calendar, at: datetime.datetime, kinds: Collection[str], sent_today: int) -> bool:
    """Whether a message with these due kinds goes now, having sent so many today; else it waits for the digest.

    Before the digest one of the three messages of a day is kept for it. A digest itself, security, and tomorrow's
    deadline always go.
    """
    if calendar.is_quiet(at):
        return False
    if any(kind != NoticeKind.YOUR_TURN for kind in kinds):
        return True
    room = DAILY if calendar.local(at).time() >= calendar.digest_at else DAILY - 1
    return sent_today < room


def retry_at(at: datetime.datetime, attempts: int) -> datetime.datetime | None:
    """When to try again after so many attempts; None when it is given up."""
    return at + RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


def is_wanted_by_default(kind: str, channel: str) -> bool:
    return (kind, channel) not in UNASKED


def channel_for(wanted: Collection[str], *, telegram_open: bool) -> str | None:
    """Telegram where it is linked and wanted, else e-mail where that is wanted: one message, never two."""
    if telegram_open and Channel.TELEGRAM in wanted:
        return str(Channel.TELEGRAM)
    return str(Channel.EMAIL) if Channel.EMAIL in wanted else None
