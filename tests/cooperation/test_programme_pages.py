"""Pages of joint programmes: written, confirmed, approved, revised and taken up without the API."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from cooperation.adoptions.models import Adoption
from cooperation.programmes.models import GroupMember, JointProgramme
from tests.factories import a_term

KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


def post(browser: Any, path: str, **fields: Any) -> Any:
    return browser.post(path, {**fields, "once_key": f"page-{next(KEYS)}"})


def filled(**other: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    return {
        "title": "Early childhood educator", "level": "6", "field_0": "0112", "field_1": "", "field_2": "",
        "contents": "Practice from the first year.", "link": "", "agreement": "", "project": "",
        "members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0", "members-MIN_NUM_FORMS": "0",
        "members-MAX_NUM_FORMS": "50", "members-0-institution": "", "members-0-institution_text": "Beta university",
        "members-0-role": "partner", **other,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def words(db: None) -> None:
    a_term("party_role", "partner", context=["agreement", "project"])
    for code in ("01", "0112", "06"):
        a_term("isced_f", code)
    a_term("isced_level", "6")


@pytest.fixture
def programme(page_of: Any, institution_admin: User, world: SimpleNamespace) -> JointProgramme:
    made = post(page_of(institution_admin), "/en/programmes/new/", **filled())
    assert made.status_code == 302, made.content.decode()
    return JointProgramme.objects.get()


def test_it_is_written_confirmed_approved_and_taken_up(
    page_of: Any, programme: JointProgramme, institution_admin: User, partner_admin: User, foreign_admin: User
) -> None:
    lead, b, c = page_of(institution_admin), page_of(partner_admin), page_of(foreign_admin)
    one = f"/en/programmes/{programme.public_id}/"
    assert b.get(one).status_code == 404
    assert post(lead, f"{one}start/").status_code == 302
    assert f"{one}accept/" in b.get(one).content.decode()
    assert post(b, f"{one}accept/").status_code == 302
    stuck = post(lead, f"{one}approve/")
    assert (stuck.status_code, "Beta university” has not confirmed" in stuck.content.decode()) == (422, True)
    stale = post(b, f"{one}confirm/", content_hash="0" * 64)
    assert (stale.status_code, "has changed since you read it" in stale.content.decode()) == (409, True)
    version = programme.versions.get()
    assert version.content_hash in b.get(one).content.decode()
    assert post(b, f"{one}confirm/", content_hash=version.content_hash).status_code == 302
    assert GroupMember.objects.get().state == "confirmed"
    assert post(lead, f"{one}approve/").status_code == 302
    shown = c.get(one).content.decode()
    report = f"/en/adoptions/programme_version/{version.public_id}/report/"
    assert report in shown
    assert report not in b.get(one).content.decode()  # it wrote it itself
    assert post(c, report, since="01.09.2026", note="").status_code == 302
    assert Adoption.objects.get().subject_id == version.public_id
    assert "in use since 1 Sep" in c.get(one).content.decode()
    assert report not in c.get(one).content.decode()
    listed = c.get("/en/programmes/").content.decode()
    assert ("Version 1" in listed, "Beta university" in listed) == (True, True)
    assert "Early childhood educator, version 1" in c.get("/en/adoptions/").content.decode()
    assert c.get("/en/programmes/?format=csv").status_code == 200


def test_a_new_version_leaves_out_what_the_programme_is(
    page_of: Any, programme: JointProgramme, institution_admin: User
) -> None:
    lead = page_of(institution_admin)
    one = f"/en/programmes/{programme.public_id}/"
    post(lead, f"{one}start/")
    post(lead, f"{one}approve/")
    assert lead.get(f"{one}edit/").status_code == 409
    assert post(lead, f"{one}revise/").status_code == 302
    form = lead.get(f"{one}edit/").content.decode()
    assert ('name="changes"' in form, 'name="title"' in form, 'name="field_0"' in form) == (True, False, False)
    lacking = post(lead, f"{one}approve/")
    assert (lacking.status_code, "#id_changes" in lacking.content.decode()) == (422, True)
    sent = {name: value for name, value in filled(changes="More practice.").items() if name not in ("title", "level")}
    assert post(lead, f"{one}edit/", **sent).status_code == 302
    assert programme.versions.get(number=2).changes == "More practice."
    assert "cannot be undone" in lead.get(f"{one}retire/").content.decode()
    assert post(lead, f"{one}revert/").status_code == 302
    programme.refresh_from_db()
    assert programme.status == "approved"


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    page_of: Any, institution_admin: User, world: SimpleNamespace
) -> None:
    browser = page_of(institution_admin)
    wrong = filled(title="", link="no address", contents="kept words", **{"members-0-role": ""})
    refused = post(browser, "/en/programmes/new/", **wrong)
    told = refused.content.decode()
    assert refused.status_code == 422
    for message in (
        "Title: say what",
        "Document: enter a web address",
        "Role of the partner: choose one.",
        "kept words",
    ):
        assert message in told, message
    own = post(browser, "/en/programmes/new/", **filled(**{"members-0-institution_text": "Alpha school"}))
    assert (own.status_code, "the lead is there already" in own.content.decode()) == (422, True)
    assert not JointProgramme.objects.exists()


def test_two_editors_are_shown_what_differs(page_of: Any, programme: JointProgramme, institution_admin: User) -> None:
    browser = page_of(institution_admin)
    edit = f"/en/programmes/{programme.public_id}/edit/"
    assert post(browser, edit, **filled(version="1", title="First")).status_code == 302
    late = post(browser, edit, **filled(version="1", title="Second"))
    told = late.content.decode()
    assert (late.status_code, "First" in told, "Second" in told) == (409, True, True)


def test_only_administrators_write(
    page_of: Any, programme: JointProgramme, teacher: User, partner_admin: User, institution_admin: User
) -> None:
    post(page_of(institution_admin), f"/en/programmes/{programme.public_id}/start/")
    assert page_of(teacher).get("/en/programmes/new/").status_code == 403
    assert page_of(teacher).get(f"/en/programmes/{programme.public_id}/").status_code == 200
    assert page_of(partner_admin).get(f"/en/programmes/{programme.public_id}/edit/").status_code == 403
    assert post(page_of(partner_admin), f"/en/programmes/{programme.public_id}/approve/").status_code == 403
