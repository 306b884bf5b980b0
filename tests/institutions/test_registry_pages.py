"""Pages of the register: registering with a look at likely twins, moves and dated changes with reasons."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.registry.dating import turn
from institutions.registry.models import Institution
from lifecycle.models import Event
from tests.factories import a_term, an_institution

pytestmark = pytest.mark.django_db
FORM = {
    "name_en": "Zeta school",
    "kind": "school",
    "territory": "911",
    "ownership": "state",
    "no_number_because": "It opens next week",
}
WHY = {"reason": "Order 12 of the office", "document": "No 12"}


@pytest.fixture
def once():
    counter = iter(range(1000))
    return lambda **fields: {**fields, "once_key": f"r{next(counter)}"}


def moves(house, name):
    return f"/en/institutions/{house.public_id}/moves/{name}/"


def test_an_application_is_sent_from_the_page(world, page_of, stranger, once):
    page = page_of(stranger)
    answer = page.post("/en/institutions/register/", once(**FORM))
    house = Institution.objects.get(registered_by=stranger)
    assert answer.headers["Location"] == f"/en/institutions/{house.public_id}/"
    assert "Zeta school" in page.get(answer.headers["Location"]).content.decode()


def test_a_likely_twin_is_shown_before_the_application_is_sent(world, page_of, institution_admin, once):
    twin = {**FORM, "name_en": "ALPHA  school"}
    shown = page_of(institution_admin).post("/en/institutions/register/", once(**twin))
    assert shown.status_code == 422 and f"/en/institutions/{world.a.public_id}/" in shown.content.decode()
    assert page_of(institution_admin).post("/en/institutions/register/", once(**twin, anyway="yes")).status_code == 302


@pytest.mark.parametrize("left_out", ["name_en", "kind", "territory", "no_number_because"])
def test_a_form_with_errors_comes_back_filled_in_as_422(world, page_of, stranger, once, left_out):
    data = {name: value for name, value in FORM.items() if name != left_out}
    answer = page_of(stranger).post("/en/institutions/register/", once(**data))
    text = answer.content.decode()
    assert answer.status_code == 422 and "Error:" in text


def test_a_rename_is_dated_and_the_old_name_is_still_found(world, page_of, regional_officer, once):
    data = once(name_en="Alpha lyceum", on="2026-11-01", **WHY)
    assert page_of(regional_officer).post(moves(world.a, "rename"), data).status_code == 302
    world.a.refresh_from_db()
    assert world.a.names["en"] == "Alpha lyceum"
    assert world.a in Institution.objects.visible_to(regional_officer).search("alpha school")
    assert Event.objects.about("institution", world.a.public_id).last().reason == WHY["reason"]


def test_a_move_ahead_waits_for_its_day(world, page_of, ministry_officer, once):
    data = once(territory="921", on="01.12.2026", **WHY)
    assert page_of(ministry_officer).post(moves(world.a, "move"), data).status_code == 302
    world.a.refresh_from_db()
    assert world.a.territory == world.near
    with time_machine.travel(datetime.datetime(2026, 12, 1, 3, tzinfo=datetime.UTC)):
        assert turn(datetime.date(2026, 12, 1)) == 1
    world.a.refresh_from_db()
    assert world.a.territory == world.far


def test_a_kind_changes_from_a_day_on(world, page_of, regional_officer, once):
    a_term("participant_kind", "lyceum")
    assert (
        page_of(regional_officer)
        .post(moves(world.a, "change_kind"), once(kind="lyceum", on="2026-11-20", **WHY))
        .status_code
        == 302
    )
    kinds = [(row.kind.code, str(row.valid.upper)) for row in world.a.kinds.order_by("valid")]
    assert kinds == [("school", "2026-11-20"), ("lyceum", "None")]


def test_nothing_is_moved_out_of_ones_own_office(world, page_of, regional_officer, once):
    assert (
        page_of(regional_officer)
        .post(moves(world.a, "move"), once(territory="921", on="2026-11-20", **WHY))
        .status_code
        == 403
    )
    world.a.refresh_from_db()
    assert world.a.territory == world.near


@pytest.mark.parametrize("name", ["rename", "move", "change_kind", "suspend", "close"])
def test_a_member_changes_nothing_in_the_register(world, page_of, institution_admin, once, name):
    for answer in (
        page_of(institution_admin).get(moves(world.a, name)),
        page_of(institution_admin).post(moves(world.a, name), once(**WHY)),
    ):
        assert answer.status_code == 403


def test_a_move_that_came_too_late_names_the_present_status(subject_closed, page_of, ministry_officer, once):
    assert page_of(ministry_officer).post(moves(subject_closed, "suspend"), once(**WHY)).status_code == 409


@pytest.fixture
def subject_closed(world):
    return an_institution(world.near, "Closed school", status="closed")


def test_a_move_without_a_reason_comes_back_as_422(world, page_of, regional_officer, once):
    answer = page_of(regional_officer).post(moves(world.a, "suspend"), once())
    assert answer.status_code == 422 and "Reason" in answer.content.decode()


def test_an_unknown_move_and_a_foreign_institution_are_not_found(world, page_of, teacher, regional_officer):
    assert page_of(regional_officer).get(moves(world.a, "explode")).status_code == 404
    assert page_of(teacher).get(f"/en/institutions/{world.hidden.public_id}/").status_code == 404


def test_the_page_of_the_list_costs_the_same_with_twice_the_rows(world, page_of, institution_admin):
    page = page_of(institution_admin)

    def count():
        with CaptureQueriesContext(connection) as found:
            assert page.get("/en/institutions/").status_code == 200
        return len(found)

    count()
    before = count()
    for _number in range(10):
        an_institution(world.near)
    assert count() == before <= 9


def test_the_combobox_offers_the_nearest_names_with_kind_and_place(world, page_of, teacher):
    text = page_of(teacher).get("/en/institutions/options/?q=gama").content.decode()
    assert f'data-value="{world.c.public_id}"' in text and "Place 921" in text and 'role="option"' in text
    assert page_of(teacher).get("/en/institutions/options/?q=").content.strip() == b""


def test_stored_markup_is_shown_as_text(world, page_of, ministry_officer):
    house = an_institution(world.near, 'oʻ"><img src=x onerror=alert(1)>')
    for path in (
        "/en/institutions/",
        f"/en/institutions/{house.public_id}/",
        "/en/institutions/options/?q=img",
        "/en/search/?q=onerror",
    ):
        assert "<img src=x" not in page_of(ministry_officer).get(path).content.decode()


@pytest.mark.parametrize("typed", ["01.09.2020", "1.9.20", "2020-09-01", "1 sentabr 2020", "1 сентября 2020", ""])
def test_a_day_is_a_text_box_that_takes_what_people_type(world, page_of, stranger, once, typed):
    page = page_of(stranger)
    shown = page.get("/en/institutions/register/").content.decode()
    assert '<input type="text" name="opened_on"' in shown and 'type="date"' not in shown
    assert page.post("/en/institutions/register/", once(**FORM, opened_on=typed)).status_code == 302
    opened = Institution.objects.get(registered_by=stranger).spells.get().valid.lower
    assert opened == (datetime.date(2020, 9, 1) if typed else datetime.date(2026, 11, 21))


@pytest.mark.parametrize("typed", ["yesterday", "31.02.2020", "2020"])
def test_what_is_no_day_is_named_and_kept(world, page_of, stranger, once, typed):
    answer = page_of(stranger).post("/en/institutions/register/", once(**FORM, opened_on=typed))
    text = answer.content.decode()
    assert answer.status_code == 422 and f'value="{typed}"' in text
    assert text.count("Opened on: enter a day, for example 01.09.2026.") == 2  # on top and by the field


def test_every_dated_move_takes_a_typed_day_and_names_what_is_none(world, page_of, regional_officer, once):
    for move in ("close", "rename", "move", "change_kind"):
        answer = page_of(regional_officer).post(moves(world.a, move), once(on="soon", **WHY))
        assert answer.status_code == 422 and 'value="soon"' in answer.content.decode(), move
    assert page_of(regional_officer).post(moves(world.a, "close"), once(on="1.11.26", **WHY)).status_code == 302
    assert Institution.objects.get(pk=world.a.pk).spells.get().valid.upper == datetime.date(2026, 11, 1)
