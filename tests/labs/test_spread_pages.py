"""Pages of spreading: whom it is meant for, who says they use it and who confirms it, and how far it has come."""

import datetime

import pytest
from django.utils import timezone

from cooperation.adoptions.actions import confirm_adoption, report_adoption
from cooperation.adoptions.models import Adoption
from cooperation.adoptions.subjects import seen_subject
from labs.models import EligibleSet
from tests.factories import a_member, an_institution
from tests.labs.test_assessment import LOST, WON, judged, spread, stage, tried  # noqa: F401

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def ends(days=365):
    return (timezone.localdate() + datetime.timedelta(days=days)).strftime("%d.%m.%Y")


def post(client, user, address, **fields):
    client.force_login(user)
    post.number = getattr(post, "number", 0) + 1
    return client.post(address, {**fields, "once_key": str(post.number)})


def desk(stage):  # noqa: F811
    return f"/en/labs/pilots/{stage.project.public_id}/"


def test_only_after_success_the_coordinator_says_whom_it_is_meant_for(client, stage, world):  # noqa: F811
    tried(stage, WON)
    judged(stage)
    client.force_login(stage.coordinator)
    assert f'href="{desk(stage)}spread/"' in client.get(desk(stage)).content.decode()
    shown = client.get(f"{desk(stage)}spread/").content.decode()
    assert "do not change" in shown
    school = an_institution(world.far, "Later school")
    sent = post(
        client, stage.coordinator, f"{desk(stage)}spread/", territory=world.country.code, kinds=["school"],
        window_ends_on=ends(),
    )  # fmt: skip
    assert sent.status_code == 302, sent.content.decode()
    assert school.pk in EligibleSet.objects.get().institutions.values_list("institution", flat=True)


def test_after_a_failure_the_page_offers_no_spreading_and_its_address_refuses(client, stage):  # noqa: F811
    tried(stage, LOST)
    judged(stage)
    client.force_login(stage.coordinator)
    assert f'href="{desk(stage)}spread/"' not in client.get(desk(stage)).content.decode()
    assert post(client, stage.coordinator, f"{desk(stage)}spread/", window_ends_on=ends()).status_code in (409, 422)
    assert not EligibleSet.objects.exists()


def test_the_form_of_the_set_says_what_is_missing_and_keeps_what_was_typed(client, stage, world):  # noqa: F811
    tried(stage, WON)
    judged(stage)
    refused = post(client, stage.coordinator, f"{desk(stage)}spread/", window_ends_on="31.02.2027")
    told = refused.content.decode()
    assert refused.status_code == 422 and "31.02.2027" in told
    for message in (
        "Territory: choose where it is to be spread.",
        "Kinds: choose at least one.",
        "enter a day, for example",
    ):
        assert told.count(message) == 2, message


def used(stage, world):  # noqa: F811
    """A school of the set that says it uses the practice."""
    house = an_institution(world.far, "Later school")
    project = spread(stage, world)
    head = a_member("institution_admin", house)
    subject = seen_subject(head, "pilot", project.public_id)
    return head, house, report_adoption(by=head, at=now(), subject=subject, institution=house)


def test_the_source_confirms_on_its_page_and_only_then_reach_counts(client, stage, world):  # noqa: F811
    _head, _house, adoption = used(stage, world)
    address = f"/en/public/pilots/{stage.project.public_id}/"
    client.logout()
    assert "0 of 2 organisations" in client.get(address).content.decode()
    own = post(client, _head, f"/en/adoptions/{adoption.public_id}/confirm/")
    assert own.status_code in (403, 409), "nobody confirms their own use"
    source = a_member("institution_admin", world.b)
    client.force_login(source)
    assert "Later school" in client.get(f"/en/adoptions/{adoption.public_id}/").content.decode()
    assert post(client, source, f"/en/adoptions/{adoption.public_id}/confirm/").status_code == 302
    assert Adoption.objects.get().status == "confirmed"
    client.force_login(stage.coordinator)
    shown = client.get(desk(stage)).content.decode()
    assert "1 of 2 organisations" in shown and "Later school" in shown


def test_the_reach_curve_has_its_figures_as_a_table_and_the_api_gives_the_same(client, stage, world, time_machine_at):  # noqa: F811
    _head, _house, adoption = used(stage, world)
    confirm_adoption(adoption, by=a_member("institution_admin", world.b), at=now())
    with time_machine_at(days=65):
        client.force_login(stage.coordinator)
        shown = client.get(desk(stage)).content.decode()
        told = client.get(f"/api/v1/pilots/{stage.project.public_id}/reach/").json()
    chart = shown[shown.index("reach-lines") :]
    assert "<table" in chart and "Organisations of the set that use it" in chart
    assert (told["eligible"], told["reached"]) == (2, 1)
    assert [each["reached"] for each in told["months"]][-1] == 1 and len(told["months"]) >= 2


def test_the_spreading_is_not_finished_before_its_window_ends(client, stage, world):  # noqa: F811
    spread(stage, world)
    sent = post(client, stage.coordinator, f"{desk(stage)}spread/finish/")
    assert sent.status_code == 302
    stage.project.refresh_from_db()
    assert stage.project.status == "disseminating"
