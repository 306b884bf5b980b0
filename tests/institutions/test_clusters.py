"""Clusters: founded around a coordinator, joined and left on a day, read by whoever holds a role."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from institutions.clusters.actions import found_cluster, leave_cluster, take_in
from institutions.clusters.models import Cluster
from institutions.clusters.rules import before_leaving
from lifecycle.models import Event
from lifecycle.transitions import Unmet
from tests.conftest import NOW
from tests.factories import a_member, a_term
from tests.labs.making import a_laboratory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def coordinator(world):
    for code in ("coordinator", "member", "lab_site"):
        a_term("party_role", code, context=["cluster"])
    return a_member("coordinator", world.b)


@pytest.fixture
def cluster(world, coordinator) -> Cluster:
    return found_cluster(
        names={"en": "Reading together"}, coordinator=world.b, members=[world.a, world.b], by=coordinator, at=NOW,
        agreement_key="0" * 26,
    )  # fmt: skip


def held(cluster, house):
    return cluster.members.filter(institution=house, valid__contains=NOW.date()).first()


def test_a_cluster_stands_around_its_coordinator_with_its_members_from_today(world, cluster):
    places = {
        each.institution_id: (each.role.code, each.valid.lower, each.valid.upper) for each in cluster.members.all()
    }
    assert places == {world.b.pk: ("coordinator", NOW.date(), None), world.a.pk: ("member", NOW.date(), None)}
    event = Event.objects.get(subject_type="cluster", name="found")
    assert event.subject_id == cluster.public_id
    assert set(event.concerned) == {world.a.public_id, world.b.public_id}


def test_only_who_coordinates_for_an_institution_founds_a_cluster_around_it(world, coordinator, institution_admin):
    for by, house in ((institution_admin, world.a), (coordinator, world.a), (None, world.b)):
        with pytest.raises(PermissionDenied):
            found_cluster(names={"en": "X"}, coordinator=house, members=[], by=by, at=NOW)


def test_an_institution_is_taken_in_once(world, cluster, coordinator):
    take_in(cluster, world.c, by=coordinator, at=NOW)
    assert held(cluster, world.c).role.code == "member"
    with pytest.raises(ValidationError):
        take_in(cluster, world.c, by=coordinator, at=NOW)
    assert cluster.members.count() == 3


def test_a_member_leaves_with_a_reason_and_its_days_stay(world, cluster, institution_admin, coordinator):
    later = NOW + 30 * DAY
    with pytest.raises(ValidationError):
        leave_cluster(cluster, world.a, by=institution_admin, at=later, reason=" ")
    leave_cluster(cluster, world.a, by=institution_admin, at=later, reason="We merge.")
    place = cluster.members.get(institution=world.a)
    assert (place.valid.lower, place.valid.upper) == (NOW.date(), later.date())
    assert Event.objects.get(subject_type="cluster", name="leave").reason == "We merge."
    take_in(cluster, world.a, by=coordinator, at=later)  # and comes back
    assert cluster.members.filter(institution=world.a).count() == 2


def test_whoever_leaves_on_its_first_day_was_there_for_a_day(world, cluster, institution_admin):
    leave_cluster(cluster, world.a, by=institution_admin, at=NOW, reason="By mistake.")
    assert cluster.members.get(institution=world.a).valid.upper == NOW.date() + DAY


def test_nobody_else_ends_a_membership_and_the_coordinator_stays(world, cluster, coordinator, partner_admin, teacher):
    for by, house in ((coordinator, world.a), (teacher, world.a), (partner_admin, world.a), (partner_admin, world.b)):
        with pytest.raises(PermissionDenied):
            leave_cluster(cluster, house, by=by, at=NOW, reason="Away.")


def test_who_works_in_a_laboratory_of_the_cluster_leaves_that_first(world, institution_admin):
    lab = a_laboratory(world.b, world.a)
    with pytest.raises(Unmet):
        leave_cluster(lab.cluster, world.a, by=institution_admin, at=NOW, reason="Away.")
    lab.members.all().delete()
    assert not list(before_leaving(lab.cluster.members.get(institution=world.a)))


def test_the_list_filters_searches_and_shows_only_to_who_holds_a_role(world, cluster, teacher, stranger, client):
    client.force_login(teacher)
    page = client.get("/en/institutions/clusters/?search=reading").content.decode()
    assert "Reading together" in page and "1 cluster" in page
    assert "No cluster fits" in client.get("/en/institutions/clusters/?search=writing").content.decode()
    assert "Reading together" not in client.get("/en/institutions/clusters/?territory=92").content.decode()
    assert client.get("/en/institutions/clusters/?format=csv").status_code == 200
    client.force_login(stranger)
    assert "There are no clusters yet" in client.get("/en/institutions/clusters/").content.decode()
    assert client.get(f"/en/institutions/clusters/{cluster.public_id}/").status_code == 404


def test_the_page_of_a_cluster_names_its_members_with_their_days_and_offers_the_way_out(
    world, cluster, institution_admin, teacher, client
):
    address = f"/en/institutions/clusters/{cluster.public_id}/"
    client.force_login(teacher)
    page = client.get(address).content.decode()
    assert "Alpha school" in page and "21.11.2026" in page and "Leave the cluster" not in page
    assert client.get(f"{address}leave/").status_code == 403
    client.force_login(institution_admin)
    assert "Leave the cluster" in client.get(address).content.decode()
    refused = client.post(f"{address}leave/", {"reason": "", "once_key": "1"})
    assert refused.status_code == 422 and "Reason: say why" in refused.content.decode()
    assert client.post(f"{address}leave/", {"reason": "We merge.", "once_key": "2"}).status_code == 302
    assert held(cluster, world.a).valid.upper is not None


def test_the_page_of_an_institution_says_where_it_belongs(world, cluster, teacher, client):
    client.force_login(teacher)
    assert cluster.public_id in client.get(f"/en/institutions/{world.a.public_id}/").content.decode()


def test_the_api_tells_members_with_role_and_days(world, cluster, teacher, client):
    client.force_login(teacher)
    found = client.get(f"/api/v1/clusters/{cluster.public_id}/").json()
    assert found["members"][0] == {
        "institution": world.b.public_id, "role": "coordinator", "valid_from": "2026-11-21", "valid_until": None,
    }  # fmt: skip
    listed = client.get(f"/api/v1/clusters/?institution={world.c.public_id}").json()
    assert listed["results"] == []
