"""The background: how tasks run, and the timetable of everything that runs by itself.

No request ever publishes; only beat and workers do. Background work begins as a row and is found by a tick, so what
a crash interrupts is found again by the next tick, not by redelivery.
"""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
SECONDS, MINUTE, NIGHT = 10, 60, 24 * 3600

app = Celery("hamkorlik")
app.conf.update(
    broker_url=settings.BROKER_URL,
    task_acks_late=True,
    task_reject_on_worker_lost=True,  # without it a killed pool child counts as done
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    task_serializer="json",
    accept_content=["json"],
    task_soft_time_limit=210,
    task_time_limit=240,  # below visibility_timeout, always: a longer task would run twice
    broker_transport_options={
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,  # kombu looks for abandoned messages every interval × throttle
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    },
    broker_connection_retry_on_startup=True,
    worker_soft_shutdown_timeout=20,
    worker_max_memory_per_child=300_000,
    worker_hijack_root_logger=False,
    timezone=settings.TIME_ZONE,
    task_default_queue="ticks",
    task_routes={"quality.rollups.recount_everything": {"queue": "heavy"}, "exchange.jobs.*": {"queue": "heavy"}},
)
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict[str, object]:
    """A timetable entry whose message dies after its own period, else a day without workers leaves a mountain."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def nightly(hour: int, minute: int, task: str) -> dict[str, object]:
    """A timetable entry once a night, in the country's time."""
    return {"task": task, "schedule": crontab(hour=str(hour), minute=str(minute)), "options": {"expires": NIGHT}}


app.conf.beat_schedule = {
    "recount what changed": every(SECONDS, "quality.rollups.recount_changed"),
    "tell of acts": every(SECONDS, "exchange.notices.note_acts"),
    "send notices": every(SECONDS, "exchange.notices.send_due"),
    "run what was asked for": every(SECONDS, "exchange.jobs.run_queued"),
    "start and end agreements by date": every(15 * MINUTE, "cooperation.agreements.move_by_date"),
    "tell of overdue obligations": every(15 * MINUTE, "cooperation.obligations.remind_of_overdue"),
    "tell of ends and of waiting": every(15 * MINUTE, "cooperation.agreements.tell_of_time"),
    "show unconfirmed activities as such": every(15 * MINUTE, "cooperation.activities.lapse_unconfirmed"),
    "tell of deadlines of pilot projects": every(15 * MINUTE, "labs.pilots.remind_of_deadlines"),
    "tell of reviews that fall due": every(15 * MINUTE, "labs.examinations.remind_of_reviews"),
    "send personal links": every(MINUTE, "cooperation.confirmations.tell_asked"),
    "send answers to remarks": every(MINUTE, "quality.comments.mail_answers"),
    "send invitations": every(MINUTE, "institutions.people.tell_invited"),
    "let unanswered invitations lapse": every(15 * MINUTE, "institutions.people.lapse_invitations"),
    "forget whom old links were sent to": nightly(0, 20, "cooperation.confirmations.forget_addressees"),
    "forget who sent old remarks": nightly(0, 25, "quality.comments.forget_contacts"),
    "seal acts": every(MINUTE, "lifecycle.seal_acts"),
    "sign the head of the record": nightly(0, 30, "lifecycle.sign_day"),
    "check the record": nightly(3, 40, "lifecycle.check_record"),
    "turn the day of the register": nightly(0, 1, "institutions.registry.turn_of_day"),
    "make figures of closed periods final": nightly(0, 5, "quality.submissions.lock_closed"),
    "publish releases on their day": every(15 * MINUTE, "quality.releases.publish_due"),
    "publish results whose embargo ended": every(15 * MINUTE, "labs.verdicts.publish_due"),
    "recount everything": nightly(2, 10, "quality.rollups.recount_everything"),
    "compare what is shown with what is stored": nightly(3, 10, "quality.reconciliation.compare_surfaces"),
}
if settings.TELEGRAM_TOKEN:  # somebody who writes to the bot waits for its answer
    app.conf.beat_schedule["listen to the bot"] = every(3, "exchange.notices.listen")
