"""The day's head by mail: it lies in other people's mailboxes, where whoever rewrites the record cannot rewrite it."""

import json

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from lifecycle.ledger import as_signed
from lifecycle.models import LedgerHead

log = structlog.get_logger(__name__)


def send_head(head: LedgerHead) -> int:
    """To everybody in `HEAD_READERS`, each by a message of its own, the head as a file that `verify_audit.py` reads; how many.

    What the mail server refuses is logged: the head stands on the public page whatever happens.
    """
    told, sent = as_signed(head), 0
    with override(settings.LANGUAGE_CODE):
        values = {"day": told["at"][:10], "size": head.size, "root": head.root}
        subject = _("Signed head of the record, %(day)s") % values
        body = _(
            "Entries: %(size)s\nRoot: %(root)s\n\nKeep this message. The file lets the offline checker find any change of"
            " the record or of the acts that happened before it was signed."
        ) % values  # fmt: skip
        for reader in settings.HEAD_READERS:
            message = EmailMessage(subject, body, None, [reader])
            message.attach(f"head-{told['at'][:10]}.json", json.dumps(told), "application/json")
            try:
                sent += message.send()
            except OSError as error:
                log.warning("head_not_sent", fault=type(error).__name__)
    return sent
