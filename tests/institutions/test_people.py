"""People: invitations bound to an address, roles that end at once, tokens shown once, what waits, and the feed."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import ApiToken, User
from exchange.models import StoredReply
from institutions.people.emails import tell_invited
from institutions.people.inviting import lapse_invitations
from institutions.people.models import Membership, Position
from lifecycle.models import Event
from tests.factories import PASSWORD as KNOWN
from tests.factories import a_user, an_institution

pytestmark = pytest.mark.django_db
PASSWORD = "a long and quiet sentence"


@pytest.fixture
def once():
    counter = iter(range(1000))
    return lambda **fields: {**fields, "once_key": f"o{next(counter)}"}


@pytest.fixture
def invite(page_of, institution_admin, world, once):
    """Invites an address; the path of the link."""

    def act(email="newcomer@example.org", role="teacher"):
        page = page_of(institution_admin)
        answer = page.post("/en/people/", once(institution=world.a.public_id, email=email, role=role))
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        return re.search(r"/en/invitations/\w+/", page.get(answer.headers["Location"]).content.decode()).group()

    return act


def test_a_newcomer_makes_an_account_from_the_link_and_may_begin(world, invite, page_of, once):
    link, nobody = invite(), page_of(None)
    assert nobody.get(link).status_code == 200 and Membership.objects.filter(status="active").count() == 1
    assert nobody.post(link, once(name="Newcomer", password=PASSWORD)).status_code == 302
    member = Membership.objects.get(email="newcomer@example.org")
    assert (member.status, member.role, member.user.name) == ("active", "teacher", "Newcomer")
    assert nobody.get("/en/inbox/").status_code == 200
    assert page_of(None).get(link).status_code == 404


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("A", "short"), ("A", "password1"), ("\u202e", PASSWORD)]
)
def test_an_account_needs_a_name_and_a_password(invite, page_of, once, name, password):
    answer = page_of(None).post(invite(), once(name=name, password=password))
    assert answer.status_code == 422 and not User.objects.filter(email="newcomer@example.org").exists()


def test_a_forwarded_link_opens_nothing(invite, page_of, stranger, once):
    link = invite()
    assert "another address" in page_of(stranger).get(link).content.decode()
    assert page_of(stranger).post(link, once(accept="yes")).status_code == 403
    assert Membership.objects.get(email="newcomer@example.org").status == "invited"


def test_a_known_person_signs_in_and_accepts_or_declines(invite, page_of, once):
    known = a_user("known@example.org")
    link = invite("Known@Example.org")
    assert "sign in" in page_of(None).get(link).content.decode().lower()
    assert page_of(None).post(link, once(name="X", password=PASSWORD)).status_code in (403, 302)
    assert page_of(known).post(link, once(decline="yes")).status_code == 302
    assert Membership.objects.get(email="known@example.org").status == "declined"


def test_an_invitation_lapses_after_fourteen_days(invite, page_of, time_machine_at):
    link = invite()
    with time_machine_at(days=15):
        assert page_of(None).get(link).status_code == 404
        assert lapse_invitations(timezone.now()) == 1
    assert Membership.objects.get(email="newcomer@example.org").status == "lapsed"


def test_an_invitation_is_told_once_by_mail(invite):
    link = invite()
    assert tell_invited(timezone.now()) == 1 and tell_invited(timezone.now()) == 0
    assert link.split("/")[-2] in mail.outbox[0].body and mail.outbox[0].to == ["newcomer@example.org"]


@pytest.mark.parametrize(
    "change", [{"role": "ministry_officer"}, {"role": "nothing"}, {"email": "no address"}, {"email": ""}]
)
def test_a_wrong_invitation_comes_back_as_422(world, page_of, institution_admin, once, change):
    data = once(**{"institution": world.a.public_id, "email": "x@example.org", "role": "teacher", **change})
    assert page_of(institution_admin).post("/en/people/", data).status_code == 422


def test_nobody_is_invited_into_a_foreign_house(world, page_of, institution_admin, once):
    data = once(institution=world.b.public_id, email="x@example.org", role="teacher")
    assert page_of(institution_admin).post("/en/people/", data).status_code == 422
    assert not Membership.objects.filter(email="x@example.org").exists()


@pytest.mark.parametrize("who", ["teacher", "expert", "employer", "integrator"])
def test_the_page_of_people_is_for_those_who_manage_them(cast, page_of, who):
    assert page_of(cast[who]).get("/en/people/").status_code == 403


def test_the_same_person_is_not_invited_twice(world, invite, page_of, institution_admin, once):
    invite()
    data = once(institution=world.a.public_id, email="newcomer@example.org", role="teacher")
    assert page_of(institution_admin).post("/en/people/", data).status_code == 422


def test_ending_a_role_ends_sessions_tokens_and_signing_power(world, page_of, api_of, institution_admin, teacher, once):
    page, api = page_of(teacher), api_of(teacher)
    assert page.get("/en/inbox/").status_code == 200 and api.get("/api/v1/me/").status_code == 200
    row = Membership.objects.get(user=teacher)
    assert page_of(institution_admin).get(f"/en/people/{row.public_id}/end/").status_code == 200
    assert page_of(institution_admin).post(f"/en/people/{row.public_id}/end/", once()).status_code == 302
    assert page.get("/en/inbox/").status_code == 302 and api.get("/api/v1/me/").status_code == 401
    row.refresh_from_db()
    assert row.status == "ended" and Event.objects.about("membership", row.public_id).last().name == "end"


def test_the_last_administrator_stays(world, page_of, institution_admin, once):
    row = Membership.objects.get(user=institution_admin)
    assert page_of(institution_admin).post(f"/en/people/{row.public_id}/end/", once()).status_code == 422
    row.refresh_from_db()
    assert row.status == "active"


def test_a_foreign_membership_is_not_found(world, page_of, partner_admin, teacher, once):
    row = Membership.objects.get(user=teacher)
    assert page_of(partner_admin).post(f"/en/people/{row.public_id}/end/", once()).status_code == 404
    assert page_of(partner_admin).get("/en/people/00000000000000000000000000/end/").status_code == 404


def test_a_post_gives_signing_power_and_ends_on_its_day(world, page_of, institution_admin, teacher, invite, once):
    nobody = page_of(None)
    nobody.post(invite("signer@example.org"), once(name="Signer", password=PASSWORD))
    person = User.objects.get(email="signer@example.org").person
    data = once(person=person.public_id, title="Deputy head", may_sign="on")
    assert page_of(institution_admin).post(f"/en/people/{world.a.public_id}/appoint/", data).status_code == 302
    post = Position.objects.get(person=person)
    assert Position.objects.all().may_sign_on(datetime.date(2026, 11, 21)).filter(pk=post.pk).exists()
    assert page_of(teacher).post(f"/en/positions/{post.public_id}/relieve/", once()).status_code in (403, 404)
    assert page_of(institution_admin).post(f"/en/positions/{post.public_id}/relieve/", once()).status_code == 302
    assert not Position.objects.all().may_sign_on(datetime.date(2026, 11, 22)).filter(pk=post.pk).exists()


def token_body(**change):
    return {"name": "sync", "scopes": ["read"], "expires_at": "2026-12-31T00:00:00Z", **change}


def test_a_token_shows_its_secret_once_and_is_stored_hashed(api_of, teacher):
    api = api_of(teacher)
    made = api.post("/api/v1/tokens/", token_body(), format="json", HTTP_IDEMPOTENCY_KEY="t1")
    secret = made.json()["secret"]
    assert made.status_code == 201 and not ApiToken.objects.filter(secret_hash__contains=secret).exists()
    again = api.post("/api/v1/tokens/", token_body(), format="json", HTTP_IDEMPOTENCY_KEY="t1")
    assert (
        again.status_code == 201 and "secret" not in again.json() and ApiToken.objects.filter(name="sync").count() == 1
    )
    assert all(secret.encode() not in bytes(row.body or b"") for row in StoredReply.objects.all())
    assert "secret" not in api.get(f"/api/v1/tokens/{made.json()['id']}/").json()


def test_a_revoked_token_opens_nothing(api_of, page_of, teacher, once):
    made = (
        page_of(teacher).post("/en/settings/tokens/", once(name="sync", scopes=["read"], lasts="30")).content.decode()
    )
    secret = re.search(r"data-secret>([^<]+)<", made).group(1)
    program = api_of(None)
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert program.get("/api/v1/me/").status_code == 200
    token = ApiToken.objects.get(name="sync")
    assert page_of(teacher).post(f"/en/settings/tokens/{token.public_id}/revoke/", once()).status_code == 302
    assert program.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2040-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
        {"name": ""},
        {"owner": "x"},
        {"addresses": ["somewhere"]},
    ],
)
def test_a_wrong_token_is_400(api_of, teacher, change):
    answer = api_of(teacher).post("/api/v1/tokens/", token_body(**change), format="json", HTTP_IDEMPOTENCY_KEY="t")
    assert answer.status_code == 400 and next(iter(change)) in answer.json()["errors"][0]["pointer"]


def test_a_token_makes_no_wider_token(api_of, teacher):
    api = api_of(teacher, "read", "write")
    assert (
        api.post("/api/v1/tokens/", token_body(scopes=["sign"]), format="json", HTTP_IDEMPOTENCY_KEY="a").status_code
        == 400
    )
    assert api.post("/api/v1/tokens/", token_body(), format="json", HTTP_IDEMPOTENCY_KEY="b").status_code == 201


def test_a_foreign_token_is_not_found(api_of, teacher, partner_admin):
    made = api_of(teacher).post("/api/v1/tokens/", token_body(), format="json", HTTP_IDEMPOTENCY_KEY="t").json()
    for call in (api_of(partner_admin).get, api_of(partner_admin).delete):
        assert call(f"/api/v1/tokens/{made['id']}/").status_code == 404


def test_me_names_the_roles_and_their_places(world, api_of, institution_admin, regional_officer, stranger):
    body = api_of(institution_admin).get("/api/v1/me/").json()
    assert body["id"] == institution_admin.public_id and body["name"] and body["language"]
    assert body["roles"] == [{"role": "institution_admin", "institution": world.a.public_id, "territory": None}]
    assert api_of(regional_officer).get("/api/v1/me/").json()["roles"][0]["territory"] == "91"
    assert api_of(stranger).get("/api/v1/me/").json()["roles"] == []


def test_applications_wait_for_the_office_that_verifies_them(world, page_of, cast):
    house = an_institution(
        world.near, "Waiting school", status="applied", verified_at=None, registered_by=cast["stranger"]
    )
    waiting = {
        name for name, user in cast.items() if house.public_id in page_of(user).get("/en/inbox/").content.decode()
    }
    assert waiting == {"ministry_officer", "regional_officer"}


def test_an_invitation_waits_for_the_invited_person(invite, page_of):
    known = a_user("known@example.org")
    assert invite("known@example.org").split("/")[-2] in page_of(known).get("/en/inbox/").content.decode()


def test_search_goes_straight_to_what_a_code_names(world, page_of, institution_admin):
    page = page_of(institution_admin)
    assert "Alpha school" in page.get("/en/search/?q=aplha").content.decode()
    assert (
        page.get(f"/en/search/?q={world.a.public_id}").headers["Location"] == f"/en/institutions/{world.a.public_id}/"
    )
    assert page.get(f"/en/search/?q={world.hidden.public_id}").status_code == 200


def test_signing_in_out_and_a_new_password_leave_events(client, teacher):
    client.post("/en/accounts/login/", {"login": teacher.email, "password": KNOWN, "once_key": "1"})
    assert Event.objects.filter(name="sign_in", actor=teacher, members_only=True).count() == 1
    client.post("/en/accounts/logout/")
    assert Event.objects.filter(name="sign_out", actor=teacher).count() == 1


@pytest.mark.parametrize(
    "query", ["after=x", "after=1", "after=1.x", "after=-1.1", "after=99999999999999999999999.1", "limit=0", "since=1"]
)
def test_a_wrong_place_in_the_feed_is_400(api_of, teacher, query):
    assert api_of(teacher).get(f"/api/v1/events/?{query}").status_code == 400
