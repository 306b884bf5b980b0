"""What is told of pilot projects and to whom, the deadline that comes near, and what waits in the inbox."""

import datetime

import pytest
from django.utils import timezone

from exchange.notices.models import Notice, NoticeKind
from labs.pilots.developing import extend
from labs.pilots.group import agree, approve_group, save_group
from labs.pilots.inbox import groups, steps, to_agree
from labs.pilots.reminding import remind
from lifecycle.models import Event
from tests.factories import a_member, a_term
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_project, put
from tests.notices.conftest import tell  # noqa: F401

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def day(days):
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def lab(world):
    return a_laboratory(world.b, world.a, world.c)


@pytest.fixture
def coordinator(lab):
    return a_coordinator(lab)


@pytest.fixture
def developed(lab, world):
    project = a_project(lab, "in_development", first_deadline=day(20), deadline=day(20))
    a_group(project, world.b, world.a)
    return project


def told(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("telling", flat=True))


def test_lead_and_coordinator_are_told_once_a_week_before_a_day_before_and_after(developed, coordinator, tell):  # noqa: F811
    lead, other = developed.members.order_by("pk")[:2]
    for left in (12, 8, 7, 6, 3, 2, 1, 0, -1, -2, -9):
        remind(day(20 - left), at=now())
    tell()
    assert told(lead.user) == ["pilot.lead_week", "pilot.lead_day", "pilot.lead_overdue"]
    assert told(coordinator) == ["pilot.week", "pilot.day", "pilot.overdue"]
    assert told(other.user) == []
    developed.refresh_from_db()
    assert (developed.status, developed.version) == ("in_development", 1)


def test_a_missed_run_tells_only_what_is_true_now(developed):
    assert remind(day(30), at=now()) == 1
    assert Event.objects.about("pilot", developed.public_id).get().name == "deadline_passed"


def test_a_deadline_that_was_put_off_is_told_anew(developed, coordinator):
    assert [remind(day(14), at=now()), remind(day(14), at=now())] == [1, 0]
    extend(developed, by=coordinator, at=now(), deadline=day(25), reason="Illness")
    assert [remind(day(14), at=now()), remind(day(19), at=now())] == [0, 1]


@pytest.mark.parametrize("status", ["submitted", "revision_required", "stopped", "group_approved"])
def test_nothing_is_told_of_what_is_not_in_development(developed, status):
    put(developed, status)
    assert remind(day(30), at=now()) == 0


def named(lab, world, coordinator):
    fields = (a_term("isced_f", "0111"), a_term("isced_f", "0611"))
    users = [a_member("teacher", house) for house in (world.b, world.a, world.a)]
    rows = [
        {"member": user.memberships.get(), "part": ("researcher", "practitioner")[at % 2], "field": fields[at % 2],
         "raci": "responsible" if at else "accountable", "tasks": "Reads"}
        for at, user in enumerate(users)
    ]  # fmt: skip
    project = put(a_project(lab), "direction_set")
    return save_group(project, by=coordinator, at=now(), members=rows), users, rows


def test_whoever_is_named_is_told_and_decides_nobody_is_pressed(lab, world, coordinator, tell):  # noqa: F811
    project, users, rows = named(lab, world, coordinator)
    tell()
    assert [told(user) for user in users] == [["pilot.named"]] * 3
    assert set(Notice.objects.values_list("kind", flat=True)) == {NoticeKind.PARTNER_ACTED}
    rows[1]["tasks"] = "Counts"
    save_group(project, by=coordinator, at=now(), members=rows)
    tell()
    assert [len(told(user)) for user in users] == [1, 2, 1], "only who is asked anew is told anew"


def test_the_group_waits_for_approval_when_the_last_one_agreed(lab, world, coordinator, tell):  # noqa: F811
    project, users, _rows = named(lab, world, coordinator)
    admin = a_member("institution_admin", world.c)
    for user in users:
        assert list(to_agree(user)) == [project]
        assert list(groups(admin)) == []
        agree(project, by=user, at=now())
        assert list(to_agree(user)) == []
    tell()
    assert told(admin) == told(coordinator) == ["pilot.to_approve"]
    assert list(groups(admin)) == list(groups(coordinator)) == [project]
    approve_group(project, by=admin, at=now())
    assert list(groups(admin)) == []
    approve_group(project, by=coordinator, at=now())
    tell()
    assert told(users[0]) == ["pilot.approved"]
    assert list(steps(users[0])) == [project]
    assert list(steps(users[1])) == []


def test_next_steps_wait_for_the_coordinator(lab, coordinator, world):
    waiting = [a_project(lab, status) for status in ("problem_identified", "object_defined", "accepted")]
    for status in ("submitted", "in_development", "in_examination", "piloting", "stopped"):
        a_project(lab, status)
    assert set(steps(coordinator)) == set(waiting)
    assert not steps(a_member("coordinator", world.a)).exists()
