"""What was published stands in the record anyone can check, by the bytes of its file (M11)."""

from django.utils import timezone

from lifecycle import ledger
from lifecycle.models import LedgerEntry
from lifecycle.verify_audit import entry_faults
from quality.releases import actions
from quality.releases.models import ReleaseFile
from tests.quality.test_releases import figures, second

__all__ = ["figures", "second"]


def test_a_release_is_entered_when_it_is_published_and_its_file_is_the_recorded_text(figures, ministry_officer, second):
    now = timezone.now()
    release = actions.draft_release(by=ministry_officer, at=now, period=figures.month)
    actions.submit_release(release, by=ministry_officer, at=now)
    actions.return_release(release, by=second, at=now, reason="Once more")
    actions.submit_release(release, by=ministry_officer, at=now)
    assert not LedgerEntry.objects.exists()
    actions.approve_release(release, by=second, at=now)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.subject_id, entry.number) == ("release", release.public_id, 2)
    ledger.sign_head(at=now)
    file = ReleaseFile.objects.get(permalink__release=release, form="json")
    assert file.sha256 == entry.content_hash
    assert not list(entry_faults(ledger.bundle(entry), record=file.content))
