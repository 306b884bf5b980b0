"""Pages of practices and shared resources: written, reviewed, found, opened, used, and used elsewhere too."""

import datetime
import itertools
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.clock import now
from accounts.models import User
from accounts.wording import day_short
from cooperation.activities.actions import confirm_activity, log_activity
from cooperation.adoptions.models import Adoption
from cooperation.practices.actions import draft_practice
from cooperation.practices.models import Practice
from cooperation.resources.actions import draft_resource, open_resource
from cooperation.resources.models import Resource, ResourceUse
from cooperation.reviewing import actions
from tests.factories import a_member, a_term

pytestmark = pytest.mark.django_db
PRACTICES, RESOURCES, USES = "/en/practices/", "/en/resources/", "/en/resources/uses/"
PDF, KEYS = b"%PDF-1.7 a plan", itertools.count(1)
ENTRY = {
    "title": "Lessons in pairs", "activity": "", "form": "F2", "done": "Two teachers give one lesson.",
    "outcome": "Pupils ask twice as much.",
}  # fmt: skip
SHARE = {
    "title": "Library", "kind": "library", "rights": "institutions", "description": "Twelve thousand books.",
    "how": "", "link": "https://library.example.org/",
}  # fmt: skip


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture(autouse=True)
def words(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        lesson=a_term("activity_type", "open_lesson", form="F2"), form=a_term("cooperation_form", "F2"),
    )  # fmt: skip


@pytest.fixture
def practice(teacher: User, institution_admin: User, words: SimpleNamespace) -> Callable[..., Practice]:
    def make(status: str = "published", **other: Any) -> Practice:
        content = {"title": "Lessons in pairs", "form": words.form, "done": "Done so.", "outcome": "Came of it."}
        return moved(draft_practice(by=teacher, at=now(), **{**content, **other}), status, teacher, institution_admin)

    return make


@pytest.fixture
def resource(teacher: User, institution_admin: User) -> Callable[..., Resource]:
    def make(status: str = "published", **other: Any) -> Resource:
        made = draft_resource(by=teacher, at=now(), **{**SHARE, **other})
        return moved(made, status, teacher, institution_admin)

    return make


def moved(thing: Any, status: str, author: User, reviewer: User) -> Any:
    if status != "draft":
        actions.submit_for_review(thing, by=author, at=now())
    if status in ("published", "withdrawn"):
        actions.publish_reviewed(thing, by=reviewer, at=now())
    if status == "withdrawn":
        actions.withdraw_reviewed(thing, by=author, at=now(), reason="It was wrong.")
    return thing


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(client: Any, url: str, **fields: Any) -> Any:
    return client.post(url, {"once_key": f"key-{next(KEYS)}", **fields})


def test_a_teacher_writes_a_practice_and_sends_it_in_one_go(
    page_of: Any, teacher: User, world: SimpleNamespace
) -> None:
    client = page_of(teacher)
    assert "Write a practice" in text_of(client.get(PRACTICES))
    sent = send(client, f"{PRACTICES}new/", **ENTRY, send="1")
    made = Practice.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"{PRACTICES}{made.public_id}/")
    assert (made.status, made.institution, made.author) == ("in_review", world.a, teacher)
    shown = text_of(client.get(sent["Location"]))
    assert "In review" in shown
    assert "Publish" not in shown


def test_what_lacks_is_said_at_the_field_and_nothing_is_half_kept(page_of: Any, teacher: User) -> None:
    client = page_of(teacher)
    answer = send(client, f"{PRACTICES}new/", **{**ENTRY, "outcome": "", "form": ""}, send="1")
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'href="#id_outcome"' in shown
    assert 'href="#id_form"' in shown
    assert "Two teachers give one lesson." in shown
    assert not Practice.objects.exists()
    assert send(client, f"{PRACTICES}new/", **{**ENTRY, "title": ""}).status_code == 422
    assert send(client, f"{PRACTICES}new/", **{**ENTRY, "outcome": ""}).status_code == 302
    assert Practice.objects.get().status == "draft"


def test_a_draft_that_was_saved_elsewhere_is_not_overwritten_unseen(page_of: Any, teacher: User, practice: Any) -> None:
    draft, client = practice("draft"), page_of(teacher)
    url = f"{PRACTICES}{draft.public_id}/edit/"
    assert 'name="version" value="1"' in client.get(url).content.decode()
    assert send(client, url, **ENTRY, version="1").status_code == 302
    late = send(client, url, **{**ENTRY, "title": "Mine"}, version="1")
    assert late.status_code == 409
    assert 'name="version" value="2"' in late.content.decode()
    assert "Mine" in late.content.decode()
    assert Practice.objects.get().title == "Lessons in pairs"


def test_only_its_author_opens_the_form_and_only_of_a_draft(
    page_of: Any, teacher: User, institution_admin: User, practice: Any
) -> None:
    read = practice("in_review")
    assert page_of(institution_admin).get(f"{PRACTICES}{read.public_id}/edit/").status_code == 403
    assert page_of(teacher).get(f"{PRACTICES}{read.public_id}/edit/").status_code == 409


def test_the_activity_chosen_gives_the_form(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, words: SimpleNamespace
) -> None:
    lesson = log_activity(by=teacher, at=now(), type_=words.lesson, organiser=world.a, partners=[world.b])
    confirm_activity(lesson, by=partner_admin, at=now(), content_hash=lesson.content_hash)
    client = page_of(teacher)
    assert lesson.public_id in client.get(f"{PRACTICES}new/").content.decode()
    assert send(client, f"{PRACTICES}new/", **{**ENTRY, "form": "", "activity": lesson.public_id}).status_code == 302
    made = Practice.objects.get()
    assert (made.form.code, made.activity) == ("F2", lesson)


def test_a_reviewer_publishes_by_one_button_and_an_author_has_none(
    page_of: Any, teacher: User, institution_admin: User, practice: Any
) -> None:
    read = practice("in_review")
    url, reviewer = f"{PRACTICES}{read.public_id}/", page_of(institution_admin)
    assert "Lessons in pairs" in text_of(reviewer.get("/en/inbox/"))
    assert "Lessons in pairs" not in text_of(page_of(teacher).get("/en/inbox/"))
    assert send(page_of(teacher), f"{url}publish/").status_code == 403
    assert send(reviewer, f"{url}publish/").status_code == 302
    shown = text_of(reviewer.get(url))
    assert f"Written by {teacher.name}" in shown
    assert "Published" in shown


def test_a_reviewer_returns_it_with_words_that_the_author_reads(
    page_of: Any, teacher: User, institution_admin: User, practice: Any
) -> None:
    read = practice("in_review")
    url, reviewer = f"{PRACTICES}{read.public_id}/", page_of(institution_admin)
    assert "Its author reads your reason" in text_of(reviewer.get(f"{url}return/"))
    assert send(reviewer, f"{url}return/", reason="").status_code == 422
    done = send(reviewer, f"{url}return/", reason="Say how many.")
    assert (done.status_code, done["Location"]) == (302, PRACTICES)
    assert "Say how many." in text_of(page_of(teacher).get(url))
    assert reviewer.get(url).status_code == 404


def test_the_reasons_of_a_review_are_not_for_everybody(
    page_of: Any, teacher: User, institution_admin: User, partner_admin: User, practice: Any
) -> None:
    read = practice("in_review")
    actions.return_to_author(read, by=institution_admin, at=now(), reason="Say how many.")
    moved(read, "published", teacher, institution_admin)
    url = f"{PRACTICES}{read.public_id}/"
    assert "Say how many." in text_of(page_of(teacher).get(url))
    assert "Say how many." not in text_of(page_of(partner_admin).get(url))


def test_another_institution_says_that_it_uses_a_practice_and_the_source_confirms(
    page_of: Any, partner_admin: User, institution_admin: User, teacher: User, practice: Any, world: SimpleNamespace
) -> None:
    read = practice()
    url, partner = f"{PRACTICES}{read.public_id}/", page_of(partner_admin)
    assert "We use this too" not in text_of(page_of(institution_admin).get(url))
    assert "We use this too" in text_of(partner.get(url))
    assert send(partner, f"/en/adoptions/practice/{read.public_id}/report/", since="01.09.2026").status_code == 302
    made = Adoption.objects.get()
    assert (made.institution, made.since) == (world.b, datetime.date(2026, 9, 1))
    assert "Beta university" in text_of(page_of(teacher).get(url))
    assert send(page_of(institution_admin), f"/en/adoptions/{made.public_id}/confirm/").status_code == 302
    shown = text_of(partner.get(url))
    assert "Confirmed" in shown
    with override("en"):
        assert f"in use since {day_short(made.since)}" in shown


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_what_is_not_published_cannot_be_taken_up(
    page_of: Any, partner_admin: User, practice: Any, status: str
) -> None:
    read = practice(status)
    answer = send(page_of(partner_admin), f"/en/adoptions/practice/{read.public_id}/report/", since="01.09.2026")
    assert answer.status_code == (422 if status == "withdrawn" else 404)
    assert not Adoption.objects.exists()


def test_the_catalogue_is_filtered_searched_and_taken_away_as_a_file(
    page_of: Any, foreign_admin: User, practice: Any, teacher: User, words: SimpleNamespace
) -> None:
    other = a_term("cooperation_form", "F13")
    practice(title="Lessons in pairs"), practice(title="A guest teaches", form=other), practice("draft", title="Hidden")
    client = page_of(foreign_admin)
    shown = text_of(client.get(PRACTICES))
    assert "Lessons in pairs" in shown
    assert "Hidden" not in shown
    assert teacher.name not in shown
    assert "A guest teaches" not in text_of(client.get(f"{PRACTICES}?form=F2"))
    assert "Lessons in pairs" not in text_of(client.get(f"{PRACTICES}?search=guest"))
    assert client.get(f"{PRACTICES}?author=x").status_code == 400
    file = client.get(f"{PRACTICES}?view=published&format=csv").content.decode()
    assert "A guest teaches" in file
    assert teacher.name not in file
    assert "A guest teaches" in text_of(client.get("/en/search/?q=guest"))


@pytest.mark.parametrize(("address", "maker"), [(PRACTICES, "practice"), (RESOURCES, "resource")])
def test_the_lists_ask_as_much_of_the_database_for_ten_rows_as_for_one(
    page_of: Any, institution_admin: User, request: Any, address: str, maker: str
) -> None:
    make, client, asked = request.getfixturevalue(maker), page_of(institution_admin), []
    for count in (1, 9):
        for _row in range(count):
            make()
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{address}?view=all").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_resource_with_a_file_is_written_and_loaded_by_a_button(
    page_of: Any, teacher: User, institution_admin: User, partner_admin: User
) -> None:
    client = page_of(teacher)
    fields = {**SHARE, "link": "", "kind": "digital", "file": SimpleUploadedFile("plan.pdf", PDF)}
    assert send(client, f"{RESOURCES}new/", **fields, send="1").status_code == 302
    made = Resource.objects.get()
    url = f"{RESOURCES}{made.public_id}/"
    assert (made.status, made.file_name, made.file.name.startswith("resources/2026/11/")) == (
        "in_review",
        "plan.pdf",
        True,
    )
    assert send(page_of(institution_admin), f"{url}publish/").status_code == 302
    reader = page_of(partner_admin)
    for _preview in (url, f"{url}file/"):
        assert b"plan.pdf" not in reader.get(_preview).content
    assert not ResourceUse.objects.exists()
    opened = send(reader, f"{url}open/")
    assert (opened.status_code, opened["Location"]) == (302, f"{url}file/")
    loaded = reader.get(opened["Location"])
    assert b"".join(loaded.streaming_content) == PDF
    assert 'filename="plan.pdf"' in loaded["Content-Disposition"]
    assert ResourceUse.objects.count() == 1


def test_a_file_that_is_refused_leaves_the_form_filled_in(page_of: Any, teacher: User) -> None:
    fields = {**SHARE, "file": SimpleUploadedFile("page.html", b"<script>")}
    answer = send(page_of(teacher), f"{RESOURCES}new/", **fields)
    assert answer.status_code == 422
    assert 'href="#id_file"' in answer.content.decode()
    assert "Twelve thousand books." in answer.content.decode()
    assert not Resource.objects.exists()


def test_a_file_is_replaced_and_taken_away_while_it_is_a_draft(page_of: Any, teacher: User, resource: Any) -> None:
    draft, client = resource("draft"), page_of(teacher)
    url = f"{RESOURCES}{draft.public_id}/edit/"
    send(client, url, **SHARE, file=SimpleUploadedFile("one.pdf", PDF))
    assert "one.pdf" in client.get(url).content.decode()
    send(client, url, **SHARE, file=SimpleUploadedFile("two.pdf", PDF))
    assert Resource.objects.get().file_name == "two.pdf"
    send(client, url, **SHARE, without_file="on")
    assert (Resource.objects.get().file_name, Resource.objects.get().file.name) == ("", "")


def test_an_opened_resource_shows_its_address_and_its_use_opens_into_rows(
    page_of: Any, partner_admin: User, employer: User, institution_admin: User, foreign_admin: User, resource: Any
) -> None:
    library = resource()
    url, reader = f"{RESOURCES}{library.public_id}/", page_of(partner_admin)
    assert "library.example.org" not in reader.get(url).content.decode()
    assert send(reader, f"{url}open/")["Location"] == f"{url}#inside"
    assert "https://library.example.org/" in reader.get(url).content.decode()
    open_resource(library, by=employer, at=now())
    open_resource(library, by=foreign_admin, at=now())
    own = page_of(institution_admin).get(url)
    assert "3 uses by 2 organisations" in text_of(own)
    assert "Gamma college" in text_of(own)
    [first] = re.findall(r'href="([^"]+)">2<', own.content.decode())
    rows = page_of(institution_admin).get(first.replace("&amp;", "&"))
    assert rows.status_code == 200
    assert "2 uses" in text_of(rows)
    assert "Gamma" not in text_of(rows)
    assert partner_admin.name not in text_of(rows)
    others = text_of(reader.get(url))
    assert "3 uses by 2 organisations" in others
    assert "Gamma college" not in others


def test_the_use_of_others_is_nobody_elses_business(
    page_of: Any, partner_admin: User, foreign_admin: User, institution_admin: User, resource: Any
) -> None:
    open_resource(resource(), by=partner_admin, at=now())
    assert "1 use" in text_of(page_of(institution_admin).get(f"{USES}?view=all"))
    assert "Nothing was used yet" in text_of(page_of(foreign_admin).get(f"{USES}?view=all"))
    file = page_of(institution_admin).get(f"{USES}?view=shared&format=csv").content.decode()
    assert "Beta university" in file
    assert partner_admin.name not in file


def test_who_may_not_open_it_reads_why(page_of: Any, foreign_admin: User, resource: Any) -> None:
    hall = resource(rights="partners")
    client = page_of(foreign_admin)
    assert "an agreement in force" in text_of(client.get(f"{RESOURCES}{hall.public_id}/"))
    assert send(client, f"{RESOURCES}{hall.public_id}/open/").status_code == 403
    assert client.get(f"{RESOURCES}{hall.public_id}/file/").status_code == 403


def test_a_stranger_finds_only_what_is_open_to_everybody(page_of: Any, stranger: User, resource: Any) -> None:
    resource(title="For members"), resource(title="For all", rights="everybody")
    shown = text_of(page_of(stranger).get(RESOURCES))
    assert "For all" in shown
    assert "For members" not in shown


def test_a_member_of_an_institution_that_is_not_verified_writes_nothing(page_of: Any, world: SimpleNamespace) -> None:
    client = page_of(a_member("teacher", world.hidden))
    assert client.get(f"{PRACTICES}new/").status_code == 403
    assert client.get(f"{RESOURCES}new/").status_code == 403


def test_the_page_of_an_institution_shows_what_it_shares(
    page_of: Any, partner_admin: User, practice: Any, resource: Any, world: SimpleNamespace
) -> None:
    practice(title="Lessons in pairs"), practice("in_review", title="Not yet"), resource(title="Our library")
    shown = text_of(page_of(partner_admin).get(f"/en/institutions/{world.a.public_id}/"))
    assert "Lessons in pairs" in shown
    assert "Our library" in shown
    assert "Not yet" not in shown
