"""Personal links: made, found, used up once, taken back. Opening one has no effect; only an answer has.

The token is made from the row's nonce and the site's key, so that it is stored nowhere and neither the database nor
the key alone gives it; what is kept is its hash. A link is bound to the hash of the content it was made for.
"""

import base64
import datetime
import hashlib
import hmac
import secrets
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from lifecycle.models import SignedLink
from lifecycle.transitions import WrongStatus

REMEMBERED = datetime.timedelta(days=90)
OPEN, USED, EXPIRED, CHANGED, WITHDRAWN = "open", "used", "expired", "changed", "withdrawn"
SAID = {
    USED: _("This link was already used."),
    EXPIRED: _("This link has expired."),
    CHANGED: _("What this link was made for has changed since."),
    WITHDRAWN: _("This link was taken back."),
}


class LinkClosed(WrongStatus):
    """The link answers nothing any more (409); `current_status` says why."""

    def __init__(self, state: str) -> None:
        super().__init__(state, (), SAID[state])


def token_of(link: SignedLink) -> str:
    """The secret of a link, 256 bits as 43 characters."""
    said = f"link:{link.purpose}:{link.public_id}:{link.nonce}"
    made = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def plain_address(email: str) -> str:
    """An address as its mailbox is known: without what stands after a plus."""
    local, _at, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def make_link(
    *, lasts: datetime.timedelta, by: Any, at: datetime.datetime, **fields: Any
) -> tuple[SignedLink, str]:  # fmt: skip
    """A link and its token, which nobody sees again. The fields are those of the model."""
    link = SignedLink(nonce=secrets.token_hex(16), created_by=by, created_at=at, expires_at=at + lasts, **fields)
    token = token_of(link)
    link.token_hash = hash_of(token)
    link.save(force_insert=True)
    return link, token


def find_link(token: str, *purposes: str) -> SignedLink | None:
    """The link of a token, made for one of these; an unknown one costs the same look-up as a known one."""
    return SignedLink.objects.filter(token_hash=hash_of(token), purpose__in=purposes).first()


def state_of(link: SignedLink, content_hash: str, at: datetime.datetime) -> str:
    """Whether the link still answers, and if not why: `content_hash` is that of the content as it stands."""
    if link.used_at is not None:
        return USED
    if link.withdrawn_at is not None:
        return WITHDRAWN
    if link.expires_at <= at:
        return EXPIRED
    return OPEN if link.content_hash == content_hash else CHANGED


def hold_link(link: SignedLink) -> SignedLink:
    """The row, fresh and ours until commit: whoever answers second waits, and then finds it used."""
    return SignedLink.objects.select_for_update().get(pk=link.pk)


def use_up(link: SignedLink, outcome: str, *, at: datetime.datetime) -> None:
    """The one answer. Raises LinkClosed for a second one, whatever was read before."""
    open_still = SignedLink.objects.filter(pk=link.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    if not open_still.update(used_at=at, outcome=outcome):
        raise LinkClosed(USED)


def take_back(link: SignedLink, *, at: datetime.datetime) -> bool:
    """Closes an unanswered link; whether there was anything to close."""
    rows = SignedLink.objects.filter(pk=link.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    return bool(rows.update(withdrawn_at=at))


def forget_addressees(at: datetime.datetime) -> int:
    """Names and addresses of people whose links closed long ago: nobody needs them any more. How many."""
    old = SignedLink.objects.filter(expires_at__lt=at - REMEMBERED, forgotten_at__isnull=True)
    return old.update(addressee_name="", addressee_post="", addressee_email="", addressee_phone="", forgotten_at=at)


def seal_of(link: SignedLink, content_hash: str) -> str:
    """The hidden field of the answering form: proof that the answer came from a page that showed this very content.

    No cookie gives a bearer any right, so no other site can lend a browser's cookie to an answer; who does not hold the
    token has no address to post to. The seal binds the answer to what stood on the page.
    """
    return Signer(salt="lifecycle.links").sign_object({"link": link.public_id, "content": content_hash})


def sealed_content(link: SignedLink, seal: str) -> str | None:
    """The content hash of a genuine seal of this link; None for any other."""
    try:
        said = Signer(salt="lifecycle.links").unsign_object(seal)
    except (BadSignature, ValueError):
        return None
    return said.get("content") if isinstance(said, dict) and said.get("link") == link.public_id else None
