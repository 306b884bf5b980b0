"""A use is confirmed by joint work too: named by who uses it, stood by on both sides, proof of nothing else."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.clock import now
from accounts.models import User
from cooperation.activities import actions as activities
from cooperation.activities.models import Activity
from cooperation.adoptions.models import Adoption
from cooperation.projects.models import JointProject
from lifecycle.models import Event
from tests.cooperation.test_adoptions import URL, move, registered, report, work
from tests.factories import a_member, a_term

__all__ = ["registered", "work"]
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db
YESTERDAY, BEFORE = datetime.date(2026, 11, 20), datetime.date(2026, 11, 10)


@pytest.fixture
def joint(world: SimpleNamespace, partner_admin: User) -> Any:
    """Logs work of b with others, a by default; whoever is named `confirmed_by` confirms it."""
    a_term("cooperation_form", "F2")
    kind = a_term("activity_type", "open_lesson", form="F2")

    def log(*confirmed_by: User, day: datetime.date = YESTERDAY, partners: Any = None, by: User | None = None) -> Any:
        made = activities.log_activity(
            by=by or a_member("teacher", world.b), at=now(), type_=kind, starts_on=day, partners=partners or [world.a]
        )
        for user in confirmed_by:
            activities.confirm_activity(made, by=user, at=now())
        made.refresh_from_db()
        return made

    return log


@pytest.fixture
def used(api_of: Any, work: JointProject, partner_admin: User) -> dict[str, Any]:
    return dict(report(api_of(partner_admin), work, since="2026-11-15").json())


def shown(client: Any, adoption: dict[str, Any], activity: Activity) -> Any:
    headers = {"Idempotency-Key": f"shown-{next(KEYS)}", "Accept-Language": "en"}
    path, body = f"{URL}{adoption['id']}/moves/show_work/", {"activity": activity.public_id}
    return client.post(path, body, format="json", headers=headers)


def test_confirmed_work_of_both_sides_confirms_the_use(
    api_of: Any, used: dict[str, Any], joint: Any, partner_admin: User, institution_admin: User
) -> None:
    activity = joint(institution_admin)
    done = shown(api_of(partner_admin), used, activity)
    assert done.status_code == 200, done.content
    assert {name: done.json()[name] for name in ("status", "method", "activity", "moves")} == {
        "status": "confirmed", "method": "activity", "activity": activity.public_id, "moves": ["drop"],
    }  # fmt: skip
    told = Event.objects.filter(subject_type="adoption").order_by("id")
    assert [(event.name, event.actor_id) for event in told] == [
        ("report", partner_admin.pk), ("show_work", partner_admin.pk), ("confirm_by_work", None),
    ]  # fmt: skip
    assert told[2].detail == {"activity": activity.public_id}
    assert api_of(institution_admin).get(f"{URL}?turn=mine").json()["results"] == []


def test_it_may_be_named_when_the_use_is_reported_and_a_wrong_one_reports_nothing(
    api_of: Any, work: JointProject, joint: Any, partner_admin: User, institution_admin: User
) -> None:
    b, open_, good = api_of(partner_admin), joint(), joint(institution_admin)
    refused = report(b, work, since="2026-11-15", activity=open_.public_id)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/activity")
    assert not Adoption.objects.exists()
    made = report(b, work, since="2026-11-15", activity=good.public_id).json()
    assert (made["status"], made["method"]) == ("confirmed", "activity")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("unconfirmed", "is not confirmed"), ("disputed", "is not confirmed"), ("another partner", "it comes from"),
        ("source only named", "it comes from"), ("of others", "Your organisation"), ("too early", "before"),
    ],
)  # fmt: skip
def test_work_that_shows_nothing_is_refused_by_what_it_lacks(
    api_of: Any, used: dict[str, Any], joint: Any, partner_admin: User, institution_admin: User, foreign_admin: User,
    world: SimpleNamespace, case: str, words: str,
) -> None:  # fmt: skip
    others = {"by": institution_admin, "partners": [world.b, world.c]}
    made = {
        "unconfirmed": joint,
        "disputed": lambda: activities.dispute_activity(
            joint(institution_admin), by=institution_admin, at=now(), reason="Nobody came"
        ),
        "another partner": lambda: joint(foreign_admin, partners=[world.c]),
        "source only named": lambda: joint(foreign_admin, partners=[world.a, world.c]),
        "of others": lambda: joint(foreign_admin, **others),
        "too early": lambda: joint(institution_admin, day=BEFORE),
    }[case]()
    refused = shown(api_of(partner_admin), used, made)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (400, "/activity")
    assert words in error["message"]
    adoption = Adoption.objects.get()
    assert (adoption.status, adoption.method, adoption.activity) == ("reported", "", None)


def test_one_activity_shows_one_use(
    api_of: Any, used: dict[str, Any], work: JointProject, joint: Any, partner_admin: User, institution_admin: User
) -> None:
    b, activity = api_of(partner_admin), joint(institution_admin)
    other = JointProject.objects.create(
        title="Other", lead=work.lead, status="running", created_at=now(), modified_at=now(), proposed_at=now()
    )
    other.partners.create(
        institution=partner_admin.memberships.get().institution, role=work.partners.get().role, state="accepted",
        answered_at=now(),
    )  # fmt: skip
    assert shown(b, used, activity).status_code == 200
    second = report(b, other, since="2026-11-15").json()
    refused = shown(b, second, activity)
    assert (refused.status_code, "another use" in refused.json()["errors"][0]["message"]) == (400, True)


def test_only_who_uses_it_names_the_work_and_only_once(
    api_of: Any, used: dict[str, Any], joint: Any, partner_admin: User, institution_admin: User, foreign_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    activity = joint(institution_admin)
    for user, status in (
        (institution_admin, 403), (foreign_admin, 404), (a_member("teacher", world.b), 403), (None, 401),
    ):  # fmt: skip
        assert shown(api_of(user), used, activity).status_code == status
    b = api_of(partner_admin)
    hidden = activities.log_activity(
        by=foreign_admin, at=now(), type_=activity.type, starts_on=YESTERDAY, partners=[world.a]
    )
    assert shown(b, used, hidden).json()["errors"][0]["message"] == "There is no such id."
    assert move(b, used, "show_work").status_code == 400
    assert move(b, used, "confirm_by_work").status_code == 404
    assert shown(b, used, activity).status_code == 200
    assert shown(b, used, joint(institution_admin)).status_code == 409


def test_what_is_reported_anew_has_nothing_shown_yet_and_the_source_can_still_confirm_it(
    api_of: Any, used: dict[str, Any], joint: Any, partner_admin: User, institution_admin: User
) -> None:
    b, activity = api_of(partner_admin), joint(institution_admin)
    shown(b, used, activity)
    assert move(b, used, "drop", reason="Another book.").json()["method"] == ""
    back = move(b, used, "report", since="2026-11-15").json()
    assert (back["status"], back["activity"]) == ("reported", None)
    with pytest.raises(IntegrityError, match="adoption_shown_work_confirms"), transaction.atomic():
        Adoption.objects.update(activity=activity)
    assert move(api_of(institution_admin), used, "confirm").json()["method"] == "source"


def test_on_its_page_who_uses_it_chooses_among_what_would_show_it(
    page_of: Any, used: dict[str, Any], joint: Any, partner_admin: User, institution_admin: User, foreign_admin: User
) -> None:
    one = f"/en/adoptions/{used['id']}/"
    b, a = page_of(partner_admin), page_of(institution_admin)
    joint(), joint(institution_admin, day=BEFORE)
    assert f"{one}work/" not in b.get(one).content.decode()
    good = joint(institution_admin)
    assert f"{one}work/" in b.get(one).content.decode()
    assert f"{one}work/" not in a.get(one).content.decode()
    assert [a.get(f"{one}work/").status_code, page_of(foreign_admin).get(f"{one}work/").status_code] == [403, 404]
    form = b.get(f"{one}work/").content.decode()
    assert form.count("<option") == 2
    assert good.public_id in form
    empty = b.post(f"{one}work/", {"once_key": "w1", "activity": ""})
    assert (empty.status_code, "Activity: choose one." in empty.content.decode()) == (422, True)
    foreign = b.post(f"{one}work/", {"once_key": "w2", "activity": joint().public_id})
    assert (foreign.status_code, "is not confirmed" in foreign.content.decode()) == (422, True)
    sent = b.post(f"{one}work/", {"once_key": "w3", "activity": good.public_id})
    assert (sent.status_code, sent["Location"]) == (302, one)
    page = a.get(one).content.decode()
    assert f'href="/en/activities/{good.public_id}/"' in page
    assert "Use confirmed by joint work" in page
