"""Pages and API of examinations: the coordinator's list and page, the expert's review, and what each may not see."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from labs.examinations import actions
from labs.examinations.panels import examinations_of
from labs.models import Examination, Review
from lifecycle.waiting import QUEUES
from tests.factories import a_member, an_institution
from tests.labs.examining import CRITERIA, a_decided, a_review, a_submitted, an_open, in_examination
from tests.labs.making import a_group, a_project, put
from tests.quality.figures import in_force

pytestmark = pytest.mark.django_db
LIST, NEW = "/en/labs/examinations/", "/en/labs/examinations/new/"


@pytest.fixture(autouse=True)
def in_english():
    """What is said outside a request is said in English here."""
    with override("en"):
        yield


@pytest.fixture
def cast(world: SimpleNamespace) -> SimpleNamespace:
    return a_submitted(world)


def one(examination: Examination, part: str = "") -> str:
    return f"{LIST}{examination.public_id}/{part}"


def review_page(review: Review, part: str = "") -> str:
    return f"/en/labs/reviews/{review.public_id}/{part}"


def send(client: Any, path: str, page: str, **data: Any) -> Any:
    """Posts a form of this page with its key."""
    key = re.search(r'name="once_key" value="([^"]+)"', client.get(page).content.decode())
    return client.post(path, {"once_key": key[1] if key else "k", **data})


def full(level: str = "3") -> dict[str, str]:
    return {
        f"{part}_{code}": said for code in CRITERIA for part, said in (("level", level), ("reason", "It is shown."))
    }


def test_the_coordinator_takes_a_project_up_from_the_list(cast: SimpleNamespace, page_of: Any) -> None:
    client = page_of(cast.coordinator)
    assert "There are no examinations yet" in client.get(LIST).content.decode()
    answer = send(client, NEW, NEW, project=cast.project.public_id)
    made = Examination.objects.get()
    assert (answer.status_code, answer.url) == (302, one(made))
    assert cast.blind.code in client.get(LIST).content.decode()
    assert "Nobody is asked yet" in client.get(one(made)).content.decode()


def test_whoever_does_not_coordinate_it_finds_nothing(
    cast: SimpleNamespace, page_of: Any, world: SimpleNamespace, teacher: Any
) -> None:
    examination = an_open(cast)
    assert page_of(teacher).get(one(examination)).status_code == 403
    assert page_of(a_member("coordinator", world.c)).get(one(examination)).status_code == 404
    inside = a_member("coordinator", world.b, user=cast.author)
    assert page_of(inside).get(one(examination)).status_code == 404
    assert cast.blind.code not in page_of(inside).get(LIST).content.decode()


def test_conflicts_of_candidates_are_shown_before_anybody_is_asked(
    cast: SimpleNamespace, page_of: Any, world: SimpleNamespace
) -> None:
    near, far = a_member("expert", world.a, name="Near Expert"), a_member("expert", world.c, name="Far Expert")
    in_force(world.a, world.c, since="2026-01-01")
    examination, client = an_open(cast), page_of(cast.coordinator)
    text = client.get(one(examination)).content.decode()
    free, barred = text.split("Cannot be asked")
    assert "Far Expert" in free and "have an agreement in force" in free and "Near Expert" not in free
    assert "Near Expert" in barred and "same laboratory" in barred
    refused = send(client, one(examination, "invite/"), one(examination), expert=near.public_id)
    assert refused.status_code == 422
    noteless = send(client, one(examination, "invite/"), one(examination), expert=far.public_id, due_on="20.12.2026")
    assert noteless.status_code == 422 and "say why you ask all the same" in noteless.content.decode()
    assert 'value="20.12.2026"' in noteless.content.decode()
    asked = send(client, one(examination, "invite/"), one(examination), expert=far.public_id, note="Nobody else.")
    assert asked.status_code == 302
    assert Review.objects.get().conflicts.get().kind == "agreement"


def test_an_expert_accepts_keeps_a_draft_and_submits(cast: SimpleNamespace, page_of: Any) -> None:
    expert = cast.experts[0]
    review = a_review(cast, an_open(cast), expert, accepted=False)
    client, page = page_of(expert), review_page(review)
    before = client.get(page).content.decode()
    assert "A way to read" in before and "They read in pairs" not in before
    assert send(client, review_page(review, "accept/"), page, interests="None at all").status_code == 302
    assert "They read in pairs" in client.get(page).content.decode()
    assert send(client, review_page(review, "write/"), page, level_method="2", reason_ethics="Half").status_code == 302
    kept = client.get(page).content.decode()
    assert "Half" in kept and re.search(r'name="level_method" value="2"[^>]*checked', kept)
    lacking = send(client, review_page(review, "write/"), page, send="1", level_method="4", comment="My words")
    assert lacking.status_code == 422
    assert lacking.content.decode().count("Choose a level: Ethics") == 2 and "My words" in lacking.content.decode()
    assert send(client, review_page(review, "write/"), page, send="1", **full()).status_code == 302
    assert "You read the other reviews when all are submitted" in client.get(page).content.decode()


def test_an_expert_declines_with_a_reason(cast: SimpleNamespace, page_of: Any) -> None:
    review = a_review(cast, an_open(cast), cast.experts[0], accepted=False)
    path = review_page(review, "decline/")
    assert send(page_of(review.expert), path, path).status_code == 422
    assert send(page_of(review.expert), path, path, reason="No time.").status_code == 302
    review.refresh_from_db()
    assert review.status == "declined"


def test_experts_read_each_other_by_number_once_all_are_in(cast: SimpleNamespace, page_of: Any) -> None:
    examination = in_examination(cast, 2)
    first, second = examination.reviews.order_by("pk")
    client = page_of(first.expert)
    assert "Level 2 in all." not in page_of(second.expert).get(review_page(second)).content.decode()
    assert "All reviews" not in client.get(review_page(first)).content.decode()
    send(
        page_of(second.expert),
        review_page(second, "write/"),
        review_page(second),
        send="1",
        comment="The second says.",
        **full(),
    )
    text = client.get(review_page(first)).content.decode()
    assert "The second says." in text and "Expert 1" in text and "Expert 2" in text
    assert second.expert.name not in text


def test_only_their_expert_opens_a_review(cast: SimpleNamespace, page_of: Any, api_of: Any) -> None:
    review = a_review(cast, an_open(cast), cast.experts[0])
    for person in (cast.coordinator, cast.author, cast.experts[1]):
        assert page_of(person).get(review_page(review)).status_code == 404
        assert api_of(person).get(f"/api/v1/reviews/{review.public_id}/").status_code == 404
        assert api_of(person).get("/api/v1/reviews/").json()["results"] == []


def test_the_coordinator_starts_decides_and_the_authors_read_without_names(cast: SimpleNamespace, page_of: Any) -> None:
    examination = an_open(cast)
    for expert in cast.experts[:2]:
        a_review(cast, examination, expert)
    client = page_of(cast.coordinator)
    assert send(client, one(examination, "start/"), one(examination)).status_code == 302
    early = send(client, one(examination, "decide/"), one(examination), decision="accepted")
    assert early.status_code == 422 and "An expert is still writing" in early.content.decode()
    for review in examination.reviews.order_by("pk"):
        page = review_page(review)
        send(page_of(review.expert), review_page(review, "write/"), page, send="1", comment="Do it.", **full())
    assert send(client, one(examination, "decide/"), one(examination), decision="accepted").status_code == 302
    block = examinations_of(cast.project, cast.author)
    assert [each["name"] for each in block["rounds"][0]["reviews"]["experts"]] == ["Expert 1", "Expert 2"]
    assert block["rounds"][0]["url"] == ""
    outsider = a_member("teacher", an_institution(cast.lab.host.territory))
    assert examinations_of(cast.project, outsider)["rounds"][0]["reviews"] is None


def test_a_round_is_void_and_a_review_taken_back_with_a_reason(cast: SimpleNamespace, page_of: Any) -> None:
    examination = in_examination(cast, 3, 3)
    client = page_of(cast.coordinator)
    back = one(examination, "reviews/1/take-back/")
    assert send(client, back, back).status_code == 422
    assert send(client, back, back, reason="They are related.").status_code == 302
    assert client.get(one(examination, "reviews/7/take-back/")).status_code == 404
    void = one(examination, "void/")
    assert send(client, void, void, reason="Found later.").status_code == 302
    assert list(Examination.objects.order_by("round").values_list("round", "status")) == [(1, "void"), (2, "open")]


def test_the_list_is_filtered_exported_and_flat(cast: SimpleNamespace, page_of: Any) -> None:
    a_decided(cast)
    client = page_of(cast.coordinator)
    assert cast.blind.code in client.get(f"{LIST}?view=all&decision=accepted").content.decode()
    assert "No examination fits these filters" in client.get(f"{LIST}?view=all&decision=rejected").content.decode()
    assert cast.blind.code in client.get(f"{LIST}?view=all&search={cast.blind.code}").content.decode()
    told = client.get(f"{LIST}?view=all&format=csv")
    assert told.status_code == 200 and cast.blind.code in told.content.decode("utf-8-sig")

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            client.get(f"{LIST}?view=all")
        return len(taken)

    before = queries()
    for number in range(3):
        project = put(a_project(cast.lab), "submitted")
        a_group(project, cast.lab.host, people=1)
        Examination.objects.create(
            project=project, source=cast.blind.source, blind=cast.blind, round=number + 1, opened_at=timezone.now(),
            modified_at=timezone.now(),
        )  # fmt: skip
    assert queries() == before


def test_what_waits_is_in_the_inbox(cast: SimpleNamespace) -> None:
    queues = {each.code: each for each in QUEUES}

    def waiting(code: str, user: Any) -> list[str]:
        return [queues[code].line(row, user).action for row in queues[code].rows(user)]

    assert waiting("examinations.open", cast.coordinator) == ["Open the examination"]
    examination = an_open(cast)
    assert waiting("examinations.settle", cast.coordinator) == ["Invite experts or decide"]
    review = a_review(cast, examination, cast.experts[0], accepted=False)
    assert waiting("examinations.review", review.expert) == ["Accept or decline"]
    assert waiting("examinations.settle", cast.coordinator) == []
    for user in (cast.author, cast.experts[1]):
        assert not any(waiting(code, user) for code in queues if code.startswith("examinations."))


def test_the_api_walks_the_whole_way(cast: SimpleNamespace, api_of: Any) -> None:
    coordinator, keys = api_of(cast.coordinator), iter(range(99))

    def post(client: Any, path: str, body: Any = None) -> Any:
        key = f"k{next(keys)}"
        return client.post(f"/api/v1/{path}", body or {}, format="json", HTTP_IDEMPOTENCY_KEY=key)

    made = post(coordinator, "examinations/", {"project": cast.project.public_id})
    assert made.status_code == 201
    path = f"examinations/{made.json()['id']}/moves/"
    assert post(coordinator, f"{path}invite/", {"expert": "nobody"}).status_code == 400
    for expert in cast.experts[:2]:
        asked = post(coordinator, f"{path}invite/", {"expert": expert.public_id})
        assert asked.status_code == 200
        client = api_of(expert)
        review = client.get("/api/v1/reviews/").json()["results"][0]["id"]
        assert client.get(f"/api/v1/reviews/{review}/").json()["material"] is None
        assert post(client, f"reviews/{review}/moves/accept/").json()["material"]["aim"]
        draft = {"scores": [{"criterion": "method", "reason": "Half"}], "comment": "So"}
        assert client.patch(f"/api/v1/reviews/{review}/", draft, format="json").status_code == 200
        assert post(client, f"reviews/{review}/moves/submit/").status_code == 422
        scores = [{"criterion": code, "level": 3, "reason": "Shown."} for code in CRITERIA]
        assert post(client, f"reviews/{review}/moves/submit/", {"scores": scores}).json()["status"] == "submitted"
    assert [each["number"] for each in client.get(f"/api/v1/reviews/{review}/").json()["others"]] == [1, 2]
    actions.start_examination(Examination.objects.get(), by=cast.coordinator, at=timezone.now())
    decided = post(coordinator, f"{path}decide/", {"decision": "accepted"})
    assert (decided.status_code, decided.json()["decision"], decided.json()["experts"][0]["level"]) == (
        200,
        "accepted",
        3,
    )


def test_an_examination_without_its_experts_does_not_start_and_says_what_is_missing(page_of, cast):
    page = page_of(cast.coordinator)
    answer = page.post(f"/en/labs/examinations/{an_open(cast).public_id}/start/", {"once_key": "1"})
    told = answer.content.decode()
    assert answer.status_code == 422 and 'href="#experts"' in told
    assert "Two experts without a conflict of interest have to accept first." in told
