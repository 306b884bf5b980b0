"""Links, papers and accounts at one moment over real connections: one signature a party, one Event, nothing stuck."""

import datetime
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.clock import now
from cooperation.agreements import actions, codes, links, scans, signing
from cooperation.agreements.models import Agreement, Signature
from institutions.people.models import Person, Position
from lifecycle.models import SignedLink
from tests.cooperation.signing import SIGNER, stage
from tests.cooperation.test_races import consistent, events, pair, race
from tests.factories import EVER, a_member, a_signatory

ROUNDS = int(os.environ.get("HK_RACE_ROUNDS", "40")) // 4
pytestmark = pytest.mark.slow
__all__ = ["pair"]


@pytest.fixture
def places(own_database: str, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def link_of(story: SimpleNamespace, email: str, house: int = 1) -> SignedLink:
    """A link whose mailbox is confirmed."""
    at = timezone.now()
    agreement = Agreement.objects.get(pk=story.agreement.pk)
    given = {**SIGNER, "email": email, "institution": story.houses[house]}
    link, _token = links.ask_to_sign(agreement, by=story.people[0], at=at, **given)
    codes.confirm_mailbox(link, codes.make_code(link, at=at), at=at)
    return link


def by_link(link: SignedLink) -> Callable[[Agreement], Any]:
    return lambda one: links.sign_by_link(link, content_hash=link.content_hash, at=timezone.now())


def again(story: SimpleNamespace) -> SimpleNamespace:
    """Another proposal among the same houses."""
    terms = [{"kind": story.promise, "quantity": 1}]
    draft = actions.draft_agreement(
        by=story.people[0], at=now(), title="Together", kind=story.agreement.kind, starts_on=datetime.date(2026, 9, 1),
        parties=[{"institution": house} for house in story.houses], terms=terms,
    )  # fmt: skip
    story.agreement = actions.propose_agreement(draft, by=story.people[0], at=now())
    return story


def test_two_links_of_one_party_at_once_are_one_signature(places: None, pair: ThreadPoolExecutor) -> None:
    story = stage()
    for number in range(ROUNDS):
        again(story)
        both = [link_of(story, f"{name}{number}@firm.example") for name in "ab"]
        answers = race(pair, story.agreement, *map(by_link, both))
        assert sorted(answers) == ["409", "done"]
        consistent(story.agreement)
        assert Signature.objects.filter(revision=story.agreement.shown).count() == 1
        assert events(story.agreement)["approve"] == 1
        assert sum(link.used_at is not None for link in SignedLink.objects.filter(pk__in=[one.pk for one in both])) == 1


def test_one_link_answered_twice_at_once_is_one_signature(places: None, pair: ThreadPoolExecutor) -> None:
    story = stage()
    for number in range(ROUNDS):
        link = link_of(again(story), f"{number}@firm.example")
        assert sorted(race(pair, story.agreement, by_link(link), by_link(link))) == ["409", "done"]
        consistent(story.agreement)


def test_a_link_against_a_change_never_lands_on_the_other_text(places: None, pair: ThreadPoolExecutor) -> None:
    story, seen = stage(), Counter[str]()
    for number in range(ROUNDS):
        link = link_of(again(story), f"{number}@firm.example")
        change = lambda one: actions.change_agreement(one, by=story.people[0], at=timezone.now(), title="Other")  # noqa: E731
        answers = race(pair, story.agreement, by_link(link), change)
        consistent(story.agreement)
        assert sorted(answers) == ["409", "done"]
        assert Signature.objects.filter(revision__agreement=story.agreement).count() == int(answers[0] == "done")
        seen[answers[0]] += 1
    assert sum(seen.values()) == ROUNDS


def test_a_link_and_the_account_of_another_party_at_once_conclude_once(places: None, pair: ThreadPoolExecutor) -> None:
    story = stage()
    for number in range(ROUNDS):
        link = link_of(again(story), f"{number}@firm.example")

        def account(one: Agreement) -> Any:
            return signing.approve_agreement(
                one, content_hash=one.shown.content_hash, by=story.people[0], at=timezone.now()
            )

        assert race(pair, story.agreement, by_link(link), account) == ["done", "done"]
        consistent(story.agreement)
        assert story.agreement.status == "in_force"
        assert events(story.agreement)["conclude"] == 1


def test_a_link_and_an_account_of_the_same_party_at_once_are_one_signature(
    places: None,
    pair: ThreadPoolExecutor,
) -> None:
    story = stage(alone=1)
    person = Person.objects.create(name=SIGNER["name"], home=story.houses[1])
    Position.objects.create(person=person, institution=story.houses[1], title="Director", may_sign=True, valid=EVER)
    deputy = a_member("institution_admin", story.houses[1])
    a_signatory(deputy, story.houses[1], "Deputy")
    for number in range(ROUNDS):
        link = link_of(again(story), f"{number}@firm.example")

        def account(one: Agreement) -> Any:
            return signing.approve_agreement(one, content_hash=one.shown.content_hash, by=deputy, at=timezone.now())

        assert sorted(race(pair, story.agreement, by_link(link), account)) == ["409", "done"]
        consistent(story.agreement)
        assert events(story.agreement)["approve"] == 1


def test_paper_and_account_of_the_same_party_at_once_are_one_signature(places: None, pair: ThreadPoolExecutor) -> None:
    story = stage(alone=0)
    post = Position.objects.get(institution=story.houses[1])
    for _number in range(ROUNDS):
        again(story)

        def paper(one: Agreement) -> Any:
            return scans.file_paper(
                one, by=story.people[1], at=timezone.now(), code=one.shown.content_hash[:8], position=post,
                signed_on=timezone.localdate(), data=b"%PDF-1.7",
            )  # fmt: skip

        def account(one: Agreement) -> Any:
            return signing.approve_agreement(
                one, content_hash=one.shown.content_hash, by=story.people[1], at=timezone.now()
            )

        answers = race(pair, story.agreement, paper, account)
        assert answers.count("done") == 1, answers
        consistent(story.agreement)
        assert events(story.agreement)["approve"] == 1
