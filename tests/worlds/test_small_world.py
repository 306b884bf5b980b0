"""The small demonstration world: its shape, its cast, its agreements, and that a seed makes it again."""

import datetime
import json
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F

from accounts.models import ApiToken, Scope, User
from cooperation.activities.content import counted_content, hash_of
from cooperation.activities.models import Activity, Participation
from cooperation.activities.rules import member_houses
from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.agreements.calendar import start_and_end
from cooperation.agreements.content import content_of
from cooperation.agreements.models import Agreement, AgreementParty, Revision
from cooperation.agreements.statuses import AgreementStatus
from cooperation.obligations.counting import count_work
from cooperation.obligations.models import Obligation, ObligationStatus
from cooperation.obligations.reminding import make_missing
from cooperation.practices.models import Practice
from cooperation.programmes.content import hash_of as hash_of_version
from cooperation.programmes.models import JointProgramme, ProgrammeStatus, ProgrammeVersion
from cooperation.projects.models import JointProject, ProjectActivity, ProjectStatus
from cooperation.resources.models import Resource, ResourceUse
from cooperation.reviewing.models import ReviewStatus
from institutions.people.models import Membership, Position
from institutions.people.tokens import secret_hash
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, InstitutionStatus
from institutions.territory.models import Term, Territory
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.models import Event
from quality.rollups.models import Before, Rollup

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)
CONTRACT = {
    "ministry_officer", "regional_officer", "institution_admin", "partner_admin", "teacher", "expert", "employer",
    "integrator", "stranger",
}  # fmt: skip


def seed(*arguments):
    printed = StringIO()
    call_command("seed_world", "--json", *arguments, stdout=printed, stderr=StringIO())
    return json.loads(printed.getvalue())


pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    """Made once for the tests of this file, which only read."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield seed("--seed", "7")
        transaction.set_rollback(True)


def test_it_prints_the_shape_that_clients_rely_on(world):
    assert {"base_url", "password", "users", "institutions", "territories"} <= set(world)
    assert set(world["users"]) >= CONTRACT
    assert all(set(user) == {"username", "token"} for user in world["users"].values())
    assert {"a", "b", "c"} <= set(world["institutions"])


def test_a_and_b_lie_in_one_region_and_c_in_another(world):
    a, b, c = (Institution.objects.get(public_id=world["institutions"][key]) for key in "abc")
    assert a.territory.lineage[1] == b.territory.lineage[1] != c.territory.lineage[1]
    assert [house.territory.code for house in (a, b, c)] == [world["territories"][key] for key in "abc"]


def test_everybody_signs_in_with_the_printed_password_and_token(world):
    for key, login in world["users"].items():
        user = User.objects.get(email=login["username"])
        assert user.check_password(world["password"]), key
        token = ApiToken.objects.get(secret_hash=secret_hash(login["token"]))
        assert token.owner == user and set(token.scopes) == set(Scope.values)


def test_each_plays_the_role_the_contract_names(world):
    roles = {
        "ministry_officer": ("ministry_officer", None, "17"), "regional_officer": ("regional_officer", None, "1718"),
        "institution_admin": ("institution_admin", "a", None), "partner_admin": ("institution_admin", "b", None),
        "teacher": ("teacher", "a", None), "integrator": ("integrator", "a", None),
    }  # fmt: skip
    for key, (role, house, place) in roles.items():
        held = Membership.objects.get(user__email=world["users"][key]["username"])
        assert (held.role, held.status) == (role, "active")
        assert (held.institution.public_id if held.institution else None) == (house and world["institutions"][house])
        assert (held.territory.code if held.territory else None) == place
    stranger = User.objects.get(email=world["users"]["stranger"]["username"])
    assert not stranger.memberships.exists()


def test_both_administrators_may_sign_today(world):
    for key in ("institution_admin", "partner_admin"):
        powers = Position.objects.may_sign_on(NOW.date()).filter(person__user__email=world["users"][key]["username"])
        assert powers.count() == 1


def test_there_are_agreements_in_every_status(world):
    found = Counter(Agreement.objects.values_list("status", flat=True))
    assert set(found) == set(AgreementStatus.values)
    assert found["in_force"] > found["ended"] > found["draft"]
    own = Agreement.objects.filter(initiator__public_id__in=[world["institutions"][key] for key in "ab"])
    assert set(own.values_list("status", flat=True)) == set(AgreementStatus.values)


def test_every_frozen_content_is_what_the_rows_say_and_has_its_hash():
    checked = 0
    for revision in Revision.objects.exclude(frozen=None).select_related("agreement", "kind", "frozen", "drafted_for"):
        text = canonical_json(content_of(revision))
        assert (revision.frozen.content, revision.content_hash) == (text, content_hash(text))
        checked += 1
    assert checked > 500


def test_what_is_concluded_is_signed_by_every_party_on_one_hash():
    concluded = Revision.objects.filter(status__in=["concluded", "superseded"]).prefetch_related(
        "parties", "signatures"
    )
    assert len(concluded) > 400
    for revision in concluded:
        signed = {signature.party_id for signature in revision.signatures.all()}
        assert signed == {party.pk for party in revision.parties.all() if party.signs}
        assert {signature.sha256 for signature in revision.signatures.all()} == {revision.content_hash}


def test_the_last_event_of_every_agreement_tells_its_status():
    events = Event.objects.filter(subject_type="agreement").order_by("id")
    told = dict(events.values_list("subject_id", "status_after"))
    assert told == dict(Agreement.objects.values_list("public_id", "status"))


def test_no_agreement_is_past_a_day_on_which_it_should_have_moved():
    assert start_and_end(NOW.date(), at=NOW) == 0


def test_parties_count_for_the_days_it_was_in_force():
    for agreement in Agreement.objects.exclude(in_force_from=None).prefetch_related("parties"):
        spans = {(party.valid.lower, party.valid.upper) for party in agreement.parties.all()}
        assert spans == {(agreement.in_force_from, agreement.in_force_until)}


def test_coverage_grows_over_two_years():
    def covered(day):
        rows = AgreementParty.objects.filter(valid__contains=day, institution__kind__data__flags__contains="E")
        return rows.values("institution").distinct().count()

    counts = [covered(NOW.date() - datetime.timedelta(days=ago)) for ago in (700, 500, 300, 100, 0)]
    assert counts == sorted(counts) and counts[-1] > 3 * counts[0]


def test_all_that_is_invented_is_marked_and_the_real_is_not():
    assert Institution.objects.filter(is_demo=False).count() == 90
    assert set(Institution.objects.filter(is_demo=False).values_list("kind__code", flat=True)) == {"hei", "hei_branch"}
    assert not Institution.objects.filter(is_demo=True).exclude(external_ids__scheme="demo").exists()
    assert not Revision.objects.filter(text="").exists()


def test_institutions_of_every_kind_lie_in_every_region():
    kinds = set(Institution.objects.values_list("kind__code", flat=True))
    open_kinds = set(
        Term.objects.filter(vocabulary="participant_kind", valid__endswith=None).values_list("code", flat=True)
    )
    assert open_kinds - kinds <= {"lab_site"}
    regions = {place.lineage[1] for place in Territory.objects.filter(institutions__kind__code="school")}
    assert len(regions) == 14
    assert set(InstitutionStatus.values) == set(Institution.objects.values_list("status", flat=True))


def test_some_institutions_changed_their_kind_and_some_their_place():
    turned = InstitutionKind.objects.filter(kind__code__in=["college", "vocational_school"])
    assert turned.filter(valid__endswith=datetime.date(2025, 9, 1)).count() == turned.count() > 10
    assert InstitutionPlace.objects.values("institution").annotate(spells=Count("pk")).filter(spells=2).count() == 2


def test_personal_values_occur_once_and_are_all_printed(world):
    everybody = User.objects.values_list("name", "email", "phone")
    crowd = everybody.filter(password="!")  # who logs for institutions outside the cast: nobody signs in as one of them
    people = everybody.exclude(password="!")
    printed = {(canary["name"], canary["email"], canary["phone"]) for canary in world["canaries"].values()}
    assert set(people) == printed and len(printed) == len(world["users"])
    families = [name.split()[1] for name, _email, _phone in people]
    assert len(set(families)) == len(families)
    names = " ".join(" ".join(house.names.values()) for house in Institution.objects.all())
    names += " ".join(name for name, _email, _phone in crowd)
    assert not [family for family in families if family in names]
    assert all(phone.startswith("+999 ") and email.endswith(".example") for _name, email, phone in people)


def test_a_second_run_changes_nothing_and_prints_the_same(world):
    before = Agreement.objects.count(), Event.objects.count()
    said = StringIO()
    call_command("seed_world", "--json", "--seed", "8", stdout=(printed := StringIO()), stderr=said)
    assert json.loads(printed.getvalue()) == world
    assert "already" in said.getvalue() and "seed 7" in said.getvalue()
    assert (Agreement.objects.count(), Event.objects.count()) == before


def test_obligations_are_in_every_status_and_are_what_the_confirmed_work_makes_of_them():
    assert set(Obligation.objects.values_list("status", flat=True)) == set(ObligationStatus.values)
    before = list(Obligation.objects.order_by("pk").values_list("pk", "status", "delivered_on"))
    with transaction.atomic():
        for agreement in Agreement.objects.filter(obligations__isnull=False).distinct().order_by("pk"):
            count_work(agreement, NOW)
        after = list(Obligation.objects.order_by("pk").values_list("pk", "status", "delivered_on"))
        assert make_missing(at=NOW) == 0
        transaction.set_rollback(True)
    assert after == before and len(before) > 600


def test_activities_stand_in_every_status_and_their_hash_is_that_of_what_is_counted(world):
    statuses = Counter(Activity.objects.values_list("status", flat=True))
    assert set(statuses) >= {"logged", "confirmed", "disputed", "unconfirmed", "withdrawn"}
    assert world["counts"]["activities"] == sum(statuses.values()) > 2400
    rows = Activity.objects.select_related("type", "form", "agreement", "organiser").order_by("pk")
    for activity in [*rows[:200], *rows.reverse()[:20]]:
        assert activity.content_hash == hash_of(counted_content(activity))
    assert Activity.objects.exclude(note="").count() > 100


def test_what_is_confirmed_was_confirmed_by_another_side_and_told(world):
    told = {}
    for event in Event.objects.filter(subject_type="activity").order_by("id"):
        before, count = told.get(event.subject_id, ("", 0))
        assert event.status_before == before, event.subject_id
        told[event.subject_id] = (event.status_after, count + (event.name == "confirm"))
    for activity in Activity.objects.prefetch_related("participations"):
        status, confirmations = told[activity.public_id]
        rows = {row.institution_id: row for row in activity.participations.all()}
        others = [row for house, row in rows.items() if house != activity.organiser_id]
        assert status == activity.status
        assert rows[activity.organiser_id].state == "stands"
        if activity.status == "confirmed":
            standing = [row for row in others if row.state == "stands"]
            assert len(standing) == confirmations >= 1
            assert {row.confirmed_hash for row in standing} == {activity.content_hash}
            assert activity.confirmed_at == min(row.confirmed_at for row in standing)
        assert activity.starts_on <= activity.logged_on <= NOW.date()


def test_the_cast_has_joint_work_waiting_for_its_answer(world):
    for key in ("institution_admin", "partner_admin", "teacher"):
        user = User.objects.get(email=world["users"][key]["username"])
        assert Activity.objects.visible_to(user).waiting_for(user, member_houses(user)).count() >= 2, key


def test_figures_of_joint_work_are_counted_with_the_world(world):
    found = Rollup.objects.filter(territory__depth=0, institution_kind=None, state="value")
    for code in ("ACT.03", "COV.02", "COV.03", "COV.06", "COV.08"):
        assert found.filter(version__indicator__code=code, numerator__gt=0).exists(), code
    newest = found.filter(version__indicator__code="ACT.03").order_by("-period__starts_on").first()
    rows = Participation.objects.standing().filter(
        on_date__gte=newest.period.starts_on, on_date__lte=newest.period.ends_on
    )
    assert newest.denominator == rows.values("activity").distinct().count()
    assert newest.participations == rows.count()
    assert not Before.objects.exists()


def test_joint_projects_of_the_cast_come_in_every_status_and_with_activities():
    assert set(JointProject.objects.values_list("status", flat=True)) == set(ProjectStatus.values)
    assert ProjectActivity.objects.exists()
    for project in JointProject.objects.all():
        told = Event.objects.about("project", project.public_id).order_by("id")
        assert (told[0].name, told.last().status_after) == ("draft", project.status)


def test_practices_and_resources_come_in_every_status_taken_up_and_opened():
    for model in (Practice, Resource):
        assert set(model.objects.values_list("status", flat=True)) == set(ReviewStatus.values)
        assert not model.objects.filter(reviewed_by=F("author")).exists()
    assert set(Adoption.objects.filter(subject_type="practice").values_list("status", flat=True)) >= {
        "reported",
        "confirmed",
    }
    assert ResourceUse.objects.exists()
    assert not ResourceUse.objects.filter(institution=F("resource__institution")).exists()


def test_joint_programmes_and_their_use_come_in_every_status():
    assert set(JointProgramme.objects.values_list("status", flat=True)) == set(ProgrammeStatus.values)
    assert set(ProgrammeVersion.objects.values_list("state", flat=True)) >= {"open", "approved", "superseded"}
    assert set(Adoption.objects.values_list("status", flat=True)) == set(AdoptionStatus.values)
    for version in ProgrammeVersion.objects.select_related("programme__lead", "programme__level"):
        assert version.content_hash == hash_of_version(version)
        assert {row.confirmed_hash for row in version.members.filter(state="confirmed")} <= {version.content_hash}
    assert Rollup.objects.filter(version__indicator__code="ACT.04", territory__depth=0, numerator__gt=0).exists()
