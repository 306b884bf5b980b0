"""The assessment: figures are judged once, the panel agrees to the same words, and only success spreads (LAB-10, LAB-11, M7)."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cooperation.adoptions.actions import confirm_adoption, report_adoption
from cooperation.adoptions.subjects import seen_subject
from institutions.registry.models import Succession
from labs.implementation.locking import text_of
from labs.implementation.models import Arm
from labs.models import (
    BlindCopy,
    EligibleInstitution,
    Examination,
    Measurement,
    Preregistration,
    Review,
    Trial,
    TrialSite,
    Verdict,
)
from labs.pilots.actions import try_again
from labs.spread.actions import finish_spreading, start_spreading
from labs.verdicts.actions import agree_to_words, propose_words, publish_due, seat_panel
from lifecycle.canonical import content_hash
from lifecycle.models import FrozenContent
from lifecycle.transitions import Unmet, WrongStatus
from quality.catalogue.models import Across, Method
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import EVER, a_member, a_term, an_institution
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_project, a_version, put
from tests.quality.figures import a_year, an_indicator, the_moment

pytestmark = pytest.mark.django_db
PLAN = {
    "hypothesis": "Children read more.",
    "outcomes": [{"code": "reads", "name": "Reads fluently", "unit": "%", "kind": "share", "direction": "up"}],
    "criteria": [{"outcome": "reads", "measure": "difference", "bound": "at_least", "threshold": "5"}],
    "harm": {"outcome": "reads", "measure": "difference", "worse_than": "-5"},
    "analysis": {"compare": "endline", "weigh": "pooled"},
    "baseline": {"from": "2026-10-01", "until": "2026-10-10"},
    "endline": {"from": "2026-11-01", "until": "2026-11-20"},
    "minimum_sample": "50",
    "fidelity": "0",
    "exclusions": "Nobody.",
}
WON, LOST, OPEN_END = ((80, 100), (50, 100)), ((300, 1000), (400, 1000)), ((52, 100), (50, 100))


def now() -> datetime.datetime:
    return timezone.now()


@pytest.fixture
def stage(world: SimpleNamespace) -> SimpleNamespace:
    """As `stage_of` makes it."""
    return stage_of(world)


def stage_of(world: SimpleNamespace) -> SimpleNamespace:
    """A project in assessment whose trial had one site an arm; who examined it, and three people for a panel."""
    lab = a_laboratory(world.b, world.a)
    project = a_project(lab)
    group = a_group(project, world.a, world.b)
    examiner = a_member("expert", world.c)
    version = a_version(project, group[0].user)
    blind = BlindCopy.objects.create(
        source=version, code=f"K7{project.pk}", title="x", content={}, masked=0, made_at=now()
    )
    round_ = Examination.objects.create(
        project=project, source=version, blind=blind, round=1, opened_at=now(), modified_at=now()
    )
    review = Review.objects.create(
        examination=round_, expert=examiner, number=1, invited_at=now(), submitted_at=now(), modified_at=now()
    )
    put(review, "submitted")
    sites = [an_institution(world.near, "Tries"), an_institution(world.near, "Goes on")]
    return SimpleNamespace(
        lab=lab, project=project, group=group, examiner=examiner, sites=sites, coordinator=a_coordinator(lab),
        people=[a_member("expert", world.c), a_member("teacher", world.c), a_member("institution_admin", world.c)],
    )  # fmt: skip


def tried(stage: SimpleNamespace, figures: Any, **plan: Any) -> Any:
    """The trial of the project, closed with these figures of the treated and the comparison site."""
    project = put(stage.project, "programme_approved")
    keys = [site.public_id for site in stage.sites]
    told = {**PLAN, "treated": keys[:1], "comparison": {"rule": "lottery", "sites": keys[1:]}, **plan}
    lock = Preregistration.objects.create(project=project, number=1, plan=told, modified_at=now())
    text = text_of(project.public_id, 1, told)
    frozen = FrozenContent.objects.create(
        subject_type="preregistration", subject_id=lock.public_id, version=1, content=text, sha256=content_hash(text)
    )
    Preregistration.objects.filter(pk=lock.pk).update(
        frozen=frozen, content_hash=frozen.sha256, locked_at=now(), locked_by=stage.coordinator
    )
    trial = Trial.objects.create(project=project, preregistration=lock, modified_at=now())
    rows = [
        TrialSite.objects.create(trial=trial, institution=site, arm=arm, valid=EVER)
        for site, arm in zip(stage.sites, (Arm.TREATED, Arm.COMPARISON), strict=True)
    ]
    put(trial, "endline")
    for row, pair in zip(rows, figures, strict=True):
        if pair:
            Measurement.objects.create(
                site=row, outcome="reads", wave="endline", numerator=pair[0], denominator=pair[1], state="value",
                entered_by=stage.coordinator, entered_at=now(),
            )  # fmt: skip
    put(trial, "closed")
    put(project, "in_assessment")
    return trial


def judged(stage: SimpleNamespace, value: str = "", reason: str = "", **more: Any) -> Verdict:
    """The panel sits and agrees."""
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    verdict = propose_words(
        verdict, by=stage.people[1], at=now(), value=value or verdict.computed, reason=reason, **more
    )
    for person in (stage.people[0], stage.people[2]):
        verdict = agree_to_words(verdict, by=person, at=now(), words_hash=verdict.words_hash)
    stage.project.refresh_from_db()
    return verdict


def test_the_panel_agrees_and_the_verdict_stands(stage):
    tried(stage, WON)
    verdict = judged(stage)
    assert (verdict.computed, verdict.value) == ("successful", "successful")
    assert verdict.decided_at is not None
    assert stage.project.status == "assessed"
    assert stage.project.published_at is not None


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (lambda s: s.people[:2], "panel"),
        (lambda s: [*s.people[1:], a_member("teacher", s.lab.host)], "expert"),
        (lambda s: [*s.people, s.group[1].user], "group"),
        (lambda s: [*s.people, s.examiner], "asked"),
    ],
)
def test_a_panel_is_three_people_outside_the_group_and_the_examination_with_an_expert(stage, who, code):
    tried(stage, WON)
    with pytest.raises(Unmet) as refused:
        seat_panel(stage.project, by=stage.coordinator, at=now(), people=who(stage))
    assert [each.code for each in refused.value.conditions] == [code]


def test_only_the_coordinator_names_the_panel_and_only_in_assessment(stage):
    with pytest.raises(WrongStatus):
        seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    tried(stage, WON)
    for person in (stage.group[0].user, stage.examiner, a_member("institution_admin", stage.lab.host)):
        with pytest.raises(PermissionDenied):
            seat_panel(stage.project, by=person, at=now(), people=stage.people)


def test_another_verdict_than_the_figures_give_needs_a_reason(stage):
    tried(stage, WON)
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    with pytest.raises(ValidationError) as refused:
        propose_words(verdict, by=stage.people[0], at=now(), value="promising")
    assert list(refused.value.message_dict) == ["reason"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Verdict.objects.filter(pk=verdict.pk).update(value="promising", reason="")
    found = judged(stage, "promising", "Two classes were taught by the author.")
    assert (found.computed, found.value) == ("successful", "promising")


def test_nobody_agrees_to_words_that_changed_since(stage):
    tried(stage, WON)
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    first = propose_words(verdict, by=stage.people[0], at=now(), value="successful").words_hash
    verdict = propose_words(verdict, by=stage.people[1], at=now(), value="promising", reason="Few classes.")
    with pytest.raises(ValidationError):
        agree_to_words(verdict, by=stage.people[2], at=now(), words_hash=first)
    assert not verdict.seats.exclude(agreed_hash__in=("", verdict.words_hash)).exists()


def test_without_the_expert_or_with_two_people_nothing_stands(stage, world):
    tried(stage, WON)
    people = [*stage.people, a_member("teacher", world.c)]
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=people)
    verdict = propose_words(verdict, by=people[1], at=now(), value="successful")
    for person in people[2:]:
        verdict = agree_to_words(verdict, by=person, at=now(), words_hash=verdict.words_hash)
    assert verdict.decided_at is None
    verdict = agree_to_words(verdict, by=people[0], at=now(), words_hash=verdict.words_hash)
    assert verdict.decided_at is not None


def test_nobody_outside_the_panel_speaks(stage):
    tried(stage, WON)
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    with pytest.raises(PermissionDenied):
        propose_words(verdict, by=stage.coordinator, at=now(), value="successful")


def test_a_verdict_that_stands_never_changes(stage):
    tried(stage, LOST)
    verdict = judged(stage)
    with pytest.raises(WrongStatus):
        propose_words(verdict, by=stage.people[0], at=now(), value="successful", reason="Because.")
    for change in ({"value": "successful", "reason": "x"}, {"findings": {}}, {"embargo_until": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Verdict.objects.filter(pk=verdict.pk).update(**change)


def test_a_failure_is_published_like_a_success_and_an_embargo_ends(stage, time_machine_at):
    tried(stage, LOST)
    until = timezone.localdate() + datetime.timedelta(days=30)
    verdict = judged(stage, embargo_until=until)
    assert verdict.value == "not_successful"
    assert stage.project.published_at is None
    assert publish_due(until - datetime.timedelta(days=1), now()) == 0
    assert publish_due(until, now()) == 1
    assert publish_due(until, now()) == 0
    stage.project.refresh_from_db()
    assert stage.project.published_at is not None


def test_what_is_tried_again_does_not_hide_its_first_verdict_for_good(stage):
    tried(stage, OPEN_END)
    until = timezone.localdate() + datetime.timedelta(days=30)
    judged(stage, embargo_until=until)
    try_again(stage.project, by=stage.coordinator, at=now())
    assert publish_due(until, now()) == 1
    stage.project.refresh_from_db()
    assert stage.project.published_at is not None


def test_what_spreads_is_held_back_no_longer(stage, world):
    until = timezone.localdate() + datetime.timedelta(days=30)
    assert spread(stage, world, embargo_until=until).published_at is not None


def test_nothing_is_held_back_longer_than_a_year(stage):
    tried(stage, LOST)
    late = timezone.localdate() + datetime.timedelta(days=366)
    with pytest.raises(ValidationError) as refused:
        judged(stage, embargo_until=late)
    assert list(refused.value.message_dict) == ["embargo_until"]


@pytest.mark.parametrize(("figures", "value"), [(LOST, "not_successful"), (OPEN_END, "inconclusive")])
def test_only_success_spreads_and_only_what_is_open_is_tried_again(stage, world, figures, value):
    tried(stage, figures)
    assert judged(stage).value == value
    kinds = [a_term("participant_kind", "school")]
    ends = timezone.localdate() + datetime.timedelta(days=365)
    with pytest.raises(Unmet):
        start_spreading(
            stage.project, by=stage.coordinator, at=now(), territory=world.country, kinds=kinds, window_ends_on=ends
        )
    if value == "inconclusive":
        assert try_again(stage.project, by=stage.coordinator, at=now()).status == "programme_approved"
    else:
        with pytest.raises(Unmet):
            try_again(stage.project, by=stage.coordinator, at=now())


def spread(stage: SimpleNamespace, world: SimpleNamespace, **words: Any) -> Any:
    tried(stage, WON)
    judged(stage, **words)
    ends = timezone.localdate() + datetime.timedelta(days=365)
    return start_spreading(
        stage.project, by=stage.coordinator, at=now(), territory=world.country,
        kinds=[a_term("participant_kind", "school")], window_ends_on=ends,
    )  # fmt: skip


def test_whom_it_is_meant_for_is_frozen_without_those_who_made_or_tried_it(stage, world):
    other = an_institution(world.far, "Later school")
    project = spread(stage, world)
    found = set(project.eligible_set.institutions.values_list("institution", flat=True))
    assert found == {other.pk, stage.sites[1].pk}
    an_institution(world.far, "Even later")
    assert project.eligible_set.institutions.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        EligibleInstitution.objects.filter(eligible_set=project.eligible_set).delete()
    with pytest.raises(Unmet):
        finish_spreading(project, by=stage.coordinator, at=now())


def test_reach_counts_the_frozen_set_through_its_successors_and_nobody_else(stage, world):
    version = an_indicator("LAB.04", Method.SHARE, periodicity=["A"], factor=100, across=Across.LAST)
    year = a_year(2026)
    first, second = an_institution(world.far, "First"), an_institution(world.near, "Second")
    heir = an_institution(world.far, "Heir")
    project = spread(stage, world)
    outsider = an_institution(world.near, "Outside", kind="hei")
    Succession.objects.create(
        predecessor=first, successor=heir, kind="merge", happened_on=timezone.localdate(), document="x"
    )
    for house in (heir, outsider):
        user = a_member("institution_admin", house)
        subject = seen_subject(user, "pilot", project.public_id)
        adoption = report_adoption(by=user, at=now(), subject=subject, institution=house)
        confirm_adoption(adoption, by=a_member("institution_admin", world.b), at=now())
    recount_changed(the_moment())
    row = Rollup.objects.get(version=version, period=year, territory=world.country, institution_kind=None)
    eligible = project.eligible_set.institutions.count()
    assert eligible == 4  # first, second, heir, the comparison site
    assert (row.numerator, row.denominator) == (2, 4)  # the heir, and what it took over
    assert second.pk
