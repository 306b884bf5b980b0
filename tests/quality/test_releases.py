"""Releases: frozen, approved by a second person, published, corrected, withdrawn; and never changed."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.models import User
from config.roles import PUBLISHED
from institutions.territory.models import Territory
from lifecycle.transitions import Unmet, WrongStatus
from quality.releases import actions
from quality.releases.models import Permalink, PublishedHouse, Release, ReleaseCell, ReleaseFile
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import a_member
from tests.quality.figures import TODAY, a_figure, a_month, a_year, an_indicator, coverage, in_force, the_moment


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Coverage of a month, and a ratio of people of a school year, in a few places."""
    version = coverage()
    learners = an_indicator("CTX.02", person_based=True)
    month, earlier, year = a_month(2026, 10), a_month(2026, 9), a_year(2025)
    in_force(world.a, world.b, since="2026-09-10")
    for number, house in ((100, world.a), (3, world.b), (70, world.c)):
        a_figure(learners, year, house, number)
    recount_changed(the_moment())
    return SimpleNamespace(world=world, version=version, month=month, earlier=earlier, year=year, learners=learners)


@pytest.fixture
def second(world: SimpleNamespace) -> User:
    return a_member("ministry_officer", territory=world.country, email="second@example.org")


def published(period: Any, by: User, second: User, **told: Any) -> Release:
    release = actions.draft_release(by=by, at=now(), period=period, **told)
    actions.submit_release(release, by=by, at=now())
    return actions.approve_release(release, by=second, at=now())


def test_a_release_goes_from_draft_to_the_public_by_two_people(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    release = actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    actions.submit_release(release, by=ministry_officer, at=now())
    assert release.status == "in_approval"
    with pytest.raises((PermissionDenied, WrongStatus)):
        actions.approve_release(release, by=ministry_officer, at=now())
    actions.approve_release(release, by=second, at=now())
    assert release.status == "published"
    cell = ReleaseCell.objects.get(indicator="COV.01", territory="9", institution_kind="")
    assert (cell.numerator, cell.denominator, cell.state) == (2, 3, "value")


def test_public_pages_open_to_everybody_without_a_cookie(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    link = published(figures.month, ministry_officer, second).permalink
    browser = Client()
    house = figures.world.a.public_id
    for address in (
        "", "territories/9/", "territories/911/", f"institutions/{house}/", "indicators/", "indicators/COV.01/",
        "indicators/COV.01/?territory=91", "data/", f"snapshots/{link.pk}/", f"snapshots/{link.pk}/?territory=92",
    ):  # fmt: skip
        for language in ("uz", "ru", "en", "uz-cyrl"):
            answer = browser.get(f"/{language}/public/{address}")
            assert answer.status_code == 200, address
            assert not answer.cookies
            assert "public" in answer["Cache-Control"]


def test_the_pages_of_the_ministry_lead_from_draft_to_published(
    figures: SimpleNamespace, ministry_officer: User, second: User, page_of: Callable[..., Client]
) -> None:
    one, other = page_of(ministry_officer), page_of(second)
    assert "New release" in one.get("/en/releases/").content.decode()
    made = one.post("/en/releases/new/", {"period": "2026-10", "once_key": "a"})
    assert made.status_code == 302
    address = made["Location"]
    assert one.get(address).status_code == 200
    assert one.post(f"{address}submit/", {"once_key": "b"}).status_code == 302
    assert "another person" in one.get(address).content.decode()
    assert one.get(f"{address}approve/").status_code == 403
    assert one.post(f"{address}approve/", {"once_key": "c"}).status_code == 403
    assert other.get(f"{address}approve/").status_code == 200
    late = other.post(f"{address}approve/", {"once_key": "d", "publish_on": "2020-01-01"})
    assert late.status_code == 422
    assert other.post(f"{address}approve/", {"once_key": "e", "publish_on": ""}).status_code == 302
    page = other.get(address).content.decode()
    assert "Published" in page
    assert "2026" in other.get("/en/releases/?status=published&format=csv").content.decode()
    assert other.get("/en/releases/?status=nonsense").status_code == 200
    assert other.post(f"{address}withdraw/", {"once_key": "f"}).status_code == 422
    assert (
        other.post(f"{address}withdraw/", {"once_key": "g", "reason": "A mistake in the register"}).status_code == 302
    )
    number = Permalink.objects.get().pk
    gone = Client().get(f"/en/public/snapshots/{number}/")
    assert gone.status_code == 410
    assert "A mistake in the register" in gone.content.decode()
    assert Client().get(f"/en/public/data/{number}.csv").status_code == 404


def addresses_of(figures: SimpleNamespace, link: Permalink) -> list[str]:
    return [
        "", "territories/9/", "territories/911/", f"institutions/{figures.world.a.public_id}/", "indicators/",
        "indicators/COV.01/", "indicators/COV.01/?territory=91", "data/", f"snapshots/{link.pk}/",
        f"snapshots/{link.pk}/?territory=92", f"data/{link.pk}.csv", f"data/{link.pk}.json",
    ]  # fmt: skip


def test_public_pages_ask_published_tables_only_and_never_more_than_ten_times(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    link = published(figures.month, ministry_officer, second).permalink
    published(figures.year, ministry_officer, second)
    for address in addresses_of(figures, link):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert Client().get(f"/en/public/{address}").status_code == 200
        assert len(asked) <= 10, address
        for query in asked.captured_queries:
            named = {part.strip('"').split('"')[0] for part in query["sql"].split("FROM ")[1:]}
            joined = {part.split('"')[1] for part in query["sql"].split("JOIN ")[1:]}
            assert named | joined <= PUBLISHED, (address, query["sql"])


def test_the_public_role_of_the_database_serves_every_public_page(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    link = published(figures.month, ministry_officer, second).permalink
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN CREATE ROLE hk_test_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        for table in sorted(PUBLISHED):
            cursor.execute(f"GRANT SELECT ON {table} TO hk_test_reader")  # table names of the code itself
        cursor.execute("SET LOCAL ROLE hk_test_reader")
        try:
            for address in addresses_of(figures, link):
                assert Client().get(f"/uz/public/{address}").status_code == 200, address
        finally:
            cursor.execute("RESET ROLE")


def test_a_release_is_the_same_bytes_after_everything_has_changed(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    link = published(figures.month, ministry_officer, second).permalink
    browser = Client()
    paths = (
        f"data/{link.pk}.csv",
        f"data/{link.pk}.json",
        f"snapshots/{link.pk}/",
        "institutions/" + figures.world.a.public_id + "/",
    )
    before = [browser.get(f"/en/public/{path}").content for path in paths]
    in_force(figures.world.a, figures.world.c, since="2026-09-10")
    Rollup.objects.update(numerator=77, value=77)
    Territory.objects.update(names={"en": "Another name"})
    figures.version.indicator.names = {"en": "Another indicator"}
    figures.version.indicator.save()
    figures.world.a.names = {"en": "Another school"}
    figures.world.a.save()
    assert [browser.get(f"/en/public/{path}").content for path in paths] == before


def test_files_carry_their_checksum_their_method_and_all_four_states(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    release = published(figures.month, ministry_officer, second)
    number = release.permalink.pk
    page = Client().get("/en/public/data/").content.decode()
    for form in ("csv", "json"):
        answer = Client().get(f"/en/public/data/{number}.{form}")
        digest = hashlib.sha256(answer.content).hexdigest()
        assert digest == answer["X-Checksum-Sha256"] == ReleaseFile.objects.get(permalink=number, form=form).sha256
        assert digest in page
    assert release.frozen is not None
    whole = json.loads(Client().get(f"/en/public/data/{number}.json").content)
    assert hashlib.sha256(release.frozen.content.encode()).hexdigest() == release.permalink.content_hash
    [definition] = [each for each in whole["definitions"] if each["code"] == "COV.01"]
    assert definition["numerator"]["en"] == "What is counted"
    rows = list(csv.DictReader(io.StringIO(Client().get(f"/en/public/data/{number}.csv").content.decode())))
    assert len(rows) == len(whole["values"]) == ReleaseCell.objects.count()
    for row in rows:
        assert (row["value"] == "") == (row["state"] != "value")


def test_published_rows_can_be_changed_by_nobody(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    release = published(figures.month, ministry_officer, second)
    for act in (
        lambda: ReleaseCell.objects.update(value=1), lambda: ReleaseCell.objects.all()._raw_delete("default"),
        lambda: ReleaseFile.objects.update(content="x"), lambda: PublishedHouse.objects.update(kind="x"),
        lambda: Permalink.objects.update(about={}), lambda: Permalink.objects.update(content_hash="0" * 64),
        lambda: Release.objects.filter(pk=release.pk).update(changes="x"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_small_numbers_of_people_are_hidden_on_every_public_surface(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    """Three learners of one district are in no page, no file and no row."""
    release = published(figures.year, ministry_officer, second)
    cell = ReleaseCell.objects.get(indicator="CTX.02", territory="912", institution_kind="")
    assert (cell.state, cell.value, cell.numerator, cell.participations) == ("suppressed", None, None, None)
    hidden = ReleaseCell.objects.filter(
        indicator="CTX.02", state="suppressed", institution_kind="", territory__startswith="91"
    )
    assert hidden.count() >= 2  # never one alone: it could be subtracted
    assert "not shown to protect people" in Client().get("/en/public/indicators/CTX.02/?territory=912").content.decode()
    rows = csv.DictReader(io.StringIO(Client().get(f"/en/public/data/{release.permalink.pk}.csv").content.decode()))
    [line] = [row for row in rows if (row["territory"], row["institution_kind"]) == ("912", "")]
    assert {line["value"], line["numerator"], line["low"]} == {""}


def test_what_was_hidden_once_stays_hidden_in_the_correction(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    """The cell that was hidden beside a small one would tell it, were it shown in a later version."""
    published(figures.year, ministry_officer, second)
    old = set(ReleaseCell.objects.filter(state="suppressed").values_list("territory", "institution_kind"))
    a_small = Rollup.objects.filter(version=figures.learners, numerator=3)
    a_small.update(numerator=9, value=9)
    cache.clear()  # as after another count
    corrected = published(figures.year, ministry_officer, second, reason="A school was left out", changes="CTX.02")
    now_hidden = set(
        ReleaseCell.objects.filter(permalink=corrected.permalink, state="suppressed").values_list(
            "territory", "institution_kind"
        )
    )
    assert old <= now_hidden


def test_a_correction_is_a_new_version_and_the_old_address_says_so(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    first = published(figures.month, ministry_officer, second).permalink
    with pytest.raises(ValidationError):
        actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    told = {"reason": "One agreement was counted twice", "changes": "COV.01 of the country"}
    new = published(figures.month, ministry_officer, second, **told)
    assert new.version == 2
    old = Client().get(f"/en/public/snapshots/{first.pk}/").content.decode()
    assert "There is a newer version: 2" in old
    assert f"/en/public/snapshots/{new.permalink.pk}/" in old
    page = Client().get(f"/en/public/snapshots/{new.permalink.pk}/").content.decode()
    assert "One agreement was counted twice" in page
    assert "COV.01 of the country" in page
    with pytest.raises(ValidationError):
        actions.draft_release(by=ministry_officer, at=now(), period=figures.month, reason="Again")


def test_a_dated_copy_says_that_newer_figures_are_out(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    earlier = published(figures.earlier, ministry_officer, second).permalink
    assert "Newer figures" not in Client().get(f"/en/public/snapshots/{earlier.pk}/").content.decode()
    published(figures.month, ministry_officer, second)
    assert (
        "Newer figures are published: October 2026"
        in Client().get(f"/en/public/snapshots/{earlier.pk}/").content.decode()
    )


def test_what_is_approved_is_what_was_sent_even_if_it_is_counted_anew(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    release = actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    actions.submit_release(release, by=ministry_officer, at=now())
    Rollup.objects.update(numerator=1, value=1)
    actions.approve_release(release, by=second, at=now())
    assert ReleaseCell.objects.get(indicator="COV.01", territory="9", institution_kind="").numerator == 2


def test_a_scheduled_release_appears_on_its_day_and_not_before(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    release = actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    actions.submit_release(release, by=ministry_officer, at=now())
    day = TODAY.replace(day=25)
    actions.approve_release(release, by=second, at=now(), publish_on=day)
    assert release.status == "scheduled"
    assert actions.publish_due(day.replace(day=24), at=now()) == 0
    assert "Nothing is published yet" in Client().get("/en/public/").content.decode()
    assert actions.publish_due(day, at=now()) == 1
    assert actions.publish_due(day, at=now()) == 0
    assert Client().get("/en/public/territories/91/").status_code == 200


def test_nothing_to_publish_and_a_second_release_underway_are_refused_in_words(
    figures: SimpleNamespace, ministry_officer: User, second: User, regional_officer: User
) -> None:
    empty = actions.draft_release(by=ministry_officer, at=now(), period=a_month(2020, 1))
    with pytest.raises(Unmet):
        actions.submit_release(empty, by=ministry_officer, at=now())
    actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    with pytest.raises(ValidationError):
        actions.draft_release(by=second, at=now(), period=figures.month)
    with pytest.raises(PermissionDenied):
        actions.draft_release(by=regional_officer, at=now(), period=figures.month)


def test_what_waits_for_approval_stands_in_the_inbox_of_others_only(
    figures: SimpleNamespace, ministry_officer: User, second: User, page_of: Callable[..., Client]
) -> None:
    release = actions.draft_release(by=ministry_officer, at=now(), period=figures.month)
    actions.submit_release(release, by=ministry_officer, at=now())
    address = f"/en/releases/{release.public_id}/"
    assert address in page_of(second).get("/en/inbox/").content.decode()
    assert address not in page_of(ministry_officer).get("/en/inbox/").content.decode()


def test_a_period_that_is_not_over_cannot_be_published(figures: SimpleNamespace, ministry_officer: User) -> None:
    with pytest.raises(ValidationError):
        actions.draft_release(by=ministry_officer, at=now(), period=a_month(2026, 11))


def test_an_organisation_stands_with_its_own_part_beside_its_district(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    published(figures.month, ministry_officer, second)
    house = PublishedHouse.objects.get(house=figures.world.a.public_id)
    assert house.figures == [["COV.01", 1, "1", "1"]]
    page = Client().get(f"/en/public/institutions/{figures.world.a.public_id}/").content.decode()
    assert "/en/public/indicators/COV.01/?territory=911" in page
    assert "yes" in page
    assert not PublishedHouse.objects.filter(house=figures.world.hidden.public_id).exists()


def test_the_api_drafts_and_moves_a_release_and_refuses_its_own_author(
    figures: SimpleNamespace, ministry_officer: User, second: User, regional_officer: User, api_of: Callable[..., Any]
) -> None:
    one, other = api_of(ministry_officer), api_of(second)
    body = {"period": "2026-10"}
    made = one.post("/api/v1/releases/", body, format="json", HTTP_IDEMPOTENCY_KEY="1")
    assert made.status_code == 201, made.content
    here = f"/api/v1/releases/{made.json()['id']}/"
    assert made.json()["moves"] == ["submit"]
    sent = one.post(f"{here}moves/submit/", {}, format="json", HTTP_IDEMPOTENCY_KEY="2")
    assert sent.json()["status"] == "in_approval"
    assert len(sent.json()["content_hash"]) == 64
    assert one.post(f"{here}moves/approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="3").status_code == 403
    done = other.post(f"{here}moves/approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="4")
    assert (done.status_code, done.json()["status"], done.json()["superseded"]) == (200, "published", False)
    assert (
        other.get("/api/v1/releases/?status=published&period=2026-10").json()["results"][0]["number"]
        == done.json()["number"]
    )
    assert api_of(regional_officer).get("/api/v1/releases/").status_code == 403
    twice = one.post("/api/v1/releases/", {"period": "no"}, format="json", HTTP_IDEMPOTENCY_KEY="5")
    assert twice.status_code == 400
