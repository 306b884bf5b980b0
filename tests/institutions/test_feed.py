"""The feed of events, with commits as they are."""

import time

import pytest
from django.utils import timezone

from accounts.models import User
from institutions.people.feed import page_after
from lifecycle.events import record
from tests.factories import a_member, a_territory, an_institution


def wait_for_the_edge(user):
    """The server may be shared: whoever writes in another database holds the edge until that transaction ends."""
    until = time.monotonic() + 60
    while time.monotonic() < until and len(page_after(user, (0, 0), 10, subject_type="thing")) < 4:
        time.sleep(0.2)


@pytest.mark.real_clock
def test_the_feed_is_read_in_order_and_only_by_whom_it_concerns(own_database):
    country = a_territory("9")
    house, other = an_institution(country, "One"), an_institution(country, "Two")
    inside, outside = a_member("teacher", house), a_member("teacher", other)
    office = a_member("ministry_officer", territory=country)
    for number in range(3):
        record(f"act{number}", subject_type="thing", subject_id="1", by=None, at=timezone.now(), concerned=[house.public_id], institution=house.public_id)
    record("secret", subject_type="thing", subject_id="1", by=None, at=timezone.now(), concerned=[house.public_id], members_only=True)
    wait_for_the_edge(inside)
    names = [event.name for event in page_after(User.objects.get(pk=inside.pk), (0, 0), 10, subject_type="thing")]
    assert names == ["act0", "act1", "act2", "secret"]
    first = page_after(User.objects.get(pk=inside.pk), (0, 0), 2, subject_type="thing")
    rest = page_after(User.objects.get(pk=inside.pk), (int(first[-1].xact), first[-1].pk), 10, subject_type="thing")
    assert [event.name for event in (*first, *rest)] == names
    assert page_after(User.objects.get(pk=outside.pk), (0, 0), 10, subject_type="thing") == []
    assert [event.name for event in page_after(User.objects.get(pk=office.pk), (0, 0), 10, subject_type="thing")] == names[:3]
