"""Signing on paper: the page bears the hash, an administrator of the same party files its scan, all parties can open it."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.clock import now
from cooperation.agreements import actions, scans, signing
from cooperation.agreements.models import Agreement, Signature
from institutions.people.models import Person, Position
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.signing import fresh, stage
from tests.factories import EVER, a_member, a_picture, a_signatory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def story(db: None) -> SimpleNamespace:
    """Two parties; the second has an administrator who may not sign, and a director without an account who may."""
    made = stage(2)
    made.admin = a_member("institution_admin", made.houses[1])
    person = Person.objects.create(name="Vali Aliyev", home=made.houses[1])
    made.post = Position.objects.create(
        person=person, institution=made.houses[1], title="Director", may_sign=True, valid=EVER
    )
    return made


def filed(story: SimpleNamespace, **other: Any) -> Agreement:
    agreement = fresh(story)
    given = {
        "by": story.admin, "at": now(), "code": agreement.shown.content_hash[:8], "position": story.post,
        "signed_on": now().date(), "data": PDF, **other,
    }  # fmt: skip
    return scans.file_paper(agreement, **given)


def test_the_scan_of_a_signed_page_is_the_signature_of_who_held_the_office(story: SimpleNamespace) -> None:
    filed(story, signed_on=now().date())
    signature = Signature.objects.select_related("proof").get()
    assert (signature.method, signature.position, signature.person) == ("paper", "Director", None)
    assert signature.proof.recorded_by == story.admin
    assert signature.proof.file.read() == PDF
    event = Event.objects.about("agreement", story.agreement.public_id).get(name="approve")
    assert (event.actor, event.position, event.detail["method"]) == (story.admin, "Director", "paper")
    assert event.detail["file_sha256"] == signature.proof.file_sha256


def test_paper_and_account_conclude_together(story: SimpleNamespace) -> None:
    agreement = fresh(story)
    signing.approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=story.people[0], at=now())
    assert filed(story).status == "in_force"


def test_the_code_on_the_paper_must_be_the_code_of_the_revision(story: SimpleNamespace) -> None:
    for code in ("", "00000000", fresh(story).shown.content_hash[:7], fresh(story).shown.content_hash[1:9]):
        with pytest.raises(ValidationError) as error:
            filed(story, code=code)
        assert "code" in error.value.error_dict
    filed(story, code=f" {fresh(story).shown.content_hash[:8].upper()} ")


def test_a_page_of_an_earlier_revision_is_told_what_has_changed(story: SimpleNamespace) -> None:
    code = fresh(story).shown.content_hash[:8]
    actions.change_agreement(fresh(story), by=story.people[0], at=now(), title="Another")
    with pytest.raises(signing.OtherContent) as other:
        filed(story, code=code)
    assert [change.clause for change in other.value.changes] == ["title"]
    assert not Signature.objects.exists()


def test_signing_power_is_that_of_the_day_on_the_paper(story: SimpleNamespace) -> None:
    today = now().date()
    Position.objects.filter(pk=story.post.pk).update(valid=DateRange(EVER.lower, today))
    with pytest.raises(ValidationError) as error:
        filed(story)
    assert "position" in error.value.error_dict
    with pytest.raises(ValidationError):
        filed(story, position=Position.objects.filter(institution=story.houses[0])[0])


def test_the_day_lies_between_the_proposal_and_today(story: SimpleNamespace, time_machine_at: Any) -> None:
    for days in (-1, 1):
        with pytest.raises(ValidationError) as error:
            filed(story, signed_on=now().date() + datetime.timedelta(days=days))
        assert "signed_on" in error.value.error_dict
    day = now().date()
    with time_machine_at(days=3):
        filed(story, signed_on=day)
    assert Signature.objects.get().proof.signed_on == day


@pytest.mark.parametrize(
    ("data", "taken"),
    [(PDF, "pdf"), (a_picture(), "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"MZ", ""), (b"", ""), (b"<svg>", ""),
     (b"%PDF-" + bytes(10 * 1024 * 1024), "")],
    ids=["pdf", "jpg", "png", "program", "nothing", "svg", "too large"],
)  # fmt: skip
def test_a_scan_is_known_by_its_content(story: SimpleNamespace, data: bytes, taken: str) -> None:
    if taken:
        filed(story, data=data)
        assert Signature.objects.get().proof.file.name.endswith(f".{taken}")
    else:
        with pytest.raises(ValidationError) as error:
            filed(story, data=data)
        assert "file" in error.value.error_dict


def test_only_an_administrator_of_the_same_party_files_it(story: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        filed(story, by=a_member("teacher", story.houses[1]))
    with pytest.raises(ValidationError):  # files for their own party, whose office this is not
        filed(story, by=story.people[0])
    filed(story)
    with pytest.raises(WrongStatus):
        filed(story)


def test_who_signed_with_the_account_for_one_party_does_not_sign_on_paper_for_another(story: SimpleNamespace) -> None:
    agreement = fresh(story)
    signing.approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=story.people[0], at=now())
    second = a_signatory(story.people[0], story.houses[1])
    with pytest.raises(Unmet) as unmet:
        filed(story, position=second)
    assert unmet.value.conditions[0].code == "signed_for_another"


def test_a_party_that_signed_on_paper_does_not_decline(story: SimpleNamespace) -> None:
    filed(story)
    with pytest.raises(PermissionDenied):
        actions.decline_agreement(fresh(story), by=story.admin, at=now(), reason="No")


def test_the_page_to_be_printed_bears_text_number_revision_and_the_whole_hash(
    story: SimpleNamespace, page_of: Any
) -> None:
    agreement = fresh(story)
    page = page_of(story.admin).get(f"/en/agreements/{agreement.public_id}/paper/")
    text = page.content.decode()
    for said in (
        agreement.number,
        "Revision 1",
        agreement.shown.content_hash,
        "The parties hold open lessons.",
        "data:image/svg",
    ):
        assert said in text, said


def test_filing_by_the_page_and_opening_the_scan_by_the_other_party_only(story: SimpleNamespace, page_of: Any) -> None:
    agreement = fresh(story)
    address = f"/en/agreements/{agreement.public_id}/"
    sent = {
        "code": agreement.shown.content_hash[:8], "position": story.post.public_id, "signed_on": now().date().strftime("%d.%m.%Y"),
        "file": SimpleUploadedFile("scan.pdf", PDF), "once_key": "paper",
    }  # fmt: skip
    wrong = page_of(story.admin).post(f"{address}paper/file/", {**sent, "code": "12345678", "once_key": "wrong"})
    assert wrong.status_code == 422 and "it is not the code of this revision" in wrong.content.decode()
    sent["file"] = SimpleUploadedFile("scan.pdf", PDF)
    done = page_of(story.admin).post(f"{address}paper/file/", sent, follow=True)
    assert done.status_code == 200 and "On paper" in done.content.decode()
    scan = f"{address}revisions/1/scans/{story.houses[1].public_id}/"
    opened = page_of(story.people[0]).get(scan)
    assert b"".join(opened.streaming_content) == PDF
    assert opened["Content-Disposition"].startswith("attachment") and opened["Content-Security-Policy"] == "sandbox"
    officer = a_member("ministry_officer", territory=story.houses[0].territory)
    assert page_of(officer).get(scan).status_code == 403
    assert page_of(story.people[0]).get(f"{address}revisions/1/scans/{story.houses[0].public_id}/").status_code == 404
