"""Laboratories: proposed from a founding agreement, opened by the office above, kept, joined, left, closed."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from institutions.clusters.models import Cluster
from institutions.registry.actions import move_institution_status
from institutions.registry.models import Institution
from labs.laboratories import actions
from labs.laboratories.models import HealthCheck, Laboratory
from labs.laboratories.rules import belongs
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.conftest import NOW
from tests.factories import a_member, a_term, an_institution
from tests.labs.making import DIRECTIONS, a_cluster, a_laboratory, a_project, put
from tests.quality.figures import in_force

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WELL = {"trust": 3, "rigour": 2, "support": 4, "capacity": 1, "value": 3}


@pytest.fixture
def sides(world):
    """The three sides a laboratory needs: higher education (b), practice (a), in-service training."""
    for code in ("coordinator", "member", "lab_site"):
        a_term("party_role", code, context=["cluster"])
    a_term("participant_kind", "lab_site", flags=["L"])
    for kind, flags in (("hei", ["P", "T"]), ("school", ["P"]), ("cpd_institute", ["T"])):
        term = a_term("participant_kind", kind)
        term.data = {"flags": flags}
        term.save(update_fields=["data"])
    world.training = an_institution(world.near, "Omega training", kind="cpd_institute")
    return world


@pytest.fixture
def agreement(sides):
    return in_force(sides.b, sides.a, sides.training, since="2026-01-01")


@pytest.fixture
def coordinator(sides):
    return a_member("coordinator", sides.b)


@pytest.fixture
def proposed(agreement, coordinator) -> Laboratory:
    return proposal(agreement, coordinator)


def proposal(agreement, by, **more):
    content = {"names": {"en": "Reading site", "uz": "Oʻqish maydoni"}, "agreement": agreement,
               "directions": [a_term("activity_direction", code) for code in DIRECTIONS[:2]], **more}  # fmt: skip
    return actions.propose_laboratory(by=by, at=NOW, **content)


def test_who_signed_the_founding_agreement_is_a_member_and_the_cluster_is_founded_by_it(sides, agreement, proposed):
    signed = {sides.b.pk, sides.a.pk, sides.training.pk}
    assert set(proposed.members.values_list("institution_id", flat=True)) == signed
    assert set(proposed.cluster.members.values_list("institution_id", flat=True)) == signed
    assert (proposed.cluster.coordinator, proposed.cluster.agreement_key) == (sides.b, agreement.public_id)
    assert (proposed.host, proposed.status, proposed.site.status) == (sides.b, "proposed", "applied")
    assert (proposed.site.kind.code, proposed.site.territory) == ("lab_site", sides.b.territory)
    assert Event.objects.filter(subject_type="laboratory", name="propose").count() == 1


def test_a_chosen_cluster_takes_in_who_signed_and_did_not_belong_to_it(sides, agreement, coordinator):
    cluster = a_cluster(sides.b, sides.a)
    made = proposal(agreement, coordinator, cluster=cluster)
    assert made.cluster == cluster and Cluster.objects.count() == 1
    assert cluster.members.filter(institution=sides.training).count() == 1
    with pytest.raises(ValidationError) as refused:
        proposal(agreement, coordinator, cluster=a_cluster(sides.c))
    assert set(refused.value.message_dict) == {"cluster"}


def test_only_the_coordinator_of_an_institution_that_signed_proposes(sides, agreement, coordinator, institution_admin):
    for by in (institution_admin, a_member("coordinator", sides.c), None):
        with pytest.raises(PermissionDenied):
            proposal(agreement, by)
    with pytest.raises(PermissionDenied):
        proposal(in_force(sides.a, sides.c, since="2026-01-01"), coordinator)
    over = in_force(sides.b, sides.a, since="2025-01-01", until="2026-06-01")
    with pytest.raises(ValidationError):
        proposal(over, coordinator, host=sides.b)
    assert not Laboratory.objects.exists()


def test_a_laboratory_without_a_direction_is_refused_whole(agreement, coordinator):
    with pytest.raises(ValidationError) as refused:
        proposal(agreement, coordinator, directions=[])
    assert set(refused.value.message_dict) == {"directions"}
    assert not Laboratory.objects.exists() and not Institution.objects.filter(kind__code="lab_site").exists()


def test_the_office_above_opens_it_and_its_site_is_a_verified_participant_of_the_cluster(
    sides, proposed, regional_officer, coordinator
):
    with pytest.raises(PermissionDenied):
        actions.open_laboratory(proposed, by=coordinator, at=NOW)
    elsewhere = a_member("regional_officer", territory=sides.south)
    with pytest.raises(PermissionDenied):
        actions.open_laboratory(proposed, by=elsewhere, at=NOW)
    actions.open_laboratory(proposed, by=regional_officer, at=NOW)
    site = Institution.objects.get(pk=proposed.site_id)
    assert (proposed.status, proposed.opened_at, site.status) == ("active", NOW, "verified")
    assert proposed.cluster.members.get(institution=site).role.code == "lab_site"
    with pytest.raises(WrongStatus):
        actions.open_laboratory(proposed, by=regional_officer, at=NOW)


def test_it_is_not_opened_without_all_three_sides(sides, coordinator, regional_officer):
    made = proposal(in_force(sides.b, sides.c, since="2026-01-01"), coordinator)
    with pytest.raises(Unmet) as unmet:
        actions.open_laboratory(made, by=regional_officer, at=NOW)
    assert {each.code for each in unmet.value.conditions} == {"practice", "training"}
    made.refresh_from_db()
    assert made.status == "proposed" and Institution.objects.get(pk=made.site_id).status == "applied"


def test_a_rejected_site_opens_no_laboratory(proposed, regional_officer):
    move_institution_status("reject")(proposed.site, by=regional_officer, at=NOW, reason="Not a site.")
    with pytest.raises(Unmet) as unmet:
        actions.open_laboratory(proposed, by=regional_officer, at=NOW)
    assert [each.code for each in unmet.value.conditions] == ["site"]


def test_an_agreement_that_has_ended_meanwhile_opens_nothing(agreement, proposed, regional_officer):
    put(agreement, "ended")
    with pytest.raises(Unmet) as unmet:
        actions.open_laboratory(Laboratory.objects.get(pk=proposed.pk), by=regional_officer, at=NOW)
    assert "agreement" in {each.code for each in unmet.value.conditions}


def test_the_coordinator_keeps_directions_services_and_recommendations(world, coordinator):
    lab = a_laboratory(world.b, world.a)
    form = a_term("cooperation_form", "F2")
    content = {"about": "We read.", "recommendations": "Read in pairs.",
               "services": [{"title": "Advice", "form": form}, {"title": "Courses", "form": None}],
               "directions": [a_term("activity_direction", "research")]}  # fmt: skip
    actions.save_laboratory(lab, by=coordinator, at=NOW, **content)
    assert [(each.title, each.form) for each in lab.services.order_by("position")] == [
        ("Advice", form),
        ("Courses", None),
    ]
    assert [each.code for each in lab.directions.all()] == ["research"] and lab.version == 2
    actions.save_laboratory(lab, by=coordinator, at=NOW, about="We write.")
    assert lab.services.count() == 2 and lab.about == "We write."
    with pytest.raises(PermissionDenied):
        actions.save_laboratory(lab, by=a_member("coordinator", world.c), at=NOW, about="Mine.")


def test_a_member_is_taken_in_only_with_an_agreement_in_force(world, coordinator):
    for code in ("coordinator", "member"):
        a_term("party_role", code)
    lab = a_laboratory(world.b, world.a)
    with pytest.raises(ValidationError):
        actions.take_in_member(lab, by=coordinator, at=NOW, institution=world.c)
    in_force(world.b, world.c, since="2026-01-01", until="2026-06-01")
    with pytest.raises(ValidationError):
        actions.take_in_member(lab, by=coordinator, at=NOW, institution=world.c)
    in_force(world.b, world.c, since="2026-07-01")
    actions.take_in_member(lab, by=coordinator, at=NOW, institution=world.c)
    assert lab.members.filter(institution=world.c, valid__contains=NOW.date()).exists()
    assert lab.cluster.members.filter(institution=world.c, valid__contains=NOW.date()).exists()
    with pytest.raises(ValidationError):
        actions.take_in_member(lab, by=coordinator, at=NOW, institution=world.c)


def test_a_member_leaves_with_a_reason_and_the_host_stays(world, coordinator, institution_admin, partner_admin):
    lab = a_laboratory(world.b, world.a)
    for by in (partner_admin, coordinator):
        with pytest.raises(PermissionDenied):
            actions.leave_laboratory(lab, by=by, at=NOW, reason="Away.")
    with pytest.raises(ValidationError):
        actions.leave_laboratory(lab, by=institution_admin, at=NOW, reason="")
    actions.leave_laboratory(lab, by=institution_admin, at=NOW, reason="Away.")
    assert lab.members.get(institution=world.a).valid.upper == NOW.date()
    assert Event.objects.get(subject_type="laboratory", name="leave").detail == {"institution": world.a.public_id}


def test_it_rests_goes_on_and_ends_but_never_while_a_pilot_runs(world, coordinator):
    lab = a_laboratory(world.b, world.a)
    project = a_project(lab, "piloting")
    for move in (actions.pause_laboratory, actions.close_laboratory):
        with pytest.raises(Unmet):
            move(lab, by=coordinator, at=NOW, reason="Holidays.")
    put(project, "stopped")
    with pytest.raises(ValidationError):
        actions.pause_laboratory(lab, by=coordinator, at=NOW, reason="")
    actions.pause_laboratory(lab, by=coordinator, at=NOW, reason="Holidays.")
    actions.resume_laboratory(lab, by=coordinator, at=NOW)
    actions.close_laboratory(lab, by=coordinator, at=NOW, reason="Done.")
    assert lab.status == "closed" and not lab.members.on(NOW.date()).exists()
    with pytest.raises(WrongStatus):
        actions.resume_laboratory(lab, by=coordinator, at=NOW)


def test_it_rates_itself_once_a_quarter(world, coordinator, teacher, institution_admin, regional_officer):
    lab = a_laboratory(world.b, world.a)
    for by in (teacher, regional_officer, a_member("institution_admin", world.c)):
        with pytest.raises(PermissionDenied):
            actions.rate_laboratory(lab, by=by, at=NOW, **WELL)
    actions.rate_laboratory(lab, by=coordinator, at=NOW, note="Better.", **WELL)
    check = HealthCheck.objects.get()
    assert (check.quarter, check.rigour, check.note) == (datetime.date(2026, 10, 1), 2, "Better.")
    with pytest.raises(ValidationError):
        actions.rate_laboratory(lab, by=institution_admin, at=NOW + DAY, **WELL)
    actions.rate_laboratory(lab, by=institution_admin, at=NOW + 60 * DAY, **WELL)
    assert HealthCheck.objects.count() == 2


def test_ratings_are_seen_by_those_who_work_there_and_by_no_office(world, regional_officer, ministry_officer, teacher):
    lab = a_laboratory(world.b, world.a)
    HealthCheck.objects.create(
        laboratory=lab, checked_on=NOW.date(), quarter=datetime.date(2026, 10, 1), entered_by=teacher, **WELL
    )
    seen = [user for user in (teacher, regional_officer, ministry_officer, a_member("teacher", world.c))
            if HealthCheck.objects.all().visible_to(user).exists()]  # fmt: skip
    assert seen == [teacher]


def test_a_proposal_is_read_inside_and_above_an_open_laboratory_by_everybody(
    world, proposed, teacher, regional_officer, ministry_officer
):
    away = a_member("teacher", world.c)

    def seen(user):
        return Laboratory.objects.all().visible_to(user).exists()

    assert [seen(user) for user in (teacher, regional_officer, ministry_officer)] == [True] * 3
    assert not seen(away)
    actions.open_laboratory(proposed, by=regional_officer, at=timezone.now())
    assert seen(away)


def test_who_belongs_is_the_same_for_one_row_and_for_a_list(world, regional_officer, ministry_officer, integrator):
    lab = a_laboratory(world.b, world.a)
    left = a_member("teacher", world.c)
    lab.members.create(institution=world.c, valid=(datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)))
    people = (
        regional_officer,
        ministry_officer,
        integrator,
        left,
        a_member("teacher", world.hidden),
        a_member("expert", world.a),
    )
    listed = [Laboratory.objects.filter(Laboratory.objects.all().among(user)).exists() for user in people]
    assert [belongs(user, lab) for user in people] == listed == [False, False, True, True, False, False]
