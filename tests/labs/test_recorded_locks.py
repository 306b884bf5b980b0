"""A locked pre-registration stands in the record anyone can check, from the transaction of its lock (M11)."""

import pytest
from django.db import transaction
from django.utils import timezone

from labs.implementation.actions import save_plan
from lifecycle import ledger
from lifecycle.models import LedgerEntry
from lifecycle.verify_audit import entry_faults
from tests.labs.registering import a_plan, a_stage, locked, with_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(world):
    found = a_stage(world)
    with_programme(found)
    return found


def test_a_lock_is_entered_with_what_was_locked_and_proved(stage):
    save_plan(stage.project, by=stage.lead, at=timezone.now(), plan=a_plan(stage.project))
    assert not LedgerEntry.objects.exists(), "a plan that is only written is nobody's business"
    preregistration = locked(stage).preregistration
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.subject_id) == ("preregistration", preregistration.public_id)
    assert entry.content_hash == preregistration.content_hash
    assert entry.entered_at == preregistration.locked_at
    ledger.sign_head(at=timezone.now())
    assert not list(entry_faults(ledger.bundle(entry), record=preregistration.frozen.content))
    assert list(entry_faults(ledger.bundle(entry), record=preregistration.frozen.content + " "))


def test_a_lock_that_is_taken_back_leaves_no_entry(stage):
    with pytest.raises(RuntimeError), transaction.atomic():
        locked(stage)
        raise RuntimeError
    assert not LedgerEntry.objects.exists()
