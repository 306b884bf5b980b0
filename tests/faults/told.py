"""A table of notices for fault tests: every hour is a working hour, a lease is short, an act names whom it is told."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from exchange.notices import sending
from exchange.notices.models import NoticeKind
from exchange.notices.rules import Calendar
from exchange.notices.telling import Book, Telling, Told
from lifecycle.models import Event


def named(event: Event) -> list[Told]:
    """The person whose key the act carries."""
    return [Told(event.detail["user"], {"number": event.subject_id})]


PROBED = Telling("probe.told", NoticeKind.SECURITY, "Act <%(number)s>", "Open", "notice-list", named, named=False)
ALWAYS = Calendar(ZoneInfo("UTC"), datetime.time.max, datetime.time.min, frozenset(), datetime.time.min)
BOOK = Book({("probe", "told"): (PROBED,)}, ALWAYS)

settings.NOTICES = "tests.faults.told.BOOK"
sending.LEASE = datetime.timedelta(seconds=6)
