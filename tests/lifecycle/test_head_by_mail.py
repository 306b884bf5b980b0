"""The signed head of the day leaves the house: a file in every reader's mailbox, whole without this database."""

import json

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from lifecycle.models import LedgerHead
from lifecycle.tasks import sign_day
from lifecycle.verify_audit import signature_faults
from tests.lifecycle.test_ledger import entered

pytestmark = pytest.mark.django_db
READERS = ["archive@example.org", "court@example.org"]


class Refusing(EmailBackend):
    """A mail server that takes nothing for the first reader."""

    def send_messages(self, messages):
        if messages[0].to == READERS[:1]:
            raise OSError
        return super().send_messages(messages)


def test_every_reader_gets_the_head_as_a_file_that_proves_itself(settings):
    settings.HEAD_READERS = READERS
    entered(3)
    sign_day()
    assert [message.to for message in mail.outbox] == [[reader] for reader in READERS]
    name, text, kind = mail.outbox[0].attachments[0]
    head, stored = json.loads(text), LedgerHead.objects.get()
    assert (name, kind) == (f"head-{head['at'][:10]}.json", "application/json")
    assert (head["size"], head["root"]) == (3, stored.root) and stored.root in mail.outbox[0].body
    assert not list(signature_faults("head", head, stored.key))
    assert list(signature_faults("head", {**head, "root": "0" * 64}, stored.key))


def test_who_is_named_nowhere_gets_nothing_and_a_refusal_keeps_no_head_back(settings):
    sign_day()
    assert not mail.outbox
    settings.HEAD_READERS = READERS
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    sign_day()
    assert [message.to for message in mail.outbox] == [READERS[1:]]
    assert LedgerHead.objects.count() == 2
