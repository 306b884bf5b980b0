"""What closes the record by itself: seals every minute, a signed head a day, a check every night."""

import structlog
from celery import shared_task

from accounts.clock import now
from lifecycle import ledger, mailing, seals

log = structlog.get_logger(__name__)


@shared_task(name="lifecycle.seal_acts")
def seal_acts() -> None:
    """Seals every act committed since the last seal."""
    seals.seal_all(at=now())


@shared_task(name="lifecycle.sign_day")
def sign_day() -> None:
    """The head that is published, and sent to those who keep it elsewhere."""
    seals.seal_all(at=now())
    mailing.send_head(ledger.sign_head(at=now()))


@shared_task(name="lifecycle.check_record")
def check_record() -> None:
    """Holds the acts against their seals, and the entries against the heads that were signed."""
    for line in [*seals.faults(), *ledger.faults()]:
        log.error("record_changed", fault=line)
