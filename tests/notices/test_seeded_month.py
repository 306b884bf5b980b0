"""The demonstration world's last month, told hour by hour as it happened."""

import datetime
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.clock import now
from exchange.notices.actions import note_events
from exchange.notices.models import Channel, Notice, Sending
from exchange.notices.sending import Parcel, send_due
from exchange.notices.telling import the_book
from lifecycle.models import Event
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAYS = 30


def test_nobody_gets_more_than_three_messages_a_day_nor_one_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("seed_world", "--seed", "7", "--json", stdout=StringIO(), stderr=StringIO())
    calendar, left = the_book().calendar, Counter[tuple[int, datetime.date]]()

    def take(parcel: Parcel, at: datetime.datetime) -> None:
        assert not calendar.is_quiet(at)
        left[parcel.user.pk, calendar.local(at).date()] += 1

    began = NOW - datetime.timedelta(days=DAYS)
    events = list(Event.objects.filter(happened_at__gte=began).order_by("happened_at", "pk"))
    for hour in range(24 * (DAYS + 4)):
        with time_machine.travel(began + datetime.timedelta(hours=hour), tick=False):
            due = [event for event in events if event.happened_at <= now()]
            events = events[len(due) :]
            note_events(due, at=now(), book=the_book())
            send_due({Channel.EMAIL: take, Channel.TELEGRAM: take}, now, the_book())
    assert Notice.objects.count() >= 10 and len(left) >= 5
    assert sorted(left.values())[int(len(left) * 0.95)] <= 3
    assert not Sending.objects.filter(state="waiting").exists()
