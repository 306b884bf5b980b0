"""Which acts are told to whom: one line for each act, in the words of the thing it happens to; and when they are told.

A thing adds its lines here; how they are worded stands in its own `emails.py`.
"""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from config.packs.reading import Pack
from cooperation.activities import emails as activities
from cooperation.adoptions import emails as adoptions
from cooperation.agreements import emails as agreements
from cooperation.entries import spoken
from cooperation.obligations import emails as obligations
from cooperation.practices.models import Practice
from cooperation.programmes import emails as programmes
from cooperation.projects import emails as projects
from cooperation.protocols import emails as protocols
from cooperation.resources.models import Resource
from cooperation.reviewing import emails as reviewing
from exchange.jobs import emails as jobs
from exchange.notices.rules import Calendar
from exchange.notices.telling import Book, Table
from institutions.people import emails as people
from institutions.registry import emails as registry
from labs.examinations import emails as examinations
from labs.implementation import emails as implementation
from labs.laboratories import emails as laboratories
from labs.pilots import emails as pilots
from labs.problems import emails as problems
from labs.trials import emails as trials
from labs.verdicts import emails as verdicts
from quality.comments import emails as comments

TABLE: Table = {
    ("agreement", "propose"): (agreements.TURN,),
    ("agreement", "change"): (agreements.TURN,),
    ("agreement", "approve"): (agreements.SIGNED,),
    ("agreement", "conclude"): (agreements.CONCLUDED,),
    ("agreement", "decline"): (agreements.DECLINED,),
    ("agreement", "withdraw"): (agreements.WITHDRAWN,),
    **{("agreement", name): (agreements.TURN,) for name in agreements.ASKED},
    ("agreement", "remind"): (agreements.REMINDED,),
    ("agreement", "alert"): (agreements.ENDS, agreements.RENEWS, agreements.REVIEW),
    **{("agreement", name): (line,) for name, line in agreements.HAPPENED.items()},
    ("activity", "log"): (activities.TO_CONFIRM,),
    ("activity", "correct"): (activities.TO_CONFIRM,),
    ("activity", "confirm"): (activities.CONFIRMED,),
    ("activity", "dispute"): (activities.DISPUTED,),
    ("activity", "refuse"): (activities.REFUSED,),
    ("obligation", "submit"): (obligations.TO_ACCEPT,),
    ("obligation", "accept"): (obligations.ACCEPTED,),
    ("obligation", "return"): (obligations.RETURNED,),
    ("obligation", "waive"): (obligations.WAIVED,),
    ("obligation", "cover"): (obligations.COVERED,),
    ("obligation", "uncover"): (obligations.UNCOVERED,),
    ("obligation", "overdue"): obligations.LATE,
    ("project", "propose"): (projects.PROPOSED,),
    ("project", "accept"): (projects.ACCEPTED,),
    ("project", "decline"): (projects.DECLINED,),
    ("project", "start"): (projects.STARTED,),
    ("project", "complete"): (projects.TO_CONFIRM,),
    ("project", "confirm"): (projects.COMPLETED,),
    ("project", "pause"): (projects.PAUSED,),
    ("project", "resume"): (projects.RESUMED,),
    ("project", "ask_stop"): (projects.STOP_ASKED,),
    ("project", "stop"): (projects.STOPPED,),
    ("project", "stop_by_partners"): (projects.STOPPED,),
    ("programme", "start"): (programmes.INVITED,),
    ("programme", "accept"): (programmes.ACCEPTED,),
    ("programme", "decline"): (programmes.DECLINED, programmes.READY),
    ("programme", "change"): (programmes.TO_CONFIRM,),
    ("programme", "confirm"): (programmes.CONFIRMED, programmes.READY),
    ("programme", "approve"): (programmes.APPROVED,),
    ("programme", "revise"): (programmes.REVISED,),
    ("programme", "revert"): (programmes.REVERTED,),
    ("programme", "retire"): (programmes.RETIRED,),
    **reviewing.table_of(Practice),
    **reviewing.table_of(Resource),
    ("adoption", "report"): (adoptions.TO_CONFIRM,),
    ("adoption", "confirm"): (adoptions.CONFIRMED,),
    ("adoption", "confirm_by_work"): (adoptions.SHOWN,),
    ("adoption", "sustain"): (adoptions.SUSTAINED,),
    ("adoption", "drop"): (adoptions.DROPPED,),
    ("comment", "receive"): (comments.RECEIVED,),
    ("protocol", "draft"): (protocols.TO_SIGN,),
    ("protocol", "save"): (protocols.TO_SIGN,),
    ("protocol", "conclude"): (protocols.SIGNED,),
    ("pilot", "save_group"): (pilots.NAMED,),
    ("pilot", "agree"): (pilots.TO_APPROVE,),
    ("pilot", "decline_part"): (pilots.DECLINED,),
    ("pilot", "complete_group"): (pilots.APPROVED,),
    ("pilot", "start_development"): (pilots.STARTED,),
    ("pilot", "extend"): (pilots.EXTENDED,),
    ("pilot", "deadline_near"): (pilots.WEEK_LEFT, pilots.DAY_LEFT, pilots.LEAD_WEEK, pilots.LEAD_DAY),
    ("pilot", "deadline_passed"): (pilots.OVERDUE, pilots.LEAD_OVERDUE),
    ("pilot", "submit"): (pilots.SUBMITTED,),
    ("pilot", "accept"): (pilots.ACCEPTED,),
    ("pilot", "require_changes"): (pilots.CHANGES,),
    ("pilot", "reject"): (pilots.REJECTED,),
    ("pilot", "stop"): (pilots.STOPPED,),
    ("examination", "invite"): (examinations.INVITED,),
    ("examination", "decide"): (examinations.DECIDED,),
    ("review", "decline"): (examinations.DECLINED,),
    ("review", "submit"): (examinations.SUBMITTED,),
    ("review", "deadline_near"): (examinations.WEEK_LEFT, examinations.DAY_LEFT),
    ("review", "deadline_passed"): (examinations.OVERDUE, examinations.LATE),
    ("laboratory", "propose"): (laboratories.PROPOSED,),
    ("laboratory", "open"): (laboratories.OPENED,),
    ("laboratory", "pause"): (laboratories.PAUSED,),
    ("laboratory", "resume"): (laboratories.RESUMED,),
    ("laboratory", "close"): (laboratories.CLOSED,),
    ("problem", "raise"): (problems.RAISED,),
    ("problem", "accept"): (problems.ACCEPTED,),
    ("problem", "decline"): (problems.DECLINED,),
    ("problem", "merge"): (problems.MERGED,),
    ("problem", "solve"): (problems.SOLVED,),
    ("problem", "solve_by_project"): (problems.SOLVED,),
    ("pilot", "save_programme"): (implementation.TO_JOIN,),
    ("pilot", "join_site"): (implementation.JOINED,),
    ("pilot", "decline_site"): (implementation.NOT_JOINED,),
    ("pilot", "approve_programme"): (implementation.TASKS,),
    ("pilot", "preregister"): (implementation.LOCKED,),
    ("step", "submit"): (implementation.REPORTED,),
    ("step", "return"): (implementation.RETURNED,),
    ("pilot", "seat_panel"): (verdicts.SEATED,),
    ("pilot", "propose_verdict"): (verdicts.PROPOSED, verdicts.PROPOSED_TO),
    ("pilot", "assess"): (verdicts.ASSESSED_PANEL, verdicts.ASSESSED),
    ("pilot", "publish"): (verdicts.PUBLISHED,),
    ("trial", "open"): (trials.BASELINE,),
    ("trial", "run"): (trials.RUNNING,),
    ("trial", "measure"): (trials.ENDLINE,),
    ("trial", "close"): (trials.CLOSED,),
    ("trial", "abandon"): (trials.ABANDONED,),
    ("amendment", "ask"): (trials.TO_APPROVE,),
    ("amendment", "take_effect"): (trials.CHANGED,),
    ("amendment", "refuse"): (trials.NOT_CHANGED,),
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
