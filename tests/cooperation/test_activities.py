"""Activities over the API: logged once for all sides, counted when another side has confirmed."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from accounts.clock import now
from accounts.models import User
from cooperation.activities.actions import lapse_unconfirmed
from cooperation.activities.models import Activity, Participation
from lifecycle.models import Event
from tests.factories import a_member, a_term, an_institution

URL = "/api/v1/activities/"
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(client: Any, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or f"activity-{next(KEYS)}"}
    return client.post(path, body or {}, format="json", headers=headers)


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> None:
    a_term("cooperation_form", "F2")
    a_term("cooperation_form", "F13")
    a_term("activity_type", "open_lesson", form="F2", interdependent=True)
    a_term("activity_type", "other")
    a_term("participant_category", "pupils")
    a_term("participant_category", "teachers")


def body(world: SimpleNamespace, **more: Any) -> dict[str, Any]:
    partners = [{"institution": world.b.public_id}]
    return {"type": "open_lesson", "starts_on": "2026-11-20", "partners": partners, "counts": {"pupils": 25}, **more}


def logged(client: Any, world: SimpleNamespace, **more: Any) -> dict[str, Any]:
    made = post(client, URL, body(world, **more))
    assert made.status_code == 201, made.content
    return dict(made.json())


def move(client: Any, activity: dict[str, Any], name: str, **fields: Any) -> Any:
    return post(client, f"{URL}{activity['id']}/moves/{name}/", fields)


def test_an_activity_counts_once_the_partner_has_confirmed_it(
    api_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace
) -> None:
    made = logged(api_of(teacher), world)
    assert (made["status"], made["counted"], made["form"], made["organiser"]) == (
        "logged", False, "F2", world.a.public_id,
    )  # fmt: skip
    assert made["counts"] == {"pupils": 25}
    assert made["partners"] == [{"institution": world.b.public_id, "state": "named", "confirmed_at": None}]
    assert made["moves"] == ["correct", "withdraw"]
    partner = api_of(partner_admin)
    assert partner.get(f"{URL}?turn=mine").json()["results"][0]["id"] == made["id"]
    done = move(partner, made, "confirm", content_hash=made["content_hash"]).json()
    assert (done["status"], done["counted"], done["partners"][0]["state"]) == ("confirmed", True, "stands")
    assert partner.get(f"{URL}?turn=mine").json()["results"] == []
    names = Event.objects.filter(subject_type="activity", subject_id=made["id"]).order_by("id")
    assert list(names.values_list("name", "status_after")) == [("log", "logged"), ("confirm", "confirmed")]


def test_who_logged_it_never_confirms_it_nor_does_who_it_was_logged_for(
    api_of: Any, institution_admin: User, teacher: User, world: SimpleNamespace
) -> None:
    a_member("teacher", world.b, user=teacher)
    made = logged(api_of(teacher), world, organiser=world.a.public_id)
    assert move(api_of(teacher), made, "confirm").status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.filter(activity__public_id=made["id"], institution=world.b).update(
            state="stands", confirmed_by=teacher, confirmed_at=now(), confirmed_hash="0" * 64, method="account"
        )
    assert move(api_of(institution_admin), made, "confirm").status_code == 403


def test_inside_one_institution_a_colleague_confirms(api_of: Any, teacher: User, world: SimpleNamespace) -> None:
    made = logged(api_of(teacher), world, partners=[])
    assert move(api_of(teacher), made, "confirm").status_code == 403
    colleague = api_of(a_member("teacher", world.a))
    assert move(colleague, made, "confirm").json()["status"] == "confirmed"
    assert move(colleague, made, "confirm").status_code in (403, 409)


def test_what_was_corrected_after_reading_is_not_confirmed(
    api_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace
) -> None:
    made = logged(api_of(teacher), world)
    changed = move(api_of(teacher), made, "correct", counts={"pupils": 30}).json()
    assert changed["content_hash"] != made["content_hash"]
    refused = move(api_of(partner_admin), made, "confirm", content_hash=made["content_hash"])
    assert refused.status_code == 409
    assert refused.json()["content_hash"] == changed["content_hash"]
    assert Activity.objects.get(public_id=made["id"]).status == "logged"


def test_correcting_a_confirmed_activity_takes_its_confirmations_back(
    api_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace
) -> None:
    made = logged(api_of(teacher), world)
    move(api_of(partner_admin), made, "confirm")
    changed = move(api_of(teacher), made, "correct", starts_on="2026-11-19").json()
    assert (changed["status"], changed["counted"], changed["confirmed_at"]) == ("logged", False, None)
    assert changed["partners"][0] == {"institution": world.b.public_id, "state": "named", "confirmed_at": None}
    event = Event.objects.filter(subject_id=made["id"], name="correct").get()
    assert event.detail["changes"] == {"starts_on": ["2026-11-20", "2026-11-19"]}


def test_a_disputed_activity_counts_nowhere_until_every_dispute_is_lifted(
    api_of: Any, teacher: User, partner_admin: User, foreign_admin: User, world: SimpleNamespace
) -> None:
    both = [{"institution": house.public_id} for house in (world.b, world.c)]
    made = logged(api_of(teacher), world, partners=both)
    b, c = api_of(partner_admin), api_of(foreign_admin)
    assert move(b, made, "confirm").json()["counted"] is True
    assert move(c, made, "dispute").status_code == 400
    assert move(c, made, "dispute", reason="It was another day.").json()["counted"] is False
    assert move(b, made, "dispute", reason="So it was.").json()["status"] == "disputed"
    assert move(b, made, "confirm").json()["status"] == "disputed"
    assert move(c, made, "confirm").json()["status"] == "confirmed"


def test_an_officer_of_both_sides_lifts_a_dispute_and_nobody_else_does(
    api_of: Any, teacher: User, partner_admin: User, regional_officer: User, institution_admin: User,
    world: SimpleNamespace,
) -> None:  # fmt: skip
    made = logged(api_of(teacher), world)
    move(api_of(partner_admin), made, "dispute", reason="It was another day.")
    assert move(api_of(institution_admin), made, "lift", reason="No.").status_code == 403
    lifted = move(api_of(regional_officer), made, "lift", reason="Asked both.").json()
    assert (lifted["status"], lifted["partners"][0]["state"]) == ("logged", "named")


def test_not_ours_leaves_the_row_out_of_their_figures(
    api_of: Any, teacher: User, partner_admin: User, foreign_admin: User, world: SimpleNamespace
) -> None:
    both = [{"institution": house.public_id} for house in (world.b, world.c)]
    made = logged(api_of(teacher), world, partners=both)
    move(api_of(partner_admin), made, "confirm")
    refused = move(api_of(foreign_admin), made, "refuse").json()
    assert [row["state"] for row in refused["partners"]] == ["stands", "refused"]
    standing = Participation.objects.standing().filter(activity__public_id=made["id"])  # type: ignore[attr-defined]
    assert set(standing.values_list("institution_id", flat=True)) == {world.a.pk, world.b.pk}


def test_what_nobody_answered_for_fourteen_days_is_unconfirmed_and_can_still_be_confirmed(
    api_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, time_machine_at: Any
) -> None:
    made = logged(api_of(teacher), world)
    with time_machine_at(hours=14 * 24 - 1):
        assert lapse_unconfirmed(at=now()) == 0
    with time_machine_at(hours=14 * 24 + 50):
        assert lapse_unconfirmed(at=now()) == 1
        assert lapse_unconfirmed(at=now()) == 0
        found = Activity.objects.get(public_id=made["id"])
        assert found.status == "unconfirmed"
        assert Event.objects.get(name="lapse").happened_at == found.logged_at + datetime.timedelta(days=14)
        assert move(api_of(partner_admin), made, "confirm").json()["counted"] is True


def test_the_same_key_is_the_same_activity_even_when_the_stored_answer_is_gone(
    api_of: Any, teacher: User, world: SimpleNamespace, time_machine_at: Any
) -> None:
    client = api_of(teacher)
    first = post(client, URL, body(world), key="from-the-phone").json()
    assert post(client, URL, body(world), key="from-the-phone").json()["id"] == first["id"]
    with time_machine_at(days=5):
        late = post(api_of(teacher), URL, body(world), key="from-the-phone")
        assert late.json()["id"] == first["id"]
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_on": "2026-11-22"}, "/starts_on"),
        ({"starts_on": "2020-01-01"}, "/starts_on"),
        ({"type": "unheard_of"}, "/type"),
        ({"type": "other"}, "/form"),
        ({"counts": {"martians": 3}}, "/counts/martians"),
        ({"counts": {"pupils": -1}}, "/counts/pupils"),
        ({"partners": [{"institution": "nowhere"}]}, "/partners/0/institution"),
        ({"hours": "0"}, "/hours"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    api_of: Any, teacher: User, world: SimpleNamespace, wrong: dict[str, Any], field: str
) -> None:
    answer = post(api_of(teacher), URL, body(world, **wrong))
    assert answer.status_code == 400, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [field]
    assert not Activity.objects.exists()


def test_an_administrator_enters_for_a_teacher_who_then_cannot_confirm_it(
    api_of: Any, institution_admin: User, teacher: User, world: SimpleNamespace
) -> None:
    from cooperation.activities.actions import confirm_activity, log_activity  # noqa: PLC0415

    activity = log_activity(
        by=institution_admin, at=now(), type_=a_term("activity_type", "open_lesson"), on_behalf_of=teacher
    )
    assert not Activity.objects.of_person(teacher).exclude(pk=activity.pk).exists()  # type: ignore[attr-defined]
    assert move(api_of(teacher), {"id": activity.public_id}, "confirm").status_code == 403
    assert move(api_of(institution_admin), {"id": activity.public_id}, "confirm").status_code == 403
    colleague = a_member("teacher", world.a)
    assert confirm_activity(activity, by=colleague, at=now()).status == "confirmed"


def test_strangers_see_nothing_and_members_of_a_third_institution_neither(
    api_of: Any, teacher: User, stranger: User, world: SimpleNamespace
) -> None:
    made = logged(api_of(teacher), world)
    other = a_member("institution_admin", an_institution(world.far))
    for person in (stranger, other):
        assert api_of(person).get(f"{URL}{made['id']}/").status_code == 404
        assert api_of(person).get(URL).json()["results"] == []


def test_the_database_refuses_a_move_outside_the_table(api_of: Any, teacher: User, world: SimpleNamespace) -> None:
    made = logged(api_of(teacher), world)
    with pytest.raises(InternalError if connection.vendor != "postgresql" else Exception), transaction.atomic():
        Activity.objects.filter(public_id=made["id"]).update(status="withdrawn")
        Activity.objects.filter(public_id=made["id"]).update(status="confirmed", confirmed_at=now())


def test_the_list_is_filtered_like_the_contract_says(
    api_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace
) -> None:
    client = api_of(teacher)
    first, second = logged(client, world), logged(client, world, starts_on="2026-10-01", partners=[])
    move(api_of(partner_admin), first, "confirm")
    asked = {
        "status=confirmed": [first["id"]],
        "from=2026-11-01": [first["id"]],
        "to=2026-10-31": [second["id"]],
        "type=open_lesson&form=F2": [first["id"], second["id"]],
        f"institution={world.b.public_id}": [first["id"]],
        "territory=91": [first["id"], second["id"]],
        "territory=92": [],
        "ordering=starts_on": [second["id"], first["id"]],
    }
    found = {query: [row["id"] for row in client.get(f"{URL}?{query}").json()["results"]] for query in asked}
    assert found == asked
