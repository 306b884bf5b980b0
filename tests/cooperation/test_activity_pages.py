"""Pages of activities: the list, the record, confirming, the quick log and the own record."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from cooperation.activities import actions
from cooperation.activities.models import Activity
from cooperation.agreements.models import Agreement
from tests.factories import PICTURE, a_member, a_picture, a_term

pytestmark = pytest.mark.django_db
LIST, NEW, MINE = "/en/activities/", "/en/activities/new/", "/en/activities/mine/"
FEW_QUERIES = 8


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> SimpleNamespace:
    for code in ("F2", "F13"):
        a_term("cooperation_form", code)
    types = [a_term("activity_type", f"type_{number}", form="F2") for number in range(9)]
    return SimpleNamespace(
        lesson=a_term("activity_type", "open_lesson", form="F2"), types=types, other=a_term("activity_type", "other"),
        pupils=a_term("participant_category", "pupils", learner=True),
        teachers=a_term("participant_category", "teachers", staff=True),
    )  # fmt: skip


def log(by: User, words: SimpleNamespace, *partners: Any, **more: Any) -> Activity:
    content = {"type_": words.lesson, "partners": list(partners), "counts": {words.pupils: 25}, **more}
    return actions.log_activity(by=by, at=now(), **content)


def hidden(page: Any) -> dict[str, str]:
    """Hidden fields of a page's last form, as a browser would send them back."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def send(client: Any, path: str, page: str = "", **data: Any) -> Any:
    return client.post(path, {**hidden(client.get(page or path)), **data})


def fresh(activity: Activity) -> Activity:
    return Activity.objects.get(pk=activity.pk)


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_every_page_opens_in_every_language(
    language: str, page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    client = page_of(teacher)
    for path in ("", "new/", "mine/", *(f"{activity.public_id}/{page}" for page in ("", "correct/", "withdraw/"))):
        answer = client.get(f"/{language}/activities/{path}")
        assert answer.status_code == 200, path


def test_the_list_opens_with_what_waits_and_confirms_with_one_tap(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    client = page_of(partner_admin)
    shown = client.get(LIST).content.decode()
    assert 'aria-current="true">Waiting for you <span class="number">1</span>' in shown
    done = send(client, f"{LIST}confirm/", LIST, only=f"{activity.public_id}:{activity.content_hash}")
    assert done.status_code == 302
    assert fresh(activity).status == "confirmed"
    assert "1 activity confirmed" in client.get(done["Location"]).content.decode()


def test_of_several_confirmed_at_once_the_one_that_changed_is_named_and_the_rest_goes_through(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    first, second = (log(teacher, vocabulary, world.b) for _each in range(2))
    read = [f"{each.public_id}:{each.content_hash}" for each in (first, second)]
    actions.correct_activity(second, by=teacher, at=now(), counts={vocabulary.pupils: 30})
    client = page_of(partner_admin)
    done = send(client, f"{LIST}confirm/", LIST, chosen=read)
    told = client.get(done["Location"]).content.decode()
    assert [fresh(first).status, fresh(second).status] == ["confirmed", "logged"]
    assert "1 activity confirmed" in told
    assert "The activity has changed since you read it." in told


def test_the_record_confirms_exactly_what_was_read(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    client = page_of(partner_admin)
    path = f"{LIST}{activity.public_id}/"
    old = hidden(client.get(path))
    actions.correct_activity(activity, by=teacher, at=now(), counts={vocabulary.pupils: 30})
    refused = client.post(f"{path}confirm/", old)
    assert refused.status_code == 409
    assert "The activity has changed since you read it." in refused.content.decode()
    again = {**hidden(refused), "content_hash": fresh(activity).content_hash}
    assert client.post(f"{path}confirm/", again).status_code == 302
    assert fresh(activity).status == "confirmed"


def test_disputing_asks_why_and_not_ours_does_not(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    first, second = (log(teacher, vocabulary, world.b) for _each in range(2))
    client = page_of(partner_admin)
    path = f"{LIST}{first.public_id}/dispute/"
    empty = send(client, path)
    assert empty.status_code == 422
    assert "Reason: say why." in empty.content.decode()
    send(client, path, reason="It was another day.")
    assert fresh(first).status == "disputed"
    assert "It was another day." in page_of(teacher).get(f"{LIST}{first.public_id}/").content.decode()
    send(client, f"{LIST}{second.public_id}/refuse/")
    assert second.participations.get(institution=world.b).state == "refused"


def test_the_logging_side_withdraws_with_a_reason(
    page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    send(page_of(teacher), f"{LIST}{activity.public_id}/withdraw/", reason="Entered twice.")
    assert fresh(activity).status == "withdrawn"


def test_two_fields_are_enough_and_the_partners_come_from_the_agreement(
    page_of: Any, teacher: User, concluded: Agreement, world: SimpleNamespace
) -> None:
    client = page_of(teacher)
    page = client.get(NEW).content.decode()
    assert f'value="agreement:{concluded.public_id}" selected' in page
    done = send(client, NEW, type="open_lesson", cooperation=f"agreement:{concluded.public_id}")
    made = Activity.objects.get()
    assert done["Location"] == f"{LIST}{made.public_id}/"
    assert (made.agreement, made.status) == (concluded, "logged")
    assert {row.institution_id for row in made.participations.all()} == {world.a.pk, world.b.pk}
    assert made.entry_seconds == 0


def test_a_second_sending_of_the_same_page_logs_nothing_new(page_of: Any, teacher: User, concluded: Agreement) -> None:
    client = page_of(teacher)
    sent = {**hidden(client.get(NEW)), "type": "open_lesson", "cooperation": f"agreement:{concluded.public_id}"}
    first, second = client.post(NEW, sent), client.post(NEW, sent)
    assert first["Location"] == second["Location"]
    assert Activity.objects.count() == 1


def test_what_is_missing_is_named_and_what_was_typed_is_kept(
    page_of: Any, teacher: User, world: SimpleNamespace
) -> None:
    answer = send(page_of(teacher), NEW, cooperation="other", number="many", note="With the guests", category="pupils")
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "What was it: choose one.",
        "Organisation: type its name.",
        "How many took part: enter a whole number",
    ):
        assert page.count(said) >= 2, said
    assert "With the guests" in page and 'value="many"' in page
    assert not Activity.objects.exists()


def test_a_typed_name_of_one_organisation_is_enough(page_of: Any, teacher: User, world: SimpleNamespace) -> None:
    done = send(page_of(teacher), NEW, type="open_lesson", cooperation="other", partner_text="Beta university")
    assert done.status_code == 302
    assert Activity.objects.get().participations.filter(institution=world.b).exists()


def test_tiles_show_the_most_used_first_then_the_order_of_the_pack(
    page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    def tiles() -> list[str]:
        page = page_of(teacher).get(NEW).content.decode()
        return re.findall(r'<input type="radio" name="type" value="(\w+)"', page.split("tiles-more")[0])

    assert len(tiles()) == 8
    for _time in range(2):
        log(teacher, vocabulary, world.b)
    log(teacher, vocabulary, world.b, type_=vocabulary.types[5])
    assert tiles()[:3] == ["open_lesson", "type_5", "type_0"]


def test_repeat_last_fills_everything_but_the_day(
    page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    log(teacher, vocabulary, world.b)
    page = page_of(teacher).get(f"{NEW}?repeat=1").content.decode()
    assert re.search(r'value="open_lesson" checked', page)
    assert f'value="partner:{world.b.public_id}" selected' in page
    assert re.search(r'name="number"[^>]*value="25"', page)
    assert 'value="21 Nov 2026"' in page or "21.11.2026" in page


def test_an_administrator_enters_for_a_teacher_and_nobody_else_does(
    page_of: Any, institution_admin: User, teacher: User, world: SimpleNamespace
) -> None:
    member = teacher.memberships.get()
    assert "For whom" not in page_of(teacher).get(NEW).content.decode()
    send(page_of(teacher), NEW, type="open_lesson", cooperation="inside", on_behalf_of=member.public_id)
    assert not Activity.objects.exists()
    send(page_of(institution_admin), NEW, type="open_lesson", cooperation="inside", on_behalf_of=member.public_id)
    assert Activity.objects.get().on_behalf_of == teacher
    assert "Open lesson" in page_of(teacher).get(MINE).content.decode() or Activity.objects.get().type.code in (
        page_of(teacher).get(MINE).content.decode()
    )


def test_a_correction_asks_for_the_confirmation_again(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    actions.confirm_activity(activity, by=partner_admin, at=now())
    path = f"{LIST}{activity.public_id}/correct/"
    done = send(page_of(teacher), path, type="open_lesson", cooperation="kept", count_teachers="3", hours="1,5")
    assert done.status_code == 302, done.content.decode()
    now_is = fresh(activity)
    assert (now_is.status, str(now_is.hours)) == ("logged", "1.50")
    assert dict(now_is.counts.values_list("category__code", "number")) == {"teachers": 3}
    assert now_is.participations.get(institution=world.b).state == "named"


def test_nobody_else_gets_a_list_by_teacher_on_any_page_filter_or_field(
    page_of: Any, api_of: Any, teacher: User, institution_admin: User, world: SimpleNamespace,
    vocabulary: SimpleNamespace,
) -> None:  # fmt: skip
    other = a_member("teacher", world.a, name="Colleague Canary", email="canary@example.org")
    activity = log(other, vocabulary, world.b)
    marks = ("Colleague Canary", "canary@example.org", other.public_id)
    client, program = page_of(institution_admin), api_of(institution_admin)
    pages = [LIST, f"{LIST}?view=all", f"{LIST}{activity.public_id}/", MINE, f"{LIST}?format=csv"]
    for path in pages:
        shown = client.get(path).content.decode("utf-8", "replace")
        assert not [mark for mark in marks if mark in shown], path
    for path in ("", f"{activity.public_id}/"):
        shown = program.get(f"/api/v1/activities/{path}").content.decode()
        assert not [mark for mark in marks if mark in shown], path
    for name in ("logged_by", "person", "teacher", "user", "on_behalf_of", "member"):
        assert client.get(f"{LIST}?{name}={other.public_id}").status_code == 400, name
        assert program.get(f"/api/v1/activities/?{name}={other.public_id}").status_code == 400, name
        assert activity.public_id not in client.get(f"{MINE}?{name}={other.public_id}").content.decode()
    assert activity.public_id not in page_of(teacher).get(MINE).content.decode()


def test_the_own_record_counts_confirmed_people_and_the_median_of_seconds(
    page_of: Any, teacher: User, partner_admin: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    made = [log(teacher, vocabulary, world.b, entry_seconds=seconds) for seconds in (20, 30, 100)]
    actions.confirm_activity(made[0], by=partner_admin, at=now())
    page = page_of(teacher).get(MINE).content.decode()
    for said in ("3 activities", "1 activity", "25 participants", "30 s"):
        assert said in page, said
    assert page_of(teacher).get(f"{MINE}?month=2026-13").status_code == 404


@pytest.mark.parametrize(("path", "most"), [(NEW, FEW_QUERIES), (LIST, 20), (MINE, 15)])
def test_queries_stay_as_few_when_the_rows_double(
    path: str, most: int, page_of: Any, teacher: User, concluded: Agreement, world: SimpleNamespace,
    vocabulary: SimpleNamespace,
) -> None:  # fmt: skip
    client = page_of(teacher)
    client.get(path)
    taken = []
    for _round in range(2):
        for _each in range(3):
            log(teacher, vocabulary, world.b)
            log(teacher, vocabulary, agreement=concluded, partners=None)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(path)
        taken.append(len(found))
    assert taken[0] == taken[1], taken
    assert taken[1] <= most, "\n".join(query["sql"][:200] for query in found.captured_queries)


def test_the_list_goes_out_as_a_file_as_it_is_filtered(
    page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    log(teacher, vocabulary, world.b)
    log(teacher, vocabulary, world.b, type_=vocabulary.types[0])
    lines = page_of(teacher).get(f"{LIST}?type=open_lesson&format=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Beta university" in lines[1]


def test_an_expert_and_an_officer_cannot_log(page_of: Any, expert: User, regional_officer: User) -> None:
    assert page_of(expert).get(NEW).status_code == 403
    assert page_of(regional_officer).get(NEW).status_code == 403


def add_photo(client: Any, activity: Activity, data: bytes, key: str) -> Any:
    file = SimpleUploadedFile("a.jpg", data, "image/jpeg")
    path = f"/api/v1/activities/{activity.public_id}/photo/"
    return client.post(path, {"photo": file}, format="multipart", headers={"Idempotency-Key": key})


def test_a_photo_loses_what_the_camera_wrote_and_is_there_once(
    api_of: Any, page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    client = api_of(teacher)
    first = add_photo(client, activity, a_picture(b"GPS 41.31 69.24") + b"hidden behind", "photo-1")
    assert first.status_code == 201, first.content
    assert add_photo(client, activity, a_picture(b"GPS 0 0"), "photo-2").json()["id"] == first.json()["id"]
    kept = b"".join(page_of(teacher).get(f"/en/activities/photos/{first.json()['id']}/").streaming_content)
    assert kept == PICTURE
    assert b"GPS" not in kept and b"hidden" not in kept
    assert (first.json()["width"], first.json()["height"]) == (8, 6)


@pytest.mark.parametrize("data", [b"", b"GIF89a", PICTURE[:40], b"\xff\xd8" + b"\0" * 50, b"<svg xmlns=''/>"])
def test_what_is_no_picture_is_refused(
    data: bytes, api_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    activity = log(teacher, vocabulary, world.b)
    answer = add_photo(api_of(teacher), activity, data, "photo-1")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == "/photo"
    assert not activity.photos.exists()


def test_a_photo_is_evidence_for_the_sides_concerned_only(
    api_of: Any, page_of: Any, teacher: User, partner_admin: User, foreign_admin: User, ministry_officer: User,
    world: SimpleNamespace, vocabulary: SimpleNamespace,
) -> None:  # fmt: skip
    activity = log(teacher, vocabulary, world.b)
    made = add_photo(api_of(teacher), activity, a_picture(), "photo-1").json()
    path = f"/en/activities/photos/{made['id']}/"
    found = {user: page_of(user).get(path).status_code for user in (partner_admin, foreign_admin, ministry_officer)}
    assert list(found.values()) == [200, 404, 404]
    assert path in page_of(partner_admin).get(f"{LIST}{activity.public_id}/").content.decode()
    assert path not in page_of(ministry_officer).get(f"{LIST}{activity.public_id}/").content.decode()
    assert add_photo(api_of(partner_admin), activity, a_picture(), "photo-2").status_code == 403


def test_the_text_is_saved_even_where_the_photo_is_not_one(page_of: Any, teacher: User, world: SimpleNamespace) -> None:
    bad = SimpleUploadedFile("a.jpg", b"nothing", "image/jpeg")
    done = send(page_of(teacher), NEW, type="open_lesson", cooperation="inside", photo=bad)
    assert done.status_code == 302
    assert Activity.objects.get().photos.count() == 0


def test_over_the_api_an_administrator_enters_for_a_member_by_membership(
    api_of: Any, institution_admin: User, partner_admin: User, teacher: User, world: SimpleNamespace
) -> None:
    body = {"type": "open_lesson", "partners": [], "on_behalf_of": teacher.memberships.get().public_id}

    def sent(user: User) -> Any:
        return api_of(user).post("/api/v1/activities/", body, format="json", headers={"Idempotency-Key": "proxy-1"})

    assert sent(partner_admin).status_code == 400
    assert sent(institution_admin).status_code == 201
    assert Activity.objects.get().on_behalf_of == teacher


def test_the_worker_serves_the_whole_site_and_keeps_only_the_log(client: Any) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert len(answer.content) <= 6 * 1024
    assert b"js/quick-log" in answer.content
    assert b'importScripts("/static/js/entry-store' in answer.content
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["start_url"].endswith("/activities/new/")


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_a_month_of_the_own_record_is_a_pdf_for_the_portfolio(
    language: str, page_of: Any, teacher: User, world: SimpleNamespace, vocabulary: SimpleNamespace
) -> None:
    log(teacher, vocabulary, world.b, note="#panic() $x$ <b>")
    answer = page_of(teacher).get(f"/{language}/activities/mine/2026-11.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"/Title" in answer.content
    assert page_of(teacher).get(f"/{language}/activities/mine/november.pdf").status_code == 404
