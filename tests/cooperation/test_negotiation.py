"""From a draft to a conclusion: who may, who may not, and what each move leaves behind."""

import datetime
import hashlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from cooperation.agreements import actions, calendar, signing
from cooperation.agreements.models import Agreement, AgreementParty, Revision, Signature
from cooperation.agreements.statuses import AgreementStatus, PartyState, RevisionStatus
from institutions.people.models import Position
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.models import Event, FrozenContent
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.conftest import END, START, sign
from tests.factories import a_member, a_signatory, an_institution

pytestmark = pytest.mark.django_db
A = AgreementStatus


def events(agreement: Agreement) -> list[str]:
    return list(Event.objects.about("agreement", agreement.public_id).values_list("name", flat=True))


def codes(unmet: Unmet) -> set[str]:
    return {condition.code for condition in unmet.conditions}


def test_a_draft_gets_a_number_that_is_never_given_again(draft: Agreement, make: Any, institution_admin: User) -> None:
    assert draft.number == "SH-2026-00001"
    second = make()
    actions.erase_draft(second, by=institution_admin, at=timezone.now())
    assert make().number == "SH-2026-00003"


def test_two_parties_sign_one_hash_and_the_agreement_is_in_force(
    draft: Agreement, institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    now = timezone.now()
    actions.propose_agreement(draft, by=institution_admin, at=now)
    assert (draft.status, draft.shown.status) == (A.PROPOSED, RevisionStatus.PROPOSED)
    sign(draft, institution_admin)
    assert draft.status == A.PARTLY_APPROVED
    sign(draft, partner_admin)
    draft.refresh_from_db()
    assert draft.status == A.IN_FORCE
    assert draft.concluded.status == RevisionStatus.CONCLUDED
    assert (draft.in_force_from, draft.in_force_until) == (
        datetime.date(2026, 11, 21),
        END + datetime.timedelta(days=1),
    )
    assert events(draft) == ["draft", "propose", "approve", "approve", "conclude", "start"]
    assert set(AgreementParty.objects.values_list("institution", flat=True)) == {world.a.pk, world.b.pk}
    assert set(Signature.objects.values_list("sha256", flat=True)) == {draft.concluded.content_hash}


def test_what_is_frozen_is_canonical_json_under_its_own_hash(proposed: Agreement, world: SimpleNamespace) -> None:
    frozen = FrozenContent.objects.get()
    said = json.loads(frozen.content)
    assert hashlib.sha256(frozen.content.encode()).hexdigest() == frozen.sha256 == proposed.shown.content_hash
    assert said["number"] == proposed.number
    assert said["starts_on"] == START.isoformat()
    assert said["terms"][0]["quantity"] == "4"
    assert [party["institution"] for party in said["parties"]] == [world.a.public_id, world.b.public_id]
    assert all(party["official_name"] for party in said["parties"])


def test_all_missing_conditions_are_named_at_once(institution_admin: User, world: SimpleNamespace) -> None:
    empty = actions.draft_agreement(by=institution_admin, at=timezone.now())
    with pytest.raises(Unmet) as unmet:
        actions.propose_agreement(empty, by=institution_admin, at=timezone.now())
    assert codes(unmet.value) == {"title_missing", "kind_missing", "start_missing", "parties_too_few", "terms_missing"}
    empty.refresh_from_db()
    assert (empty.status, events(empty)) == (A.DRAFT, ["draft"])


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"ends_on": START}, "dates_out_of_order"),
        ({"ends_on": datetime.date(2026, 8, 31)}, "dates_out_of_order"),
        ({"ends_on": datetime.date(2076, 9, 2)}, "lasts_too_long"),
        ({"starts_on": datetime.date(1980, 1, 1)}, "starts_too_early"),
        ({"review_on": START}, "review_before_start"),
        ({"terms": []}, "terms_missing"),
        ({"title": ""}, "title_missing"),
    ],
)
def test_a_proposal_without_sense_is_refused(
    other: dict[str, Any], code: str, make: Any, institution_admin: User, world: SimpleNamespace
) -> None:
    world.country.data = {"limits": {"earliest_date": "1991-09-01", "longest_years": 50}}
    world.country.save()
    if code == "dates_out_of_order":
        draft = make()
        Revision.objects.filter(pk=draft.latest_id).update(**other)
    else:
        draft = make(**other)
    with pytest.raises(Unmet) as unmet:
        actions.propose_agreement(draft, by=institution_admin, at=timezone.now())
    assert code in codes(unmet.value)


def test_exactly_fifty_years_are_not_too_long(make: Any, institution_admin: User) -> None:
    draft = make(ends_on=datetime.date(2076, 9, 1))
    assert actions.propose_agreement(draft, by=institution_admin, at=timezone.now()).status == A.PROPOSED


def test_a_memorandum_needs_no_obligation(make: Any, words: SimpleNamespace, institution_admin: User) -> None:
    draft = make(kind=words.memorandum, terms=[])
    assert actions.propose_agreement(draft, by=institution_admin, at=timezone.now()).status == A.PROPOSED


def test_required_roles_of_the_kind_each_need_an_organisation_of_their_own(
    make: Any, words: SimpleNamespace, institution_admin: User, world: SimpleNamespace
) -> None:
    words.kind.data = {"min_parties": 2, "requires": [["E"], ["school"]]}
    words.kind.save()
    assert actions.propose_agreement(make(), by=institution_admin, at=timezone.now()).status == A.PROPOSED
    words.kind.data = {"min_parties": 2, "requires": [["school"], ["employer", "community_org"]]}
    words.kind.save()
    with pytest.raises(Unmet) as unmet:
        actions.propose_agreement(make(), by=institution_admin, at=timezone.now())
    assert codes(unmet.value) == {"roles_missing"}


@pytest.mark.parametrize("name", ["teacher", "ministry_officer", "partner_admin", "stranger", "employer", "integrator"])
def test_others_can_neither_save_nor_propose_a_draft(name: str, draft: Agreement, cast: dict[str, User]) -> None:
    for act in (actions.save_draft, actions.propose_agreement, actions.erase_draft):
        with pytest.raises(PermissionDenied):
            act(draft, by=cast[name], at=timezone.now())


def test_nobody_proposes_what_is_proposed_already(proposed: Agreement, institution_admin: User) -> None:
    for act in (actions.propose_agreement, actions.save_draft, actions.erase_draft):
        with pytest.raises((WrongStatus, PermissionDenied)):
            act(proposed, by=institution_admin, at=timezone.now())


def test_a_signature_on_another_hash_is_refused_with_the_difference(
    proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    seen = proposed.shown.content_hash
    actions.change_agreement(proposed, by=partner_admin, at=timezone.now(), title="Open lessons and seminars")
    with pytest.raises(signing.OtherContent) as other:
        signing.approve_agreement(proposed, content_hash=seen, by=institution_admin, at=timezone.now())
    assert other.value.extra["diff"] == [
        {"clause": "title", "before": "Open lessons together", "after": "Open lessons and seminars"}
    ]
    assert other.value.extra["content_hash"] == proposed.shown.content_hash
    assert not Signature.objects.exists()


def test_a_change_starts_the_approvals_from_zero_and_keeps_the_keys(
    proposed: Agreement, institution_admin: User
) -> None:
    sign(proposed, institution_admin)
    first = proposed.shown
    key = first.terms.get().key
    actions.change_agreement(proposed, by=institution_admin, at=timezone.now(), ends_on=datetime.date(2028, 8, 31))
    first.refresh_from_db()
    assert (proposed.status, proposed.shown.number, first.status) == (A.PROPOSED, 2, RevisionStatus.REPLACED)
    assert proposed.shown.terms.get().key == key
    assert set(proposed.shown.parties.values_list("state", flat=True)) == {PartyState.WAITING}
    assert Event.objects.filter(name="change").get().detail["clauses"] == ["ends_on"]


def test_nothing_can_be_changed_once_another_party_has_signed(
    proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    sign(proposed, partner_admin)
    with pytest.raises(PermissionDenied):
        actions.change_agreement(proposed, by=institution_admin, at=timezone.now(), title="Other")


def test_a_change_that_changes_nothing_is_refused(proposed: Agreement, institution_admin: User) -> None:
    with pytest.raises(Unmet) as unmet:
        actions.change_agreement(proposed, by=institution_admin, at=timezone.now(), title=proposed.title)
    assert codes(unmet.value) == {"nothing_changed"}
    proposed.refresh_from_db()
    assert proposed.shown.number == 1


@pytest.mark.parametrize("name", ["teacher", "ministry_officer", "regional_officer", "stranger", "foreign_admin"])
def test_who_holds_no_signing_power_of_a_party_cannot_sign(
    name: str, proposed: Agreement, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        sign(proposed, user)


def test_signing_power_counts_on_its_days_only(proposed: Agreement, partner_admin: User) -> None:
    held = Position.objects.filter(person__user=partner_admin)
    held.update(valid=(datetime.date(2000, 1, 1), datetime.date(2026, 11, 21)))
    with pytest.raises(PermissionDenied):
        sign(proposed, partner_admin)
    held.update(valid=(datetime.date(2026, 11, 21), None))
    assert sign(proposed, partner_admin).status == A.PARTLY_APPROVED


def test_one_person_signs_for_one_party_only(
    proposed: Agreement, institution_admin: User, world: SimpleNamespace
) -> None:
    a_member("institution_admin", world.b, user=institution_admin)
    a_signatory(institution_admin, world.b)
    sign(proposed, institution_admin)
    with pytest.raises(PermissionDenied):
        sign(proposed, institution_admin)


def test_nothing_undefined_is_signed_and_no_suspended_institution_signs(
    make: Any, content: dict[str, Any], institution_admin: User, partner_admin: User, world: SimpleNamespace
) -> None:
    draft = make(terms=[{**content["terms"][0], "not_yet_defined": True}])
    actions.propose_agreement(draft, by=institution_admin, at=timezone.now())
    type(world.b).objects.filter(pk=world.b.pk).update(names={"en": "Beta"})
    with pytest.raises(Unmet) as unmet:
        sign(draft, partner_admin)
    assert codes(unmet.value) == {"not_yet_defined"}


def test_an_observer_sees_and_does_not_sign(
    make: Any, content: dict[str, Any], words: SimpleNamespace, world: SimpleNamespace, institution_admin: User,
    partner_admin: User, foreign_admin: User,
) -> None:  # fmt: skip
    draft = make(parties=[*content["parties"], {"institution": world.c, "role": words.observer}])
    actions.propose_agreement(draft, by=institution_admin, at=timezone.now())
    assert Agreement.objects.visible_to(foreign_admin).get() == draft
    with pytest.raises(PermissionDenied):
        sign(draft, foreign_admin)
    sign(draft, institution_admin)
    assert sign(draft, partner_admin).status == A.IN_FORCE


@pytest.mark.parametrize("count", [3, 5])
def test_more_than_two_parties_all_have_to_sign(
    count: int, make: Any, content: dict[str, Any], world: SimpleNamespace, words: SimpleNamespace,
    institution_admin: User, partner_admin: User,
) -> None:  # fmt: skip
    signers = [institution_admin, partner_admin]
    parties = list(content["parties"])
    for _extra in range(count - 2):
        house = an_institution(world.far)
        signers.append(a_member("institution_admin", house))
        a_signatory(signers[-1], house)
        parties.append({"institution": house, "role": words.partner})
    draft = make(parties=parties)
    actions.propose_agreement(draft, by=institution_admin, at=timezone.now())
    for signer in signers[:-1]:
        assert sign(draft, signer).status == A.PARTLY_APPROVED
    assert sign(draft, signers[-1]).status == A.IN_FORCE


def test_a_refusal_needs_a_reason_and_gives_the_draft_back(
    proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    with pytest.raises(ValidationError):
        actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason=" ")
    actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason="The dates do not suit us")
    assert (proposed.status, proposed.shown.status) == (A.DRAFT, RevisionStatus.DECLINED)
    event = Event.objects.get(name="decline")
    assert (event.reason, event.reason_code) == ("The dates do not suit us", "other")
    actions.redraft(proposed, by=institution_admin, at=timezone.now())
    actions.save_draft(proposed, by=institution_admin, at=timezone.now(), starts_on=datetime.date(2027, 1, 1))
    assert proposed.starts_on == START  # the others still see what was refused
    actions.propose_agreement(proposed, by=institution_admin, at=timezone.now())
    assert (proposed.status, proposed.shown.number, proposed.starts_on) == (A.PROPOSED, 2, datetime.date(2027, 1, 1))


def test_who_signed_cannot_decline(proposed: Agreement, partner_admin: User) -> None:
    sign(proposed, partner_admin)
    with pytest.raises(PermissionDenied):
        actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason="No")


def test_a_redraft_is_seen_by_its_drafting_party_alone(
    proposed: Agreement, institution_admin: User, partner_admin: User, regional_officer: User
) -> None:
    actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason="No")
    actions.redraft(proposed, by=partner_admin, at=timezone.now())
    assert Revision.objects.visible_to(partner_admin).count() == 2
    assert Revision.objects.visible_to(institution_admin).get().number == 1
    assert Revision.objects.visible_to(regional_officer).get().number == 1


def test_the_initiator_withdraws_until_another_party_has_approved(
    make: Any, proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    at = timezone.now()
    sign(proposed, institution_admin)
    actions.withdraw_agreement(proposed, by=institution_admin, at=at, reason="Not needed any more")
    assert (proposed.status, proposed.shown.status) == (A.WITHDRAWN, RevisionStatus.REVERTED)
    second = actions.propose_agreement(make(), by=institution_admin, at=at)
    with pytest.raises(PermissionDenied):
        actions.withdraw_agreement(second, by=partner_admin, at=at, reason="No")
    sign(second, partner_admin)
    with pytest.raises(Unmet) as unmet:
        actions.withdraw_agreement(second, by=institution_admin, at=at, reason="Not needed")
    assert codes(unmet.value) == {"approved_by_other"}


def test_nothing_is_withdrawn_after_the_conclusion(concluded: Agreement, institution_admin: User) -> None:
    with pytest.raises(WrongStatus) as wrong:
        actions.withdraw_agreement(concluded, by=institution_admin, at=timezone.now(), reason="Late")
    assert wrong.value.current_status == A.IN_FORCE


def test_a_draft_others_have_seen_cannot_be_erased(
    proposed: Agreement, institution_admin: User, partner_admin: User
) -> None:
    actions.decline_agreement(proposed, by=partner_admin, at=timezone.now(), reason="No")
    actions.redraft(proposed, by=institution_admin, at=timezone.now())
    with pytest.raises(WrongStatus):
        actions.erase_draft(proposed, by=institution_admin, at=timezone.now())


def test_a_save_from_an_old_version_is_refused(draft: Agreement, institution_admin: User) -> None:
    read = draft.version
    actions.save_draft(draft, by=institution_admin, at=timezone.now(), version=read, title="First")
    with pytest.raises(actions.StaleDraft):
        actions.save_draft(draft, by=institution_admin, at=timezone.now(), version=read, title="Second")
    draft.refresh_from_db()
    assert draft.title == "First"


def test_a_draft_is_seen_by_members_of_its_party_alone(draft: Agreement, cast: dict[str, User]) -> None:
    seen = {name for name, user in cast.items() if Agreement.objects.visible_to(user).exists()}
    assert seen == {"institution_admin", "teacher", "integrator"}


def test_a_proposal_is_seen_by_all_parties_and_the_officers_of_their_places(
    proposed: Agreement, cast: dict[str, User]
) -> None:
    seen = {name for name, user in cast.items() if Agreement.objects.visible_to(user).exists()}
    assert seen == {
        "institution_admin", "partner_admin", "teacher", "employer", "integrator", "ministry_officer", "regional_officer",
    }  # fmt: skip


def test_agreements_start_and_end_by_date_however_late_the_task_comes(
    make: Any, institution_admin: User, partner_admin: User
) -> None:
    start, end = datetime.date(2027, 1, 10), datetime.date(2027, 6, 30)
    draft = actions.propose_agreement(make(starts_on=start, ends_on=end), by=institution_admin, at=timezone.now())
    sign(draft, institution_admin)
    assert sign(draft, partner_admin).status == A.CONCLUDED
    assert calendar.start_and_end(start - datetime.timedelta(days=1), at=timezone.now()) == 0
    assert calendar.start_and_end(start, at=timezone.now()) == 1
    draft.refresh_from_db()
    assert (draft.status, draft.in_force_from) == (A.IN_FORCE, start)
    assert calendar.start_and_end(end, at=timezone.now()) == 0
    assert calendar.start_and_end(end + datetime.timedelta(days=40), at=timezone.now()) == 1
    assert calendar.start_and_end(end + datetime.timedelta(days=40), at=timezone.now()) == 0
    draft.refresh_from_db()
    assert (draft.status, draft.in_force_until) == (A.ENDED, end + datetime.timedelta(days=1))
    assert events(draft)[-3:] == ["conclude", "start", "end"]
    on = Agreement.objects.in_force_on
    assert (
        not on(start - datetime.timedelta(days=1))
        and on(start)
        and on(end)
        and not on(end + datetime.timedelta(days=1))
    )


def test_members_of_a_suspended_institution_only_read(
    make: Any, proposed: Agreement, institution_admin: User, world: SimpleNamespace
) -> None:
    other, at = make(), timezone.now()
    Institution.objects.filter(pk=world.a.pk).update(status="suspended")
    record("suspend", subject_type="institution", subject_id=world.a.public_id, by=None, at=at)
    del institution_admin.known_standings  # the next request reads anew who somebody is
    assert Agreement.objects.visible_to(institution_admin).count() == 2
    for act, subject in ((actions.save_draft, other), (actions.propose_agreement, other), (actions.erase_draft, other)):
        with pytest.raises(PermissionDenied):
            act(subject, by=institution_admin, at=at)
    for refuse in (actions.withdraw_agreement, actions.change_agreement):
        with pytest.raises(PermissionDenied):
            refuse(proposed, by=institution_admin, at=at, reason="x")
    with pytest.raises(PermissionDenied):
        make()
    with pytest.raises(Unmet) as unmet:
        sign(proposed, institution_admin)
    assert codes(unmet.value) == {"party_not_active"}
