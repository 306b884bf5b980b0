"""Who is told what of joint projects, programmes, what is reviewed, adoptions and protocols; and what is no news any more."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.clock import now
from accounts.models import User
from cooperation.activities.actions import confirm_activity, log_activity
from cooperation.activities.models import Activity
from cooperation.adoptions import actions as adoptions
from cooperation.adoptions.models import Adoption
from cooperation.adoptions.subjects import seen_subject
from cooperation.practices.actions import draft_practice
from cooperation.practices.models import Practice
from cooperation.programmes import actions as programmes
from cooperation.programmes.models import JointProgramme
from cooperation.projects import actions as projects
from cooperation.projects.models import JointProject
from cooperation.protocols import actions as protocols
from cooperation.protocols.models import Protocol
from cooperation.reviewing import actions as reviewing
from exchange.notices.models import Notice, Sending
from institutions.people.models import Membership
from tests.factories import a_member, a_term

pytestmark = pytest.mark.django_db
Tell = Callable[[], None]
DAY = datetime.date(2026, 12, 1)


@pytest.fixture
def news(tell: Tell) -> Callable[[User], list[str]]:
    """What a person is told since they were last asked."""
    seen: set[int] = set()

    def fresh(user: User) -> list[str]:
        tell()
        rows = Notice.objects.filter(recipient=user).exclude(pk__in=seen).order_by("pk")
        found = dict(rows.values_list("pk", "telling"))
        seen.update(found)
        return list(found.values())

    return fresh


@pytest.fixture
def project(world: SimpleNamespace, institution_admin: User, partner_admin: User, foreign_admin: User) -> JointProject:
    role = a_term("party_role", "partner", context=["project"])
    made = projects.draft_project(
        by=institution_admin, at=now(), title="A bridge", lead=world.a, goal="Pupils build a bridge.", starts_on=DAY,
        ends_on=datetime.date(2027, 5, 31), stages=[{"title": "Plan", "due_on": datetime.date(2027, 1, 31)}],
        partners=[{"institution": house, "role": role} for house in (world.b, world.c)],
    )  # fmt: skip
    return projects.propose_project(made, by=institution_admin, at=now())


@pytest.fixture
def running(project: JointProject, partner_admin: User, foreign_admin: User) -> JointProject:
    for user in (partner_admin, foreign_admin):
        projects.accept_role(project, by=user, at=now())
    return project


@pytest.fixture
def programme(world: SimpleNamespace, institution_admin: User, partner_admin: User, foreign_admin: User) -> Any:
    role = a_term("party_role", "partner", context=["project"])
    made = programmes.draft_programme(
        by=institution_admin, at=now(), title="Educator", lead=world.a, level=a_term("isced_level", "6"),
        fields_of_study=[a_term("isced_f", "0112")], contents="Practice from the first year.",
        members=[{"institution": house, "role": role} for house in (world.b, world.c)],
    )  # fmt: skip
    return programmes.start_work(made, by=institution_admin, at=now())


@pytest.fixture
def practice(teacher: User, institution_admin: User) -> Practice:
    form = a_term("cooperation_form", "F2")
    made = draft_practice(by=teacher, at=now(), title="Lessons in pairs", form=form, done="Two teach.", outcome="More.")
    return reviewing.submit_for_review(made, by=teacher, at=now())


@pytest.fixture
def used(practice: Practice, institution_admin: User, partner_admin: User, world: SimpleNamespace) -> Adoption:
    reviewing.publish_reviewed(practice, by=institution_admin, at=now())
    subject = seen_subject(partner_admin, "practice", practice.public_id)
    assert subject is not None
    return adoptions.report_adoption(by=partner_admin, at=now(), subject=subject, institution=world.b)


@pytest.fixture
def seminar(teacher: User, world: SimpleNamespace) -> Activity:
    a_term("cooperation_form", "F30")
    return log_activity(by=teacher, at=now(), type_=a_term("activity_type", "seminar", form="F30"), partners=[world.b])


def a_protocol(activity: Activity, by: User, chair: User, secretary: User, **other: Any) -> Protocol:
    offices = {
        name: {"member": Membership.objects.get(user=user), "position": "Deputy director"}
        for name, user in (("chair", chair), ("secretary", secretary))
    }
    present = [{"name": name, "position": "Teacher"} for name in ("A", "B")]
    items = [{"title": "Play and number", "author": "", "remarks": "", "decision": ""}]
    parts = {"number": "7", "place": "Hall", "present": present, "items": items, "result": "Agreed.", **offices}
    return protocols.draft_protocol(activity, by=by, at=now(), **{**parts, **other})


def test_a_project_is_the_partners_turn_and_the_lead_learns_each_answer_and_all_learn_the_start(
    project: JointProject, news: Any, institution_admin: User, partner_admin: User, foreign_admin: User, teacher: User
) -> None:
    assert [news(user) for user in (institution_admin, partner_admin, foreign_admin, teacher)] == [
        [], ["project.proposed"], ["project.proposed"], [],
    ]  # fmt: skip
    asked = Notice.objects.get(recipient=partner_admin)
    assert (asked.kind, asked.values["title"], asked.values["partner"]["en"]) == (
        "your_turn",
        "A bridge",
        "Alpha school",
    )
    projects.decline_role(project, by=foreign_admin, at=now(), reason="No room")
    assert news(institution_admin) == ["project.declined"]
    told = Notice.objects.get(recipient=institution_admin)
    assert told.values["partner"]["en"] == "Gamma college"
    assert "room" not in str(told.values)
    projects.accept_role(project, by=partner_admin, at=now())
    assert news(institution_admin) == ["project.accepted", "project.started"]
    assert [news(user) for user in (partner_admin, foreign_admin)] == [[], []]


def test_the_end_of_a_project_is_confirmed_by_a_partner_and_then_told_to_the_others(
    running: JointProject, news: Any, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    assert news(partner_admin) == ["project.started"]
    news(institution_admin), news(foreign_admin)
    projects.complete_project(running, by=institution_admin, at=now())
    assert [news(user) for user in (institution_admin, partner_admin)] == [[], ["project.to_confirm"]]
    assert Notice.objects.get(telling="project.to_confirm", recipient=partner_admin).kind == "your_turn"
    projects.confirm_project(running, by=partner_admin, at=now())
    assert [news(user) for user in (institution_admin, partner_admin, foreign_admin)] == [
        ["project.completed"], [], ["project.to_confirm", "project.completed"],
    ]  # fmt: skip


def test_partners_learn_that_a_project_rests_goes_on_or_is_stopped(
    running: JointProject, news: Any, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    news(partner_admin), news(foreign_admin), news(institution_admin)
    projects.pause_project(running, by=institution_admin, at=now(), reason="Winter")
    projects.resume_project(running, by=institution_admin, at=now())
    assert news(partner_admin) == ["project.paused", "project.resumed"]
    projects.ask_stop(running, by=partner_admin, at=now(), reason="No money")
    assert [news(institution_admin), news(foreign_admin)] == [
        ["project.stop_asked"], ["project.paused", "project.resumed", "project.stop_asked"],
    ]  # fmt: skip
    projects.ask_stop(running, by=foreign_admin, at=now(), reason="No money")
    assert [news(user) for user in (institution_admin, partner_admin, foreign_admin)] == [
        ["project.stop_asked", "project.stopped"], ["project.stop_asked", "project.stopped"], [],
    ]  # fmt: skip


def test_who_has_yet_to_answer_learns_that_the_project_was_stopped(
    project: JointProject, news: Any, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    projects.decline_role(project, by=foreign_admin, at=now(), reason="No")
    projects.stop_project(project, by=institution_admin, at=now(), reason="No money")
    assert news(partner_admin)[-1] == "project.stopped"
    assert "project.stopped" not in news(foreign_admin)


def test_a_programme_asks_its_group_and_tells_its_lead_until_it_can_be_approved(
    programme: JointProgramme, news: Any, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    assert [news(user) for user in (institution_admin, partner_admin)] == [[], ["programme.invited"]]
    for user in (partner_admin, foreign_admin):
        programmes.accept_role(programme, by=user, at=now())
    assert news(institution_admin) == ["programme.accepted", "programme.accepted"]
    version = programme.versions.get()
    programmes.confirm_content(programme, by=partner_admin, at=now(), content_hash=version.content_hash)
    assert news(institution_admin) == ["programme.confirmed"]
    programmes.decline_role(programme, by=foreign_admin, at=now(), reason="No room")
    assert news(institution_admin) == ["programme.declined", "programme.ready"]
    assert Notice.objects.get(telling="programme.ready").kind == "your_turn"
    programmes.approve_version(programme, by=institution_admin, at=now())
    assert news(partner_admin) == ["programme.approved"]
    assert "programme.approved" not in news(foreign_admin)


def test_a_changed_content_is_to_be_confirmed_by_who_takes_part_and_later_versions_are_told(
    programme: JointProgramme, news: Any, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    programmes.accept_role(programme, by=partner_admin, at=now())
    programmes.decline_role(programme, by=foreign_admin, at=now(), reason="No room")
    news(partner_admin), news(foreign_admin)
    programmes.save_programme(programme, by=institution_admin, at=now(), contents="Practice from the second year.")
    assert [news(user) for user in (partner_admin, foreign_admin)] == [["programme.to_confirm"], []]
    content_hash = programme.versions.get().content_hash
    programmes.confirm_content(programme, by=partner_admin, at=now(), content_hash=content_hash)
    assert news(institution_admin)[-1] == "programme.ready"
    programmes.approve_version(programme, by=institution_admin, at=now())
    news(partner_admin)
    programmes.revise_programme(programme, by=institution_admin, at=now())
    assert news(partner_admin) == ["programme.revised"]
    programmes.revert_version(programme, by=institution_admin, at=now())
    assert news(partner_admin) == ["programme.reverted"]
    programmes.retire_programme(programme, by=institution_admin, at=now(), reason="Nobody came")
    assert news(partner_admin) == ["programme.retired"]


def test_a_reviewer_learns_what_waits_and_the_author_the_answer_which_asks_nothing_of_them(
    practice: Practice, news: Any, teacher: User, institution_admin: User, regional_officer: User, partner_admin: User
) -> None:
    assert [news(user) for user in (teacher, institution_admin, regional_officer, partner_admin)] == [
        [], ["practice.to_review"], [], [],
    ]  # fmt: skip
    reviewing.return_to_author(practice, by=institution_admin, at=now(), reason="Say for which class")
    assert news(teacher) == ["practice.returned"]
    reviewing.submit_for_review(practice, by=teacher, at=now())
    reviewing.publish_reviewed(practice, by=institution_admin, at=now())
    assert news(teacher) == ["practice.published"]
    reviewing.withdraw_reviewed(practice, by=institution_admin, at=now(), reason="It was wrong")
    assert news(teacher) == ["practice.withdrawn"]
    told = Notice.objects.filter(recipient=teacher)
    assert {notice.kind for notice in told} == {"feedback"}
    assert not any(word in str(notice.values) for notice in told for word in ("class", "wrong", teacher.name))


def test_what_the_only_administrator_wrote_waits_for_the_region(
    news: Any, institution_admin: User, regional_officer: User, ministry_officer: User
) -> None:
    form = a_term("cooperation_form", "F2")
    made = draft_practice(by=institution_admin, at=now(), title="Mine", form=form, done="Done.", outcome="More.")
    reviewing.submit_for_review(made, by=institution_admin, at=now())
    assert [news(user) for user in (institution_admin, regional_officer, ministry_officer)] == [
        [], ["practice.to_review"], [],
    ]  # fmt: skip
    reviewing.withdraw_reviewed(
        reviewing.publish_reviewed(made, by=regional_officer, at=now()), by=institution_admin, at=now(), reason="Old"
    )
    assert news(institution_admin) == ["practice.published"]


def test_the_source_is_asked_whether_its_work_is_used_and_who_uses_it_learns_the_answer(
    used: Adoption, news: Any, institution_admin: User, partner_admin: User, time_machine_at: Any
) -> None:
    assert news(institution_admin)[-1] == "adoption.to_confirm"
    assert news(partner_admin) == []
    adoptions.confirm_adoption(used, by=institution_admin, at=now())
    assert news(partner_admin) == ["adoption.confirmed"]
    with time_machine_at(days=366):
        adoptions.sustain_adoption(used, by=institution_admin, at=now())
        assert news(partner_admin) == ["adoption.sustained"]
        adoptions.drop_adoption(used, by=partner_admin, at=now(), reason="Another book")
        assert [news(institution_admin), news(partner_admin)] == [["adoption.dropped"], []]


def test_the_source_learns_that_joint_work_showed_the_use_and_need_not_confirm_it(
    used: Adoption, seminar: Activity, news: Any, institution_admin: User, partner_admin: User
) -> None:
    confirm_activity(seminar, by=partner_admin, at=now())
    news(institution_admin), news(partner_admin)
    adoptions.show_work(used, by=partner_admin, at=now(), activity=seminar)
    assert [news(institution_admin), news(partner_admin)] == [["adoption.shown"], []]


def test_who_signs_a_protocol_is_told_when_it_is_complete_but_never_a_teacher(
    seminar: Activity, news: Any, teacher: User, institution_admin: User, world: SimpleNamespace
) -> None:
    other = a_member("teacher", world.a)
    draft = a_protocol(seminar, teacher, institution_admin, other, result="")
    assert [news(institution_admin), news(other)] == [[], []]
    for result in ("Agreed.", "Agreed by all."):
        protocols.save_protocol(draft, by=teacher, at=now(), result=result)
        news(other)
    assert [news(institution_admin), news(other), news(teacher)] == [["protocol.to_sign"], [], []]
    notice = Notice.objects.get(telling="protocol.to_sign")
    assert (notice.kind, notice.subject_type, notice.subject_id) == ("your_turn", "activity", seminar.public_id)
    for user in (institution_admin, other):
        protocols.sign_protocol(draft, by=user, at=now(), content_hash=draft.content_hash)
    assert [news(institution_admin), news(other), news(teacher)] == [[], [], ["protocol.signed"]]


def test_a_protocol_that_was_read_on_its_page_is_read(
    seminar: Activity, tell: Tell, teacher: User, institution_admin: User, world: SimpleNamespace,
    page_of: Callable[[User], Client],
) -> None:  # fmt: skip
    a_protocol(seminar, teacher, institution_admin, a_member("teacher", world.a))
    tell()
    assert page_of(institution_admin).get(f"/en/activities/{seminar.public_id}/protocol/").status_code == 200
    assert Notice.objects.get(telling="protocol.to_sign").read_at is not None
    assert Sending.objects.get(notice__telling="protocol.to_sign").state == "cancelled"


TURNS: dict[str, Callable[..., Any]] = {}


def turn(told: Callable[..., Any]) -> Callable[..., Any]:
    """Something that waits for a person, and how it ceases to: (the account told, the line, what ends it)."""
    TURNS[told.__name__] = told
    return told


@turn
def a_role_in_a_project(ask: Any) -> Any:
    project, partner = ask("project"), ask("partner_admin")
    return partner, "project.proposed", lambda: projects.accept_role(project, by=partner, at=now())


@turn
def the_end_of_a_project(ask: Any) -> Any:
    project = projects.complete_project(ask("running"), by=ask("institution_admin"), at=now())
    end = lambda: projects.confirm_project(project, by=ask("foreign_admin"), at=now())  # noqa: E731
    return ask("partner_admin"), "project.to_confirm", end


@turn
def a_role_in_a_programme(ask: Any) -> Any:
    programme, partner = ask("programme"), ask("partner_admin")
    return partner, "programme.invited", lambda: programmes.accept_role(programme, by=partner, at=now())


@turn
def a_content_to_confirm(ask: Any) -> Any:
    programme, partner, admin = ask("programme"), ask("partner_admin"), ask("institution_admin")
    programmes.accept_role(programme, by=partner, at=now())
    programmes.save_programme(programme, by=admin, at=now(), contents="Other.")
    return (
        partner,
        "programme.to_confirm",
        lambda: programmes.save_programme(programme, by=admin, at=now(), contents="Another."),
    )


@turn
def a_version_to_approve(ask: Any) -> Any:
    programme, partner, admin = ask("programme"), ask("partner_admin"), ask("institution_admin")
    programmes.decline_role(programme, by=ask("foreign_admin"), at=now(), reason="No")
    programmes.accept_role(programme, by=partner, at=now())
    content_hash = programme.versions.get().content_hash
    programmes.confirm_content(programme, by=partner, at=now(), content_hash=content_hash)
    return admin, "programme.ready", lambda: programmes.approve_version(programme, by=admin, at=now())


@turn
def a_practice_to_review(ask: Any) -> Any:
    practice, admin = ask("practice"), ask("institution_admin")
    return (
        admin,
        "practice.to_review",
        lambda: reviewing.publish_reviewed(practice, by=ask("regional_officer"), at=now()),
    )


@turn
def a_use_to_confirm(ask: Any) -> Any:
    used, admin = ask("used"), ask("institution_admin")
    return admin, "adoption.to_confirm", lambda: adoptions.confirm_adoption(used, by=admin, at=now())


@turn
def a_protocol_to_sign(ask: Any) -> Any:
    teacher, admin, activity = ask("teacher"), ask("institution_admin"), ask("seminar")
    draft = a_protocol(activity, teacher, admin, a_member("teacher", ask("world").a))
    return (
        admin,
        "protocol.to_sign",
        lambda: protocols.sign_protocol(draft, by=admin, at=now(), content_hash=draft.content_hash),
    )


@pytest.mark.parametrize("waits", [True, False], ids=["waits", "is over"])
@pytest.mark.parametrize("case", TURNS)
def test_a_turn_is_announced_as_long_as_it_waits_and_no_longer(
    request: pytest.FixtureRequest, case: str, waits: bool, tell: Tell, send: Any, time_machine_at: Any
) -> None:
    user, line, end = TURNS[case](request.getfixturevalue)
    tell()
    if not waits:
        end()
    with time_machine_at(hours=43):
        send()
    sending = Sending.objects.get(recipient=user, notice__telling=line)
    assert sending.state == ("sent" if waits else "cancelled")
