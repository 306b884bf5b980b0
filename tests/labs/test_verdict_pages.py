"""Pages of the assessment: the panel is named and speaks, and what everybody reads of a failure is what they read of a success."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from labs.models import Verdict
from labs.verdicts.actions import publish_due, seat_panel
from tests.factories import a_member
from tests.labs.test_assessment import LOST, WON, judged, stage, stage_of, tried  # noqa: F401

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


@pytest.fixture
def panel(stage):  # noqa: F811
    tried(stage, WON)
    return f"/en/labs/pilots/{stage.project.public_id}/panel/"


def post(client, user, address, **fields):
    client.force_login(user)
    post.number = getattr(post, "number", 0) + 1
    return client.post(address, {**fields, "once_key": str(post.number)})


def seated(stage):  # noqa: F811
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    return verdict, f"/en/labs/verdicts/{verdict.public_id}/"


def test_the_coordinator_names_the_panel_by_its_form(client, stage, panel):  # noqa: F811
    client.force_login(stage.coordinator)
    assert "At least three people" in client.get(panel).content.decode()
    others = "\n".join(each.email.upper() for each in stage.people[1:])
    sent = post(client, stage.coordinator, panel, experts=[stage.people[0].public_id], others=others)
    assert sent.status_code == 302, sent.content.decode()
    assert set(Verdict.objects.get().seats.values_list("user", flat=True)) == {each.pk for each in stage.people}


def test_what_the_panel_lacks_is_said_on_top_and_at_the_field_and_what_was_typed_stays(client, stage, panel):  # noqa: F811
    refused = post(client, stage.coordinator, panel, others="nobody@example.org")
    told = refused.content.decode()
    assert refused.status_code == 422 and "nobody@example.org</textarea>" in told
    assert told.count("Nobody with an account has the address nobody@example.org.") == 2
    few = post(client, stage.coordinator, panel, others=stage.people[1].email)
    told = few.content.decode()
    assert few.status_code == 422 and not Verdict.objects.exists()
    for message in (
        "A panel has at least three people.",
        "At least one person of the panel is an expert who was not asked to examine it.",
    ):
        assert told.count(message) == 2, message


def test_whoever_else_asks_for_the_panel_is_refused_and_a_stranger_learns_nothing(client, stage, panel, world):  # noqa: F811
    for person, status in ((stage.group[0].user, 403), (a_member("teacher", world.c), 404), (stage.examiner, 404)):
        assert post(client, person, panel).status_code == status


def test_the_panel_reads_proposes_and_agrees_on_one_page(client, stage, panel):  # noqa: F811
    verdict, address = seated(stage)
    first, second, third = stage.people
    sent = post(client, second, f"{address}words/", value=verdict.computed)
    assert sent.status_code == 302, sent.content.decode()
    verdict.refresh_from_db()
    stale = post(client, third, f"{address}agree/", words_hash="0" * 64)
    assert stale.status_code == 302
    assert "The words changed since you read them" in client.get(address).content.decode()
    for person in (first, third):
        client.force_login(person)
        assert "Do you agree to these words?" in client.get(address).content.decode()
        post(client, person, f"{address}agree/", words_hash=verdict.words_hash)
    client.force_login(second)
    shown = client.get(address).content.decode()
    assert "The verdict stands." in shown and "Propose other words" not in shown
    verdict.refresh_from_db()
    assert verdict.decided_at is not None


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "Verdict: choose one of the four."),
        ({"value": "promising"}, "Say why the verdict differs from what the figures give."),
        ({"value": "successful", "embargo_until": "01.01.2031"}, "A result is held back for twelve months at most."),
    ],
)
def test_words_that_may_not_be_are_refused_at_their_field(client, stage, panel, said, message):  # noqa: F811
    verdict, address = seated(stage)
    refused = post(client, stage.people[1], f"{address}words/", **said)
    assert refused.status_code == 422
    assert refused.content.decode().count(message) == 2
    verdict.refresh_from_db()
    assert not verdict.words_hash


def test_who_was_asked_to_examine_is_not_offered_and_refused_at_the_field(client, stage, panel):  # noqa: F811
    client.force_login(stage.coordinator)
    offered = client.get(panel).content.decode()
    assert stage.people[0].public_id in offered and stage.examiner.public_id not in offered
    others = "\n".join(each.email for each in (stage.examiner, *stage.people[1:]))
    refused = post(client, stage.coordinator, panel, experts=[stage.people[0].public_id], others=others)
    told = "Whoever was asked to examine the project does not sit on its panel"
    assert refused.status_code == 422 and not Verdict.objects.exists()
    shown = refused.content.decode()
    assert 'id="id_others_error"' in shown and shown.count(told) == 2


def test_the_panel_is_read_by_itself_and_the_coordinator_and_never_by_who_examined(client, stage, panel):  # noqa: F811
    _verdict, address = seated(stage)
    for person in (stage.coordinator, *stage.people):
        client.force_login(person)
        assert 'id="panel"' in client.get(address).content.decode()
    client.force_login(stage.group[0].user)
    assert 'id="panel"' not in client.get(address).content.decode()
    client.force_login(stage.examiner)
    assert client.get(address).status_code == 404
    assert stage.project.title not in client.get("/en/inbox/").content.decode()


def public(client, project):
    client.logout()
    return client.get(f"/en/public/pilots/{project.public_id}/").content.decode()


def shape(told):
    """The headings and parts of the page in their order, without what differs by result."""
    main = told[told.index("<h1") :]
    return re.findall(r"<(h[1-3]|section|table|caption|th)\b", main)


def test_a_failure_reads_like_a_success_same_parts_in_the_same_places(client, stage, world):  # noqa: F811
    tried(stage, LOST)
    judged(stage, reason="The children read no better.")
    lost = public(client, stage.project)
    assert "Not successful" in lost[: lost.index('id="verdict"')], "on top, before anything else"
    for words in (
        "The children read no better.",
        "Children read more.",
        "Not held",
        "locked before the trial began",
        "−10",
    ):
        assert words in lost, words
    won = won_page(client, stage, world)
    assert "Successful" in won[: won.index('id="verdict"')]
    assert shape(won) == shape(lost)


def won_page(client, stage, world):  # noqa: F811
    """The public page of another project, told in the same words, that succeeded."""
    other = stage_of(world)
    tried(other, WON)
    judged(other, reason="The children read better.")
    return public(client, other.project)


def test_an_embargo_tells_until_when_and_nothing_else_and_then_it_ends(client, stage):  # noqa: F811
    tried(stage, LOST)
    until = timezone.localdate() + datetime.timedelta(days=30)
    judged(stage, reason="No better.", embargo_until=until)
    held = public(client, stage.project)
    assert "Held back until" in held and str(until.year) in held
    for words in ("No better.", "Not successful", "Not held"):
        assert words not in held, words
    listed = client.get("/en/public/pilots/").content.decode()
    assert stage.project.title in listed and "Held back until" in listed and ">Not successful</span>" not in listed
    publish_due(until, now())
    cache.clear()
    assert "No better." in public(client, stage.project)


def test_the_list_of_results_holds_failures_filters_by_result_and_comes_as_files(client, stage):  # noqa: F811
    tried(stage, LOST)
    judged(stage)
    address = "/en/public/pilots/"
    assert stage.project.title in client.get(f"{address}?verdict=not_successful").content.decode()
    won = client.get(f"{address}?verdict=successful").content.decode()
    assert "There is no project with this result" in won
    file = client.get(f"{address}?format=csv").content.decode("utf-8-sig")
    assert stage.project.title in file and "Not successful" in file
    assert client.get(f"{address}?format=xlsx").content.startswith(b"PK")


def test_a_reader_finds_why_and_what_was_planned_beside_what_came_out(client, stage):  # noqa: F811
    tried(stage, LOST, fidelity="60")
    judged(stage)
    told = public(client, stage.project)
    for words in ("Criteria held: 0 of 1.", "By chance alone", "could be between −14.", "Nineteen times in twenty",
                  "at least 60% was asked for", "at least 70% was asked for", "Difference at the endline",
                  "Harm: Reads fluently: Effect"):  # fmt: skip
        assert words in told, words


def test_without_a_comparison_or_figures_no_word_claims_an_effect_or_a_chance(client, stage):  # noqa: F811
    tried(
        stage,
        WON,
        comparison={"rule": "none", "sites": [stage.sites[1].public_id]},
        analysis={"compare": "change", "weigh": "pooled"},
    )
    judged(stage)
    told = public(client, stage.project)
    main = told[told.index("<h1") : told.index("</main>")]
    assert "Inconclusive" in main and "There are too few figures to tell a result from chance." in main
    assert "No sites went on as before: this is a change, and what caused it is not known." in main
    assert ">Effect" not in main and ": Effect" not in main and "could be between" not in main
