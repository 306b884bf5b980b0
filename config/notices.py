"""Which acts are told to whom: one line for each act, in the words of the thing it happens to; and when they are told.

A thing adds its lines here; how they are worded stands in its own `emails.py`.
"""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from config.packs.reading import Pack
from cooperation.activities import emails as activities
from cooperation.agreements import emails as agreements
from cooperation.entries import spoken
from exchange.jobs import emails as jobs
from exchange.notices.rules import Calendar
from exchange.notices.telling import Book, Table
from institutions.people import emails as people
from institutions.registry import emails as registry

TABLE: Table = {
    ("agreement", "propose"): (agreements.TURN,),
    ("agreement", "change"): (agreements.TURN,),
    ("agreement", "approve"): (agreements.SIGNED,),
    ("agreement", "conclude"): (agreements.CONCLUDED,),
    ("agreement", "decline"): (agreements.DECLINED,),
    ("agreement", "withdraw"): (agreements.WITHDRAWN,),
    ("activity", "log"): (activities.TO_CONFIRM,),
    ("activity", "correct"): (activities.TO_CONFIRM,),
    ("activity", "confirm"): (activities.CONFIRMED,),
    ("activity", "dispute"): (activities.DISPUTED,),
    ("activity", "refuse"): (activities.REFUSED,),
    ("institution", "verify"): (registry.VERIFIED,),
    ("institution", "return"): (registry.RETURNED,),
    ("institution", "reject"): (registry.REJECTED,),
    ("token", "create"): (people.TOKEN_MADE,),
    ("user", "change_password"): (people.PASSWORD_CHANGED,),
    ("job", "finish"): (jobs.EXPORTED, jobs.IMPORTED),
    ("job", "fail"): (jobs.NOT_EXPORTED, jobs.NOT_IMPORTED),
}


def calendar_of(code: str) -> Calendar:
    """The quiet hours and days of rest that the country's pack names, in the site's zone."""
    facts = Pack.named(code).settings["calendar"]
    quiet_from, quiet_until = map(datetime.time.fromisoformat, facts["quiet_hours"])
    return Calendar(ZoneInfo(settings.TIME_ZONE), quiet_from, quiet_until, frozenset(facts["rest_days"]))


BOOK = Book(TABLE, calendar_of(settings.COUNTRY_PACK), spoken.ENTRY)
