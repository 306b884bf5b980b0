"""Whoever cheats at a verdict or a spreading as the role that serves is refused by the database (LAB-10, LAB-11)."""

from typing import Any

import pytest
from django.utils import timezone

from labs.models import Verdict
from tests.labs.cheating import cheat, told, walked
from tests.labs.making import a_laboratory, put
from tests.labs.walking import NOTHING, Walk

pytestmark = pytest.mark.django_db
NOW = timezone.now
__all__ = ["cheat"]


def made_up(walk: Walk, **fields: Any) -> str:
    said = {"computed": "successful", "findings": '{"value": "successful"}', "decided_at": "NULL", **fields}
    return (
        "INSERT INTO labs_verdict (public_id, trial_id, findings, computed, value, reason, words_hash, computed_at,"
        f" decided_at, modified_at) VALUES ('x', {walk.trial().pk}, '{said['findings']}', '{said['computed']}',"
        f" 'successful', '', 'x', now(), {said['decided_at']}, now())"
    )


def test_no_verdict_is_made_up(world, cheat):
    walk = walked(world, "piloting", NOTHING)
    assert "labs_verdict" in str(cheat(made_up(walk)))  # while it is tried
    while walk.fresh().status != "in_assessment":
        name, person = walk.next() or ("", None)
        getattr(walk, name)(person)
    assert "labs_verdict" in str(cheat(made_up(walk, decided_at="now()")))
    assert "labs_verdict" in str(cheat(made_up(walk, findings='{"value": "inconclusive"}')))
    put(walk.trial(), "abandoned")
    assert "labs_verdict" in str(cheat(made_up(walk)))


def test_no_verdict_stands_without_its_panel(world, cheat):
    walk = walked(world, "in_assessment", NOTHING)
    walk.seat(walk.coordinator)
    decide = "UPDATE labs_verdict SET value = 'inconclusive', words_hash = 'x', decided_at = now() WHERE id = %s"
    assert "the panel has not agreed" in str(cheat(decide, walk.verdict().pk))
    walk.propose(walk.panel[1])
    walk.consent(walk.panel[2])
    decide = "UPDATE labs_verdict SET decided_at = now() WHERE id = %s"
    assert "the panel has not agreed" in str(cheat(decide, walk.verdict().pk))
    computed = "UPDATE labs_verdict SET computed = 'successful', value = 'successful' WHERE id = %s"
    assert "labs_verdict" in str(cheat(computed, walk.verdict().pk))
    assert "labs_verdict" in str(cheat("DELETE FROM labs_verdict"))
    late = "UPDATE labs_verdict SET modified_at = '2099-01-01', embargo_until = '2099-06-01' WHERE id = %s"
    assert "somebody agreed to these words" in str(cheat(late, walk.verdict().pk))


def test_a_verdict_and_its_panel_stay(world, cheat):
    walk = walked(world, "assessed", NOTHING)
    for sql in (
        "UPDATE labs_verdict SET value = 'successful', reason = 'x'",
        "UPDATE labs_verdict SET embargo_until = '2027-10-01'",
        "DELETE FROM labs_verdict",
        "DELETE FROM labs_panelseat",
        "UPDATE labs_panelseat SET agreed_hash = '', agreed_at = NULL",
        f"INSERT INTO labs_panelseat (verdict_id, user_id, examined, agreed_hash) SELECT id, {walk.lead.pk}, true, '' FROM labs_verdict",
        "UPDATE labs_pilotproject SET published_at = NULL",
        "UPDATE labs_pilotproject SET published_at = '2030-01-01'",
        "DELETE FROM labs_trial",
        told("pilot", walk.project) + "UPDATE labs_pilotproject SET status = 'disseminating'",
        told("pilot", walk.project) + "UPDATE labs_pilotproject SET status = 'in_assessment'",
        told("trial", walk.trial()) + "UPDATE labs_trial SET status = 'endline'",
    ):
        assert "labs_" in str(cheat(sql)), sql
    assert Verdict.objects.get().value == "inconclusive"
    ready = (
        f"INSERT INTO labs_eligibleset (project_id, territory_id, kinds, frozen_on, window_ends_on, frozen_by_id)"
        f" VALUES ({walk.project.pk}, {world.country.pk}, '{{}}', '2026-11-01', '2027-11-01', {walk.coordinator.pk});"
        f"INSERT INTO labs_eligibleinstitution (eligible_set_id, institution_id) SELECT id, {world.c.pk} FROM labs_eligibleset;"
    )
    spread = told("pilot", walk.project) + ready + "UPDATE labs_pilotproject SET status = 'disseminating'"
    assert "nothing lets it be disseminating" in str(cheat(spread))


# spreading


def test_the_set_is_frozen(world, cheat):
    walk = walked(world, "assessed")
    straight = told("pilot", walk.project) + "UPDATE labs_pilotproject SET status = 'disseminating' WHERE id = %s"
    assert "nobody is named" in str(cheat(straight, walk.project.pk))
    walk.spread(walk.coordinator)
    for sql in (
        "DELETE FROM labs_eligibleinstitution",
        f"UPDATE labs_eligibleinstitution SET institution_id = {world.a.pk}",
        f"INSERT INTO labs_eligibleinstitution (eligible_set_id, institution_id) SELECT id, {world.a.pk} FROM labs_eligibleset",
        "UPDATE labs_eligibleset SET window_ends_on = window_ends_on + 1",
        "DELETE FROM labs_eligibleset",
    ):
        assert "labs_eligible" in str(cheat(sql)), sql


def test_a_use_begins_as_reported(world, cheat):
    walk = walked(world, "disseminating")
    said = (
        "INSERT INTO cooperation_adoption (public_id, subject_type, subject_id, institution_id, since, note, status,"
        " reported_at, modified_at, version) VALUES ('x', 'pilot', %s, %s, '2026-11-01', '', %s, now(), now(), 1)"
    )
    for status in ("confirmed", "sustained"):
        assert "reported first" in str(cheat(said, walk.project.public_id, walk.reader.pk, status))
    assert cheat(said, walk.project.public_id, walk.reader.pk, "reported") is None
    silent = "UPDATE cooperation_adoption SET status = 'confirmed'"
    assert "left no event" in str(cheat(silent))


# the panel is apart from the examination


SEAT = (
    "INSERT INTO labs_panelseat (verdict_id, user_id, expert, agreed_hash)"
    " SELECT max(id), {person}, {expert}, '' FROM labs_verdict"
)


def test_nobody_who_was_asked_to_examine_or_is_of_the_group_is_put_on_the_panel(world, cheat):
    walk = walked(world, "in_assessment", NOTHING)
    walk.seat(walk.coordinator)
    for person in (walk.experts[0], walk.lead):
        assert "not asked to examine it" in str(cheat(SEAT.format(person=person.pk, expert="false")))
    moved = f"UPDATE labs_panelseat SET user_id = {walk.experts[1].pk} WHERE user_id = {walk.panel[1].pk}"
    assert "not asked to examine it" in str(cheat(moved))
    assert "an expert by role" in str(cheat("UPDATE labs_panelseat SET expert = true"))
    assert cheat(SEAT.format(person=walk.stranger.pk, expert="false")) is None


def test_nobody_of_the_panel_is_asked_to_examine(world, cheat):
    walk = walked(world, "in_assessment", NOTHING)
    walk.seat(walk.coordinator)
    asked = (
        "INSERT INTO labs_review (examination_id, expert_id, number, status, note, interests, comment, invited_at,"
        f" modified_at, public_id) VALUES ({walk.round().pk}, %s, 7, 'invited', '', '', '', now(), now(), %s)"
    )
    assert "who judges it does not examine it" in str(cheat(asked, walk.panel[0].pk, "x"))
    assert cheat(asked, walk.experts[2].pk, "y") is None


def test_words_that_somebody_agreed_to_are_not_exchanged_below_their_hands(world, cheat):
    walk = walked(world, "in_assessment", NOTHING)
    walk.seat(walk.coordinator)
    walk.propose(walk.panel[1])
    agreed = walk.verdict().words_hash
    for change in (
        "value = 'successful', reason = 'x'",
        "reason = 'x'",
        "embargo_until = current_date + 30",
    ):
        assert "somebody agreed to these words" in str(cheat(f"UPDATE labs_verdict SET {change}")), change
    aside = "UPDATE labs_verdict SET value = 'successful', reason = 'x', words_hash = 'y'"
    back = f"UPDATE labs_verdict SET words_hash = '{agreed}'"
    assert "somebody agreed to these words" in str(cheat(f"{aside}; {back}"))
    walk.propose(walk.panel[2])  # the same words from another hand
    walk.consent(walk.panel[0])
    walk.consent(walk.panel[1])
    assert (Verdict.objects.get().value, walk.fresh().status) == ("inconclusive", "assessed")


def test_a_project_stays_in_its_laboratory(world, cheat):
    walk = walked(world, "group_approved")
    other = a_laboratory(world.c)
    for change in (f"laboratory_id = {other.pk}", f"opened_by_id = {walk.stranger.pk}", "created_at = now()"):
        assert "labs_pilotproject" in str(cheat(f"UPDATE labs_pilotproject SET {change}")), change
