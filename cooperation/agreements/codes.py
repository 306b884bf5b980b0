"""The one-time code of a personal link: it shows that whoever holds the link reads the mailbox it was sent to."""

import datetime
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.proofs import LinkCode
from lifecycle.links import hold_link
from lifecycle.models import SignedLink
from lifecycle.transitions import Condition, Unmet

LASTS = datetime.timedelta(minutes=10)
TRIES = 5  # of one code
CODES_A_DAY = 5  # of one link
PAUSE = datetime.timedelta(seconds=30)
DAY = datetime.timedelta(days=1)


def _hash_of(link: SignedLink, code: str) -> str:
    said = f"code:{link.public_id}:{link.nonce}:{code}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()


def make_code(link: SignedLink, *, at: datetime.datetime) -> str:
    """A new code of six figures for this link, to be sent at once; the one before it ends. Raises Unmet."""
    with transaction.atomic():
        hold_link(link)
        known = LinkCode.objects.filter(link=link, created_at__gt=at - DAY)
        if known.count() >= CODES_A_DAY:
            said = _("Five codes were sent within a day. Ask for the next one tomorrow.")
            raise Unmet([Condition("too_many_codes", said, "/code")])
        if known.filter(created_at__gt=at - PAUSE).exists():
            said = _("A code was sent just now. Look into the mailbox; another one can be sent in half a minute.")
            raise Unmet([Condition("too_soon", said, "/code")])
        code = f"{secrets.randbelow(10**6):06d}"
        LinkCode.objects.filter(link=link, expires_at__gt=at).update(expires_at=at)
        LinkCode.objects.create(link=link, code_hash=_hash_of(link, code), created_at=at, expires_at=at + LASTS)
    return code


def is_waiting(link: SignedLink, at: datetime.datetime) -> bool:
    """Whether a code was sent that can still be typed."""
    return LinkCode.objects.filter(link=link, expires_at__gt=at, tries__lt=TRIES).exists()


def confirm_mailbox(link: SignedLink, code: str, *, at: datetime.datetime) -> None:
    """Counts the try first, for good, then compares; a right one holds as long as the code. Raises Unmet.

    To be called outside the transaction of the answer: a try that failed stays counted.
    """
    open_ones = LinkCode.objects.filter(link=link, expires_at__gt=at)
    row = open_ones.order_by("-id").first()
    if row is None:
        said = _("This code has expired. Ask for a new one.")
        raise Unmet([Condition("code_expired", said, "/code")])
    if not LinkCode.objects.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
        said = _("This code was typed wrongly too often. Ask for a new one.")
        raise Unmet([Condition("code_spent", said, "/code")])
    if not hmac.compare_digest(row.code_hash, _hash_of(link, code)):
        raise Unmet([Condition("code_wrong", _("Code: it is not the one in the letter. Nothing was signed."), "/code")])
    LinkCode.objects.filter(pk=row.pk).update(confirmed_at=at)


def is_confirmed(link: SignedLink, at: datetime.datetime) -> bool:
    """Whether the mailbox was confirmed with a code that still holds."""
    return LinkCode.objects.filter(link=link, expires_at__gt=at, confirmed_at__isnull=False).exists()
