"""What approvals of a group rest on changes by no path: raw SQL as the role that serves, past the pages and the API."""

import pytest

from labs.models import GroupApproval, PilotMember
from labs.pilots.group import decline
from tests.labs.cheating import cheat, told, walked
from tests.labs.walking import Walk, now

pytestmark = pytest.mark.django_db
__all__ = ["cheat"]


def changes(walk: Walk) -> list[str]:
    """Everything that would make it another group."""
    project, other = walk.project.pk, walk.stranger
    house, field = walk.world.c.pk, walk.members[1]["field"].pk
    return [
        *(f"UPDATE labs_pilotmember SET {change} WHERE project_id = {project}" for change in (
            "part = 'researcher'", "raci = 'informed'", "tasks = 'Nothing'", f"institution_id = {house}",
            f"field_id = {field}", f"user_id = {other.pk} - id + id", "answer = 'declined'",
            "answer = 'invited', answered_at = NULL",
        )),
        f"DELETE FROM labs_pilotmember WHERE project_id = {project} AND raci <> 'accountable'",
        (
            "INSERT INTO labs_pilotmember"
            " (public_id, project_id, user_id, institution_id, field_id, part, raci, tasks, answer)"
            f" VALUES ('x', {project}, {other.pk}, {house}, {field}, 'researcher', 'informed', 'All', 'invited')"
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["group_approved", "in_development", "piloting", "assessed"])
def test_a_group_stays_as_it_was_approved(world, cheat, status):
    walk = walked(world, status)
    before = list(PilotMember.objects.order_by("pk").values())
    for sql in changes(walk):
        assert "the group is approved" in str(cheat(sql)), sql
    for sql in ("DELETE FROM labs_groupapproval", "UPDATE labs_groupapproval SET approved_at = now()"):
        assert "labs_" in str(cheat(sql)), sql
    assert list(PilotMember.objects.order_by("pk").values()) == before


def test_what_an_approval_rests_on_changes_only_when_it_falls_first(world, cheat):
    walk = walked(world, "direction_set")
    while not GroupApproval.objects.exists():
        name, person = walk.next() or ("", None)
        getattr(walk, name)(person)
    for sql in changes(walk):
        assert "labs_pilotmember" in str(cheat(sql)), sql
    walk.members[2]["tasks"] = "Another task"
    walk.name(walk.coordinator)
    assert not GroupApproval.objects.exists()
    assert PilotMember.objects.get(user=walk.members[2]["member"].user).answer == "invited"


def test_who_was_approved_without_having_answered_still_agrees_or_declines(world):
    walk = walked(world, "direction_set")
    walk.name(walk.coordinator)
    for member in walk.members[:2]:
        walk.agree(member["member"].user)
    walk.approve(walk.coordinator)
    walk.agree(walk.members[2]["member"].user)
    assert GroupApproval.objects.count() == 1
    decline(walk.fresh(), by=walk.members[2]["member"].user, at=now(), reason="No time.")
    assert not GroupApproval.objects.exists()


def test_no_group_is_approved_that_is_not_whole(world, cheat):
    walk = walked(world, "direction_set")
    approve = told("pilot", walk.project) + "UPDATE labs_pilotproject SET status = 'group_approved'"
    assert "its group is not whole" in str(cheat(approve))
    walk.name(walk.coordinator)
    for member in walk.members:
        walk.agree(member["member"].user)
    walk.approve(walk.coordinator)
    assert "its group is not whole" in str(cheat(approve))
