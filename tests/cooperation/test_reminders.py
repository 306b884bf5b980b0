"""Who lets others wait is reminded: by itself after three, seven and fourteen days, by hand at most once in two."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cooperation.agreements import actions, reminding, signing
from cooperation.agreements.models import Agreement
from exchange.notices.actions import note_events, read_notices
from exchange.notices.models import Notice
from exchange.notices.telling import the_book
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.concluded import DAY, NOW, TODAY, codes, fresh, made, noon
from tests.factories import a_member, a_signatory, a_term, a_territory, an_institution

pytestmark = pytest.mark.django_db
FORTNIGHTS = [TODAY + day * DAY for day in range(40)]


@pytest.fixture
def sent(db: None) -> SimpleNamespace:
    """A proposal before three parties, of which the first has signed and been told of nothing."""
    place = a_territory("9")
    houses = [an_institution(place) for _house in range(3)]
    people = [a_member("institution_admin", house) for house in houses]
    for person, house in zip(people, houses, strict=True):
        a_signatory(person, house)
    story = SimpleNamespace(houses=houses, people=people)
    story.agreement = proposal(story)
    return story


def proposal(story: SimpleNamespace) -> Agreement:
    """Sent and signed by the first; the turn was told to the others."""
    draft = actions.draft_agreement(
        by=story.people[0], at=NOW, title="Together", kind=a_term("agreement_kind", "cluster", min_parties=2),
        starts_on=TODAY, parties=[{"institution": house} for house in story.houses],
        terms=[{"kind": a_term("obligation_kind", "events"), "quantity": 1}],
    )  # fmt: skip
    actions.propose_agreement(draft, by=story.people[0], at=NOW)
    shown = Agreement.objects.get(pk=draft.pk).shown
    signing.approve_agreement(draft, content_hash=shown.content_hash, by=story.people[0], at=NOW)
    tell(draft, "propose")
    return Agreement.objects.get(pk=draft.pk)


def tell(agreement: Agreement, name: str) -> None:
    events = list(Event.objects.about("agreement", agreement.public_id).filter(name=name))
    note_events(events, at=events[-1].happened_at, book=the_book())


def reminders(agreement: Agreement) -> list[Event]:
    return list(Event.objects.about("agreement", agreement.public_id).filter(name="remind"))


def walk(days: list[datetime.date]) -> None:
    for day in days:
        for _tick in range(2):
            reminding.remind_waiting(day, at=noon(day))


def test_forty_silent_days_bring_three_reminders(sent: SimpleNamespace) -> None:
    walk(FORTNIGHTS)
    found = [(each.detail["days"], timezone.localtime(each.happened_at).date()) for each in reminders(sent.agreement)]
    assert found == [(3, TODAY + 3 * DAY), (7, TODAY + 7 * DAY), (14, TODAY + 14 * DAY)]


@pytest.mark.parametrize(
    ("days", "expected"), [([2], []), ([5, 6], [3]), ([9], [7]), ([20, 21], [14]), ([4, 30], [3, 14])]
)
def test_of_missed_steps_only_the_last_is_sent(sent: SimpleNamespace, days: list[int], expected: list[int]) -> None:
    walk([TODAY + day * DAY for day in days])
    assert [each.detail["days"] for each in reminders(sent.agreement)] == expected


def test_only_who_has_not_opened_it_is_reminded(sent: SimpleNamespace) -> None:
    read_notices(Notice.objects.filter(recipient=sent.people[1]), by=sent.people[1], at=NOW)
    walk([TODAY + 3 * DAY])
    assert [each.detail["asked"] for each in reminders(sent.agreement)] == [[sent.houses[2].public_id]]
    tell(sent.agreement, "remind")
    assert set(Notice.objects.filter(telling="agreement.remind").values_list("recipient", flat=True)) == {
        sent.people[2].pk
    }
    read_notices(Notice.objects.filter(recipient=sent.people[2]), by=sent.people[2], at=noon(TODAY + 4 * DAY))
    walk(FORTNIGHTS[5:])
    assert len(reminders(sent.agreement)) == 1


def test_who_has_signed_is_asked_no_more(sent: SimpleNamespace) -> None:
    for person in sent.people[1:]:
        agreement = Agreement.objects.get(pk=sent.agreement.pk)
        signing.approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=person, at=NOW)
    walk(FORTNIGHTS)
    assert reminders(sent.agreement) == []


def test_a_reminder_that_was_overtaken_by_a_signature_does_not_leave(sent: SimpleNamespace) -> None:
    walk([TODAY + 3 * DAY])
    tell(sent.agreement, "remind")
    notice = Notice.objects.get(telling="agreement.remind", recipient=sent.people[1])
    assert the_book().telling(notice).stands(notice)
    agreement = Agreement.objects.get(pk=sent.agreement.pk)
    signing.approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=sent.people[1], at=NOW)
    assert not the_book().telling(notice).stands(notice)


def test_by_hand_once_in_two_days_whoever_of_the_parties_asks(sent: SimpleNamespace) -> None:
    reminding.remind_agreement(sent.agreement, by=sent.people[0], at=NOW)
    for person, later in ((sent.people[0], DAY), (sent.people[1], 2 * DAY - datetime.timedelta(seconds=1))):
        with pytest.raises(Unmet) as refused:
            reminding.remind_agreement(sent.agreement, by=person, at=NOW + later)
        assert codes(refused) == {"reminded_lately"}
    reminding.remind_agreement(sent.agreement, by=sent.people[1], at=NOW + 2 * DAY)
    asked = [each.detail["asked"] for each in reminders(sent.agreement)]
    assert asked == [sorted(house.public_id for house in sent.houses[1:]), [sent.houses[2].public_id]]


def test_of_an_agreement_in_force_nobody_is_reminded(db: None) -> None:
    story = made(2)
    with pytest.raises(WrongStatus):
        reminding.remind_agreement(fresh(story), by=story.people[0], at=NOW)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_has_the_button_says_when_it_is_too_early_and_names_who_reminded(sent: SimpleNamespace) -> None:
    client, page = signed_in(sent.people[0]), f"/en/agreements/{sent.agreement.public_id}/"
    assert f"{page}remind/" in client.get(page).content.decode()
    assert (
        "The reminder was sent." in client.post(f"{page}remind/", {"once_key": "a" * 20}, follow=True).content.decode()
    )
    again = client.post(f"{page}remind/", {"once_key": "b" * 20}, follow=True).content.decode()
    assert "The next one can be sent from" in again and "Reminder sent to those who have yet to sign" in again
    assert len(reminders(sent.agreement)) == 1


def test_of_several_the_one_that_cannot_be_sent_does_not_hold_up_the_others(sent: SimpleNamespace) -> None:
    second, client = proposal(sent), signed_in(sent.people[0])
    reminding.remind_agreement(sent.agreement, by=sent.people[0], at=timezone.now())
    listed = client.get("/en/agreements/?view=all").content.decode()
    assert listed.count('form="remind"') == 2 and listed.count('id="remind"') == 1
    asked = {"id": [sent.agreement.public_id, second.public_id, "0" * 26], "once_key": "c" * 20}
    answer = client.post("/en/agreements/remind/", asked)
    assert answer.status_code == 200
    assert [line["number"] for line in answer.context["sent"]] == [second.number]
    assert [line["number"] for line in answer.context["kept"]] == [sent.agreement.number]
    assert len(reminders(second)) == 1 and len(reminders(sent.agreement)) == 1


def test_who_can_remind_nobody_sees_no_box_to_tick(sent: SimpleNamespace) -> None:
    ministry = signed_in(a_member("ministry_officer", territory=a_territory("8")))
    assert 'form="remind"' not in ministry.get("/en/agreements/?view=all").content.decode()
