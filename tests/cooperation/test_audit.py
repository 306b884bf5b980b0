"""The audit of confirmed activities: who is drawn, what a call leaves, which patterns are shown; officers only."""

import datetime
import itertools
import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.identity import new_public_id
from accounts.models import User
from cooperation.activities.actions import confirm_activity, log_activity
from cooperation.activities.models import Activity
from cooperation.audit import rules
from cooperation.audit.actions import note_call
from cooperation.audit.inbox import to_call
from cooperation.audit.models import AuditNote
from cooperation.audit.patterns import Pattern, bursts, closed_pairs, patterns_for, quick_links, series
from institutions.registry.models import Institution
from lifecycle.models import Event
from tests.conftest import NOW
from tests.factories import a_member, a_term

MONTH, HERE = "2026-11", "/en/activities/audit/"
SECOND = datetime.timedelta(seconds=1)
KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(db: None) -> Any:
    a_term("cooperation_form", "F2")
    return a_term("activity_type", "open_lesson", form="F2")


@pytest.fixture
def confirmed(lesson: Any, world: SimpleNamespace, teacher: User, partner_admin: User) -> Any:
    """Makes confirmed activities of a with b; `drawn` says whether their numbers draw them."""

    def make(count: int = 1, drawn: bool = True, by: User = teacher, other: Institution | None = None,
             confirmer: User = partner_admin, at: datetime.datetime = NOW, step: datetime.timedelta = SECOND * 60,
             ) -> list[Activity]:  # fmt: skip
        made = []
        for number in range(count):
            found = log_activity(by=by, at=at, type_=lesson, partners=[other or world.b])
            if drawn is not None:
                Activity.objects.filter(pk=found.pk).update(public_id=an_id(drawn))
                found.refresh_from_db()
            made.append(confirm_activity(found, by=confirmer, at=at + number * step))
        return made

    return make


def an_id(drawn: bool) -> str:
    return next(key for key in iter(new_public_id, "") if rules.drawn(key, MONTH) == drawn)


def test_two_in_a_hundred_are_drawn_and_nothing_but_number_and_month_decides() -> None:
    keys = [new_public_id() for _ in range(20_000)]
    drawn = [key for key in keys if rules.drawn(key, MONTH)]
    assert 300 <= len(drawn) <= 500
    assert drawn == [key for key in keys if rules.drawn(key, MONTH)]
    assert drawn != [key for key in keys if rules.drawn(key, "2026-12")]


def test_the_database_draws_the_same_as_the_function(confirmed: Any, ministry_officer: User) -> None:
    made = [*confirmed(4, drawn=True), *confirmed(6, drawn=False)]
    found = set(rules.on_the_list(ministry_officer, MONTH).values_list("public_id", flat=True))
    assert found == {each.public_id for each in made if rules.drawn(each.public_id, MONTH)}
    assert len(found) == 4


def test_the_month_is_that_of_the_country(confirmed: Any, ministry_officer: User) -> None:
    [late] = confirmed(at=datetime.datetime(2026, 10, 31, 19, 30, tzinfo=datetime.UTC))
    assert late.public_id in rules.on_the_list(ministry_officer, MONTH).values_list("public_id", flat=True)
    assert not rules.on_the_list(ministry_officer, "2026-10").exists()


def test_an_officer_audits_the_own_territory_and_members_nothing(
    confirmed: Any, page_of: Any, regional_officer: User, institution_admin: User, partner_admin: User,
    foreign_admin: User, world: SimpleNamespace,
) -> None:  # fmt: skip
    confirmed(1)
    [far] = confirmed(1, by=a_member("teacher", world.c), other=world.b)
    south = a_member("regional_officer", territory=world.south)
    assert page_of(regional_officer).get(HERE).content.count(b'name="result"') == 2
    assert page_of(south).get(HERE).content.count(b'name="result"') == 1
    assert far.public_id.encode() in page_of(south).get(HERE).content
    for member in (institution_admin, partner_admin, foreign_admin):
        assert page_of(member).get(HERE).status_code == 403


def test_a_call_leaves_a_note_and_an_event_and_moves_nothing(
    confirmed: Any, page_of: Any, regional_officer: User
) -> None:
    [activity] = confirmed(1)
    sent = {"result": "not_confirmed", "note": "Nobody knows of it", "once_key": "k1"}
    done = page_of(regional_officer).post(f"{HERE}{activity.public_id}/note/", sent)
    assert done.status_code == 302
    note = AuditNote.objects.get()
    assert (note.result, note.made_by, note.made_at) == ("not_confirmed", regional_officer, now())
    event = Event.objects.get(subject_type="audit_note", subject_id=note.public_id)
    assert event.detail == {"activity": activity.public_id, "result": "not_confirmed"}
    activity.refresh_from_db()
    assert activity.status == "confirmed"
    assert "Nobody knows of it" in page_of(regional_officer).get(HERE).content.decode()


def test_a_note_is_never_changed(confirmed: Any, page_of: Any, regional_officer: User) -> None:
    [activity] = confirmed(1)
    page_of(regional_officer).post(
        f"{HERE}{activity.public_id}/note/", {"result": "confirmed", "once_key": "k1"}
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditNote.objects.update(result="not_confirmed")


def test_only_what_was_drawn_is_noted_and_only_by_an_officer_of_its_territory(
    confirmed: Any, page_of: Any, regional_officer: User, institution_admin: User, world: SimpleNamespace
) -> None:
    [drawn], [other] = confirmed(1), confirmed(1, drawn=False)
    sent = {"result": "confirmed"}

    def note(user: User, activity: Activity) -> int:
        answer = page_of(user).post(f"{HERE}{activity.public_id}/note/", {**sent, "once_key": f"n{next(KEYS)}"})
        return int(answer.status_code)

    assert note(regional_officer, other) == 403
    assert note(institution_admin, drawn) == 403
    assert note(a_member("regional_officer", territory=world.south), drawn) == 404
    assert not AuditNote.objects.exists()


def test_the_list_is_a_file_too(confirmed: Any, page_of: Any, regional_officer: User) -> None:
    [activity] = confirmed(1)
    page = page_of(regional_officer).get(f"{HERE}?month={MONTH}&format=csv")
    assert activity.public_id in page.content.decode("utf-8-sig")
    book = page_of(regional_officer).get(f"{HERE}?month={MONTH}&format=xlsx")
    assert book.content[:2] == b"PK"


def test_the_queries_stay_flat(confirmed: Any, page_of: Any, regional_officer: User) -> None:
    client = page_of(regional_officer)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HERE).status_code == 200
        return len(queries)

    confirmed(2)
    client.get(HERE)
    few = asked()
    confirmed(6)
    assert asked() == few
    assert few <= 15


@pytest.mark.parametrize("asked", ["?month=2026-13", "?month=x", "?view=no", "?format=pdf"])
def test_what_is_not_offered_is_refused(asked: str, page_of: Any, regional_officer: User) -> None:
    assert page_of(regional_officer).get(HERE + asked).status_code == 400


# --- patterns: planted ones are found, honest ones are not ---------------------------------------------------------


def test_a_closed_pair_is_found_and_a_pair_with_other_partners_is_not() -> None:
    planted = [(1, 2, 6), (2, 1, 5)]
    assert closed_pairs(planted) == [Pattern("pair", (1, 2), 11)]
    assert closed_pairs([*planted, (1, 3, 1)]) == []
    assert closed_pairs([*planted, (4, 2, 1)]) == []
    assert closed_pairs([(1, 2, 30)]) == []  # a school with its only university: one direction
    assert closed_pairs([(1, 2, 5), (2, 1, 4)]) == []  # too few


def test_entries_heaped_at_the_end_of_a_month_are_found_and_an_even_month_is_not() -> None:
    assert bursts([(1, 40, 50), (2, 6, 60), (3, 12, 12), (4, 30, 60)]) == [Pattern("burst", (1,), 40, 50)]


def serial(gaps: list[float], who: int = 7) -> list[Any]:
    """Rows as the database gives them: only those hardly later than the one before."""
    moments = [NOW]
    for gap in gaps:
        moments.append(moments[-1] + datetime.timedelta(seconds=gap))
    pairs = itertools.pairwise(moments)
    return [(1, who, at, before) for before, at in pairs if at - before <= rules.SERIES_GAP]


def test_confirmations_within_seconds_of_each_other_are_found_and_read_ones_are_not() -> None:
    assert series(serial([1] * 9)) == [Pattern("series", (1,), 10)]
    assert series(serial([1] * 8)) == []
    assert series(serial([1, 1, 1, 30] * 10)) == []
    assert series(serial([5] * 50)) == []


def test_links_answered_at_once_are_found() -> None:
    assert quick_links([(1, 3), (2, 2)]) == [Pattern("quick", (1,), 3)]


def test_an_honest_year_shows_no_pattern() -> None:
    chance = random.Random(7)  # noqa: S311
    edges = [(chance.randrange(60), 60 + chance.randrange(12), chance.randrange(1, 9)) for _ in range(400)]
    assert closed_pairs(edges) == []
    months = [(house, chance.randrange(0, 9), chance.randrange(40, 60)) for house in range(60)]
    assert bursts(months) == []
    assert series(serial([chance.uniform(1.5, 120) for _ in range(2000)])) == []


def test_a_planted_pair_is_shown_to_the_officer_of_its_territory_only(
    confirmed: Any, page_of: Any, regional_officer: User, ministry_officer: User, teacher: User, partner_admin: User,
    institution_admin: User, world: SimpleNamespace,
) -> None:  # fmt: skip
    confirmed(6)
    confirmed(5, by=partner_admin, other=world.a, confirmer=institution_admin)
    assert {each.kind for each in patterns_for(ministry_officer, MONTH)} == {"pair"}
    page = page_of(regional_officer).get(f"{HERE}?view=patterns").content.decode()
    assert 'data-pattern="pair"' in page and "11 activities" in page
    south = a_member("regional_officer", territory=world.south)
    assert patterns_for(south, MONTH) == []


def test_a_planted_series_is_found_in_the_rows_and_a_list_confirmed_by_one_act_is_not(
    confirmed: Any, ministry_officer: User
) -> None:
    confirmed(12, step=SECOND * 0)
    assert patterns_for(ministry_officer, MONTH) == []
    confirmed(12, step=SECOND, at=NOW + datetime.timedelta(hours=1))
    assert [(each.kind, each.count) for each in patterns_for(ministry_officer, MONTH)] == [("series", 12)]


def test_an_undone_call_waits_in_the_inbox_of_the_region_until_somebody_was_reached(
    confirmed: Any, page_of: Any, regional_officer: User, ministry_officer: User, world: SimpleNamespace
) -> None:
    [activity] = confirmed(1)
    confirmed(1, drawn=False)

    def waiting(user: User) -> list[str]:
        return [each.public_id for each in to_call(User.objects.get(pk=user.pk))]

    assert waiting(regional_officer) == [activity.public_id]
    assert waiting(ministry_officer) == []
    assert waiting(a_member("regional_officer", territory=world.south)) == []
    assert "month=2026-11" in page_of(regional_officer).get("/en/inbox/").content.decode()
    note_call(activity, result="not_reached", by=regional_officer, at=now())
    assert waiting(regional_officer) == [activity.public_id]
    note_call(activity, result="confirmed", by=regional_officer, at=now())
    assert waiting(regional_officer) == []
